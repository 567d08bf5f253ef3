"""Heat maps of what a recurrent layer computes while it reads a sentence."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from seqkit.report.figure import GREY, save_figure
from seqkit.report.terminal import printable

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Maps = Mapping[str, np.ndarray]

GATES = {
    "reset": "reset gate Γ$_r$",
    "update": "update gate Γ$_u$",
    "forget": "forget gate Γ$_f$",
    "output": "output gate Γ$_o$",
}
VALUES = {
    "candidate": "candidate $\\tilde{c}$",
    "memory": "tanh of the memory c",
    "output": "output a",
}
LOW, HIGH = 0.1, 0.9
"""Below and above these a gate is left- and right-saturated (Karpathy et al. 2015)."""

LONGEST = 80
"""So many tokens can be told apart in one picture."""


def gate_maps(
    tokens: Sequence[str],
    gates: Maps,
    values: Maps,
    path: str | os.PathLike[str],
    title: str = "",
    units: int = 24,
) -> None:
    """Draw gates and values, each (T, H), as heat maps to a .png or .svg: time along x, units on y.

    Gates (update, forget, …) stand on the left, on a scale from 0 to 1, with the shares of all
    units and positions at which they are saturated; candidate, memory and output on the right,
    from -1 to 1. The memory is drawn as tanh c, which is what the output gate lets out. Of the
    units, those `units` whose output moves most are drawn, those that remember longest on top.

    Raises ValueError for more than LONGEST tokens, no unit, or another ending of the file.
    """
    if not 1 <= len(tokens) <= LONGEST:
        raise ValueError(f"{len(tokens)} tokens do not fit; give a text of 1 to {LONGEST} tokens")
    if units < 1:
        raise ValueError(f"units must be 1 or more, got {units}")
    chosen = _units(gates, values["output"], units)
    columns = _columns(
        {name: gate[:, chosen] for name, gate in gates.items()},
        {name: value[:, chosen] for name, value in values.items()},
    )
    rows = max(len(column.maps) for column in columns)
    width = max(3.6, 0.8 + 0.16 * len(tokens))  # of a column
    height = 1.9 + rows * (0.4 + max(0.8, 0.09 * len(chosen)))

    def draw(figure: "Figure") -> None:
        figure.suptitle(printable(title), parse_math=False, x=0.01, ha="left", weight="bold")
        grid = figure.subplots(rows, len(columns), sharex=True, sharey=True, squeeze=False)
        for column, panels in zip(columns, grid.T, strict=True):
            _draw_column(figure, column, list(panels), bar=1.8 / width)
            _name_tokens(panels[len(column.maps) - 1], tokens)
        for axes, gate in zip(grid[:, 0], gates.values(), strict=False):
            low, high = saturation(gate)
            axes.set_title(f"left {low:.0%}, right {high:.0%}", loc="right", fontsize=8, color=GREY)
        for axes in grid[:, 0]:
            _name_units(axes, chosen)
        figure.supxlabel(_caption(gates), fontsize=8, color=GREY, x=0.01, ha="left")

    save_figure(path, draw, (1.0 + width * len(columns), height))


def saturation(gate: np.ndarray) -> tuple[float, float]:
    """The shares of a gate's activations below LOW and above HIGH, over all units and positions."""
    return float((gate < LOW).mean()), float((gate > HIGH).mean())


@dataclass(frozen=True)
class _Column:
    """Heat maps one below the other, on one scale."""

    maps: Maps
    titles: Mapping[str, str]
    colours: str
    low: float
    high: float
    unit: str


def _columns(gates: Maps, values: Maps) -> list[_Column]:
    """The gates, if there are any, and the values; beyond 1 only a rectifier's outputs go."""
    values = {n: np.tanh(v) if n == "memory" else v for n, v in values.items()}
    top = max(1.0, *(float(np.abs(value).max()) for value in values.values()))
    columns = [
        _Column(gates, GATES, "viridis", 0.0, 1.0, "gate: 0 closed, 1 open"),
        _Column(values, VALUES, "RdBu_r", -top, top, "activation"),
    ]
    return [column for column in columns if column.maps]


def _draw_column(figure: "Figure", column: _Column, panels: list["Axes"], bar: float) -> None:
    """Draw the maps of a column and below them the scale, a share `bar` of their width."""
    for axes in panels[len(column.maps) :]:
        axes.set_axis_off()
    for axes, (name, values) in zip(panels, column.maps.items(), strict=False):
        axes.grid(False)
        axes.spines[:].set_visible(False)
        axes.tick_params(length=0, labelsize=8)
        image = axes.imshow(
            values.T,
            cmap=column.colours,
            vmin=column.low,
            vmax=column.high,
            aspect="auto",
            interpolation="none",
        )
        axes.set_title(column.titles.get(name, name), loc="left", fontsize=10)
    scale = figure.colorbar(image, ax=panels, location="bottom", shrink=bar, aspect=25, pad=0.02)
    scale.outline.set_visible(False)
    scale.set_label(column.unit, fontsize=8)
    scale.ax.tick_params(labelsize=8)


def _units(gates: Maps, output: np.ndarray, count: int) -> np.ndarray:
    """The units whose output varies most over the sentence, the longest memory first: (count,)."""
    moving = np.argsort(-output.std(axis=0), kind="stable")[:count]
    return moving[np.argsort(-_kept(gates, output)[moving], kind="stable")]


def _kept(gates: Maps, output: np.ndarray) -> np.ndarray:
    """How much of its memory each unit keeps from step to step, Γ_f or 1 - Γ_u: (H,).

    A cell without gates keeps nothing by design; there the mean output gives the order.
    """
    if "forget" in gates:
        kept = gates["forget"]
    else:
        kept = 1 - gates["update"] if "update" in gates else output
    return np.asarray(kept.mean(axis=0))


def _name_tokens(axes: "Axes", tokens: Sequence[str]) -> None:
    """The tokens below a panel, upright; a blank as an open box, so that it can be seen."""
    shown = [printable(token).replace(" ", "␣") for token in tokens]
    axes.set_xticks(range(len(tokens)), shown, rotation=90, parse_math=False)
    axes.tick_params(axis="x", labelbottom=True)


def _name_units(axes: "Axes", units: np.ndarray) -> None:
    """The numbers of the units left of a panel."""
    axes.set_yticks(range(len(units)), [str(unit) for unit in units], fontsize=6)
    axes.set_ylabel("unit", fontsize=8)


def _caption(gates: Maps) -> str:
    """What the numbers and the order of the units mean."""
    if not gates:
        return "units by their mean output, the highest on top"
    kept = "Γ$_f$" if "forget" in gates else "1 - Γ$_u$"
    return (
        f"units by how much they keep (mean {kept}), the most on top\n"
        f"left, right: shares of activations below {LOW}, above {HIGH}; all units and tokens"
    )
