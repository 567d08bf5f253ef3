"""Parallel coordinates: the trials of a search as lines across one axis a parameter (O9)."""

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seqkit.report.figure import GREY, save_figure
from seqkit.report.terminal import printable

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_TICKS = (1, 2, 5)
_BOX = {"facecolor": "white", "edgecolor": "none", "alpha": 0.75, "pad": 0.8}


@dataclass(frozen=True)
class Axis:
    """A vertical axis: its name, a value for each trial, and its scale.

    scale: lin, log, 1-log (1 - v on a log scale) or choice (names, from the bottom in `order`).
    downwards: the least value stands at the top.
    """

    name: str
    values: Sequence[float | str]
    scale: str = "lin"
    order: Sequence[str] = ()
    downwards: bool = False


def parallel_coordinates(
    axes: Sequence[Axis],
    path: str | os.PathLike[str],
    title: str = "",
    faint: Sequence[bool] = (),
) -> None:
    """Draw one line a trial across all axes, to a .png or .svg file (Inselberg 1985).

    The trials come best first; the colour goes by rank, from dark blue to pale yellow, and the best
    is drawn thick, over all others. Those that are `faint` (stopped early) are dashed. Raises
    ValueError without trials, where an axis has not as many values as the first, for a value a log
    scale cannot show, and for another ending of the file.
    """
    count = len(axes[0].values) if axes else 0
    if not count or any(len(axis.values) != count for axis in axes):
        raise ValueError("parallel coordinates need a trial or more, with a value on every axis")
    heights = [_heights(axis) for axis in axes]

    def draw(figure: "Figure") -> None:
        figure.suptitle(printable(title), parse_math=False, x=0.01, ha="left", weight="bold")
        panel = figure.subplots()
        for i in reversed(range(count)):
            line = [column[i] for column in heights]
            dashed = bool(faint) and faint[i]
            panel.plot(
                range(len(axes)),
                line,
                "--" if dashed else "-",
                color=_colour(i, count),
                linewidth=3.2 if i == 0 else 1.4,
                marker="o",
                markersize=6 if i == 0 else 3.5,
            )
        for place, axis in enumerate(axes):
            _draw_axis(panel, place, axis)
        _frame(panel, axes)

    save_figure(path, draw, (max(5.0, 1.7 * len(axes) + 1.0), 4.8))


def _colour(rank: int, count: int) -> tuple[float, float, float, float]:
    """The colour of a rank, the best 0; the palest yellows are left out."""
    import matplotlib

    share = 0.92 * rank / max(count - 1, 1)
    red, green, blue, alpha = matplotlib.colormaps["viridis"](share)
    return float(red), float(green), float(blue), float(alpha)


def _heights(axis: Axis) -> list[float]:
    """Where the values stand, from 0 at the bottom to 1; all of one value stand in the middle."""
    low, high = _span(axis)
    shares = [(_scaled(axis, v) - low) / (high - low) if high > low else 0.5 for v in axis.values]
    return [1 - share if axis.downwards else share for share in shares]


def _span(axis: Axis) -> tuple[float, float]:
    """The least and the greatest value on the scale."""
    if axis.scale == "choice":
        return 0.0, float(max(len(axis.order) - 1, 0))
    scaled = [_scaled(axis, value) for value in axis.values]
    return min(scaled), max(scaled)


def _scaled(axis: Axis, value: float | str) -> float:
    """A value on its axis's scale."""
    if axis.scale == "choice":
        return float(list(axis.order).index(str(value)))
    number = float(value)
    if (axis.scale == "log" and number <= 0) or (axis.scale == "1-log" and number >= 1):
        raise ValueError(f"the axis {axis.name!r}: {value} cannot stand on the scale {axis.scale}")
    if axis.scale == "log":
        return math.log(number)
    return -math.log(1 - number) if axis.scale == "1-log" else number


def _marks(axis: Axis) -> list[float | str]:
    """The values that are written on an axis: its ends, and round ones between."""
    if axis.scale == "choice":
        return list(axis.order)
    numbers = sorted(float(value) for value in axis.values)
    low, high = numbers[0], numbers[-1]
    if low == high:
        return [low]
    between = [v for v in _round_values(axis.scale, low, high) if low < v < high]
    ends = (_scaled(axis, low), _scaled(axis, high))
    gap = 0.08 * (ends[1] - ends[0])
    free = [v for v in between if ends[0] + gap < _scaled(axis, v) < ends[1] - gap]
    return [low, *_thinned(axis, free, gap), high]


def _round_values(scale: str, low: float, high: float) -> list[float]:
    """Round numbers about a range: 1, 2, 5 times powers of ten, or steps of such a size."""
    if scale == "log":
        powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
        return [float(f"{step}e{power}") for power in powers for step in _TICKS]
    if scale == "1-log":
        return sorted(round(1 - v, 12) for v in _round_values("log", 1 - high, 1 - low))
    size = 10.0 ** math.floor(math.log10((high - low) / 4))
    step = next(s * size for s in (1, 2, 5, 10) if s * size * 5 >= high - low)
    return [step * i for i in range(math.ceil(low / step), math.floor(high / step) + 1)]


def _thinned(axis: Axis, values: Sequence[float], gap: float) -> list[float]:
    """Those values that keep a gap to the one before."""
    kept: list[float] = []
    for value in values:
        if not kept or _scaled(axis, value) - _scaled(axis, kept[-1]) >= gap:
            kept.append(value)
    return kept


def _draw_axis(panel: "Axes", place: int, axis: Axis) -> None:
    """One vertical line with its values beside it."""
    panel.axvline(place, color=GREY, linewidth=0.8, zorder=1.5)
    low, high = _span(axis)
    for value in _marks(axis):
        share = (_scaled(axis, value) - low) / (high - low) if high > low else 0.5
        height = 1 - share if axis.downwards else share
        text = printable(value) if isinstance(value, str) else f"{value:.4g}"
        panel.annotate(
            text,
            (place, height),
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
            fontsize=8,
            bbox=_BOX,
            parse_math=False,
            zorder=5,
        )


def _frame(panel: "Axes", axes: Sequence[Axis]) -> None:
    """Names below the axes; no frame."""
    panel.set_xticks(range(len(axes)), [printable(axis.name) for axis in axes], parse_math=False)
    panel.set_yticks([])
    panel.set_xlim(-0.15, len(axes) - 0.55)
    panel.set_ylim(-0.06, 1.06)
    panel.grid(False)
    panel.spines[["left", "bottom"]].set_visible(False)
    panel.tick_params(axis="x", length=0)
