"""What a cell does while it reads: its gates, candidates and states at every position."""

from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import torch
from torch import Tensor

from seqkit.layers.cell import Cell
from seqkit.layers.state import State
from seqkit.layers.weights import Weights
from seqkit.layers.wrappers import Wrapper


@runtime_checkable
class Gated(Protocol):
    """A cell with gates; a simple one (C1) has none."""

    def gates_of(self, projected: Tensor, state: State, weights: Any) -> Any:
        """The activations of one step by name, a NamedTuple; `step` computes with the same."""
        ...


@dataclass(frozen=True)
class Activations:
    """What a layer computed at every position of a batch, each tensor (B, T, H)."""

    gates: dict[str, Tensor]
    """Γ by name (update, forget, …), each within 0..1; empty for a cell without gates."""

    values: dict[str, Tensor]
    """The candidate c~ of a gated cell, the memory c<t> where it is not the output, a<t>."""


@torch.no_grad()
def activations(layer: Cell | Wrapper, x: Tensor) -> Activations:
    """Run a layer over x (B, T, D) from zeros and keep what C1 to C5 compute on the way.

    Wrappers act as in their present mode: call `eval()` first to see what a trained layer does.
    """
    cell = _innermost(layer)
    weights, state = layer.weights(len(x)), layer.initial(len(x))
    projected = weights.project(x)  # (B, T, G)
    steps = []
    for t in range(x.shape[1]):
        gates = _named_gates(cell, projected[:, t], state, weights)
        state = layer.step(projected[:, t], state, weights)
        steps.append((gates, _named_state(state)))
    gates, states = ({n: _over_time(n, many) for n in many[0]} for many in zip(*steps, strict=True))
    candidate = {"candidate": gates.pop("candidate")} if "candidate" in gates else {}
    return Activations(gates, candidate | states)


def _innermost(layer: Cell | Wrapper) -> Cell:
    """The cell that all wrappers are around."""
    while isinstance(layer, Wrapper):
        layer = layer.cell
    return layer


def _named_gates(
    cell: Cell, projected: Tensor, state: State, weights: Weights
) -> dict[str, Tensor]:
    """The activations of one step by name, each (B, H)."""
    if not isinstance(cell, Gated):
        return {}
    named: dict[str, Tensor] = cell.gates_of(projected, state, weights)._asdict()
    return named


def _named_state(state: State) -> dict[str, Tensor]:
    """The state after a step by name, each (B, H)."""
    names = ("output", "memory")[: len(state)]
    return dict(reversed(list(zip(names, state, strict=True))))


def _over_time(name: str, steps: tuple[dict[str, Tensor], ...]) -> Tensor:
    """One activation of all steps: (B, T, H)."""
    return torch.stack([step[name] for step in steps], dim=1)
