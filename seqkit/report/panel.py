"""One panel of a plot over epochs: lines and levels, named at their right ends (no legend)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seqkit.report.terminal import printable

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# The least distance between two labels, in points: a line of text.
_LINE_HEIGHT = 13.0
# A span of values beyond this factor is easier to read on a logarithmic axis.
_WIDE = 20.0


@dataclass(frozen=True)
class Curve:
    """A line: one value an epoch, NaN where there is none; `label` stands at its right end."""

    label: str
    values: Sequence[float]
    colour: str
    style: str = "-"


@dataclass(frozen=True)
class Level:
    """A horizontal line."""

    label: str
    value: float
    colour: str


def draw_panel(
    axes: "Axes", epochs: Sequence[float], curves: Sequence[Curve], levels: Sequence[Level] = ()
) -> None:
    """Draw curves and levels over the epochs, and name them."""
    for curve in curves:
        axes.plot(epochs, curve.values, curve.style, color=curve.colour, marker="o", markersize=3)
    for level in levels:
        axes.axhline(level.value, color=level.colour, linestyle=(0, (5, 3)), linewidth=1)
    ends = [(curve.label, _last(curve.values), curve.colour) for curve in curves]
    ends += [(level.label, level.value, level.colour) for level in levels]
    name_ends(axes, [end for end in ends if math.isfinite(end[1])])


def log_helps(values: Sequence[float]) -> bool:
    """Whether the finite values are positive and span so much that a log axis reads better."""
    finite = [value for value in values if math.isfinite(value)]
    return bool(finite) and min(finite) > 0 and max(finite) > _WIDE * min(finite)


def _last(values: Sequence[float]) -> float:
    """The last finite value; NaN if there is none."""
    return next((value for value in reversed(values) if math.isfinite(value)), math.nan)


def name_ends(axes: "Axes", ends: Sequence[tuple[str, float, str]]) -> None:
    """Write each (label, height, colour) right of the panel at its height, none over another."""
    low, high = axes.get_ylim()
    scale = axes.yaxis.get_transform()
    bottom, top = scale.transform([low, high])
    heights = [float((scale.transform([y])[0] - bottom) / (top - bottom)) for _, y, _ in ends]
    points = axes.get_window_extent().height * 72 / axes.figure.dpi
    spaced = spread(heights, _LINE_HEIGHT / points)
    for (label, _, colour), height in zip(ends, spaced, strict=True):
        axes.text(
            1.01,
            height,
            printable(label),
            color=colour,
            transform=axes.transAxes,
            va="center",
            parse_math=False,
        )


def spread(heights: Sequence[float], gap: float) -> list[float]:
    """Heights at least `gap` apart, in the same order, moved as little as a cluster allows.

    Neighbours that are too close form a cluster, evenly spaced about its mean; clusters that then
    touch become one.
    """
    order = sorted(range(len(heights)), key=lambda i: heights[i])
    clusters: list[list[int]] = []
    for index in order:
        clusters.append([index])
        while len(clusters) > 1 and _overlap(clusters[-2], clusters[-1], heights, gap):
            clusters[-2:] = [clusters[-2] + clusters[-1]]
    placed = list(heights)
    for cluster in clusters:
        lowest = _lowest(cluster, heights, gap)
        for place, index in enumerate(cluster):
            placed[index] = lowest + place * gap
    return placed


def _lowest(cluster: Sequence[int], heights: Sequence[float], gap: float) -> float:
    """Where the lowest of a cluster goes, for the cluster to lie about its mean."""
    mean = sum(heights[index] for index in cluster) / len(cluster)
    return mean - gap * (len(cluster) - 1) / 2


def _overlap(
    below: Sequence[int], above: Sequence[int], heights: Sequence[float], gap: float
) -> bool:
    """Whether the lowest of one cluster comes within `gap` of the highest of the one below."""
    highest_below = _lowest(below, heights, gap) + gap * (len(below) - 1)
    return _lowest(above, heights, gap) < highest_below + gap
