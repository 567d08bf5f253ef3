"""The long short-term memory cell (C4), one step at a time."""

from typing import NamedTuple

from torch import Tensor, nn

from seqkit.layers.cell import Cell
from seqkit.layers.state import State
from seqkit.layers.weights import Weights


class LSTMGates(NamedTuple):
    """What an LSTM decides at one step, each (B, H)."""

    update: Tensor
    forget: Tensor
    candidate: Tensor
    output: Tensor


class LSTM(Cell):
    """Long short-term memory (C4; Hochreiter & Schmidhuber 1997, Gers et al. 2000).

    c~ = tanh(W_c @ [a<t-1>, x<t>] + b_c);  Γ_g = σ(W_g @ [a<t-1>, x<t>] + b_g), g in u, f, o;
    c<t> = Γ_u * c~ + Γ_f * c<t-1>;  a<t> = Γ_o * tanh(c<t>).

    The state is (a, c), each (B, H). The rows of the weights are Γ_u, Γ_f, c~, Γ_o, as torch's.
    The forget gate starts open, with bias 1.
    """

    gates = 4
    twin = "lstm"

    def __init__(self, input_size: int, hidden_size: int) -> None:
        super().__init__(input_size, hidden_size)
        nn.init.constant_(self.bias[hidden_size : 2 * hidden_size], 1.0)

    def initial(self, batch: int) -> State:
        """a<0> = c<0> = 0, each (B, H)."""
        zeros = self.bias.new_zeros(batch, self.hidden_size)
        return zeros, zeros

    def gates_of(self, projected: Tensor, state: State, weights: Weights) -> LSTMGates:
        """Γ_u, Γ_f, c~ and Γ_o of C4: projected (B, 4H) and the state before it -> each (B, H)."""
        a, _ = state
        gates = projected + weights.product(a)  # (B, 4H)
        update, forget, candidate, output = gates.chunk(4, dim=-1)  # each (B, H)
        return LSTMGates(update.sigmoid(), forget.sigmoid(), candidate.tanh(), output.sigmoid())

    def step(self, projected: Tensor, state: State, weights: Weights) -> State:
        """One step of C4: projected (B, 4H) and the state (a, c) before it -> the state after."""
        _, c = state
        update, forget, candidate, output = self.gates_of(projected, state, weights)
        c = update * candidate + forget * c  # (B, H)
        return output * c.tanh(), c
