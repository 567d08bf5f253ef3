"""The LSTM cell, its loop and its fused twin against NumPy loops, finite differences and torch."""

import numpy as np
import pytest
import torch

from seqkit.layers.lstm import LSTM
from seqkit.layers.unroll import run, unroll
from tests import oracles

B, T, D, H = 3, 7, 5, 4


@pytest.fixture
def cell():
    torch.manual_seed(1)
    return LSTM(D, H).double()


@pytest.fixture
def x():
    return torch.randn(B, T, D, dtype=torch.float64, generator=torch.Generator().manual_seed(2))


def states(seed=3):
    generator = torch.Generator().manual_seed(seed)
    return tuple(torch.randn(B, H, dtype=torch.float64, generator=generator) for _ in range(2))


@pytest.mark.parametrize("runner", [unroll, run], ids=["loop", "fused"])
def test_agrees_with_numpy_loops(cell, x, runner):
    a, c = states()
    outputs, (last_a, last_c) = runner(cell, x, (a, c), cell.weights())
    weights = [w.detach().numpy() for w in cell.weights()]
    for b in range(B):
        expected, a_T, c_T = oracles.lstm(x[b].numpy(), a[b].numpy(), c[b].numpy(), *weights)
        np.testing.assert_allclose(outputs[b].detach(), expected, atol=1e-12)
        np.testing.assert_allclose(last_a[b].detach(), a_T, atol=1e-12)
        np.testing.assert_allclose(last_c[b].detach(), c_T, atol=1e-12)


def test_fused_gradients_equal_those_of_the_loop(cell, x):
    found = []
    for runner in (unroll, run):
        x_ = x.clone().requires_grad_()
        state = tuple(tensor.requires_grad_() for tensor in states())
        outputs, last = runner(cell, x_, state, cell.weights())
        loss = (outputs * torch.arange(H)).sum() + last[1].square().sum()
        found.append(torch.autograd.grad(loss, [x_, *state, *cell.parameters()]))
    for loop, fused in zip(*found, strict=True):
        torch.testing.assert_close(loop, fused, atol=1e-10, rtol=1e-10)


def test_gradients_agree_with_finite_differences(cell, x):
    x = x[:2, :3].clone().requires_grad_()
    weights = cell.weights()

    def outputs(x, *weights):
        state = cell.initial(2)
        return unroll(cell, x, state, cell.weights()._make(weights))[0]

    assert torch.autograd.gradcheck(outputs, (x, *weights))


def test_same_as_torch_with_copied_weights(cell, x):
    theirs = torch.nn.LSTM(D, H, batch_first=True).double()
    with torch.no_grad():
        for name, weight in zip(
            ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0"), cell.weights(), strict=True
        ):
            getattr(theirs, name).copy_(weight)
        theirs.bias_hh_l0.zero_()
    torch.testing.assert_close(unroll(cell, x, cell.initial(B), cell.weights())[0], theirs(x)[0])


@pytest.mark.parametrize("runner", [unroll, run], ids=["loop", "fused"])
def test_two_windows_with_carried_state_are_one_pass(cell, x, runner):
    whole, last = runner(cell, x, cell.initial(B), cell.weights())
    first, state = runner(cell, x[:, :3], cell.initial(B), cell.weights())
    second, state = runner(cell, x[:, 3:], state, cell.weights())
    torch.testing.assert_close(torch.cat([first, second], 1), whole)
    torch.testing.assert_close(state, last)


def test_padded_batch_equals_one_by_one(cell, x):
    lengths = [2, 7, 4]
    mask = torch.arange(T) < torch.tensor(lengths)[:, None]
    outputs, (a, c) = run(cell, x, cell.initial(B), cell.weights(), mask)
    for b, length in enumerate(lengths):
        alone, (a_b, c_b) = run(cell, x[b : b + 1, :length], cell.initial(1), cell.weights())
        torch.testing.assert_close(outputs[b, :length], alone[0])
        torch.testing.assert_close(a[b], a_b[0])
        torch.testing.assert_close(c[b], c_b[0])


def test_forget_gate_starts_open(cell):
    _, forget, _, _ = cell.bias.chunk(4)
    assert forget.tolist() == [1.0] * H


def test_sizes_below_one_are_refused():
    with pytest.raises(ValueError, match="sizes of 1 or more, got 0, 3"):
        LSTM(0, 3)
