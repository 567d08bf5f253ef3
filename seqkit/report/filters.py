"""What the first layer of a net of images looks for: each of its filters as a small picture."""

import os
from collections.abc import Sequence
from math import ceil
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from seqkit.report.figure import BLUE, GREY, ORANGE, save_figure
from seqkit.report.terminal import printable

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def filter_grid(
    filters: NDArray[np.float64],
    path: str | os.PathLike[str],
    title: str = "",
    names: Sequence[str] = (),
) -> None:
    """Draw filters (F, C, Y, X) to `path`, a .png or .svg; below each its name, if it has one.

    Of one channel, or a number other than three, whose sum is drawn, weights above 0 are blue and
    below 0 orange, white is 0; the darkest of all filters is the largest, whose size stands at the
    scale. Of three channels grey is 0, and a filter has the colours that it looks for. ValueError
    for no filters, or for another ending of the file.
    """
    count = len(filters)
    if not count:
        raise ValueError("the net has no filters to draw")
    columns = min(count, 5 if names else 8 if count <= 64 else 16)
    rows = ceil(count / columns)
    side = 1.3 if names else 0.75

    def draw(figure: "Figure") -> None:
        figure.suptitle(printable(title), parse_math=False, x=0.01, ha="left", weight="bold")
        grid = figure.subplots(rows, columns, squeeze=False)
        for axes in grid.flat:
            axes.set_axis_off()
        shown = _draw_all(list(grid.flat), filters)
        for axes, name in zip(grid.flat, names, strict=False):
            axes.set_title(printable(name), fontsize=9, parse_math=False)
        if shown is not None:
            bar = figure.colorbar(shown, ax=grid, fraction=0.05, pad=0.03, aspect=25)
            bar.outline.set_edgecolor(GREY)

    width = max(side * columns + 1.0, 0.085 * len(title), 3.0)
    save_figure(path, draw, (width, 0.5 + rows * (side + 0.25 * bool(names))))


def _draw_all(grid: Sequence["Axes"], filters: NDArray[np.float64]) -> Any:
    """The filters, each framed; what the scale is made from, None where there is none."""
    from matplotlib.colors import LinearSegmentedColormap

    colours = LinearSegmentedColormap.from_list("", [ORANGE, "white", BLUE])
    coloured = filters.shape[1] == 3
    flat = filters if coloured else filters.sum(axis=1, keepdims=True)
    most = float(np.abs(flat).max()) or 1.0
    shown = None
    for axes, one in zip(grid, flat, strict=False):
        axes.set_axis_on()
        axes.set_xticks([])
        axes.set_yticks([])
        axes.spines[:].set_visible(True)
        if coloured:
            axes.imshow(np.moveaxis(0.5 + one / (2 * most), 0, -1), interpolation="nearest")
        else:
            shown = axes.imshow(
                one[0], cmap=colours, vmin=-most, vmax=most, interpolation="nearest"
            )
        axes.grid(False)
    return shown
