"""Logistic regression on the pixels (N1): one layer from numbers to classes."""

import math
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from seqkit.vision.model import ImageModel, check_classes, checked_smoothing
from seqkit.vision.shapes import Shape, check_shape


@dataclass(frozen=True)
class LogisticConfig:
    """What goes in and how many classes come out."""

    shape: Shape  # (C, Y, X) of an image
    classes: int  # K
    smoothing: float = 0.0

    def __post_init__(self) -> None:
        """Reject what is no shape, and fewer than two classes."""
        check_shape(self.shape)
        check_classes(self.classes)
        checked_smoothing(self.smoothing)

    def for_classes(self, classes: int) -> "LogisticConfig":
        """The same for another number of classes."""
        return replace(self, classes=classes)


class Logistic(ImageModel):
    """ŷ = σ(w^T x + b) for two classes (N1), softmax(W x + b) for more."""

    def __init__(self, config: LogisticConfig) -> None:
        inputs = math.prod(config.shape)
        head = OneSigmoid(inputs) if config.classes == 2 else nn.Linear(inputs, config.classes)
        super().__init__(config.shape, nn.Sequential(nn.Flatten()), head, config.smoothing)
        self.config = config


class OneSigmoid(nn.Module):
    """z = w^T x + b as the score of class 1 beside 0 for class 0 (N1).

    softmax([0, z]) is [1 - σ(z), σ(z)], so that -log softmax is N1's loss.
    """

    def __init__(self, inputs: int) -> None:
        super().__init__()
        self.linear = nn.Linear(inputs, 1)

    def forward(self, x: Tensor) -> Tensor:
        """x (B, D) -> [0, z] (B, 2)."""
        z = self.linear(x)  # (B, 1)
        return torch.cat([torch.zeros_like(z), z], dim=1)
