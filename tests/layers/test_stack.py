"""Deep stacks: widths, carried state, causality and dropout in its places."""

import pytest
import torch

from seqkit.layers.lstm import LSTM
from seqkit.layers.stack import Stack


@pytest.fixture
def stack():
    torch.manual_seed(0)
    return Stack([LSTM(3, 6), LSTM(6, 2), LSTM(2, 5)]).double()


def test_two_windows_with_carried_state_are_one_pass(stack):
    x = torch.randn(2, 8, 3, dtype=torch.float64)
    whole, last = stack(x, stack.initial(2))
    first, state = stack(x[:, :5], stack.initial(2))
    second, state = stack(x[:, 5:], state)
    torch.testing.assert_close(torch.cat([first, second], 1), whole)
    torch.testing.assert_close(state, last)
    assert [tensor.shape[1] for tensor in state] == [6, 6, 2, 2, 5, 5]


def test_nothing_before_a_changed_input_moves(stack):
    x = torch.randn(2, 8, 3, dtype=torch.float64)
    changed = x.clone()
    changed[:, 4] += 1
    before, after = stack(x, stack.initial(2))[0], stack(changed, stack.initial(2))[0]
    assert torch.equal(before[:, :4], after[:, :4])
    assert not torch.isclose(before[:, 4:], after[:, 4:]).any(dim=2).all()


def test_runs_in_the_type_of_its_input(stack):
    stack.float()
    x = torch.randn(2, 4, 3)
    exact, _ = stack(x, stack.initial(2))
    rough, state = stack(x.bfloat16(), stack.initial(2))
    assert rough.dtype == state[0].dtype == torch.bfloat16
    torch.testing.assert_close(rough.float(), exact, atol=0.02, rtol=0.05)


def test_weight_drop_changes_training_only():
    torch.manual_seed(0)
    stack = Stack([LSTM(3, 30)], weight_drop=0.5)
    x = torch.randn(1, 5, 3)
    one, two = stack(x, stack.initial(1))[0], stack(x, stack.initial(1))[0]
    assert not torch.equal(one, two)
    stack.eval()
    assert torch.equal(stack(x, stack.initial(1))[0], stack(x, stack.initial(1))[0])


def test_no_layers_is_an_error():
    with pytest.raises(ValueError, match="at least one layer"):
        Stack([])
