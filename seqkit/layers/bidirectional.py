"""A layer that reads in both directions (C7)."""

from collections.abc import Callable

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
        found = self._at_once(x) if state is None and lengths is None else None
        if found is not None:
            return found
        if state is not None:
            check_state(state, self.initial(len(x)))
        count = len(self.forward_cell.initial(0))
        before, after = (None, None) if state is None else (state[:count], state[count:])
        forward, last = self.forward_cell(x, before, lengths)
        turn = reverser(x, lengths)
        backward, first = self.backward_cell(turn(x), after, lengths)
        return torch.cat([forward, turn(backward)], dim=-1), (*last, *first)

    def _at_once(self, x: Tensor) -> tuple[Tensor, State] | None:
        """What a twin of both cells together makes of x; None where there is none."""
        from seqkit.layers.fast import both_ways  # compiles with numba, which is slow to import

        cells = self.forward_cell, self.backward_cell
        twin = both_ways([cell.core for cell in cells], x)
        if twin is None:
            return None
        weights = [cell.weights(len(x)).to(x.dtype) for cell in cells]
        return twin(x, *weights) if all(one.plain for one in weights) else None


def reverser(x: Tensor, lengths: Tensor | None) -> Callable[[Tensor], Tensor]:
    """What turns tensors (B, T, ...) like x (B, T, D) from right to left, padding left as it is."""
    if lengths is None:
        return lambda tensor: tensor.flip(1)
    real_positions(lengths, x)  # refuses lengths that do not fit
    place = torch.arange(x.shape[1], device=x.device)  # (T,)
    last = lengths.to(x.device)[:, None] - 1  # (B, 1)
    order = torch.where(place <= last, last - place, place)[:, :, None]  # (B, T, 1)
    return lambda tensor: tensor.gather(1, order.expand(-1, -1, tensor.shape[2]))
