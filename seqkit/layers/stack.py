"""Deep recurrent nets: layers of any kind and width, one on top of the other (C8)."""

from collections.abc import Sequence
from itertools import pairwise

from torch import Tensor, nn

from seqkit.layers.bidirectional import Bidirectional
from seqkit.layers.cell import Cell
from seqkit.layers.dropout import LockedDropout
from seqkit.layers.state import State, check_state
from seqkit.layers.unroll import take_step
from seqkit.layers.wrappers import Wrapper

Layer = Cell | Wrapper | Bidirectional


class Stack(nn.Module):
    """a[l]<t> = cell_l(a[l]<t-1>, a[l-1]<t>) for layers of any kind and width (C8).

    A layer is a cell, plain or wrapped, or a `Bidirectional` of two. `dropout` lies between the
    layers, locked over time. The state is one flat tuple, the states of the layers in order.
    """

    def __init__(self, layers: Sequence[Layer], dropout: float = 0.0) -> None:
        super().__init__()
        if not layers:
            raise ValueError("a stack needs at least one layer")
        for index, (below, above) in enumerate(pairwise(layers), 2):
            if above.input_size != below.output_size:
                raise ValueError(
                    f"layer {index} takes inputs of width {above.input_size}, but the layer below "
                    f"it gives {below.output_size}"
                )
        self.layers = nn.ModuleList(layers)
        self.dropout = LockedDropout(dropout)

    def initial(self, batch: int) -> State:
        """The state of every layer before the first step."""
        return tuple(tensor for layer in self._layers() for tensor in layer.initial(batch))

    def forward(
        self, x: Tensor, state: State | None = None, lengths: Tensor | None = None
    ) -> tuple[Tensor, State]:
        """x (B, T, D) -> outputs of the top layer (B, T, H) and the state after the last step.

        The computation runs in the type of x (float32, bfloat16, …), whatever the weights' type.
        lengths (B,) says how many positions of each sequence are real.
        """
        if state is not None:
            check_state(state, self.initial(len(x)))
        last: list[Tensor] = []
        for index, layer in enumerate(self._layers()):
            if index:
                x = self.dropout(x)
            count = len(layer.initial(0))
            own = None if state is None else state[len(last) : len(last) + count]
            x, own = layer(x, own, lengths)
            last.extend(own)
        return x, tuple(last)

    def step(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        """One position, x (B, D) -> the output of the top layer (B, H) and the state after it.

        As calling with T = 1, but nothing is checked: who goes step by step, with states that came
        from here, need not hear at each step that they are fine. No layer reads from both ends.
        """
        after: list[Tensor] = []
        for index, layer in enumerate(self._layers()):
            assert not isinstance(layer, Bidirectional)
            if index:
                x = self.dropout(x[:, None])[:, 0]
            count = len(layer.initial(0))
            own = take_step(layer, x, state[len(after) : len(after) + count])
            x = own[0]
            after.extend(own)
        return x, tuple(after)

    def _layers(self) -> list[Layer]:
        return list(self.layers)  # type: ignore[arg-type]
