import math

import pytest
import torch

from seqkit.decode.step import advance, check_normalized, select

LAST = torch.tensor([0, 0])


def advanced(rows, dtype=torch.float32):
    return advance(lambda last, state: (torch.tensor(rows, dtype=dtype), state), LAST, ())[0]


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_log_probabilities_come_as_the_model_has_them(dtype):
    rows = torch.tensor([[0.25, 0.75, 0.0], [0.0, 0.0, 1.0]], dtype=dtype).log()
    got = advanced(rows.tolist(), dtype)
    assert got.dtype == dtype and torch.equal(got, rows)
    check_normalized(got)


@pytest.mark.parametrize("off", [1.0, 1000.0, -1000.0, 0.1, -0.1, math.inf, -math.inf])
def test_what_does_not_sum_to_one_is_refused(off):
    fine = math.log(0.5)
    with pytest.raises(ValueError, match="sum to 1; apply log_softmax"):
        check_normalized(torch.tensor([[fine, fine], [fine + off, fine + off]]))


@pytest.mark.parametrize("beside", [0.0, -math.inf, math.inf])
def test_nan_is_an_error_of_the_model(beside):
    with pytest.raises(RuntimeError, match="NaN"):
        check_normalized(torch.tensor([[0.0, -math.inf], [beside, math.nan]]))


def test_rows_of_another_batch_are_refused():
    with pytest.raises(ValueError, match=r"\(2, V\), got \(1, 1\)"):
        advanced([[0.0]])


def test_gradients_are_not_kept():
    weights = torch.zeros(2, 3, requires_grad=True)
    step = lambda last, state: (weights.log_softmax(-1), (weights * 2,))  # noqa: E731
    log_probs, (state,) = advance(step, LAST, ())
    assert not log_probs.requires_grad and not state.requires_grad


@pytest.mark.parametrize("rows", [[0, 1, 2], [2, 1, 0], [1, 1], [0], [], [0, 1]])
def test_rows_are_taken_in_the_order_asked_for(rows):
    state = (torch.arange(3), torch.arange(12.0).view(3, 2, 2))
    for tensor, taken in zip(state, select(state, rows), strict=True):
        assert taken.tolist() == [tensor.tolist()[row] for row in rows]


def test_a_state_kept_whole_is_not_copied():
    state = (torch.arange(3), torch.zeros(3, 5))
    assert all(a is b for a, b in zip(select(state, [0, 1, 2]), state, strict=True))
    assert select((), [1, 1]) == ()
