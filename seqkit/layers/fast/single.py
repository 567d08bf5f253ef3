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
    _run(*_products(x, weights), a, c, outputs, False)
    return torch.from_numpy(outputs[None]), _as_state(outputs[-1], c)


def single_bidirectional(x: Tensor, forward: Weights, backward: Weights) -> tuple[Tensor, State]:
    """C7 with an LSTM each way from zeros: x (1, T, D) -> (1, T, H→ + H←), (a→, c→, a←, c←)."""
    left, right = forward.recurrent.shape[1], backward.recurrent.shape[1]
    zeros = np.zeros(max(left, right), x.numpy().dtype)
    c, after = zeros[:left].copy(), zeros[:right].copy()
    outputs = np.empty((x.shape[1], left + right), zeros.dtype)  # (T, H→ + H←)
    _run(*_products(x, forward), zeros[:left], c, outputs, False)
    _run(*_products(x, backward), zeros[:right], after, outputs, True)
    last = _as_state(outputs[-1, :left], c, outputs[0, left:], after)
    return torch.from_numpy(outputs[None]), last


def _products(x: Tensor, weights: Weights) -> tuple[Floats, Floats]:
    """What the gates see of x (1, T, D), (T, 4H), and the weights by which they see a, (4H, H)."""
    return weights.project(x)[0].numpy(), weights.recurrent.detach().contiguous().numpy()


def _as_state(*parts: Floats) -> State:
    """Arrays (H,) as tensors (1, H) of their own."""
    return tuple(torch.from_numpy(part[None].copy()) for part in parts)


@sums
def _run(gates, recurrent, a, c, outputs, turned):  # type: ignore[no-untyped-def]
    """Write a<1..T> into the first columns of outputs; turned, from right to left, into the last.

    The last memory is left in c (H,); gates (T, 4H) are overwritten.
    """
    T, H = len(gates), len(a)
    first = outputs.shape[1] - H if turned else 0
    for step in range(T):
        t = T - 1 - step if turned else step
        out = outputs[t, first : first + H]
        _step(gates[t], recurrent, a, c, out)
        a = out


@sums
def run_known(rows, gates, recurrent, outputs, turned):  # type: ignore[no-untyped-def]
    """As `_run` from zeros over steps whose products with x are kept: rows (T,) of gates.

    Of each row the first 4H columns are for this direction or, turned, the last ones.
    """
    T, G, H = len(rows), recurrent.shape[0], recurrent.shape[1]
    first = outputs.shape[1] - H if turned else 0
    share = gates.shape[1] - G if turned else 0
    row, a, c = np.empty(G, gates.dtype), np.zeros(H, gates.dtype), np.zeros(H, gates.dtype)
    for step in range(T):
        t = T - 1 - step if turned else step
        for j in range(G):
            row[j] = gates[rows[t], share + j]
        out = outputs[t, first : first + H]
        _step(row, recurrent, a, c, out)
        a = out


@sums
def _step(gates, recurrent, a, c, out):  # type: ignore[no-untyped-def]
    """C4 from the state a, c (H,) to out, c; gates (4H,), as yet without a, are overwritten."""
    _add_product(recurrent, a, gates)
    activate(gates, c, out)


@sums
def activate(gates, c, out):  # type: ignore[no-untyped-def]
    """The rest of C4 once gates (4H,) are summed up: from c (H,) to c and out."""
    H = len(c)
    for j in range(H):
        update, forget = sigmoid(gates[j]), sigmoid(gates[H + j])
        c[j] = update * tanh(gates[2 * H + j]) + forget * c[j]
        out[j] = sigmoid(gates[3 * H + j]) * tanh(c[j])


@sums
def project(x, turned, bias, out):  # type: ignore[no-untyped-def]
    """out = x @ turned + bias: few rows x (F, D), so turned (D, G) is read once; 4 divides D."""
    for f in range(len(x)):
        for j in range(len(bias)):
            out[f, j] = bias[j]
    for k in range(0, len(turned), 4):
        m0, m1, m2, m3 = turned[k], turned[k + 1], turned[k + 2], turned[k + 3]
        for f in range(len(x)):
            a, b, c, d, row = x[f, k], x[f, k + 1], x[f, k + 2], x[f, k + 3], out[f]
            for j in range(len(row)):
                row[j] += (a * m0[j] + b * m1[j]) + (c * m2[j] + d * m3[j])


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
