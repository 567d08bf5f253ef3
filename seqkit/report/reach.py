"""How far gradients reach back in time, as curves: one a run or a cell."""

import math
import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from seqkit.report.figure import BLUE, GREEN, GREY, ORANGE, save_figure
from seqkit.report.panel import Curve, Level, draw_panel
from seqkit.report.terminal import printable

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FLOOR = 1e-6
"""Norms below it are not drawn: what is lost is lost."""

_COLOURS = (BLUE, ORANGE, GREEN, "#CC79A7", "#56B4E9", "#E69F00", "#000000")
_STYLES = ("-", "--", ":")


def reach_curves(
    curves: Mapping[str, Sequence[float]], path: str | os.PathLike[str], title: str = ""
) -> None:
    """Draw the norm of the gradient at every distance back in time (L5) to a .png or .svg file.

    curves: by name, the norms at the distances 0, 1, 2, … relative to that at 0. The axis is
    logarithmic and ends at FLOOR; norms that are not finite or below it are gaps. Raises ValueError
    without a curve, for curves of unequal lengths, and for another ending of the file.
    """
    lengths = sorted({len(norms) for norms in curves.values()})
    if len(lengths) != 1 or lengths[0] == 0:
        raise ValueError(f"all curves need the same distances, got lengths {lengths}")
    drawn = [
        Curve(name, [_visible(norm) for norm in norms], _COLOURS[i % 7], _STYLES[i // 7 % 3])
        for i, (name, norms) in enumerate(curves.items())
    ]
    levels = [Level("1/2", 0.5, GREY), Level("1/100", 0.01, GREY)]

    def draw(figure: "Figure") -> None:
        figure.suptitle(printable(title), parse_math=False, x=0.01, ha="left", weight="bold")
        axes = figure.subplots()
        axes.set_yscale("log")
        axes.set_xlim(0, lengths[0] - 1 or 1)
        axes.set_xlabel("distance back in time, tokens")
        axes.set_ylabel("norm of the gradient")
        draw_panel(axes, range(lengths[0]), drawn, levels)
        for line in axes.get_lines():
            line.set_marker("None")  # a hundred dots would hide the line

    save_figure(path, draw, (8.0, 4.5))


def _visible(norm: float) -> float:
    return norm if math.isfinite(norm) and norm >= FLOOR else math.nan
