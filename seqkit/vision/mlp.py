"""The L-layer net (N2) with any activation (N3), batch normalisation and dropout (O4)."""

from dataclasses import dataclass, replace

from torch import nn

from seqkit.vision.build import build, checked_keep
from seqkit.vision.layer_kinds import (
    ACTIVATIONS,
    Activation,
    Dense,
    Dropout,
    Flatten,
    Layer,
    Norm,
    Specification,
)
from seqkit.vision.model import ImageModel, check_classes, checked_smoothing
from seqkit.vision.shapes import Shape, check_shape, plan


@dataclass(frozen=True)
class MLPConfig:
    """The shape and the regularisation of an MLP."""

    shape: Shape  # (C, Y, X) of an image
    classes: int  # K
    hidden: tuple[int, ...] = (512, 256)  # n[1], n[2], …
    activation: str = "relu"
    batch_norm: bool = True
    keep_input: float = 1.0  # the probability that a pixel is kept
    keep: float = 0.8  # and a hidden unit
    smoothing: float = 0.0

    def __post_init__(self) -> None:
        """Reject sizes below 1, unknown activations and probabilities out of range."""
        check_shape(self.shape)
        check_classes(self.classes)
        if not self.hidden or min(self.hidden) < 1:
            raise ValueError(
                f"hidden layers need 1 or more units each, got {list(self.hidden)}; "
                "a net without any is logistic regression"
            )
        if self.activation not in ACTIVATIONS:
            known = ", ".join(ACTIVATIONS)
            raise ValueError(f"unknown activation {self.activation!r}; there are: {known}")
        checked_keep(self.keep_input)
        checked_keep(self.keep)
        checked_smoothing(self.smoothing)

    @property
    def specification(self) -> Specification:
        """The trunk layer by layer: flatten, then dense, bn, activation and dropout in turn."""
        layers: list[Layer] = [Flatten()]
        if self.keep_input < 1:
            layers.append(Dropout(self.keep_input))
        for units in self.hidden:
            layers.append(Dense(units))
            if self.batch_norm:
                layers.append(Norm())
            layers.append(Activation(self.activation))
            if self.keep < 1:
                layers.append(Dropout(self.keep))
        return tuple(layers)

    def for_classes(self, classes: int) -> "MLPConfig":
        """The same for another number of classes."""
        return replace(self, classes=classes)


class MLP(ImageModel):
    """z[l] = W[l] a[l-1] + b[l], a[l] = g[l](z[l]) (N2), a[0] the pixels, g[L] the softmax."""

    def __init__(self, config: MLPConfig) -> None:
        trunk = build(plan(config.specification, config.shape))
        head = nn.Linear(config.hidden[-1], config.classes)
        super().__init__(config.shape, trunk, head, config.smoothing)
        self.config = config
