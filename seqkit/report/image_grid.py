"""Images side by side, each with a line or two below it."""

import os
from collections.abc import Sequence
from math import ceil
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from seqkit.report.figure import save_figure
from seqkit.report.terminal import printable

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLUMNS = 6
"""Images in a row."""
_LONGEST = 20  # letters of a line below an image


def image_grid(
    pixels: NDArray[np.uint8],
    captions: Sequence[str],
    path: str | os.PathLike[str],
    title: str = "",
) -> None:
    """Draw images (N, Y, X, C) to `path`, a .png or .svg, each with its caption below.

    With one channel they are grey, with three red, green and blue; of another number the mean is
    drawn. ValueError without an image, or for another ending of the file.
    """
    if not len(pixels):
        raise ValueError("there is no image to draw")
    columns = min(COLUMNS, len(pixels))
    rows = ceil(len(pixels) / columns)
    lines = max(caption.count("\n") + 1 for caption in captions)

    def draw(figure: "Figure") -> None:
        figure.suptitle(printable(title), parse_math=False, x=0.01, ha="left", weight="bold")
        grid = figure.subplots(rows, columns, squeeze=False)
        for axes in grid.flat:
            axes.axis("off")
        for axes, image, caption in zip(grid.flat, pixels, captions, strict=False):
            show_pixels(axes, image)
            text = "\n".join(_short(printable(line)) for line in caption.split("\n"))
            axes.text(
                0.5, -0.05, text, ha="center", va="top", fontsize=8, parse_math=False,
                transform=axes.transAxes,
            )  # fmt: skip

    width = max(1.35 * columns, 0.085 * len(title), 2.7)
    save_figure(path, draw, (width, 0.5 + rows * (1.3 + 0.16 * lines)))


def show_pixels(axes: "Axes", image: NDArray[np.uint8]) -> None:
    """Draw one image (Y, X, C) of whole numbers from 0 to 255."""
    if image.shape[-1] == 3:
        axes.imshow(image, interpolation="nearest")
    else:
        grey = image.mean(axis=-1)
        axes.imshow(grey, cmap="gray", vmin=0, vmax=255, interpolation="nearest")


def _short(line: str) -> str:
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
