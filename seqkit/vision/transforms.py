"""From pixels to what nets read: normalisation (O5), and random flips, shifts and crops (O4).

Pixels are uint8 tensors (B, C, Y, X), as `to_pixels` gives; they are augmented first and
normalised after, so that what is moved in is black whatever the mean.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

IMAGES = 1024
"""Images that are counted at once."""


def to_pixels(images: NDArray[np.uint8]) -> Tensor:
    """uint8 arrays (B, Y, X, C) -> a tensor (B, C, Y, X), which shares their memory if it can."""
    if images.ndim != 4 or images.dtype != np.uint8:
        raise ValueError(
            f"images must be uint8 arrays of images x rows x columns x channels, got "
            f"{images.dtype} of shape {images.shape}"
        )
    writable = images if images.flags.writeable else images.copy()
    return torch.from_numpy(writable).permute(0, 3, 1, 2)


@dataclass(frozen=True)
class Normalisation:
    """x := (pixel / 255 - μ) / σ with a mean and a deviation for each channel (O5).

    Take them from the training set, and apply them to every other. A channel that never changes
    has σ 1.
    """

    mean: tuple[float, ...]  # μ, from 0 to 1
    deviation: tuple[float, ...]  # σ

    def __post_init__(self) -> None:
        """Reject numbers that do not belong together."""
        if len(self.mean) != len(self.deviation) or not self.mean or min(self.deviation) <= 0:
            raise ValueError(
                "a normalisation has a mean and a deviation above 0 for each channel, got "
                f"{list(self.mean)} and {list(self.deviation)}"
            )

    @classmethod
    def of(cls, images: NDArray[np.uint8]) -> "Normalisation":
        """That of a training set (N, Y, X, C): exact, by counting the 256 values of a pixel."""
        if not images.size:
            raise ValueError("no images to take a mean of")
        values = np.arange(256) / 255
        means, deviations = [], []
        for channel in range(images.shape[-1]):
            counts = _counts(images[..., channel])
            mean = float(counts @ values / counts.sum())
            variance = float(counts @ (values - mean) ** 2 / counts.sum())
            means.append(mean)
            deviations.append(variance**0.5 if np.count_nonzero(counts) > 1 else 1.0)
        return cls(tuple(means), tuple(deviations))

    def __call__(self, pixels: Tensor) -> Tensor:
        """uint8 pixels (B, C, Y, X) -> float32 (B, C, Y, X)."""
        if pixels.shape[1] != len(self.mean):
            raise ValueError(
                f"images of {pixels.shape[1]} channels, but the training set had {len(self.mean)}"
            )
        mean, deviation = self._tensors(pixels.device)
        return pixels.float().div_(255 * deviation).sub_(mean / deviation)

    def undo(self, images: Tensor) -> Tensor:
        """Back to uint8 pixels, to look at."""
        mean, deviation = self._tensors(images.device)
        return ((images * deviation + mean) * 255).round().clamp(0, 255).to(torch.uint8)

    def _tensors(self, device: torch.device) -> tuple[Tensor, Tensor]:
        """μ and σ, (C, 1, 1) each."""
        mean, deviation = torch.tensor([self.mean, self.deviation], device=device)[..., None, None]
        return mean, deviation

    def as_json(self) -> dict[str, list[float]]:
        """Plain numbers for a file."""
        return {"mean": list(self.mean), "deviation": list(self.deviation)}

    @classmethod
    def from_json(cls, numbers: Mapping[str, Any]) -> "Normalisation":
        """The same back."""
        return cls(tuple(numbers["mean"]), tuple(numbers["deviation"]))


def _counts(images: NDArray[np.uint8]) -> NDArray[np.int64]:
    """How often each of the 256 values stands in images (N, Y, X), some of them at a time."""
    total = np.zeros(256, np.int64)
    for start in range(0, len(images), IMAGES):
        total += np.bincount(images[start : start + IMAGES].ravel(), minlength=256)
    return total


@dataclass(frozen=True)
class Flip:
    """Each image is mirrored, left to right, with a probability."""

    probability: float = 0.5

    def __call__(self, pixels: Tensor, generator: torch.Generator) -> Tensor:
        """pixels (B, C, Y, X) -> the same shape."""
        draws = torch.rand(len(pixels), generator=generator)  # (B,)
        flipped = (draws < self.probability)[:, None, None, None].to(pixels.device)
        return pixels.flip(3).where(flipped, pixels)


@dataclass(frozen=True)
class Shift:
    """Each image is moved by up to `most` pixels up or down and left or right, black moving in."""

    most: int = 2

    def __call__(self, pixels: Tensor, generator: torch.Generator) -> Tensor:
        """pixels (B, C, Y, X) -> the same shape."""
        crop = RandomCrop((pixels.shape[2], pixels.shape[3]), self.most)
        return crop(pixels, generator)


@dataclass(frozen=True)
class RandomCrop:
    """A piece of (rows, columns) out of each image, after `padding` black pixels on every side."""

    size: tuple[int, int]
    padding: int = 0

    def __call__(self, pixels: Tensor, generator: torch.Generator) -> Tensor:
        """pixels (B, C, Y, X) -> (B, C, rows, columns), a place for each image by itself."""
        windows = self._windows(pixels)  # (B, C, places, places, rows, columns)
        B, _, down, right = windows.shape[:4]
        y = torch.randint(down, (B,), generator=generator).to(pixels.device)
        x = torch.randint(right, (B,), generator=generator).to(pixels.device)
        return windows[torch.arange(B, device=pixels.device), :, y, x]

    def middle(self, pixels: Tensor) -> Tensor:
        """The piece in the middle, for inference."""
        windows = self._windows(pixels)
        return windows[:, :, (windows.shape[2] - 1) // 2, (windows.shape[3] - 1) // 2]

    def _windows(self, pixels: Tensor) -> Tensor:
        """All pieces of all images, as a view."""
        p, (rows, columns) = self.padding, self.size
        padded = torch.nn.functional.pad(pixels, (p, p, p, p)) if p else pixels
        if rows > padded.shape[2] or columns > padded.shape[3]:
            raise ValueError(
                f"a piece of {rows} x {columns} is larger than the image of "
                f"{pixels.shape[2]} x {pixels.shape[3]} with {p} pixels around it"
            )
        return padded.unfold(2, rows, 1).unfold(3, columns, 1)
