"""Running a cell over a sequence: the readable loop, and the function that picks a fused twin."""

from typing import Any, Protocol

import torch
from torch import Tensor

from seqkit.layers.fused import fused_lstm
from seqkit.layers.lstm import LSTM
from seqkit.layers.state import State


class Cell(Protocol):
    """What a recurrent cell offers: one step, from state to state; its output is the first item."""

    input_size: int
    hidden_size: int

    def initial(self, batch: int) -> State:
        """The state before the first step, each tensor (B, H)."""
        ...

    def weights(self) -> Any:
        """A NamedTuple of the trained weights, `input` (G, D), `recurrent` (G, H) among them."""
        ...

    def project(self, x: Tensor, weights: Any) -> Tensor:
        """All input products at once: (B, T, D) -> (B, T, G)."""
        ...

    def step(self, projected: Tensor, state: State, weights: Any) -> State:
        """One step: (B, G) and the state before -> the state after."""
        ...


def unroll(
    cell: Cell, x: Tensor, state: State, weights: Any, mask: Tensor | None = None
) -> tuple[Tensor, State]:
    """Run `cell` over x (B, T, D), one step after another (C8, one layer).

    Where mask (B, T) is false the state is kept as it was, so that padding changes nothing.
    Returns the outputs a<1..T> (B, T, H) and the last state.
    """
    projected = cell.project(x, weights)  # (B, T, G)
    outputs = []
    for t in range(x.shape[1]):
        after = cell.step(projected[:, t], state, weights)
        state = after if mask is None else _keep(mask[:, t, None], after, state)
        outputs.append(state[0])
    return torch.stack(outputs, dim=1), state  # (B, T, H)


def run(
    cell: Cell, x: Tensor, state: State, weights: Any, mask: Tensor | None = None
) -> tuple[Tensor, State]:
    """As `unroll`, by the fastest exact path: torch's fused kernel where the mathematics agrees."""
    if isinstance(cell, LSTM) and mask is None:
        return fused_lstm(x, state, weights)
    return unroll(cell, x, state, weights, mask)


def _keep(real: Tensor, after: State, before: State) -> State:
    """The state after the step where real (B, 1) is true, the one before it elsewhere."""
    return tuple(torch.where(real, a, b) for a, b in zip(after, before, strict=True))
