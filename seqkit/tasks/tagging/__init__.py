"""Taggers: named entities, parts of speech and other labels of tokens (G1)."""

from seqkit.tasks.tagging.estimate import estimate
from seqkit.tasks.tagging.settings import TaggerSettings
from seqkit.tasks.tagging.trained import Entity, Tagging, TrainedTagger, Words, load
from seqkit.tasks.tagging.training import (
    Training,
    read_settings,
    resumed_training,
    train,
    training,
)

__all__ = [
    "Entity",
    "TaggerSettings",
    "Tagging",
    "TrainedTagger",
    "Training",
    "Words",
    "estimate",
    "load",
    "read_settings",
    "resumed_training",
    "train",
    "training",
]
