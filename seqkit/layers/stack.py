"""Deep recurrent nets: layers of any width, one on top of the other (C8)."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from seqkit.layers.dropout import LockedDropout, WeightDropout
from seqkit.layers.state import State
from seqkit.layers.unroll import Cell, run


class Stack(nn.Module):
    """a[l]<t> = cell_l(a[l]<t-1>, a[l-1]<t>) for cells of any kind and width (C8).

    Dropout lies between the layers (`dropout`, locked over time) and on the recurrent weights
    (`weight_drop`). The state is one flat tuple, the states of the layers in order.
    """

    def __init__(
        self, cells: Sequence[nn.Module], dropout: float = 0.0, weight_drop: float = 0.0
    ) -> None:
        super().__init__()
        if not cells:
            raise ValueError("a stack needs at least one layer")
        self.cells = nn.ModuleList(cells)
        self.dropout, self.weight_drop = LockedDropout(dropout), WeightDropout(weight_drop)

    def initial(self, batch: int) -> State:
        """The state of every layer before the first step."""
        return tuple(tensor for cell in self._cells() for tensor in cell.initial(batch))

    def forward(self, x: Tensor, state: State, mask: Tensor | None = None) -> tuple[Tensor, State]:
        """x (B, T, D) -> outputs of the top layer (B, T, H) and the state after the last step.

        The computation runs in the type of x (float32, bfloat16, …), whatever the weights' type.
        """
        states = list(state)
        last: list[Tensor] = []
        for index, cell in enumerate(self._cells()):
            if index:
                x = self.dropout(x)
            own = tuple(states.pop(0).to(x.dtype) for _ in cell.initial(0))
            x, own = run(cell, x, own, self._weights(cell, x.dtype), mask)
            last.extend(own)
        return x, tuple(last)

    def _cells(self) -> list[Cell]:
        return list(self.cells)  # type: ignore[arg-type]

    def _weights(self, cell: Cell, dtype: torch.dtype) -> Any:
        weights = cell.weights()
        weights = weights._replace(recurrent=self.weight_drop(weights.recurrent))
        return weights._make(weight.to(dtype) for weight in weights)
