"""Convolutional nets from a specification (N4)."""

from dataclasses import dataclass, replace

from seqkit.vision.build import build
from seqkit.vision.layer_kinds import Dense
from seqkit.vision.model import ImageModel, check_classes, checked_smoothing
from seqkit.vision.shapes import Planned, Shape, plan
from seqkit.vision.specification import parse, write

SMALL_IMAGES = """
conv 32x3 same, bn, relu, conv 32x3 same, bn, pool 2, relu, dropout 0.2,
conv 64x3 same, bn, relu, conv 64x3 same, bn, pool 2, relu, dropout 0.3,
flatten, dense 256, bn, relu, dropout 0.4
"""
"""Layers for images of about 28 x 28 or 32 x 32, but for the last.

The largest of rectified numbers is the largest rectified: pooling first saves three in four.
"""


def default_specification(classes: int) -> str:
    """A net for small images of so many classes."""
    return f"{SMALL_IMAGES.strip()}, dense {classes}"


@dataclass(frozen=True)
class CNNConfig:
    """A net by its layers, the last of which is `dense K`."""

    shape: Shape  # (C, Y, X) of an image
    classes: int  # K
    specification: str  # as in `specification.py`
    smoothing: float = 0.0

    def __post_init__(self) -> None:
        """Reject what does not parse or fit, and a last layer that does not give K scores."""
        check_classes(self.classes)
        checked_smoothing(self.smoothing)
        last = self.planned[-1].layer
        if not isinstance(last, Dense) or last.units != self.classes:
            raise ValueError(
                f"the last layer is '{last}', but W[L] is (n[L], n[L-1]) with n[L] = K classes; "
                f"end the specification with dense {self.classes}"
            )

    @property
    def planned(self) -> tuple[Planned, ...]:
        """Every layer with its shapes."""
        return plan(parse(self.specification), self.shape)

    def for_classes(self, classes: int) -> "CNNConfig":
        """The same for another number of classes."""
        *layers, last = parse(self.specification)
        assert isinstance(last, Dense)
        text = write((*layers, replace(last, units=classes)))
        return replace(self, classes=classes, specification=text)


class CNN(ImageModel):
    """The layers of a specification; the head is the last of them."""

    def __init__(self, config: CNNConfig) -> None:
        *trunk, last = config.planned
        (head,) = build([last])
        super().__init__(config.shape, build(trunk), head, config.smoothing)
        self.config = config
