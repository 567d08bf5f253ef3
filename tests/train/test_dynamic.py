"""The rule of dynamic evaluation, weight by weight against plain numbers."""

import math

import pytest
import torch
from torch import nn

from seqkit.train.dynamic import DynamicSettings, DynamicStep, restored, root_mean_squares


def parameters():
    g = torch.Generator().manual_seed(2)
    return [nn.Parameter(torch.randn(*shape, generator=g).double()) for shape in ((2, 3), (4,))]


def flat(tensors):
    return [float(x) for tensor in tensors for x in tensor.detach().flatten()]


def test_steps_are_those_of_the_equation():
    own, settings = parameters(), DynamicSettings(rate=0.1, decay=0.8, window=1)
    rms = [parameter.detach().abs().flip(0) * 3 for parameter in own]
    rms[0][0, 0] = 0  # a weight that the other text never moved: it does not come back
    trained, weights, sizes = flat(own), flat(own), flat(rms)
    mean = sum(sizes) / len(sizes)
    assert any(0.8 * size / mean > 1 for size in sizes)
    step = DynamicStep(own, rms, settings)
    for number in range(3):
        gradients = [torch.full_like(parameter, 1.0 + number) for parameter in own]
        for parameter, gradient in zip(own, gradients, strict=True):
            parameter.grad = gradient
        step()
        weights = [
            w - 0.1 * g / (size + mean) + min(0.8 * size / mean, 1) * (start - w)
            for w, g, size, start in zip(weights, flat(gradients), sizes, trained, strict=True)
        ]
        assert flat(own) == pytest.approx(weights, rel=1e-12)


def test_the_mean_of_squares_is_over_windows():
    own = parameters()
    seen = []

    def windows():
        for number in (1.0, -2.0, 4.0):
            for parameter in own:
                parameter.grad = parameter.detach() * number
            seen.append(number)
            yield None

    found = root_mean_squares(own, windows())
    assert flat(found) == pytest.approx([abs(w) * math.sqrt(21 / 3) for w in flat(own)])
    assert len(seen) == 3


def test_gradients_that_are_all_zero_move_nothing():
    own = parameters()
    before = flat(own)
    for parameter in own:
        parameter.grad = torch.zeros_like(parameter)
    DynamicStep(own, [torch.zeros_like(p) for p in own], DynamicSettings(1.0, 1.0, 1))()
    assert flat(own) == before


@pytest.mark.parametrize("fails", [False, True])
def test_weights_come_back_whatever_happens(fails):
    own = parameters()
    before = flat(own)

    def spoil():
        with restored(own), torch.no_grad():
            for parameter in own:
                parameter.mul_(math.nan)
                parameter.grad = torch.ones_like(parameter)
            if fails:
                raise RuntimeError("it failed")

    if fails:
        with pytest.raises(RuntimeError, match="it failed"):
            spoil()
    else:
        spoil()
    assert flat(own) == before and all(parameter.grad is None for parameter in own)


WRONG = [(0.0, 0.1, 5), (math.nan, 0.1, 5), (math.inf, 0.1, 5)]
WRONG += [(0.1, -0.1, 5), (0.1, math.inf, 5), (0.1, 0.1, 0)]


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_no_step_is_refused(wrong):
    with pytest.raises(ValueError, match="of dynamic evaluation must be"):
        DynamicSettings(*wrong)
