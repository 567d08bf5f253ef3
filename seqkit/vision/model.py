"""What all nets of images share: a trunk that sees, a head that decides, and the loss."""

import contextlib
from typing import NamedTuple, Self

import torch
from torch import Tensor, nn

from seqkit.vision.batch_norm import BatchNorm
from seqkit.vision.shapes import Shape, shown

REDUCED = (torch.bfloat16, torch.float16)


class ImageBatch(NamedTuple):
    """B images and their classes."""

    images: Tensor  # (B, C, Y, X)
    labels: Tensor  # (B,)

    def to(self, device: torch.device) -> "ImageBatch":
        """The same on another device."""
        return ImageBatch(self.images.to(device), self.labels.to(device))

    def part(self, chosen: slice) -> "ImageBatch":
        """Some of the images."""
        return ImageBatch(self.images[chosen], self.labels[chosen])


class ImageModel(nn.Module):
    """P(class | image) = softmax(head(trunk(image))).

    `trunk` makes a vector (B, D) of images (B, C, Y, X) of `shape` (C, Y, X); `head` makes scores
    (B, K) of it. `smoothing` ε takes the share ε of the probability from the right class and gives
    it to all K alike, in training (Szegedy et al. 2016, section 7). `dtype` is the type that
    convolutions and products compute in (bfloat16 where that pays); None: that of the weights.
    """

    def __init__(
        self, shape: Shape, trunk: nn.Sequential, head: nn.Module, smoothing: float = 0.0
    ) -> None:
        super().__init__()
        self.shape, self.trunk, self.head = tuple(shape), trunk, head
        self.smoothing = checked_smoothing(smoothing)
        self.dtype: torch.dtype | None = None
        self.frozen = 0

    def features(self, images: Tensor) -> Tensor:
        """What the trunk makes of images (B, C, Y, X): (B, D)."""
        self._check(images)
        with self._precision(images):
            found: Tensor = self.trunk(channels_last(images))  # (B, D)
            return found

    def forward(self, images: Tensor) -> Tensor:
        """The score of every class: (B, K). Raises ValueError for images of another shape."""
        features = self.features(images)  # (B, D)
        with self._precision(images):
            scores: Tensor = self.head(features)  # (B, K)
        return scores.to(images.dtype)

    def loss(self, batch: ImageBatch, carry: None = None) -> tuple[Tensor, int, None]:
        """-log P(class) in nats summed over the batch, its B targets, and nothing to carry."""
        total = nn.functional.cross_entropy(
            self(batch.images),
            batch.labels,
            reduction="sum",
            label_smoothing=self.smoothing if self.training else 0.0,
        )
        return total, len(batch.labels), None

    @torch.no_grad()
    def probabilities(self, images: Tensor) -> Tensor:
        """How likely each class is: (B, K)."""
        scores: Tensor = self(images)
        return scores.softmax(dim=1)

    def freeze(self, layers: int | None = None) -> None:
        """Train no longer the first `layers` of the trunk; None: all of it, 0: thaw everything.

        Batch normalisation there keeps its running averages.
        """
        count = len(self.trunk) if layers is None else layers
        if not 0 <= count <= len(self.trunk):
            raise ValueError(f"of {len(self.trunk)} layers of the trunk {layers} cannot be frozen")
        self.frozen = count
        for index, layer in enumerate(self.trunk):
            layer.requires_grad_(index >= count)
        for module in self.trunk.modules():
            if isinstance(module, BatchNorm):
                module.spare_averages()
        self.train(self.training)

    def train(self, mode: bool = True) -> Self:
        """Training or inference; what is frozen stays at inference."""
        super().train(mode)
        for layer in list(self.trunk)[: self.frozen]:
            layer.eval()
        return self

    def _precision(self, images: Tensor) -> contextlib.AbstractContextManager[object]:
        if self.dtype not in REDUCED:
            return contextlib.nullcontext()
        return torch.autocast(images.device.type, self.dtype)

    def _check(self, images: Tensor) -> None:
        if images.dim() != 4 or tuple(images.shape[1:]) != self.shape:
            got = shown(tuple(images.shape[1:]))
            raise ValueError(
                f"the net was made for images of {shown(self.shape)} "
                f"(channels x rows x columns), got {got}"
            )


def channels_last(images: Tensor) -> Tensor:
    """The same numbers (B, C, Y, X) in memory as (B, Y, X, C).

    Convolutions on processors run a third faster so, and more in bfloat16. With one channel both
    orders are the same bytes; then only the strides tell torch which is meant.
    """
    images = images.contiguous(memory_format=torch.channels_last)
    _, C, Y, X = images.shape
    return images.as_strided(images.shape, (C * Y * X, 1, C * X, C))


def checked_smoothing(smoothing: float) -> float:
    """A share in [0, 1), or a ValueError."""
    if not 0 <= smoothing < 1:
        raise ValueError(f"label smoothing must be in [0, 1), got {smoothing}")
    return smoothing


def check_classes(classes: int) -> None:
    """ValueError for fewer than two."""
    if classes < 2:
        raise ValueError(f"{classes} class is nothing to choose from: two are the least")
