"""A layer that reads in both directions (C7)."""

import torch
from torch import Tensor, nn

from seqkit.layers.cell import Cell
from seqkit.layers.state import State, check_state
from seqkit.layers.unroll import check_input, real_positions
from seqkit.layers.wrappers import Wrapper


class Bidirectional(nn.Module):
    """One cell from left to right, one from right to left (C7; Schuster & Paliwal 1997).

    The output at every position is [a→<t>, a←<t>], (B, T, H→ + H←). Each direction reads the real
    length of its sequence, so padding changes nothing. The state is that of the forward cell after
    the last word, then that of the backward cell after the first. It needs the whole sequence, so
    it cannot be part of a language model.
    """

    def __init__(self, forward_cell: Cell | Wrapper, backward_cell: Cell | Wrapper) -> None:
        super().__init__()
        if forward_cell.input_size != backward_cell.input_size:
            raise ValueError(
                "both cells read the same input, but their sizes are "
                f"{forward_cell.input_size} and {backward_cell.input_size}"
            )
        self.forward_cell, self.backward_cell = forward_cell, backward_cell
        self.input_size = forward_cell.input_size
        self.output_size = forward_cell.output_size + backward_cell.output_size

    def initial(self, batch: int) -> State:
        """The states before the first step of each direction."""
        return (*self.forward_cell.initial(batch), *self.backward_cell.initial(batch))

    def forward(
        self, x: Tensor, state: State | None = None, lengths: Tensor | None = None
    ) -> tuple[Tensor, State]:
        """x (B, T, D) -> outputs (B, T, H→ + H←) and the last state of each direction.

        Beyond a sequence's length the outputs are those of its last step in either direction.
        """
        check_input(x, self.input_size)
        if state is not None:
            check_state(state, self.initial(len(x)))
        count = len(self.forward_cell.initial(0))
        before, after = (None, None) if state is None else (state[:count], state[count:])
        forward, last = self.forward_cell(x, before, lengths)
        order = reading_order(x, lengths)  # (B, T)
        backward, first = self.backward_cell(_reorder(x, order), after, lengths)
        return torch.cat([forward, _reorder(backward, order)], dim=-1), (*last, *first)


def reading_order(x: Tensor, lengths: Tensor | None) -> Tensor:
    """The positions (B, T) of x (B, T, D) from right to left, padding left where it is."""
    batch, positions = x.shape[:2]
    order = torch.arange(positions, device=x.device).expand(batch, positions)
    if lengths is None:
        return order.flip(1)
    real_positions(lengths, x)  # refuses lengths that do not fit
    last = lengths.to(x.device)[:, None] - 1  # (B, 1)
    return torch.where(order <= last, last - order, order)


def _reorder(x: Tensor, order: Tensor) -> Tensor:
    """x (B, T, D) with its positions in another order (B, T)."""
    return x.gather(1, order.unsqueeze(-1).expand(-1, -1, x.shape[-1]))
