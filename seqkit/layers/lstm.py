"""The long short-term memory cell (C4), one step at a time."""

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn

from seqkit.layers.state import State


class LSTMWeights(NamedTuple):
    """The weights of one LSTM step; the four gates Γ_u, Γ_f, c~, Γ_o are stacked in this order."""

    input: Tensor  # (4H, D)
    recurrent: Tensor  # (4H, H)
    bias: Tensor  # (4H,)


class LSTM(nn.Module):
    """Long short-term memory (C4; Hochreiter & Schmidhuber 1997, Gers et al. 2000).

    c~ = tanh(W_c @ [a<t-1>, x<t>] + b_c);  Γ_g = σ(W_g @ [a<t-1>, x<t>] + b_g), g in u, f, o;
    c<t> = Γ_u * c~ + Γ_f * c<t-1>;  a<t> = Γ_o * tanh(c<t>).

    The state is (a, c), each (B, H). The weights are kept apart from the equations: `weights()`
    hands them out, whoever runs the cell may drop or cast them, and `project` and `step` use what
    they are given.
    """

    def __init__(self, input_size: int, hidden_size: int) -> None:
        super().__init__()
        if input_size < 1 or hidden_size < 1:
            raise ValueError(f"an LSTM needs sizes of 1 or more, got {input_size}, {hidden_size}")
        self.input_size, self.hidden_size = input_size, hidden_size
        self.input_weight = nn.Parameter(torch.empty(4 * hidden_size, input_size))
        self.recurrent_weight = nn.Parameter(torch.empty(4 * hidden_size, hidden_size))
        self.bias = nn.Parameter(torch.empty(4 * hidden_size))
        self.initialize()

    def initialize(self) -> None:
        """Draw the weights uniformly from ±1/sqrt(H); the forget gate starts open (bias 1)."""
        bound = 1 / math.sqrt(self.hidden_size)
        nn.init.uniform_(self.input_weight, -bound, bound)
        nn.init.uniform_(self.recurrent_weight, -bound, bound)
        nn.init.zeros_(self.bias)
        with torch.no_grad():
            self.bias[self.hidden_size : 2 * self.hidden_size].fill_(1.0)

    def initial(self, batch: int) -> State:
        """a<0> = c<0> = 0, each (B, H)."""
        zeros = self.bias.new_zeros(batch, self.hidden_size)
        return zeros, zeros

    def weights(self) -> LSTMWeights:
        """The weights as they are trained."""
        return LSTMWeights(self.input_weight, self.recurrent_weight, self.bias)

    def project(self, x: Tensor, weights: LSTMWeights) -> Tensor:
        """The part of every gate that depends on the input alone: (B, T, D) -> (B, T, 4H)."""
        return nn.functional.linear(x, weights.input, weights.bias)

    def step(self, projected: Tensor, state: State, weights: LSTMWeights) -> State:
        """One step of C4: projected (B, 4H) and the state (a, c) before it -> the state after."""
        a, c = state
        gates = projected + a @ weights.recurrent.T  # (B, 4H)
        update, forget, candidate, output = gates.chunk(4, dim=-1)  # each (B, H)
        c = update.sigmoid() * candidate.tanh() + forget.sigmoid() * c  # (B, H)
        return output.sigmoid() * c.tanh(), c
