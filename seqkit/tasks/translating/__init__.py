"""Translators: `train` one, `load` one, translate and evaluate with it (G4)."""

from seqkit.tasks.translating.estimate import estimate
from seqkit.tasks.translating.settings import TranslatorSettings
from seqkit.tasks.translating.trained import (
    Candidate,
    SearchSettings,
    TrainedTranslator,
    Translation,
    load,
)
from seqkit.tasks.translating.training import (
    Training,
    read_settings,
    resumed_training,
    train,
    training,
)

__all__ = [
    "Candidate",
    "SearchSettings",
    "TrainedTranslator",
    "Training",
    "Translation",
    "TranslatorSettings",
    "estimate",
    "load",
    "read_settings",
    "resumed_training",
    "train",
    "training",
]
