"""The gated recurrent units (C2, C3, C3'), one step at a time.

In all of them the memory c<t> is the output a<t>, and an update gate Γ_u decides, unit by unit, how
much of it is written anew. Its bias starts at -1, so that memories are mostly kept at first.
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from seqkit.layers.cell import Cell
from seqkit.layers.state import State
from seqkit.layers.weights import ResetAfterWeights, Weights


class SimpleGates(NamedTuple):
    """What a simplified GRU decides at one step, each (B, H)."""

    update: Tensor
    candidate: Tensor


class Gates(NamedTuple):
    """What a GRU decides at one step, each (B, H)."""

    reset: Tensor
    update: Tensor
    candidate: Tensor


class SimpleGRU(Cell):
    """Simplified gated recurrent unit, with an update gate only (C2).

    c~ = tanh(W_c @ [c<t-1>, x<t>] + b_c);  Γ_u = σ(W_u @ [c<t-1>, x<t>] + b_u);
    c<t> = Γ_u * c~ + (1 - Γ_u) * c<t-1>;  a<t> = c<t>.

    The state is (c,), (B, H). The rows of the weights are Γ_u, c~.
    """

    gates = 2
    twin = "gru-simple"

    def __init__(self, input_size: int, hidden_size: int) -> None:
        super().__init__(input_size, hidden_size)
        nn.init.constant_(self.bias[:hidden_size], -1.0)

    def gates_of(self, projected: Tensor, state: State, weights: Weights) -> SimpleGates:
        """Γ_u and c~ of C2: projected (B, 2H) and the state before it -> each (B, H)."""
        (c,) = state
        update, candidate = (projected + weights.product(c)).chunk(2, dim=-1)  # each (B, H)
        return SimpleGates(update.sigmoid(), candidate.tanh())

    def step(self, projected: Tensor, state: State, weights: Weights) -> State:
        """One step of C2: projected (B, 2H) and the state (c,) before it -> the state after."""
        (c,) = state
        update, candidate = self.gates_of(projected, state, weights)
        return (update * candidate + (1 - update) * c,)  # (B, H)


class GRU(Cell):
    """Gated recurrent unit in its original form: reset before the product (C3; Cho et al. 2014).

    Γ_r = σ(W_r @ [c<t-1>, x<t>] + b_r);  Γ_u = σ(W_u @ [c<t-1>, x<t>] + b_u);
    c~ = tanh(W_c @ [Γ_r * c<t-1>, x<t>] + b_c);
    c<t> = Γ_u * c~ + (1 - Γ_u) * c<t-1>;  a<t> = c<t>.

    The state is (c,), (B, H). The rows of the weights are Γ_r, Γ_u, c~. `torch.nn.GRU` is another
    cell: see `ResetAfterGRU`.
    """

    gates = 3
    twin = "gru"

    def __init__(self, input_size: int, hidden_size: int) -> None:
        super().__init__(input_size, hidden_size)
        nn.init.constant_(self.bias[hidden_size : 2 * hidden_size], -1.0)

    def gates_of(self, projected: Tensor, state: State, weights: Weights) -> Gates:
        """Γ_r, Γ_u and c~ of C3: projected (B, 3H) and the state before it -> each (B, H)."""
        (c,) = state
        gates = 2 * self.hidden_size
        both = projected[:, :gates] + weights.product(c, slice(0, gates))  # (B, 2H)
        reset, update = both.sigmoid().chunk(2, dim=-1)  # each (B, H)
        product = weights.product(reset * c, slice(gates, None))  # (B, H)
        return Gates(reset, update, torch.tanh(projected[:, gates:] + product))

    def step(self, projected: Tensor, state: State, weights: Weights) -> State:
        """One step of C3: projected (B, 3H) and the state (c,) before it -> the state after."""
        (c,) = state
        _, update, candidate = self.gates_of(projected, state, weights)
        return (update * candidate + (1 - update) * c,)  # (B, H)


class ResetAfterGRU(Cell):
    """Gated recurrent unit that resets after the product (C3'), as torch, Keras and cuDNN have it.

    Γ_r = σ(W_r @ [c<t-1>, x<t>] + b_r);  Γ_u = σ(W_u @ [c<t-1>, x<t>] + b_u);
    c~ = tanh(W_cx @ x<t> + b_c + Γ_r * (W_cc @ c<t-1> + b_cc));
    c<t> = Γ_u * c~ + (1 - Γ_u) * c<t-1>;  a<t> = c<t>.

    The state is (c,), (B, H). The rows of the weights are Γ_r, Γ_u, c~. The update gate of torch
    and Keras, z, is 1 - Γ_u: their weights and biases of z are the negative of those here.
    """

    gates = 3
    twin = "gru-reset-after"

    def __init__(self, input_size: int, hidden_size: int) -> None:
        super().__init__(input_size, hidden_size)
        self.recurrent_bias = nn.Parameter(torch.zeros(hidden_size))
        nn.init.constant_(self.bias[hidden_size : 2 * hidden_size], -1.0)

    def weights(self, batch: int) -> ResetAfterWeights:
        """The weights for one pass over a batch of so many sequences."""
        return ResetAfterWeights(
            input=self.input_weight,
            recurrent=self.recurrent_weight,
            bias=self.bias,
            recurrent_bias=self.recurrent_bias,
        )

    def gates_of(self, projected: Tensor, state: State, weights: ResetAfterWeights) -> Gates:
        """Γ_r, Γ_u and c~ of C3': projected (B, 3H) and the state before it -> each (B, H)."""
        (c,) = state
        gates = 2 * self.hidden_size
        product = weights.product(c)  # (B, 3H)
        reset, update = (projected[:, :gates] + product[:, :gates]).sigmoid().chunk(2, dim=-1)
        remembered = reset * (product[:, gates:] + weights.recurrent_bias)  # (B, H)
        return Gates(reset, update, torch.tanh(projected[:, gates:] + remembered))

    def step(self, projected: Tensor, state: State, weights: ResetAfterWeights) -> State:  # type: ignore[override]
        """One step of C3': projected (B, 3H) and the state (c,) before it -> the state after."""
        (c,) = state
        _, update, candidate = self.gates_of(projected, state, weights)
        return (update * candidate + (1 - update) * c,)  # (B, H)
