"""The simple recurrent cells (C1), one step at a time."""

import torch
from torch import Tensor

from seqkit.layers.cell import Cell
from seqkit.layers.state import State
from seqkit.layers.weights import Weights


class RNN(Cell):
    """Simple recurrent cell (C1; Elman 1990, in the notation of W_a = [W_aa | W_ax]).

    a<t> = tanh(W_a @ [a<t-1>, x<t>] + b_a).

    The state is (a,), (B, H).
    """

    gates = 1
    twin = "rnn"

    def step(self, projected: Tensor, state: State, weights: Weights) -> State:
        """One step of C1: projected (B, H) and the state (a,) before it -> the state after."""
        (a,) = state
        return (torch.tanh(projected + weights.product(a)),)  # (B, H)


class ReLURNN(Cell):
    """Simple recurrent cell with a rectifier (C1; Le, Jaitly & Hinton 2015).

    a<t> = max(0, W_a @ [a<t-1>, x<t>] + b_a).

    The state is (a,), (B, H), and nothing bounds it. For long memories Le et al. start the
    recurrent weights as the identity: `nn.init.eye_(cell.recurrent_weight)`.
    """

    gates = 1
    twin = "rnn-relu"

    def step(self, projected: Tensor, state: State, weights: Weights) -> State:
        """One step of C1: projected (B, H) and the state (a,) before it -> the state after."""
        (a,) = state
        return (torch.relu(projected + weights.product(a)),)  # (B, H)
