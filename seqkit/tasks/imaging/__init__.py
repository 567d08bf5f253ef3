"""Nets of images: `train` one, `load` one, classify and evaluate with it (N)."""

from seqkit.tasks.imaging.settings import ImageSettings
from seqkit.tasks.imaging.trained import Recognition, TrainedImageModel, load, unlabelled
from seqkit.tasks.imaging.training import Training, resumed_training, train, training

__all__ = [
    "ImageSettings",
    "Recognition",
    "TrainedImageModel",
    "Training",
    "load",
    "resumed_training",
    "train",
    "training",
    "unlabelled",
]
