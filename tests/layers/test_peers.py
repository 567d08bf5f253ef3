"""The cells that other libraries have too, with copied weights: outputs, states and gradients."""

import numpy as np
import pytest
import torch

from seqkit.layers import GRU, LSTM, RNN, ReLURNN, ResetAfterGRU
from tests.layers.cells import RUNNERS, draw, draw_state, drawn

B, T, D, H = 3, 6, 5, 4
KEEP, UPDATE = torch.ones(H), -torch.ones(H)

PEERS = {
    RNN: (torch.nn.RNN, {"nonlinearity": "tanh"}, torch.ones(H)),
    ReLURNN: (torch.nn.RNN, {"nonlinearity": "relu"}, torch.ones(H)),
    ResetAfterGRU: (torch.nn.GRU, {}, torch.cat([KEEP, UPDATE, KEEP])),
    LSTM: (torch.nn.LSTM, {}, torch.ones(4 * H)),
}
"""Torch's module, its options, and the sign of each of our rows there (its z is 1 - Γ_u)."""


def torch_twin(cell):
    """Torch's module with the weights of our cell."""
    kind, options, sign = PEERS[type(cell)]
    theirs = kind(D, H, batch_first=True, **options).double()
    with torch.no_grad():
        theirs.weight_ih_l0.copy_(sign[:, None] * cell.input_weight)
        theirs.weight_hh_l0.copy_(sign[:, None] * cell.recurrent_weight)
        theirs.bias_ih_l0.copy_(sign * cell.bias)
        theirs.bias_hh_l0.zero_()
        if isinstance(cell, ResetAfterGRU):
            theirs.bias_hh_l0[2 * H :] = cell.recurrent_bias
    return theirs


def torch_gradients(theirs, cell):
    """The gradients of torch's parameters, in the rows and the order of ours."""
    sign = PEERS[type(cell)][2]
    found = [
        sign[:, None] * theirs.weight_ih_l0.grad,
        sign[:, None] * theirs.weight_hh_l0.grad,
        sign * theirs.bias_ih_l0.grad,
    ]
    return found + ([theirs.bias_hh_l0.grad[2 * H :]] if isinstance(cell, ResetAfterGRU) else [])


@pytest.mark.parametrize("run", RUNNERS)
@pytest.mark.parametrize("kind", PEERS)
def test_same_as_torch(kind, run):
    cell = drawn(kind(D, H))
    theirs = torch_twin(cell)
    x, x_theirs = (draw(B, T, D).requires_grad_() for _ in range(2))
    state = draw_state(cell, B)
    outputs, last = run(cell, x, state)
    first = tuple(tensor[None] for tensor in state)  # torch wants (layers, B, H)
    outputs_theirs, last_theirs = theirs(x_theirs, first if len(state) == 2 else first[0])
    last_theirs = last_theirs if len(state) == 2 else (last_theirs,)
    torch.testing.assert_close(outputs, outputs_theirs, rtol=1e-12, atol=1e-12)
    for one, two in zip(last, last_theirs, strict=True):
        torch.testing.assert_close(one, two[0], rtol=1e-12, atol=1e-12)
    shares = draw(B, T, H, seed=5)
    ((outputs * shares).sum() + last[-1].square().sum()).backward()
    ((outputs_theirs * shares).sum() + last_theirs[-1].square().sum()).backward()
    found = [x.grad, *(p.grad for p in cell.parameters())]
    wanted = [x_theirs.grad, *torch_gradients(theirs, cell)]
    torch.testing.assert_close(found, wanted, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("run", RUNNERS)
def test_original_gru_is_that_of_keras_and_not_that_of_torch(run, monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    keras = pytest.importorskip("keras", reason="compares with Keras, if it is there")
    cell, x = drawn(GRU(D, H)), draw(B, T, D)
    layer = keras.layers.GRU(H, reset_after=False, return_sequences=True, dtype="float64")
    layer.build((B, T, D))
    weights = [p.detach().split(H) for p in cell.parameters()]  # each Γ_r, Γ_u, c~
    order = [torch.cat([-u, r, c]) for r, u, c in weights]  # Keras has z = 1 - Γ_u, r, h
    layer.set_weights([w.T.numpy() for w in order[:2]] + [order[2].numpy()])
    wanted = layer(x).detach().cpu().numpy()
    found = run(cell, x)[0].detach().numpy()
    # Keras multiplies matrices in float32 here, whatever the type of the layer
    np.testing.assert_allclose(found, wanted, rtol=0, atol=2e-6)
    other = drawn(ResetAfterGRU(D, H))
    with torch.no_grad():
        other.recurrent_bias.zero_()
    assert np.abs(run(other, x)[0].detach().numpy() - wanted).max() > 0.01
