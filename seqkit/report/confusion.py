"""A confusion matrix as a picture: which class was taken for which, and how often."""

import os
from typing import TYPE_CHECKING

import numpy as np

from seqkit.metrics.classification import Confusion
from seqkit.report.figure import BLUE, GREY, ORANGE, save_figure
from seqkit.report.terminal import printable

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_ROOMY = 12
"""Up to so many classes cells are large; with more they just hold their numbers."""
_SMALLEST = 0.004  # a share below it is drawn as if it were this, so that one mistake is seen


def confusion_matrix(
    confusion: Confusion, path: str | os.PathLike[str], title: str = "", unit: str = "tokens"
) -> None:
    """Draw a confusion (O8) to `path`, a .png or .svg: a row a gold class, a column a predicted.

    A cell holds how often; its shade is the share of its row, on a logarithmic scale, so that rare
    mistakes and rare classes are seen: blue on the diagonal, orange for mistakes. Behind its name
    stands how often a gold class occurs. Classes that never occur, gold or predicted, are left out.
    `unit` says what is counted. ValueError without a count, or for another ending of the file.
    """
    used = np.flatnonzero(confusion.table.sum(0) + confusion.table.sum(1))
    if not len(used):
        raise ValueError("nothing was counted, so there is no confusion to draw")
    table = confusion.table[np.ix_(used, used)]  # (K, K)
    names = [printable(confusion.classes[k]) for k in used]
    cell = 0.62 if len(names) <= _ROOMY else 0.3  # inches
    label = 0.09 * max(map(len, names))
    size = (2.1 + label + cell * len(names), 1.5 + label + cell * len(names))

    def draw(figure: "Figure") -> None:
        figure.suptitle(printable(title), parse_math=False, x=0.01, ha="left", weight="bold")
        axes = figure.subplots()
        _shade(axes, table)
        _count(axes, table, 9 if len(names) <= _ROOMY else 6)
        _name(axes, names, table.sum(axis=1))
        share = np.trace(table) / table.sum()
        axes.set_xlabel(f"predicted\n{share:.1%} of {table.sum():,} {unit} lie on the diagonal")
        axes.set_ylabel("gold (how many)")

    save_figure(path, draw, (max(size[0], 4.2), max(size[1], 3.0)))


def shades(table: np.ndarray) -> np.ndarray:
    """How dark each cell is, 0 to 1: the logarithm of its share of the row (K, K)."""
    rows = np.maximum(table.sum(axis=1, keepdims=True), 1)
    share = np.maximum(table / rows, _SMALLEST)
    dark = 0.12 + 0.88 * (1 - np.log(share) / np.log(_SMALLEST))
    return np.where(table > 0, dark, 0.0)


def _shade(axes: "Axes", table: np.ndarray) -> None:
    """The cells, blue where right and orange where wrong."""
    from matplotlib.colors import LinearSegmentedColormap

    right, dark = np.eye(len(table), dtype=bool), shades(table)
    for colour, where in ((BLUE, right), (ORANGE, ~right)):
        colours = LinearSegmentedColormap.from_list("", ["white", colour])
        shown = np.ma.masked_where(~where, dark)
        axes.imshow(shown, cmap=colours, vmin=0, vmax=1, interpolation="none")
    axes.grid(False)
    axes.set_xticks(np.arange(len(table) + 1) - 0.5, minor=True)
    axes.set_yticks(np.arange(len(table) + 1) - 0.5, minor=True)
    axes.grid(which="minor", color="#E4E4E4", linewidth=0.5)
    axes.tick_params(which="both", length=0)


def _count(axes: "Axes", table: np.ndarray, points: float) -> None:
    """The numbers in the cells that have one."""
    dark = shades(table)
    for row, column in zip(*np.nonzero(table), strict=True):
        ink = "white" if row == column and dark[row, column] > 0.6 else "black"
        count = short(int(table[row, column]))
        axes.text(column, row, count, ha="center", va="center", fontsize=points, color=ink)


def _name(axes: "Axes", names: list[str], gold: np.ndarray) -> None:
    """The classes beside rows, with how many there are, and above columns."""
    places = range(len(names))
    rows = [f"{name} ({count:,})" for name, count in zip(names, gold.tolist(), strict=True)]
    points = 9 if len(names) <= _ROOMY else 8
    axes.set_yticks(places, rows, fontsize=points, parse_math=False)
    axes.set_xticks(places, names, fontsize=points, rotation=90, parse_math=False)
    axes.tick_params(labelcolor="black", labeltop=True, labelbottom=False)
    axes.spines[:].set_color(GREY)


def short(count: int) -> str:
    """A count in at most four characters: 9999, 13k, 2M."""
    for size, letter in ((1_000_000, "M"), (1_000, "k")):
        if count >= 10_000 and count >= size:
            return f"{count // size}{letter}"
    return str(count)
