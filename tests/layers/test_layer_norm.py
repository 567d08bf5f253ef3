"""Layer normalisation in cells, held against loops that are written out here."""

import numpy as np
import pytest
import torch

from seqkit.layers import GRU, LSTM, RNN, LayerNorm, PeepholeLSTM, ResetAfterGRU, SimpleGRU
from tests.layers.cells import KINDS, close, draw, draw_state, drawn, numbers
from tests.oracles import sigmoid

B, T, D, H = 3, 5, 2, 4


def normal(z, gain):
    """(z - mean) / standard deviation over the units of a gate, times its gain."""
    return gain * (z - z.mean()) / np.sqrt(z.var() + 1e-5)


def gates(p, x, a, count):
    """LN(W_x @ x) and LN(W_a @ a) of each gate, apart, and the bias."""
    rows = [
        [np.split(p[f"cell.{name}"], count) for name in ("input_weight", "recurrent_weight")],
        [np.split(p[name], count) for name in ("input_gain", "recurrent_gain")],
    ]
    for w_x, w_a, g_x, g_a, b in zip(
        *rows[0], *rows[1], np.split(p["cell.bias"], count), strict=True
    ):
        yield normal(w_x @ x, g_x), normal(w_a @ a, g_a), b


def rnn(p, x, state):
    ((i, r, b),) = gates(p, x, state[0], 1)
    return (np.tanh(i + r + b),)


def simple_gru(p, x, state):
    (c,) = state
    update, candidate = (i + r + b for i, r, b in gates(p, x, c, 2))
    u = sigmoid(update)
    return (u * np.tanh(candidate) + (1 - u) * c,)


def gru(p, x, state):
    (c,) = state
    reset, update, _ = (sigmoid(i + r + b) for i, r, b in gates(p, x, c, 3))
    *_, (i, r, b) = gates(p, x, reset * c, 3)
    return (update * np.tanh(i + r + b) + (1 - update) * c,)


def reset_after_gru(p, x, state):
    (c,) = state
    reset, update, candidate = gates(p, x, c, 3)
    r, u = sigmoid(sum(reset)), sigmoid(sum(update))
    inner, seen, b = candidate
    m = np.tanh(inner + b + r * (seen + p["cell.recurrent_bias"]))
    return (u * m + (1 - u) * c,)


def lstm(p, x, state):
    a, c = state
    u, f, m, o = (i + r + b for i, r, b in gates(p, x, a, 4))
    c = sigmoid(u) * np.tanh(m) + sigmoid(f) * c
    return sigmoid(o) * np.tanh(c), c


def peephole_lstm(p, x, state):
    a, c = state
    u, f, o, m = (i + r + b for i, r, b in gates(p, x, a, 4))
    u, f, o = (
        z + w @ c for z, w in zip((u, f, o), np.split(p["cell.peephole_weight"], 3), strict=True)
    )
    c = sigmoid(u) * np.tanh(m) + sigmoid(f) * c
    return sigmoid(o) * np.tanh(c), c


STEPS = {
    RNN: rnn,
    SimpleGRU: simple_gru,
    GRU: gru,
    ResetAfterGRU: reset_after_gru,
    LSTM: lstm,
    PeepholeLSTM: peephole_lstm,
}


@pytest.mark.parametrize("train", [True, False])
@pytest.mark.parametrize("kind", STEPS)
def test_every_gate_sees_normalised_products(kind, train):
    layer = drawn(LayerNorm(kind(D, H))).train(train)
    x, state = draw(B, T, D), draw_state(layer, B)
    outputs, last = layer(x, state)
    for b in range(B):
        own = tuple(tensor[b].numpy() for tensor in state)
        for t in range(T):
            own = STEPS[kind](numbers(layer), x[b, t].numpy(), own)
            close(outputs[b, t], own[0])
        for found, wanted in zip(last, own, strict=True):
            close(found[b], wanted)


@pytest.mark.parametrize("kind", KINDS)
def test_the_scale_of_the_weights_does_not_matter(kind):
    """Normalised products are those of weights ten times as large, but for the 1e-5 inside."""
    layer, x = drawn(LayerNorm(kind(D, H))), draw(B, T, D)
    with torch.no_grad():
        layer.cell.input_weight.mul_(1e4)
        layer.cell.recurrent_weight.mul_(1e4)
        before = layer(x)[0]
        layer.cell.input_weight.mul_(10)
        layer.cell.recurrent_weight.mul_(10)
    torch.testing.assert_close(layer(x)[0], before, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_gains_start_at_one_and_are_trained(kind):
    layer = LayerNorm(kind(D, H)).double()
    rows = len(layer.cell.bias)
    assert layer.input_gain.tolist() == layer.recurrent_gain.tolist() == [1.0] * rows
    layer(draw(B, T, D))[0].square().sum().backward()
    for name, parameter in layer.named_parameters():
        assert parameter.grad.abs().max() > 0, name


@pytest.mark.parametrize("kind", [RNN, GRU, LSTM])
def test_gradients_agree_with_finite_differences(kind):
    layer = drawn(LayerNorm(kind(2, 3)))
    inputs = [draw(2, 3, 2), *draw_state(layer, 2)]
    assert torch.autograd.gradcheck(
        lambda x, *state: layer(x, state)[0], [i.requires_grad_() for i in inputs]
    )
