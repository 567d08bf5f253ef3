"""The LSTM (C4) over one sequence without gradients: the loop over its steps compiled as a whole.

A step for one sequence is a product of a matrix and a vector; most of what a library's kernel
takes for it goes into getting ready.
"""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from seqkit.layers.fast.numerics import sigmoid, sums, tanh
from seqkit.layers.state import State
from seqkit.layers.weights import Weights

Floats = np.ndarray[Any, Any]

SHORT = 64
"""Steps up to which this is surely faster than torch's kernel."""


def is_single(x: Tensor) -> bool:
    """Whether x (B, T, D) is a case for the functions here."""
    known = x.dtype in (torch.float32, torch.float64) and x.device.type == "cpu"
    return known and len(x) == 1 and x.shape[1] <= SHORT and not torch.is_grad_enabled()


def single_lstm(
    x: Tensor, state: State, weights: Weights, real: Tensor | None
) -> tuple[Tensor, State]:
    """C4 over x (1, T, D) -> a<1..T> (1, T, H) and the last state (a, c), each (1, H)."""
    a, c = (tensor.numpy()[0].copy() for tensor in state)  # (H,)
    outputs = np.empty((x.shape[1], len(a)), a.dtype)  # (T, H)
    last = _one_way(x, a, c, weights, outputs, turned=False)
    return torch.from_numpy(outputs[None]), last


def single_bidirectional(x: Tensor, forward: Weights, backward: Weights) -> tuple[Tensor, State]:
    """C7 with an LSTM each way from zeros: x (1, T, D) -> (1, T, H→ + H←), (a→, c→, a←, c←)."""
    left, right = forward.recurrent.shape[1], backward.recurrent.shape[1]
    zeros = np.zeros(max(left, right), x.numpy().dtype)
    outputs = np.empty((x.shape[1], left + right), zeros.dtype)  # (T, H→ + H←)
    last = _one_way(x, zeros[:left], zeros[:left].copy(), forward, outputs, turned=False)
    first = _one_way(x, zeros[:right], zeros[:right].copy(), backward, outputs, turned=True)
    return torch.from_numpy(outputs[None]), (*last, *first)


def _one_way(
    x: Tensor, a: Floats, c: Floats, weights: Weights, outputs: Floats, turned: bool
) -> State:
    """Fill the first or, turned, the last columns of outputs; the last state. c is overwritten."""
    gates = weights.project(x)[0].numpy()  # (T, 4H)
    _run(gates, weights.recurrent.detach().contiguous().numpy(), a, c, outputs, turned)
    last = outputs[:1, -len(a) :] if turned else outputs[-1:, : len(a)]  # (1, H)
    return torch.from_numpy(last.copy()), torch.from_numpy(c[None])


@sums
def _run(gates, recurrent, a, c, outputs, turned):  # type: ignore[no-untyped-def]
    """Write a<1..T> and leave the last memory in c (H,); gates (T, 4H) are overwritten."""
    T, H = len(gates), len(a)
    first = outputs.shape[1] - H if turned else 0
    for step in range(T):
        t = T - 1 - step if turned else step
        row, out = gates[t], outputs[t, first : first + H]
        _add_product(recurrent, a, row)
        for j in range(H):
            update, forget = sigmoid(row[j]), sigmoid(row[H + j])
            c[j] = update * tanh(row[2 * H + j]) + forget * c[j]
            out[j] = sigmoid(row[3 * H + j]) * tanh(c[j])
        a = out


@sums
def _add_product(matrix, x, out):  # type: ignore[no-untyped-def]
    """out += matrix @ x, four rows (of a number that four divides) at a time."""
    for j in range(0, len(out), 4):
        m0, m1, m2, m3 = matrix[j], matrix[j + 1], matrix[j + 2], matrix[j + 3]
        s0, s1, s2, s3 = out[j], out[j + 1], out[j + 2], out[j + 3]
        for k in range(len(x)):
            s0 += m0[k] * x[k]
            s1 += m1[k] * x[k]
            s2 += m2[k] * x[k]
            s3 += m3[k] * x[k]
        out[j], out[j + 1], out[j + 2], out[j + 3] = s0, s1, s2, s3
