"""The LSTM over many sequences of known products: equal to each of them by itself."""

import numpy as np
import pytest
import torch

from seqkit.layers import LSTM, Bidirectional
from seqkit.layers.fast.packed import run_packed
from tests.layers.cells import draw, drawn

F, D = 6, 3
TOLERANCE = {torch.float64: 1e-12, torch.float32: 1e-5}


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("widths", [(7, 4), (2, 5)])
@pytest.mark.parametrize("lengths", [[5, 3, 3, 1], [4, 4], [1, 1, 1], [6]])
def test_many_sequences_are_as_each_alone(lengths, widths, dtype):
    layer = drawn(Bidirectional(LSTM(D, widths[0]), LSTM(D, widths[1]))).to(dtype)
    ways = [cell.weights(1) for cell in (layer.forward_cell, layer.backward_cell)]
    x = draw(F, D).to(dtype)
    gates = torch.cat([way.project(x) for way in ways], dim=1).detach().numpy()
    turned = [way.recurrent.detach().T.contiguous() for way in ways]
    rows = np.random.default_rng(0).integers(0, F, (len(lengths), lengths[0]))
    kept, hidden = gates.copy(), np.full((*rows.shape, sum(widths)), 9, gates.dtype)
    run_packed(rows, np.array(lengths), gates, turned, hidden)
    for row, length, found in zip(rows, lengths, hidden, strict=True):
        wanted = layer(x[None, row[:length]])[0][0].detach()
        np.testing.assert_allclose(found[:length], wanted, atol=TOLERANCE[dtype])
        assert (found[length:] == 9).all()
    assert np.array_equal(gates, kept)
