"""An alignment as a picture: where each word of a translation looked in the source."""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from seqkit.report.figure import BLUE, GREY, save_figure
from seqkit.report.terminal import printable

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LONGEST = 80
"""So many tokens of a side can be told apart in one picture."""
_ROOMY = 30
"""Up to so many tokens of the longer side cells are large."""


def alignment_map(
    source: Sequence[str],
    target: Sequence[str],
    weights: np.ndarray,
    path: str | os.PathLike[str],
    title: str = "",
) -> None:
    """Draw attention (T, S) to `path`, a .png or .svg (Bahdanau et al. 2015, figure 3).

    A row for each of T target tokens, from the top, a column for each of S source tokens, named
    above; the darker a cell, the more of the row's attention it has. Raises ValueError for sides
    of none or more than LONGEST tokens, weights of another shape, or another ending of the file.
    """
    for name, tokens in (("source", source), ("translation", target)):
        if not 1 <= len(tokens) <= LONGEST:
            raise ValueError(
                f"the {name} has {len(tokens)} tokens, which do not fit; give a text of 1 to "
                f"{LONGEST} tokens, the end counted"
            )
    if weights.shape != (len(target), len(source)):
        raise ValueError(f"weights are {weights.shape}, not {(len(target), len(source))}")
    columns, rows = _shown(source), _shown(target)
    cell = 0.32 if max(weights.shape) <= _ROOMY else 0.18  # inches
    points = 10 if cell > 0.2 else 7
    letter = 0.0085 * points  # inches
    above, beside = (letter * max(map(len, names)) for names in (columns, rows))
    size = (1.6 + beside + cell * len(columns), 0.75 + above + cell * len(rows))

    def draw(figure: "Figure") -> None:
        figure.suptitle(printable(title), parse_math=False, x=0.01, ha="left", weight="bold")
        axes = figure.subplots()
        _shade(figure, axes, weights)
        axes.set_xticks(range(len(columns)), columns, fontsize=points, parse_math=False)
        axes.set_yticks(range(len(rows)), rows, fontsize=points, parse_math=False)
        axes.tick_params(top=False, labeltop=True, labelbottom=False)
        for label in axes.get_xticklabels():
            label.set_rotation(90 if len(label.get_text()) > 2 else 0)

    save_figure(path, draw, (max(size[0], 3.6), max(size[1], 2.4)))


def _shade(figure: "Figure", axes: "Axes", weights: np.ndarray) -> None:
    """The cells, and beside them the scale."""
    from matplotlib.colors import LinearSegmentedColormap

    colours = LinearSegmentedColormap.from_list("", ["white", BLUE, "#00263D"])
    image = axes.imshow(weights, cmap=colours, vmin=0, vmax=1, interpolation="none")
    axes.grid(False)
    axes.set_xticks(np.arange(weights.shape[1] + 1) - 0.5, minor=True)
    axes.set_yticks(np.arange(weights.shape[0] + 1) - 0.5, minor=True)
    axes.grid(which="minor", color="#E4E4E4", linewidth=0.5)
    axes.tick_params(which="both", length=0)
    axes.spines[:].set_visible(True)
    axes.spines[:].set_color(GREY)
    scale = figure.colorbar(image, ax=axes, shrink=0.6, aspect=15, ticks=[0, 0.5, 1])
    scale.outline.set_visible(False)
    scale.set_label("attention, share of the row", fontsize=8)
    scale.ax.tick_params(labelsize=8, length=0)


def _shown(tokens: Sequence[str]) -> list[str]:
    """Tokens that can be seen: a blank is an open box."""
    return [printable(token).replace(" ", "␣") for token in tokens]
