"""Classifiers of texts: sentiment, topics, languages and other labels (G2, N1)."""

from seqkit.tasks.classifying.estimate import estimate
from seqkit.tasks.classifying.labels import Labels
from seqkit.tasks.classifying.settings import ClassifierSettings
from seqkit.tasks.classifying.trained import Classification, TrainedClassifier, load
from seqkit.tasks.classifying.training import (
    Training,
    read_settings,
    resumed_training,
    train,
    training,
)

__all__ = [
    "Classification",
    "ClassifierSettings",
    "Labels",
    "TrainedClassifier",
    "Training",
    "estimate",
    "load",
    "read_settings",
    "resumed_training",
    "train",
    "training",
]
