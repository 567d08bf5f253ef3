"""What every recurrent cell is: parameters, a state, one step."""

from typing import ClassVar

import torch
from torch import Tensor, nn

from seqkit.layers.state import State
from seqkit.layers.unroll import run
from seqkit.layers.weights import Weights

GAIN = 0.5
"""How much of a state's length one recurrent product keeps at first.

With 1, orthogonal weights keep all of it: in a wide net the words of long ago are then as loud as
the last one, and it hardly learns language. The memory of gated cells does not depend on it.
"""


class Cell(nn.Module):
    """One step of a recurrent net; a subclass says which equation.

    `step` goes from state to state and the first item of a state is the output a<t>. Calling the
    cell runs it over a batch of sequences, x (B, T, D) -> outputs (B, T, H) and the last state.
    """

    gates: ClassVar[int]
    """Blocks of H rows in the weights: what one step computes from [a<t-1>, x<t>]."""
    twin: ClassVar[str | None] = None
    """Its fast twin in `layers/fast`, if it has one. It is not inherited, as steps may differ."""

    def __init__(self, input_size: int, hidden_size: int) -> None:
        super().__init__()
        if input_size < 1 or hidden_size < 1:
            name = type(self).__name__
            raise ValueError(f"{name} needs sizes of 1 or more, got {input_size}, {hidden_size}")
        self.input_size, self.hidden_size = input_size, hidden_size
        rows = self.gates * hidden_size
        self.input_weight = nn.Parameter(torch.empty(rows, input_size))
        self.recurrent_weight = nn.Parameter(torch.empty(rows, hidden_size))
        self.bias = nn.Parameter(torch.zeros(rows))
        for gate in range(self.gates):
            block = slice(gate * hidden_size, (gate + 1) * hidden_size)
            nn.init.xavier_uniform_(self.input_weight[block])
            nn.init.orthogonal_(self.recurrent_weight[block], gain=GAIN)

    @property
    def output_size(self) -> int:
        """The width of the outputs, H."""
        return self.hidden_size

    @property
    def core(self) -> "Cell":
        """The cell whose equation a step follows: itself, where nothing is wrapped around it."""
        return self

    def initial(self, batch: int) -> State:
        """The state before the first step, a<0> = 0: (B, H)."""
        return (self.bias.new_zeros(batch, self.hidden_size),)

    def weights(self, batch: int) -> Weights:
        """The weights for one pass over a batch of so many sequences."""
        return Weights(input=self.input_weight, recurrent=self.recurrent_weight, bias=self.bias)

    def step(self, projected: Tensor, state: State, weights: Weights) -> State:
        """One step: W_x @ x<t> + b (B, G) and the state before it -> the state after it."""
        raise NotImplementedError

    def forward(
        self, x: Tensor, state: State | None = None, lengths: Tensor | None = None
    ) -> tuple[Tensor, State]:
        """Run over x (B, T, D) from `state` (zeros unless given) -> outputs (B, T, H), last state.

        lengths (B,) says how many positions of each sequence are real; beyond them the state is
        kept as it was. The computation runs in the type of x. Raises ValueError for x, states and
        lengths that do not fit, and for a state that holds NaN or infinity.
        """
        return run(self, x, state, lengths)
