"""Learning curves: the loss, other metrics and the learning rate of a run over its epochs."""

import math
import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from seqkit.report.figure import BLUE, GREEN, GREY, ORANGE, save_figure
from seqkit.report.panel import Curve, Level, draw_panel, log_helps
from seqkit.report.terminal import printable

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Metrics = Mapping[str, float | None]
Epoch = Mapping[str, Any]

_COLOURS = {"train": BLUE, "valid": ORANGE}
_SHARES = {
    "accuracy": "-",
    "f1": "--",
    "bleu": ":",
    "exact_match": "-",
    "analogies": "-",
    "spearman": "--",
}

_CHOOSING = {"f1": "F1", "bleu": "BLEU"}
"""What the best epoch is told by, where it was measured."""


def learning_curves(
    history: Sequence[Epoch],
    path: str | os.PathLike[str],
    title: str = "",
    baselines: Mapping[str, Metrics] | None = None,
    entropy: float | None = None,
    unit: str = "nats",
) -> None:
    """Draw a run's history to `path`, a .png or .svg file, whole or not at all.

    history: one dict an epoch: `epoch` (its number), `train` and `valid` (dicts of metrics: `loss`
    in nats; `accuracy`, `f1`, `bleu`, `exact_match` as shares of 1) and `lr`. All but `epoch` may
    be missing; a value that is None, NaN or infinite is a gap, and the loss axis marks it. If the
    history has a perplexity (L1), the loss is labelled with it too. The epoch that was kept, or the
    lowest validation loss, is marked.
    baselines: metrics by name, drawn as horizontal lines. entropy: the least possible loss, nats.
    unit: that of another loss.

    Raises ValueError if the history is empty or an entry has no epoch, or for another ending.
    """
    epochs = _epochs(history)
    levels = dict(baselines or {})
    if entropy is not None:
        levels["entropy"] = {"loss": entropy}
    shares = [name for name in _SHARES if _has(history, name)]
    rates = [_finite(entry.get("lr")) for entry in history]
    changes = len({rate for rate in rates if math.isfinite(rate)}) > 1
    heights = [3.6, *([2.2] if shares else []), *([1.3] if changes else [])]

    def draw(figure: "Figure") -> None:
        figure.suptitle(printable(title), parse_math=False, x=0.01, ha="left", weight="bold")
        grid = figure.subplots(len(heights), sharex=True, height_ratios=heights, squeeze=False)
        panels = list(grid[:, 0])
        _loss_panel(panels[0], epochs, history, levels, unit)
        if shares:
            _shares_panel(panels[1], epochs, history, levels)
        if changes:
            _rate_panel(panels[-1], epochs, rates)
        _epoch_axis(panels, epochs, _best(epochs, history))

    save_figure(path, draw, (8.0, sum(heights) + 0.9))


def _epochs(history: Sequence[Epoch]) -> list[float]:
    """The epoch numbers, one an entry."""
    if not history:
        raise ValueError("the history is empty: train for an epoch before plotting")
    for number, entry in enumerate(history, start=1):
        if not isinstance(entry.get("epoch"), int | float):
            raise ValueError(f"entry {number} of the history has no number as its 'epoch'")
    return [float(entry["epoch"]) for entry in history]


def _finite(value: float | None) -> float:
    """`value`, or NaN where it is missing or infinite."""
    return float(value) if value is not None and math.isfinite(value) else math.nan


def _values(history: Sequence[Epoch], split: str, metric: str) -> list[float]:
    """One metric of one split, NaN where it is missing."""
    return [_finite((entry.get(split) or {}).get(metric)) for entry in history]


def _has(history: Sequence[Epoch], metric: str) -> bool:
    return any(math.isfinite(v) for split in _COLOURS for v in _values(history, split, metric))


def _levels(levels: Mapping[str, Metrics], metric: str) -> list[Level]:
    """The named levels that have the metric; the entropy, a floor, in a colour of its own."""
    known = ((name, _finite(metrics.get(metric))) for name, metrics in levels.items())
    return [
        Level(f"{name} {value:.4g}", value, GREEN if name == "entropy" else GREY)
        for name, value in known
        if math.isfinite(value)
    ]


def _best(epochs: Sequence[float], history: Sequence[Epoch]) -> tuple[float, str] | None:
    """The epoch that was kept, and what it reached; None where no loss is a number.

    It is the last one that the history calls "best"; without such, that of the lowest loss.
    """
    losses = _values(history, "valid", "loss")
    chosen = [n for n, entry in enumerate(history) if entry.get("best")]
    good = [n for n, loss in enumerate(losses) if math.isfinite(loss)]
    if not chosen and not good:
        return None
    number = chosen[-1] if chosen else min(good, key=losses.__getitem__)
    for metric, name in _CHOOSING.items():
        share = _values(history, "valid", metric)[number]
        if math.isfinite(share):
            return epochs[number], f"{name} {share:.4g}"
    return epochs[number], f"loss {losses[number]:.4g}"


def _loss_panel(
    axes: "Axes",
    epochs: Sequence[float],
    history: Sequence[Epoch],
    levels: Mapping[str, Metrics],
    unit: str,
) -> None:
    """Train and validation loss, the levels, and a cross at the top where a loss is not finite."""
    curves = [
        Curve(split, _values(history, split, "loss"), colour) for split, colour in _COLOURS.items()
    ]
    floors = _levels(levels, "loss")
    if _has(history, "perplexity"):
        axes.set_ylabel("loss, nats a token (perplexity)")
        axes.yaxis.set_major_formatter(lambda loss, _: f"{loss:.3g} ({_perplexity(loss)})")
    else:
        axes.set_ylabel(f"loss, {unit}")
        if log_helps([value for curve in curves for value in curve.values]):
            axes.set_yscale("log")
    draw_panel(axes, epochs, curves, floors)
    _mark_gaps(axes, epochs, history)


def _perplexity(loss: float) -> str:
    """exp(loss) for a tick: short, whole from 10 on."""
    value = math.exp(min(loss, 700.0))
    return f"{value:.1f}" if value < 10 else f"{value:,.0f}" if value < 1e6 else f"{value:.0e}"


def _mark_gaps(axes: "Axes", epochs: Sequence[float], history: Sequence[Epoch]) -> None:
    """Crosses along the top at the epochs that report a loss which is no finite number."""
    gaps = [
        epoch
        for epoch, entry in zip(epochs, history, strict=True)
        for metrics in [entry.get(split) or {} for split in _COLOURS]
        if "loss" in metrics and math.isnan(_finite(metrics["loss"]))
    ]
    if not gaps:
        return
    edge = axes.get_xaxis_transform()
    axes.plot(gaps, [0.96] * len(gaps), "x", color=GREY, transform=edge)
    axes.text(gaps[0], 0.91, "not finite", transform=edge, ha="center", va="top", color=GREY)


def _shares_panel(
    axes: "Axes", epochs: Sequence[float], history: Sequence[Epoch], levels: Mapping[str, Metrics]
) -> None:
    """Accuracy, F1 and BLEU of both splits, as far as they are known."""
    curves = [
        Curve(f"{split} {metric}", _values(history, split, metric), colour, style)
        for metric, style in _SHARES.items()
        for split, colour in _COLOURS.items()
    ]
    floors = [level for metric in _SHARES for level in _levels(levels, metric)]
    axes.set_ylabel("share of 1")
    draw_panel(axes, epochs, curves, floors)


def _rate_panel(axes: "Axes", epochs: Sequence[float], rates: Sequence[float]) -> None:
    """The learning rate."""
    axes.set_ylabel("learning rate")
    if log_helps(rates):
        axes.set_yscale("log")
    draw_panel(axes, epochs, [Curve("", rates, GREY)])


def _epoch_axis(
    panels: Sequence["Axes"], epochs: Sequence[float], best: tuple[float, str] | None
) -> None:
    """Whole numbers below the lowest panel; a line through all panels at the best epoch."""
    from matplotlib.ticker import MaxNLocator

    bottom = panels[-1]
    bottom.set_xlabel("epoch")
    bottom.xaxis.set_major_locator(MaxNLocator(integer=True))
    if len(set(epochs)) == 1:
        bottom.set_xlim(epochs[0] - 1, epochs[0] + 1)
    if best is None:
        return
    epoch, reached = best
    for axes in panels:
        axes.axvline(epoch, color=ORANGE, linewidth=1, linestyle=":", zorder=0)
    text = f"best epoch {epoch:g}: {reached}"
    place = panels[0].get_xaxis_transform()
    panels[0].text(epoch, 1.01, text, color=ORANGE, transform=place, ha="center", va="bottom")
