"""Cells in float32 and bfloat16, with saturated gates, and with what is not a number.

The truth is the loop in float64, which test_cells.py holds against the equations.
"""

import numpy as np
import pytest
import torch

from tests.layers.cells import KINDS, RUNNERS, OracleCase, draw, draw_state, drawn, loop

B, T, D, H = 3, 8, 4, 6
LENGTHS = {"whole": None, "padded": torch.tensor([2, 8, 5])}
BOUNDS = {torch.float32: 2e-6, torch.bfloat16: 0.02}

every_cell = pytest.mark.parametrize("kind", KINDS)
every_runner = pytest.mark.parametrize("run", RUNNERS)
every_type = pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16])


def error(found, wanted):
    """The distance of all numbers together, as a share of their size."""
    return (torch.linalg.norm(found.double() - wanted) / torch.linalg.norm(wanted)).item()


def results(cell, dtype, run, lengths):
    """Outputs, last state and all gradients, the latter in the type of what they belong to."""
    x = draw(B, T, D).bfloat16().to(dtype).requires_grad_()
    state = tuple(s.bfloat16().to(dtype).requires_grad_() for s in draw_state(cell, B))
    outputs, last = run(cell, x, state, lengths)
    assert {outputs.dtype, *(s.dtype for s in last)} == {dtype}
    loss = (outputs * draw(B, T, H, seed=5)).sum() + last[-1].double().square().sum()
    inputs = [x, *state, *cell.parameters()]
    gradients = torch.autograd.grad(loss, inputs)
    assert [g.dtype for g in gradients] == [i.dtype for i in inputs]
    return [t.detach() for t in (outputs, *last, *gradients)]


@pytest.mark.parametrize("dtype", BOUNDS)
@pytest.mark.parametrize("name", LENGTHS)
@every_runner
@every_cell
def test_other_types_are_close_to_float64(kind, run, name, dtype):
    cell = drawn(kind(D, H), spread=0.3).float()
    found = results(cell, dtype, run, LENGTHS[name])
    wanted = results(cell.double(), torch.float64, loop, LENGTHS[name])
    for one, two in zip(found, wanted, strict=True):
        assert error(one, two) < BOUNDS[dtype]


@pytest.mark.parametrize("size", [200.0, 1e4])
@every_type
@every_runner
@every_cell
def test_saturated_gates_are_right_and_their_gradients_finite(kind, run, dtype, size):
    cell = drawn(kind(1, H)).float()
    with torch.no_grad():
        cell.input_weight.copy_(torch.where(cell.input_weight < 0, -1.0, 1.0))
    signs = torch.tensor([[1, -1, -1, 1, 1, -1], [-1, -1, 1, 1, -1, 1]])  # (B, T)
    x = (size * signs[..., None]).to(dtype)  # (B, T, 1)
    with np.errstate(over="ignore"):  # the oracle's exp(10,000), in 1 / (1 + exp(10,000)) = 0
        case = OracleCase(cell, x.double(), tuple(zero.double() for zero in cell.initial(2)))
    outputs, last = run(cell, x.requires_grad_())
    for found, wanted in [
        (outputs, case.outputs),
        *zip(last, zip(*case.last, strict=True), strict=True),
    ]:
        assert error(found, torch.tensor(np.stack(wanted))) < BOUNDS.get(dtype, 1e-12)
    loss = outputs.double().sum() + last[-1].double().sum()
    for gradient in torch.autograd.grad(loss, [x, *cell.parameters()]):
        assert torch.isfinite(gradient).all()


@every_type
@every_runner
@every_cell
def test_what_is_not_a_number_is_not_hidden(kind, run, dtype):
    """Training stops at a loss that is not finite (L5), so no path may turn NaN into a number."""
    cell, x = drawn(kind(D, H)).float(), draw(2, T, D).to(dtype)
    x[0, 1, 2] = float("nan")
    outputs, last = run(cell, x)
    assert torch.isfinite(outputs[0, 0]).all() and torch.isfinite(outputs[1]).all()
    assert outputs[0, 1:].isnan().all() and last[-1][0].isnan().all()


@every_type
@every_runner
@every_cell
def test_infinity_stays_in_its_row_and_position(kind, run, dtype):
    cell, x = drawn(kind(D, H)).float(), draw(2, T, D).to(dtype)
    x[0, 1, 2] = float("inf")
    outputs, _ = run(cell, x)
    assert torch.isfinite(outputs[0, 0]).all() and torch.isfinite(outputs[1]).all()
    assert (outputs[0, 1].abs() <= 1).all() or outputs[0, 1].isinf().any()
