"""Nets of images: `train` one, `load` one, classify and evaluate with it (N)."""

from seqkit.tasks.imaging.beginning import trunk_of
from seqkit.tasks.imaging.estimate import estimate
from seqkit.tasks.imaging.settings import ImageSettings
from seqkit.tasks.imaging.trained import Recognition, TrainedImageModel, load, unlabelled
from seqkit.tasks.imaging.training import Training, read_settings, resumed_training, train, training

__all__ = [
    "ImageSettings",
    "Recognition",
    "TrainedImageModel",
    "Training",
    "estimate",
    "load",
    "read_settings",
    "resumed_training",
    "train",
    "training",
    "trunk_of",
    "unlabelled",
]
