"""How far gradients reach: against products of Jacobians, and nets whose answer is known."""

import itertools

import numpy as np
import pytest
import torch
from torch.autograd.functional import jacobian

from seqkit.layers import CELLS, GRU, LSTM, RNN, Bidirectional, LayerNorm, Stack, Zoneout
from seqkit.layers.reach import fades_below, gradient_reach

B, T, D, H, K = 2, 6, 3, 4, 4


def randn(*shape, seed=5):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, dtype=torch.float64, generator=generator)


def stirred(net):
    """A net with random weights everywhere, biases and peepholes too."""
    for number, parameter in enumerate(net.parameters()):
        parameter.data = 0.7 * randn(*parameter.shape, seed=number)
    return net.double().eval()


def products_of_jacobians(net, x, farthest, top):
    """|v @ d a<T> / d s<T-k>| by brute force: one dense Jacobian a step, one sequence at a time.

    Returns the products J (k, B, H, S); `top` is the part of the flat state that is the output.
    """
    rows = []
    for one in x.split(1):
        state = torch.cat(net.initial(1), dim=1)[0].double()
        sizes = [tensor.shape[1] for tensor in net.initial(1)]
        steps = []
        for t in range(x.shape[1]):

            def step(flat, t=t, one=one, sizes=sizes):
                parts = tuple(part[None] for part in flat.split(sizes))
                return torch.cat(net(one[:, t : t + 1], parts)[1], dim=1)[0]

            steps.append(jacobian(step, state).numpy())
            state = step(state).detach()
        product = np.eye(len(state))[top]
        products = [product]
        for step_jacobian in steps[::-1][:farthest]:
            product = product @ step_jacobian
            products.append(product)
        rows.append(products)
    return np.array(rows).swapaxes(0, 1)


NETS = {
    **{name: (lambda kind=kind: kind(D, H), slice(0, H)) for name, kind in CELLS.items()},
    "zoneout": (lambda: Zoneout(LSTM(D, H), 0.3, 0.2), slice(0, H)),
    "layer norm": (lambda: LayerNorm(GRU(D, H)), slice(0, H)),
    "stack": (lambda: Stack([LSTM(D, 5), RNN(5, 2), LSTM(2, H)]), slice(12, 12 + H)),
}


@pytest.mark.parametrize("name", NETS)
def test_agrees_with_the_product_of_jacobians(name):
    build, top = NETS[name]
    net, x, directions = stirred(build()), randn(B, T, D), randn(B, H, seed=6)
    products = products_of_jacobians(net, x, K, top)  # (K + 1, B, H, S)
    found = gradient_reach(net, x, K, directions)
    gradients = np.einsum("bh,kbhs->kbs", directions.numpy(), products)
    wanted = np.sqrt(np.square(gradients).sum(axis=2)).mean(axis=1)
    np.testing.assert_allclose(found, wanted, rtol=1e-12)
    assert len(set(np.round(wanted, 6))) == K + 1, "a constant would prove nothing"


def test_over_all_directions_it_is_the_mean_length_of_the_rows():
    net, x = stirred(LSTM(D, H)), randn(1, T, D)
    products = products_of_jacobians(net, x, T, slice(0, H))  # (T + 1, 1, H, S)
    wanted = np.linalg.norm(products[:, 0], axis=2).mean(axis=1)
    found = gradient_reach(net, x.expand(H, T, D), T, torch.eye(H).double())
    np.testing.assert_allclose(found, wanted, rtol=1e-12)


def test_random_directions_are_spread_over_all_and_always_the_same():
    """With every corner of the cube of signs taken in turn the mean is exact."""
    net, x = stirred(GRU(D, H)), randn(1, T, D)
    corners = torch.tensor(list(itertools.product((-1.0, 1.0), repeat=H))).double() / H**0.5
    exact = gradient_reach(net, x.expand(2**H, T, D), K, corners)
    estimated = gradient_reach(net, x.expand(4000, T, D), K)
    torch.testing.assert_close(estimated, exact, rtol=0.03, atol=0)
    assert torch.equal(gradient_reach(net, x.expand(4000, T, D), K), estimated)


@pytest.mark.parametrize("scale", [0.5, 1.0, 1.2])
def test_a_linear_net_grows_or_fades_by_its_scale(scale):
    """At zero activations tanh' is 1, so that J is the k-th power of scale times a rotation."""
    net = RNN(D, 16).double()
    rotation, _ = torch.linalg.qr(randn(16, 16))
    net.recurrent_weight.data = scale * rotation
    found = gradient_reach(net, torch.zeros(5, 30, D).double(), 30)
    torch.testing.assert_close(found, scale ** torch.arange(31).double())


def test_a_memory_carries_what_the_output_does_not_show():
    """With Γ_f = 1, Γ_u = 0 and Γ_o seeing nothing, all that comes back flows through c alone."""
    net = LSTM(D, H).double()
    for parameter in net.parameters():
        parameter.data.zero_()
    net.bias.data = torch.tensor([-40.0, 40.0, 0.0, 0.0]).double().repeat_interleave(H)
    found = gradient_reach(net, torch.zeros(3, 20, D).double(), 20)
    torch.testing.assert_close(found, torch.tensor([1.0] + [0.5] * 20).double())


def test_warming_up_is_reading_from_zeros():
    """What lies before the farthest distance moves the state, and the gradient with it."""
    net, x = stirred(GRU(D, H)), randn(B, T, D)
    long = gradient_reach(net, x, T)
    torch.testing.assert_close(gradient_reach(net, x, 2), long[:3])
    assert not torch.allclose(gradient_reach(net, x[:, -2:], 2), long[:3])


def test_it_leaves_no_trace():
    net = RNN(D, H).requires_grad_(False)
    with torch.no_grad():
        norms = gradient_reach(net, torch.randn(B, T, D), K)
    assert not norms.requires_grad and (norms[1:] > 0).all()
    assert all(parameter.grad is None for parameter in net.parameters())


@pytest.mark.parametrize(
    ("norms", "share", "wanted"),
    [
        ([1.0, 0.6, 0.4, 0.1], 0.5, 2),
        ([1.0, 0.4, 0.7, 0.4, 0.3], 0.5, 3),
        ([1.0, 0.4, 0.5], 0.5, None),
        ([1.0, 0.4, float("nan")], 0.5, None),
        ([0.1], 0.5, 0),
    ],
)
def test_where_norms_fade_for_good(norms, share, wanted):
    assert fades_below(norms, share) == wanted


def test_what_does_not_fit_is_refused():
    x = torch.zeros(B, T, D)
    for farthest in (0, T + 1):
        with pytest.raises(ValueError, match=f"1 and the 6 positions of the input, got {farthest}"):
            gradient_reach(RNN(D, H), x, farthest)
    with pytest.raises(ValueError, match="no distance back in time"):
        gradient_reach(Stack([Bidirectional(RNN(D, H), RNN(D, H))]), x, 2)
