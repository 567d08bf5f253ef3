"""What the tests of the recurrent layers share: the oracle of every layer, and ways to run it."""

import numpy as np
import torch
from torch import nn

from seqkit.layers import (
    GRU,
    LSTM,
    RNN,
    Bidirectional,
    DiagonalPeepholeLSTM,
    PeepholeLSTM,
    ReLURNN,
    ResetAfterGRU,
    SimpleGRU,
    Stack,
)
from seqkit.layers.unroll import real_positions, unroll
from tests import oracles

ORACLES = {
    RNN: (oracles.rnn, "a"),
    ReLURNN: (oracles.relu_rnn, "a"),
    SimpleGRU: (oracles.simple_gru, "uc"),
    GRU: (oracles.gru, "ruc"),
    ResetAfterGRU: (oracles.reset_after_gru, "ruc"),
    LSTM: (oracles.lstm, "ufco"),
    PeepholeLSTM: (oracles.peephole_lstm, "ufoc"),
    DiagonalPeepholeLSTM: (oracles.diagonal_peephole_lstm, "ufoc"),
}
"""The oracle of every cell, and the order in which its weights hold the gates."""

KINDS = list(ORACLES)


def loop(cell, x, state=None, lengths=None):
    """The readable loop, whatever faster path there may be."""
    zeros = tuple(tensor.to(x) for tensor in cell.initial(len(x)))
    real = None if lengths is None else real_positions(lengths, x)
    return unroll(cell, x, state or zeros, cell.weights(len(x)).to(x.dtype), real)


def default(cell, x, state=None, lengths=None):
    """What users get."""
    return cell(x, state, lengths)


RUNNERS = [loop, default]


def drawn(layer, seed=0, spread=0.6):
    """The layer in float64 with every parameter drawn at random: biases and peepholes too."""
    torch.manual_seed(seed)
    for parameter in layer.double().parameters():
        nn.init.normal_(parameter, std=spread)
    return layer


def draw(*shape, seed=1):
    return torch.randn(shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def draw_state(layer, batch, seed=2):
    return tuple(draw(*zeros.shape, seed=seed + i) for i, zeros in enumerate(layer.initial(batch)))


def numbers(layer):
    """The parameters of a layer as arrays in float64, by name."""
    return {name: p.detach().double().numpy() for name, p in layer.named_parameters()}


def named(cell, values):
    """The matrices and biases of a cell's equation, out of the blocks that the cell holds."""
    gates = ORACLES[type(cell)][1]
    recurrent, inputs, bias = (
        np.split(values[name], len(gates)) for name in ("recurrent_weight", "input_weight", "bias")
    )
    found = {f"W_{g}": np.hstack(pair) for g, *pair in zip(gates, recurrent, inputs, strict=True)}
    found |= {f"b_{g}": b for g, b in zip(gates, bias, strict=True)}
    if isinstance(cell, PeepholeLSTM):
        for g, block in zip("ufo", np.split(values["peephole_weight"], 3), strict=True):
            found[f"W_{g}"] = np.hstack([found[f"W_{g}"], block])
    if isinstance(cell, DiagonalPeepholeLSTM):
        blocks = np.split(values["peephole_weight"], 3)
        found |= {f"p_{g}": block for g, block in zip("ufo", blocks, strict=True)}
    if isinstance(cell, ResetAfterGRU):
        found["b_cc"] = values["recurrent_bias"]
    return found


def expected(layer, values, x, state):
    """What a layer makes of x (T, D) of one sequence, from the oracles: outputs, last state."""
    if isinstance(layer, Stack):
        last = ()
        for index, inner in enumerate(layer.layers):
            own = state[len(last) : len(last) + len(inner.initial(1))]
            x, own = expected(inner, _below(values, f"layers.{index}."), x, own)
            last += own
        return x, last
    if isinstance(layer, Bidirectional):
        count = len(layer.forward_cell.initial(1))
        forward = _below(values, "forward_cell."), x, state[:count]
        backward = _below(values, "backward_cell."), x[::-1], state[count:]
        right, last = expected(layer.forward_cell, *forward)
        left, first = expected(layer.backward_cell, *backward)
        return np.hstack([right, left[::-1]]), last + first
    return oracles.over_time(ORACLES[type(layer)][0], x, state, named(layer, values))


def _below(values, prefix):
    return {n.removeprefix(prefix): v for n, v in values.items() if n.startswith(prefix)}


class OracleCase:
    """A layer over a batch, by the oracles alone: outputs, last state and every gradient.

    The loss whose gradients these are weighs all real outputs and the last state at random.
    """

    def __init__(self, layer, x, state, lengths=None):
        self.layer, self.x, self.state = layer, x, state
        self.lengths = [x.shape[1]] * len(x) if lengths is None else lengths.tolist()
        self.outputs, self.last = [], []
        for b, length in enumerate(self.lengths):
            own = tuple(s[b].numpy() for s in state)
            outputs, last = expected(layer, numbers(layer), x[b, :length].numpy(), own)
            self.outputs.append(outputs)
            self.last.append(last)
        self.shares = draw(*x.shape[:2], self.outputs[0].shape[1], seed=7)
        self.shares *= torch.arange(x.shape[1])[:, None] < torch.tensor(self.lengths)[:, None, None]
        self.last_shares = [draw(*s.shape, seed=8 + i) for i, s in enumerate(state)]

    def check(self, outputs, last):
        for b, length in enumerate(self.lengths):
            close(outputs[b, :length], self.outputs[b])
            for found, wanted in zip(last, self.last[b], strict=True):
                close(found[b], wanted)

    def loss(self, outputs, last):
        pairs = zip(self.last_shares, last, strict=True)
        return (self.shares * outputs).sum() + sum((w * s).sum() for w, s in pairs)

    def gradients(self):
        """Of the input, the first state and the parameters, in this order, by complex steps."""
        values = numbers(self.layer)

        def part(b, x, state, *parameters):
            """The share of one sequence in the loss."""
            own = dict(zip(values, parameters, strict=True))
            outputs, last = expected(self.layer, own, x[: self.lengths[b]], state)
            return np.sum(self.shares[b, : self.lengths[b]].numpy() * outputs) + sum(
                np.sum(w[b].numpy() * s) for w, s in zip(self.last_shares, last, strict=True)
            )

        inputs, parameters = [], []
        for b in range(len(self.x)):
            own = [self.x[b].numpy(), *(s[b].numpy() for s in self.state)]
            count = len(own)
            found = oracles.gradient(
                lambda *v, b=b, n=count: part(b, v[0], v[1:n], *v[n:]), *own, *values.values()
            )
            inputs.append(found[:count])
            parameters.append(found[count:])
        stacked = [np.stack(each) for each in zip(*inputs, strict=True)]
        return stacked + [np.sum(each, axis=0) for each in zip(*parameters, strict=True)]


def found_gradients(case, run, lengths=None):
    """The gradients of a case's loss in the order of `OracleCase.gradients`, by autograd."""
    x = case.x.clone().requires_grad_()
    state = tuple(s.clone().requires_grad_() for s in case.state)
    loss = case.loss(*run(case.layer, x, state, lengths))
    return torch.autograd.grad(loss, [x, *state, *case.layer.parameters()])


def close(found, wanted, tolerance=1e-10):
    found = found.detach().double().numpy()
    np.testing.assert_allclose(found, wanted, rtol=tolerance, atol=tolerance)
