"""BLEU by the length of the source, one or several runs in one picture."""

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from seqkit.report.figure import BLUE, GREEN, ORANGE, save_figure
from seqkit.report.panel import name_ends
from seqkit.report.terminal import printable

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Point = tuple[float, float]

_COLOURS = (BLUE, ORANGE, GREEN, "#CC79A7", "#56B4E9", "#E69F00", "#000000")
_STYLES = ("-", "--", ":")


def bleu_by_length(
    curves: Mapping[str, Sequence[Point]], path: str | os.PathLike[str], title: str = ""
) -> None:
    """Draw BLEU over the length of the source to a .png or .svg (Bahdanau et al. 2015, figure 2).

    curves: by name, points (mean length of a group of sources in tokens, BLEU of their
    translations in percent), shortest first. Raises ValueError without a curve, for a curve
    without a point, and for another ending of the file.
    """
    if not curves or not all(curves.values()):
        raise ValueError("a curve of BLEU by length needs a point or more")

    def draw(figure: "Figure") -> None:
        figure.suptitle(printable(title), parse_math=False, x=0.01, ha="left", weight="bold")
        axes = figure.subplots()
        ends = []
        for i, (name, points) in enumerate(curves.items()):
            colour, style = _COLOURS[i % 7], _STYLES[i // 7 % 3]
            lengths, scores = zip(*points, strict=True)
            axes.plot(lengths, scores, style, color=colour, marker="o", markersize=4)
            ends.append((name, scores[-1], colour))
        axes.set_xlabel("length of the source, tokens (mean of each group)")
        axes.set_ylabel("BLEU")
        axes.set_xlim(left=0)
        axes.set_ylim(0, min(100, 1.08 * max(axes.get_ylim()[1], 1)))
        name_ends(axes, ends)

    save_figure(path, draw, (8.0, 4.5))
