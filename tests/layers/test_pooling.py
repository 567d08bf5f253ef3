"""Poolings against loops over the real positions of each sequence, in float64."""

import math

import pytest
import torch

from seqkit.layers import GRU, LSTM, Bidirectional
from seqkit.layers.gradcheck import gradcheck
from seqkit.layers.pooling import POOLINGS, Attention, LastState, Max, Mean

B, T, H, FORWARD = 3, 5, 4, 3
LENGTHS = torch.tensor([3, 5, 1])


def outputs():
    return torch.randn(B, T, H, dtype=torch.float64)


def drawn(kind):
    torch.manual_seed(0)
    pooling = kind(H, FORWARD).double()
    for parameter in pooling.parameters():
        torch.nn.init.normal_(parameter)
    return pooling


def by_loops(pooling, rows):
    """One sequence, a list of T lists of H numbers -> H numbers."""
    columns = list(zip(*rows, strict=True))
    if isinstance(pooling, LastState):
        return rows[-1][:FORWARD] + rows[0][FORWARD:]
    if isinstance(pooling, Mean):
        return [sum(column) / len(rows) for column in columns]
    if isinstance(pooling, Max):
        return [max(column) for column in columns]
    shares = attention_by_loops(pooling, rows)
    return [sum(a * x for a, x in zip(shares, column, strict=True)) for column in columns]


def attention_by_loops(pooling, rows):
    weight, bias = pooling.keys.weight.tolist(), pooling.keys.bias.tolist()
    scores = []
    for row in rows:
        key = [
            math.tanh(sum(w * x for w, x in zip(line, row, strict=True)) + b)
            for line, b in zip(weight, bias, strict=True)
        ]
        scores.append(sum(q * k for q, k in zip(pooling.query.tolist(), key, strict=True)))
    total = sum(math.exp(score) for score in scores)
    return [math.exp(score) / total for score in scores]


@pytest.mark.parametrize("lengths", [None, LENGTHS], ids=["whole", "padded"])
@pytest.mark.parametrize("kind", POOLINGS.values(), ids=POOLINGS)
def test_it_equals_loops(kind, lengths):
    pooling, x = drawn(kind), outputs()
    found = pooling(x, lengths)
    assert found.shape == (B, pooling.output_size)
    for row, length in enumerate([T] * B if lengths is None else lengths.tolist()):
        wanted = by_loops(pooling, x[row, :length].tolist())
        assert found[row].tolist() == pytest.approx(wanted, abs=1e-12)


@pytest.mark.parametrize("kind", POOLINGS.values(), ids=POOLINGS)
@pytest.mark.parametrize("junk", [7.0, math.nan, math.inf])
def test_padded_is_one_by_one_whatever_the_padding_holds(kind, junk):
    pooling, x = drawn(kind), outputs()
    real = torch.arange(T) < LENGTHS[:, None]
    x = x.where(real[..., None], junk).requires_grad_()
    found = pooling(x, LENGTHS)
    for row, length in enumerate(LENGTHS.tolist()):
        torch.testing.assert_close(found[row], pooling(x[row : row + 1, :length])[0])
    found.sum().backward()
    assert torch.isfinite(x.grad).all() and (x.grad[~real] == 0).all()
    assert all(torch.isfinite(parameter.grad).all() for parameter in pooling.parameters())


@pytest.mark.parametrize("lengths", [None, LENGTHS], ids=["whole", "padded"])
@pytest.mark.parametrize("kind", POOLINGS.values(), ids=POOLINGS)
def test_gradients_are_two_sided_differences(kind, lengths):
    pooling, x = drawn(kind), outputs().requires_grad_()
    tensors = {"x": x, **dict(pooling.named_parameters())}
    for found in gradcheck(lambda: pooling(x, lengths), tensors):
        assert found.error < 1e-7, found
        assert found.analytic > 0, found


def test_the_last_state_is_the_state_that_both_cells_end_in():
    torch.manual_seed(0)
    layer = Bidirectional(LSTM(2, 3), GRU(2, 4)).double()
    hidden, state = layer(torch.randn(B, T, 2, dtype=torch.float64), lengths=LENGTHS)
    found = LastState(7, 3)(hidden, LENGTHS)
    torch.testing.assert_close(found, torch.cat([state[0], state[2]], 1))


def test_one_direction_has_its_last_state_at_the_end():
    x = outputs()
    assert torch.equal(LastState(H, H)(x), x[:, -1])
    assert torch.equal(LastState(H, 0)(x), x[:, 0])


def test_attention_tells_its_weights():
    pooling, x = drawn(Attention), outputs()
    found = pooling.weights(x, LENGTHS)
    for row, length in enumerate(LENGTHS.tolist()):
        wanted = attention_by_loops(pooling, x[row, :length].tolist())
        assert found[row].tolist() == pytest.approx(wanted + [0] * (T - length), abs=1e-12)
    pooling.query.detach().zero_()
    torch.testing.assert_close(pooling(x, LENGTHS), Mean(H, FORWARD)(x, LENGTHS))


def test_the_computation_keeps_its_type():
    for kind in POOLINGS.values():
        assert drawn(kind).float()(outputs().float(), LENGTHS).dtype == torch.float32


@pytest.mark.parametrize(
    ("x", "lengths", "message"),
    [
        (torch.zeros(2, 3, 5), None, r"the input must be \(batch, positions, 4\)"),
        (torch.zeros(2, 0, 4), None, "none of them 0"),
        (torch.zeros(2, 3, 4), torch.tensor([1, 4]), "the length of sequence 1 is 4"),
        (torch.zeros(2, 3, 4), torch.tensor([0, 3]), "the length of sequence 0 is 0"),
        (torch.zeros(2, 3, 4), torch.tensor([3]), "one a sequence"),
    ],
)
@pytest.mark.parametrize("kind", POOLINGS.values(), ids=POOLINGS)
def test_what_does_not_fit_is_refused(kind, x, lengths, message):
    with pytest.raises(ValueError, match=message):
        kind(H, FORWARD)(x, lengths)


@pytest.mark.parametrize("sizes", [(4, 5), (4, -1), (0, 0)])
def test_directions_must_fit_the_width(sizes):
    with pytest.raises(ValueError, match="cannot come from the forward direction"):
        Mean(*sizes)
