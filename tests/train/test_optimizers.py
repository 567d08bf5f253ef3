"""Optimizers step for step against O2 and O4 in NumPy, penalties, and clipping."""

import numpy as np
import pytest
import torch
from torch import nn

from seqkit.train.optimizers import OPTIMIZERS, ClipNorm, ClipValue, build_optimizer
from seqkit.train.unfreezing import layered_groups

RATE = 0.05


class Oracle:
    """O2 for one array of weights; the gradient is handed in, penalties are added here (O4)."""

    def __init__(self, name, w, decay, l1):
        self.name, self.w, self.decay, self.l1 = name, w.copy(), decay, l1
        self.v, self.s, self.t = np.zeros_like(w), np.zeros_like(w), 0

    def step(self, g):
        self.t += 1
        g = g + self.l1 * np.sign(self.w)
        if self.name == "adamw":
            self.w = self.w - RATE * self.decay * self.w
        else:
            g = g + self.decay * self.w
        self.w = self.w - RATE * getattr(self, self.name)(g)

    def sgd(self, g):
        return g

    asgd = sgd

    def momentum(self, g):
        self.v = 0.9 * self.v + g
        return self.v

    def rmsprop(self, g):
        self.s = 0.999 * self.s + 0.001 * g**2
        return g / (np.sqrt(self.s) + 1e-8)

    def adam(self, g):
        self.v = 0.9 * self.v + 0.1 * g
        self.s = 0.999 * self.s + 0.001 * g**2
        mean, square = self.v / (1 - 0.9**self.t), self.s / (1 - 0.999**self.t)
        return mean / (np.sqrt(square) + 1e-8)

    adamw = adam


class Affine(nn.Module):
    """Half the mean square of x W + b - y: its gradients are written down by hand below."""

    def __init__(self, w, b):
        super().__init__()
        self.matrix, self.bias = nn.Parameter(torch.tensor(w)), nn.Parameter(torch.tensor(b))

    def forward(self, x, y):
        return (x @ self.matrix + self.bias - y).square().sum() / (2 * len(x))


@pytest.mark.parametrize("l1", [0.0, 0.07])
@pytest.mark.parametrize("decay", [0.0, 0.3])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_step_is_that_of_o2(name, decay, l1):
    draw = np.random.default_rng(3)
    w, b = draw.normal(size=(3, 2)), draw.normal(size=2)
    w[1, 1] = 0  # where sign(w) = 0
    model = Affine(w, b)
    optimizer = build_optimizer(name, model, RATE, decay, l1)
    matrix, bias = Oracle(name, w, decay, l1), Oracle(name, b, 0, 0)
    for _ in range(25):
        x, y = draw.normal(size=(5, 3)), draw.normal(size=(5, 2))
        error = (x @ matrix.w + bias.w - y) / 5
        matrix.step(x.T @ error)
        bias.step(error.sum(0))
        model(torch.tensor(x), torch.tensor(y)).backward()
        optimizer.step()
        optimizer.zero_grad()
        np.testing.assert_allclose(model.matrix.detach(), matrix.w, rtol=1e-10, atol=1e-12)
        np.testing.assert_allclose(model.bias.detach(), bias.w, rtol=1e-10, atol=1e-12)


def test_weight_decay_is_lambda_over_m():
    """The step on J + λ/(2m) sum |W|_F^2 by automatic differentiation, λ 0.6 and m 5."""
    draw = np.random.default_rng(4)
    w, b = draw.normal(size=(3, 2)), draw.normal(size=2)
    x, y = torch.tensor(draw.normal(size=(5, 3))), torch.tensor(draw.normal(size=(5, 2)))
    model, penalised = Affine(w, b), Affine(w, b)
    model(x, y).backward()
    build_optimizer("sgd", model, RATE, weight_decay=0.6 / 5).step()
    (penalised(x, y) + 0.6 / (2 * 5) * penalised.matrix.square().sum()).backward()
    with torch.no_grad():
        wanted = penalised.matrix - RATE * penalised.matrix.grad
    torch.testing.assert_close(model.matrix.data, wanted)


def test_l1_brings_weights_of_no_use_near_zero_and_spares_the_rest():
    model = Affine(np.full((2, 1), 0.5), np.full(1, 0.5))
    optimizer = build_optimizer("sgd", model, 0.1, l1=0.2)
    for _ in range(200):  # only the first weight and the bias matter
        x = torch.tensor([[1.0, 0.0], [-1.0, 0.0]], dtype=torch.float64)
        model(x, torch.tensor([[4.0], [-2.0]], dtype=torch.float64)).backward()
        optimizer.step()
        optimizer.zero_grad()
    useful, useless = model.matrix.flatten().tolist()
    assert useful == pytest.approx(3 - 0.2)  # the least squares have 3, less λ' / mean x²
    assert abs(useless) <= 0.1 * 0.2 + 1e-12
    assert model.bias.item() == pytest.approx(1)


def test_layers_with_rates_of_their_own_have_the_same_penalties():
    draw = np.random.default_rng(5)
    model = Affine(draw.normal(size=(3, 2)), draw.normal(size=2))
    matrix, bias = layered_groups([list(model.parameters())], weight_decay=0.3, l1=0.07)
    assert matrix["params"] == [model.matrix] and bias["params"] == [model.bias]
    assert (matrix["weight_decay"], matrix["l1"]) == (0.3, 0.07)
    assert (bias["weight_decay"], bias["l1"]) == (0, 0)


def test_l1_leaves_weights_without_a_gradient_alone():
    model = Affine(np.ones((2, 1)), np.ones(1))
    build_optimizer("sgd", model, 0.1, l1=0.2).step()
    assert (model.matrix == 1).all()


def test_unknown_optimizer_and_bad_rates_are_named():
    model = Affine(np.ones((2, 1)), np.ones(1))
    with pytest.raises(ValueError, match="unknown optimizer 'adan'; there are: adam, adamw"):
        build_optimizer("adan", model, 0.1)
    with pytest.raises(ValueError, match="--lr must be above 0, got 0"):
        build_optimizer("adam", model, 0)
    with pytest.raises(ValueError, match="--clip must be above 0, got -1"):
        ClipNorm(-1)


def test_clipping_by_norm_and_by_value():
    model = Affine(np.ones((1, 1)), np.ones(1))
    for clip, expected in ((ClipNorm(1.0), (0.6, -0.8)), (ClipValue(3.5), (3.0, -3.5))):
        model.matrix.grad = torch.full((1, 1), 3.0, dtype=torch.float64)
        model.bias.grad = torch.full((1,), -4.0, dtype=torch.float64)
        assert clip(list(model.parameters())).item() == pytest.approx(5)
        found = (model.matrix.grad.item(), model.bias.grad.item())
        assert found == pytest.approx(expected, rel=1e-5)
