"""The twins that torch brings along: whole sequences in one kernel of cuDNN or oneDNN."""

import torch
from torch import Tensor

from seqkit.layers.state import State
from seqkit.layers.weights import ResetAfterWeights, Weights

# Arguments that all of torch's kernels share: biases, 1 layer, no dropout, gradients wanted, one
# direction, batch first. They want a second bias, which is zero for most cells here.


def library_lstm(
    x: Tensor, state: State, weights: Weights, real: Tensor | None
) -> tuple[Tensor, State]:
    """C4 over x (B, T, D) -> a<1..T> (B, T, H) and the last state (a, c), each (B, H)."""
    a, c = (tensor.unsqueeze(0) for tensor in state)  # (1, B, H)
    parameters = [weights.input, weights.recurrent, weights.bias, torch.zeros_like(weights.bias)]
    outputs, a, c = torch.lstm(
        x, (a, c), parameters, True, 1, 0.0, torch.is_grad_enabled(), False, True
    )
    return outputs, (a.squeeze(0), c.squeeze(0))


def library_lstm_step(x: Tensor, state: State, weights: Weights) -> State:
    """C4 at one position, x (B, D), from the state (a, c) before it to that after it."""
    second = torch.zeros_like(weights.bias)
    return torch.lstm_cell(x, state, weights.input, weights.recurrent, weights.bias, second)


def library_rnn(
    x: Tensor, state: State, weights: Weights, real: Tensor | None
) -> tuple[Tensor, State]:
    """C1 with tanh over x (B, T, D) -> a<1..T> (B, T, H) and the last state (a,), (B, H)."""
    parameters = [weights.input, weights.recurrent, weights.bias, torch.zeros_like(weights.bias)]
    outputs, a = torch.rnn_tanh(
        x, state[0].unsqueeze(0), parameters, True, 1, 0.0, torch.is_grad_enabled(), False, True
    )
    return outputs, (a.squeeze(0),)


def library_relu_rnn(
    x: Tensor, state: State, weights: Weights, real: Tensor | None
) -> tuple[Tensor, State]:
    """C1 with a rectifier over x (B, T, D) -> a<1..T> (B, T, H) and the last state (a,), (B, H)."""
    parameters = [weights.input, weights.recurrent, weights.bias, torch.zeros_like(weights.bias)]
    outputs, a = torch.rnn_relu(
        x, state[0].unsqueeze(0), parameters, True, 1, 0.0, torch.is_grad_enabled(), False, True
    )
    return outputs, (a.squeeze(0),)


def library_gru(
    x: Tensor, state: State, weights: ResetAfterWeights, real: Tensor | None
) -> tuple[Tensor, State]:
    """C3' over x (B, T, D) -> a<1..T> (B, T, H) and the last state (c,), (B, H).

    torch's z is 1 - Γ_u = σ(-W_u @ [c<t-1>, x<t>] - b_u): the middle rows change their sign.
    """
    hidden = len(weights.recurrent_bias)
    sign = torch.ones_like(weights.bias)
    sign[hidden : 2 * hidden] = -1
    second = torch.cat([weights.bias.new_zeros(2 * hidden), weights.recurrent_bias])
    parameters = [
        weights.input * sign[:, None],
        weights.recurrent * sign[:, None],
        weights.bias * sign,
        second,
    ]
    outputs, a = torch.gru(
        x, state[0].unsqueeze(0), parameters, True, 1, 0.0, torch.is_grad_enabled(), False, True
    )
    return outputs, (a.squeeze(0),)
