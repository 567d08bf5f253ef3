"""The LSTM over one sequence without gradients: chosen where it pays, and equal to the loop."""

import numpy as np
import pytest
import torch

from seqkit.layers import GRU, LSTM, Bidirectional, WeightDrop
from seqkit.layers.fast import both_ways, twin_of
from seqkit.layers.fast.library import library_lstm
from seqkit.layers.fast.single import (
    SHORT,
    project,
    run_known,
    single_bidirectional,
    single_lstm,
)
from tests.layers.cells import draw, draw_state, drawn, loop

T, D = 5, 3
TOLERANCE = {torch.float64: 1e-12, torch.float32: 1e-5}

every_type = pytest.mark.parametrize("dtype", TOLERANCE)


@every_type
@pytest.mark.parametrize("positions", [2, T, SHORT])
def test_one_sequence_equals_the_loop(dtype, positions):
    cell = drawn(LSTM(D, 7)).to(dtype)
    x, state = draw(1, positions, D).to(dtype), tuple(s.to(dtype) for s in draw_state(cell, 1))
    kept = [tensor.clone() for tensor in (x, *state)]
    wanted = loop(cell, x, state)
    with torch.no_grad():
        assert twin_of(cell, x, None) is single_lstm
        found = cell(x, state)
    assert all(map(torch.equal, kept, (x, *state)))
    assert found[0].dtype == dtype and not found[0].requires_grad
    torch.testing.assert_close(found, wanted, rtol=0, atol=TOLERANCE[dtype])


@every_type
@pytest.mark.parametrize("widths", [(7, 4), (2, 5)])
def test_both_directions_equal_two_loops(dtype, widths):
    layer = drawn(Bidirectional(LSTM(D, widths[0]), LSTM(D, widths[1]))).to(dtype)
    x = draw(1, T, D).to(dtype)
    right, last = loop(layer.forward_cell, x)
    left, first = loop(layer.backward_cell, x.flip(1))
    with torch.inference_mode():
        assert both_ways([layer.forward_cell, layer.backward_cell], x) is single_bidirectional
        outputs, states = layer(x)
    wanted = torch.cat([right, left.flip(1)], dim=2)
    torch.testing.assert_close(outputs, wanted, rtol=0, atol=TOLERANCE[dtype])
    torch.testing.assert_close(states, (*last, *first), rtol=0, atol=TOLERANCE[dtype])
    torch.testing.assert_close(layer(x)[0], wanted, rtol=0, atol=TOLERANCE[dtype])


def test_everything_else_goes_other_ways():
    cell, other = LSTM(D, 4), GRU(D, 4)
    one, two, long = (draw(*shape, D).float() for shape in ((1, T), (2, T), (1, SHORT + 1)))
    assert twin_of(cell, one, None) is library_lstm and both_ways([cell, cell], one) is None
    with torch.no_grad():
        for x in (two, long, one.bfloat16()):
            assert twin_of(cell, x, None) is library_lstm and both_ways([cell, cell], x) is None
        assert both_ways([cell, other], one) is None
        assert both_ways([cell, None], one) is None


def test_not_a_number_is_passed_on():
    cell, x = LSTM(D, 4), draw(1, T, D).float()
    x[0, 2, 1] = torch.nan
    with torch.no_grad():
        outputs, _ = cell(x)
    assert outputs[0, :2].isfinite().all() and outputs[0, 2:].isnan().all()


def test_wrapped_cells_keep_their_wrapping():
    wrapped = Bidirectional(WeightDrop(drawn(LSTM(D, 4)), 0.5), drawn(LSTM(D, 4), seed=3))
    x = draw(1, T, D)
    with torch.no_grad():
        assert not torch.equal(wrapped(x)[0][..., :4], wrapped(x)[0][..., :4])
        found = wrapped.eval()(x)
    torch.testing.assert_close(found, wrapped(x), rtol=0, atol=1e-12)


@every_type
@pytest.mark.parametrize("widths", [(7, 4), (2, 5)])
def test_known_products_give_both_directions(dtype, widths):
    layer = drawn(Bidirectional(LSTM(D, widths[0]), LSTM(D, widths[1]))).to(dtype)
    x, rows = draw(4, D).to(dtype), [2, 0, 0, 3, 1]
    ways = [cell.weights(1) for cell in (layer.forward_cell, layer.backward_cell)]
    products = torch.cat([way.project(x) for way in ways], dim=1).detach().numpy()
    kept, outputs = products.copy(), np.empty((len(rows), sum(widths)), products.dtype)
    recurrent = [way.recurrent.detach().numpy() for way in ways]
    run_known(np.array(rows), products, recurrent[0], outputs, False)
    run_known(np.array(rows), products, recurrent[1], outputs, True)
    wanted, _ = layer(x[None, rows])
    np.testing.assert_allclose(outputs, wanted[0].detach(), atol=TOLERANCE[dtype])
    assert np.array_equal(products, kept)


@every_type
def test_few_rows_are_projected(dtype):
    x, turned, bias = (draw(*shape).to(dtype).numpy() for shape in ((3, 8), (8, 5), (5,)))
    out = np.full((3, 5), np.nan, x.dtype)
    project(x, turned, bias, out)
    np.testing.assert_allclose(out, x @ turned + bias, atol=TOLERANCE[dtype])
