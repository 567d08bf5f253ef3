"""The LSTM cells whose gates see the memory (C5), one step at a time."""

import torch
from torch import Tensor, nn

from seqkit.layers.cell import Cell
from seqkit.layers.lstm import LSTMGates
from seqkit.layers.state import State
from seqkit.layers.weights import PeepholeWeights


class PeepholeLSTM(Cell):
    """LSTM whose gates see the memory through a full matrix (C5; after Gers & Schmidhuber 2000).

    c~ = tanh(W_c @ [a<t-1>, x<t>] + b_c);
    Γ_g = σ(W_g @ [a<t-1>, x<t>, c<t-1>] + b_g), g in u, f, o;
    c<t> = Γ_u * c~ + Γ_f * c<t-1>;  a<t> = Γ_o * tanh(c<t>).

    The state is (a, c), each (B, H). The rows of the weights are Γ_u, Γ_f, Γ_o, c~. The peepholes
    start at zero, where the cell is an LSTM, and the forget gate starts open, with bias 1.
    """

    gates = 4
    twin = "lstm-peephole"

    def __init__(self, input_size: int, hidden_size: int) -> None:
        super().__init__(input_size, hidden_size)
        self.peephole_weight = nn.Parameter(torch.zeros(3 * hidden_size, hidden_size))
        nn.init.constant_(self.bias[hidden_size : 2 * hidden_size], 1.0)

    def initial(self, batch: int) -> State:
        """a<0> = c<0> = 0, each (B, H)."""
        zeros = self.bias.new_zeros(batch, self.hidden_size)
        return zeros, zeros

    def weights(self, batch: int) -> PeepholeWeights:
        """The weights for one pass over a batch of so many sequences."""
        return PeepholeWeights(
            input=self.input_weight,
            recurrent=self.recurrent_weight,
            bias=self.bias,
            peephole=self.peephole_weight,
        )

    def gates_of(self, projected: Tensor, state: State, weights: PeepholeWeights) -> LSTMGates:
        """Γ_u, Γ_f, c~ and Γ_o of C5: projected (B, 4H) and the state before it -> each (B, H)."""
        a, c = state
        gates = 3 * self.hidden_size
        product = projected + weights.product(a)  # (B, 4H)
        seen = product[:, :gates] + c @ weights.peephole.T  # (B, 3H)
        update, forget, output = seen.sigmoid().chunk(3, dim=-1)  # each (B, H)
        return LSTMGates(update, forget, product[:, gates:].tanh(), output)

    def step(self, projected: Tensor, state: State, weights: PeepholeWeights) -> State:  # type: ignore[override]
        """One step of C5: projected (B, 4H) and the state (a, c) before it -> the state after."""
        _, c = state
        update, forget, candidate, output = self.gates_of(projected, state, weights)
        c = update * candidate + forget * c  # (B, H)
        return output * c.tanh(), c


class DiagonalPeepholeLSTM(Cell):
    """LSTM each of whose gates sees its own unit's memory (C5, diagonal; Gers & Schmidhuber 2000).

    As `PeepholeLSTM`, with Γ_g = σ(W_g @ [a<t-1>, x<t>] + p_g * c<t-1> + b_g), g in u, f, o.

    The state is (a, c), each (B, H). The rows of the weights are Γ_u, Γ_f, Γ_o, c~. The peepholes
    start at zero, where the cell is an LSTM, and the forget gate starts open, with bias 1.
    """

    gates = 4
    twin = "lstm-peephole-diagonal"

    def __init__(self, input_size: int, hidden_size: int) -> None:
        super().__init__(input_size, hidden_size)
        self.peephole_weight = nn.Parameter(torch.zeros(3 * hidden_size))
        nn.init.constant_(self.bias[hidden_size : 2 * hidden_size], 1.0)

    def initial(self, batch: int) -> State:
        """a<0> = c<0> = 0, each (B, H)."""
        zeros = self.bias.new_zeros(batch, self.hidden_size)
        return zeros, zeros

    def weights(self, batch: int) -> PeepholeWeights:
        """The weights for one pass over a batch of so many sequences."""
        return PeepholeWeights(
            input=self.input_weight,
            recurrent=self.recurrent_weight,
            bias=self.bias,
            peephole=self.peephole_weight,
        )

    def gates_of(self, projected: Tensor, state: State, weights: PeepholeWeights) -> LSTMGates:
        """Γ_u, Γ_f, c~ and Γ_o of C5: projected (B, 4H) and the state before it -> each (B, H)."""
        a, c = state
        gates = 3 * self.hidden_size
        product = projected + weights.product(a)  # (B, 4H)
        seen = product[:, :gates] + c.repeat(1, 3) * weights.peephole  # (B, 3H)
        update, forget, output = seen.sigmoid().chunk(3, dim=-1)  # each (B, H)
        return LSTMGates(update, forget, product[:, gates:].tanh(), output)

    def step(self, projected: Tensor, state: State, weights: PeepholeWeights) -> State:  # type: ignore[override]
        """One step of C5: projected (B, 4H) and the state (a, c) before it -> the state after."""
        _, c = state
        update, forget, candidate, output = self.gates_of(projected, state, weights)
        c = update * candidate + forget * c  # (B, H)
        return output * c.tanh(), c
