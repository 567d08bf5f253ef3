"""A reliability diagram: how often answers are right that are said to be so sure (O8)."""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from seqkit.metrics.reliability import Bin
from seqkit.report.figure import BLUE, GREY, ORANGE, save_figure
from seqkit.report.terminal import printable

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def reliability_diagram(
    bins: Sequence[Bin], path: str | os.PathLike[str], title: str = "", unit: str = "answers"
) -> None:
    """Draw a reliability table to `path`, a .png or .svg (Guo et al. 2017, figure 1).

    Above, the share of right answers in each bin as a bar, and hatched how far that is from what
    was said; honest bars end at the diagonal. Below, how many answers each bin has. `unit` says
    what is counted. ValueError where nothing was counted, or for another ending of the file.
    """
    total = sum(one.count for one in bins)
    if not total:
        raise ValueError("nothing was counted, so there is no reliability to draw")
    used = [one for one in bins if one.count]
    error = sum(one.count * abs(one.right - one.confidence) for one in used) / total

    def draw(figure: "Figure") -> None:
        figure.suptitle(printable(title), parse_math=False, x=0.01, ha="left", weight="bold")
        upper, lower = figure.subplots(2, sharex=True, height_ratios=[3, 1])
        _bars(upper, used)
        upper.set_title(f"calibration error {error:.4f} over {total:,} {unit}", fontsize=10)
        upper.set_ylabel("right, share of 1")
        _counts(lower, used, total)
        lower.set_ylabel(f"share of {unit}")
        lower.set_xlabel("confidence")
        lower.set_xlim(0, 1)

    save_figure(path, draw, (5.2, 6.0))


def _bars(axes: "Axes", used: Sequence[Bin]) -> None:
    """A bar a bin, hatched in orange how far it is from what was said, and the diagonal."""
    from matplotlib.patches import Patch

    for one in used:
        width, gap = one.high - one.low, abs(one.right - one.confidence)
        axes.bar(one.low, one.right, width, align="edge", color=BLUE, edgecolor="white")
        axes.bar(
            one.low, gap, width, min(one.right, one.confidence), align="edge", color="none",
            edgecolor=ORANGE, hatch="///",
        )  # fmt: skip
    axes.plot([0, 1], [0, 1], "--", color=GREY, linewidth=1, label="right as often as said")
    bar = Patch(color=BLUE, label="right")
    hatched = Patch(facecolor="none", edgecolor=ORANGE, hatch="///", label="gap to the confidence")
    axes.legend(handles=[bar, hatched, axes.lines[-1]], loc="upper left", fontsize=8)
    axes.set_ylim(0, 1.05)


def _counts(axes: "Axes", used: Sequence[Bin], total: int) -> None:
    """A bar a bin, with the number of its answers above it."""
    for one in used:
        width, share = one.high - one.low, one.count / total
        axes.bar(one.low, share, width, align="edge", color=BLUE, edgecolor="white")
        middle = (one.low + one.high) / 2
        axes.annotate(
            f"{one.count:,}", (middle, share), (0, 2), textcoords="offset points",
            ha="center", va="bottom", fontsize=8, color=GREY,
        )  # fmt: skip
    axes.margins(y=0.25)
