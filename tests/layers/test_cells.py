"""Every cell against NumPy loops, complex steps and finite differences, by the loop and by default.

A float64 loop of one sequence at a time is the truth; see tests/oracles.py.
"""

import functools

import numpy as np
import pytest
import torch
from torch import nn
from torch.func import functional_call

from tests.layers.cells import (
    KINDS,
    RUNNERS,
    OracleCase,
    close,
    draw,
    draw_state,
    drawn,
    found_gradients,
    numbers,
)

B, D, H = 3, 2, 3
CASES = {
    "whole": (4, None),
    "padded": (4, torch.tensor([2, 4, 1])),
    "one position": (1, None),
}


@functools.cache
def case_and_gradients(kind, name):
    """The oracle's answers, which all runners share."""
    positions, lengths = CASES[name]
    cell = drawn(kind(D, H))
    case = OracleCase(cell, draw(B, positions, D), draw_state(cell, B), lengths)
    return case, case.gradients()


every_cell = pytest.mark.parametrize("kind", KINDS)
every_runner = pytest.mark.parametrize("run", RUNNERS)
every_case = pytest.mark.parametrize("name", CASES)


@every_case
@every_runner
@every_cell
def test_outputs_and_last_state_are_those_of_the_equations(kind, run, name):
    case, _ = case_and_gradients(kind, name)
    outputs, last = run(case.layer, case.x, case.state, CASES[name][1])
    case.check(outputs, last)
    assert outputs.shape == (B, CASES[name][0], H)


@every_case
@every_runner
@every_cell
def test_gradients_are_those_of_the_equations(kind, run, name):
    case, wanted = case_and_gradients(kind, name)
    found = found_gradients(case, run, CASES[name][1])
    labels = ["input", *(f"state {i}" for i in range(len(case.state))), *numbers(case.layer)]
    for label, one, two in zip(labels, found, wanted, strict=True):
        assert np.abs(two).max() > 1e-3, f"the gradient of {label} tests nothing"
        close(one, two)


@every_runner
@every_cell
def test_it_starts_from_zeros(kind, run):
    cell, x = drawn(kind(D, H)), draw(B, 4, D)
    zeros = tuple(torch.zeros(B, H, dtype=torch.float64) for _ in cell.initial(B))
    OracleCase(cell, x, zeros).check(*run(cell, x))
    assert all(torch.equal(zero, first) for zero, first in zip(zeros, cell.initial(B), strict=True))


@every_runner
@every_cell
def test_beyond_its_length_a_sequence_keeps_its_last_output(kind, run):
    cell, x = drawn(kind(D, H)), draw(B, 4, D)
    outputs, last = run(cell, x, None, CASES["padded"][1])
    for b, length in enumerate(CASES["padded"][1]):
        assert torch.equal(outputs[b, length:], outputs[b, length - 1].expand(4 - length, H))
        assert torch.equal(last[0][b], outputs[b, length - 1])


@every_runner
@every_cell
def test_what_stands_in_the_padding_does_not_matter(kind, run):
    cell, lengths = drawn(kind(D, H)), CASES["padded"][1]
    x = draw(B, 4, D)
    other = x.clone().requires_grad_()
    with torch.no_grad():
        for b, length in enumerate(lengths):
            other[b, length:] = 7.0
    found, wanted = run(cell, other, None, lengths), run(cell, x, None, lengths)
    torch.testing.assert_close(found, wanted, rtol=0, atol=0)
    (moves,) = torch.autograd.grad(found[0].sum() + found[1][-1].sum(), [other])
    assert [bool((moves[b, n:] == 0).all()) for b, n in enumerate(lengths)] == [True] * B


class Runner(nn.Module):
    """Outputs and last state as a function of the parameters too."""

    def __init__(self, cell, run, lengths):
        super().__init__()
        self.cell, self.run, self.lengths = cell, run, lengths

    def forward(self, x, *state):
        outputs, last = self.run(self.cell, x, state, self.lengths)
        return outputs, *last


@pytest.mark.parametrize("lengths", [None, torch.tensor([1, 3])], ids=["whole", "padded"])
@every_runner
@every_cell
def test_gradients_agree_with_finite_differences(kind, run, lengths):
    cell = drawn(kind(2, 2), seed=4)
    runner = Runner(cell, run, lengths)
    names = [name for name, _ in runner.named_parameters()]
    inputs = [draw(2, 3, 2), *draw_state(cell, 2), *(p.detach() for p in runner.parameters())]
    count = 1 + len(cell.initial(1))

    def results(*values):
        return functional_call(
            runner, dict(zip(names, values[count:], strict=True)), values[:count]
        )

    assert torch.autograd.gradcheck(results, [v.clone().requires_grad_() for v in inputs])
