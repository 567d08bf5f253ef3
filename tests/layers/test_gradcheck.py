"""The gradient check finds the mistakes that it is there for, and measures them right."""

import numpy as np
import pytest
import torch
from torch import nn

from seqkit.layers.gradcheck import TOLERANCE, gradcheck


def draw(*shape, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, dtype=torch.float64, generator=generator, requires_grad=True)


class Scaled(torch.autograd.Function):
    """The cube of x, whose gradient somebody got wrong by a factor."""

    @staticmethod
    def forward(ctx, x, factor):
        ctx.save_for_backward(x)
        ctx.factor = factor
        return x**3

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return grad * 3 * x**2 * ctx.factor, None


def only(found):
    (difference,) = found
    return difference


@pytest.mark.parametrize("factor", [1.0, 1.001, 1.5, 0.0, -1.0])
def test_the_error_of_a_wrong_factor_is_that_of_the_formula(factor):
    x = draw(4, 3)
    found = only(gradcheck(lambda: Scaled.apply(x, factor).sum(), {"x": x}))
    assert found.error == pytest.approx(abs(factor - 1) / (abs(factor) + 1), abs=1e-9)
    slope = np.linalg.norm(3 * x.detach().numpy() ** 2)
    assert found.numeric == pytest.approx(slope, rel=1e-8)
    assert found.analytic == pytest.approx(abs(factor) * slope, rel=1e-12)


def test_one_wrong_number_among_many_is_enough():
    x = draw(30)
    mistake = torch.zeros_like(x)
    mistake[17] = 0.01
    x.register_hook(lambda gradient: gradient + mistake)
    found = only(gradcheck(lambda: (x**2).sum(), {"x": x}))
    slope = 2 * x.detach().numpy()
    expected = 0.01 / (np.linalg.norm(slope) + np.linalg.norm(slope + mistake.numpy()))
    assert found.error == pytest.approx(expected, rel=1e-4)
    assert expected > 100 * TOLERANCE


def test_a_missing_gradient_is_an_error_of_one_and_named():
    x, y, z = draw(3), draw(3, seed=1), draw(3, seed=2)
    found = gradcheck(lambda: (x * y.detach()).sum() + 0 * z.sum(), {"x": x, "y": y, "z": z})
    assert [difference.name for difference in found] == ["x", "y", "z"]
    assert found[0].error < 1e-8
    assert (found[1].error, found[1].analytic) == (1.0, 0.0)
    assert (found[2].error, found[2].analytic, found[2].numeric) == (0.0, 0.0, 0.0)


def test_where_nothing_has_a_gradient_all_are_missing():
    x = draw(3)
    assert only(gradcheck(lambda: x.detach().sum(), {"x": x})).error == 1.0


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_a_gradient_that_is_not_finite_is_an_error_of_one(bad):
    x = draw(3)
    x.register_hook(lambda gradient: gradient * bad)
    assert only(gradcheck(lambda: x.sum(), {"x": x})).error == 1.0


def test_several_outputs_are_all_checked():
    """Were any left out or all weighted alike, the softmax (whose sum is 1) would seem flat."""
    x, y = draw(2, 4), draw(3, seed=1)
    found = gradcheck(lambda: (x.softmax(1), y.exp()), {"x": x, "y": y})
    assert all(difference.error < 1e-8 and difference.numeric > 0.1 for difference in found)


class Net(nn.Module):
    """A student's module, with dropout; its weight w takes no part in learning if `broken`."""

    def __init__(self, broken):
        super().__init__()
        self.w, self.drop, self.broken = nn.Parameter(torch.randn(3, 5)), nn.Dropout(0.5), broken
        self.layer = nn.Linear(3, 2)

    def forward(self, x):
        w = self.w.detach() if self.broken else self.w
        return self.layer(self.drop(torch.tanh(x @ w.T)))


@pytest.mark.parametrize("broken", [False, True])
def test_a_module_with_dropout(broken):
    torch.manual_seed(1)
    net, x = Net(broken).double(), draw(6, 5)
    found = gradcheck(lambda: net(x), {"x": x, **dict(net.named_parameters())})
    wrong = [difference.name for difference in found if difference.error > TOLERANCE]
    assert wrong == (["w"] if broken else [])
    assert [difference.name for difference in found] == ["x", "w", "layer.weight", "layer.bias"]


def test_the_seed_decides_what_is_dropped():
    x = draw(40)

    def norm(seed):
        return only(gradcheck(lambda: nn.functional.dropout(x) ** 2, {"x": x}, seed=seed)).numeric

    assert norm(1) == norm(1) != norm(2)


def test_tensors_and_the_generator_are_left_as_they_were():
    torch.manual_seed(5)
    x = draw(4)
    before, expected = x.detach().clone(), torch.rand(3)
    torch.manual_seed(5)
    gradcheck(lambda: torch.dropout(x, 0.5, True), {"x": x})
    assert torch.equal(torch.rand(3), expected)
    assert torch.equal(x.detach(), before) and x.grad is None


def test_tensors_are_put_back_even_if_the_function_fails():
    x = draw(4)
    before = x.detach().clone()

    def fails_when_moved():
        if not torch.equal(x, before):
            raise RuntimeError("moved")
        return x.sum()

    with pytest.raises(RuntimeError, match="moved"):
        gradcheck(fails_when_moved, {"x": x})
    assert torch.equal(x.detach(), before)


def test_it_works_where_gradients_are_switched_off():
    x = draw(4)
    with torch.no_grad():
        assert only(gradcheck(lambda: x.exp(), {"x": x})).error < 1e-8


def test_at_a_kink_the_error_is_large_by_right():
    """torch says 0 for the slope of a ReLU at 0; the two-sided difference there is a half."""
    x = torch.zeros(2, dtype=torch.float64, requires_grad=True)
    found = only(gradcheck(lambda: x.relu().sum(), {"x": x}))
    assert found.error == 1.0 and found.numeric == pytest.approx(0.5 * 2**0.5)


def test_larger_steps_see_the_curvature():
    """(f(x + e) - f(x - e)) / 2e of a cube is 3 x^2 + e^2, exactly."""
    x = torch.tensor([2.0], dtype=torch.float64, requires_grad=True)
    found = only(gradcheck(lambda: (x**3).sum(), {"x": x}, epsilon=0.1))
    assert found.error == pytest.approx(0.01 / 24.01, rel=1e-9)


def test_a_function_of_its_own_random_numbers_is_refused():
    x, generator = draw(3), torch.Generator()
    with pytest.raises(ValueError, match="two results for the same numbers"):
        gradcheck(lambda: (x * torch.rand(3, generator=generator)).sum(), {"x": x})


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: draw(3).detach().float().requires_grad_(), "w is torch.float32; .* float64"),
        (lambda: draw(3).detach(), "w gets no gradient of its own"),
        (lambda: draw(3) * 2, "w gets no gradient of its own"),
        (lambda: draw(3, 2).detach().T.requires_grad_(), "w is a view in another order"),
    ],
    ids=["float32", "no gradient", "no leaf", "transposed"],
)
def test_tensors_that_cannot_be_checked_are_refused(make, message):
    w = make()
    with pytest.raises(ValueError, match=message):
        gradcheck(lambda: w.sum(), {"w": w})


@pytest.mark.parametrize("epsilon", [0.0, -1e-6, 1.0, float("nan")])
def test_steps_of_no_size_are_refused(epsilon):
    with pytest.raises(ValueError, match=f"epsilon must be above 0 and below 1, got {epsilon}"):
        gradcheck(lambda: torch.zeros(()), {}, epsilon=epsilon)
