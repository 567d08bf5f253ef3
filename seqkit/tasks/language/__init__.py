"""Language models: `train` one, `load` one, sample, score and evaluate with it (T, L)."""

from seqkit.tasks.language.estimate import estimate
from seqkit.tasks.language.passages import passage
from seqkit.tasks.language.settings import PRESETS, LanguageSettings, build_settings
from seqkit.tasks.language.trained import Score, TrainedLanguageModel, load
from seqkit.tasks.language.training import Training, resumed_training, train, training

__all__ = [
    "PRESETS",
    "LanguageSettings",
    "Score",
    "TrainedLanguageModel",
    "Training",
    "build_settings",
    "estimate",
    "load",
    "passage",
    "resumed_training",
    "train",
    "training",
]
