"""Deep stacks (C8): layers of any kind and width, carried state, padding, dropout in its places."""

import pytest
import torch

from seqkit.layers import (
    GRU,
    LSTM,
    RNN,
    Bidirectional,
    DiagonalPeepholeLSTM,
    ResetAfterGRU,
    SimpleGRU,
    Stack,
)
from tests.layers.cells import OracleCase, close, draw, draw_state, drawn, found_gradients

B, T, D = 3, 4, 2
LENGTHS = {"whole": None, "padded": torch.tensor([3, 1, 4])}


def mixed():
    return drawn(Stack([GRU(D, 4), DiagonalPeepholeLSTM(4, 2), RNN(2, 3)]))


def both_ways():
    return drawn(
        Stack([SimpleGRU(D, 3), Bidirectional(RNN(3, 2), LSTM(3, 1)), ResetAfterGRU(3, 2)])
    )


def run(stack, x, state=None, lengths=None):
    return stack(x, state, lengths)


@pytest.mark.parametrize("name", LENGTHS)
@pytest.mark.parametrize("build", [mixed, both_ways])
def test_outputs_states_and_gradients_are_those_of_loops_upon_loops(build, name):
    stack = build()
    case = OracleCase(stack, draw(B, T, D), draw_state(stack, B), LENGTHS[name])
    case.check(*stack(case.x, case.state, LENGTHS[name]))
    found, wanted = found_gradients(case, run, LENGTHS[name]), case.gradients()
    for one, two in zip(found, wanted, strict=True):
        close(one, two)


@pytest.mark.parametrize("build", [mixed, both_ways])
def test_a_padded_unsorted_batch_is_its_sequences_one_by_one(build):
    stack, x, lengths = build(), draw(B, 6, D), torch.tensor([2, 6, 3])
    state = draw_state(stack, B)
    outputs, last = stack(x, state, lengths)
    for b, n in enumerate(lengths):
        alone, own = stack(x[b : b + 1, :n], tuple(s[b : b + 1] for s in state))
        torch.testing.assert_close(outputs[b : b + 1, :n], alone, rtol=1e-12, atol=1e-12)
        for found, wanted in zip(last, own, strict=True):
            torch.testing.assert_close(found[b : b + 1], wanted, rtol=1e-12, atol=1e-12)


def test_two_windows_with_carried_state_are_one_pass():
    stack, x = mixed(), draw(2, 8, D)
    whole, last = stack(x, stack.initial(2))
    first, state = stack(x[:, :5])
    second, state = stack(x[:, 5:], state)
    torch.testing.assert_close(torch.cat([first, second], 1), whole, rtol=1e-12, atol=1e-12)
    torch.testing.assert_close(state, last, rtol=1e-12, atol=1e-12)
    assert [tensor.shape[1] for tensor in state] == [4, 2, 2, 3]


def test_nothing_before_a_changed_input_moves():
    stack, x = mixed(), draw(2, 8, D)
    changed = x.clone()
    changed[:, 4] += 1
    before, after = stack(x)[0], stack(changed)[0]
    assert torch.equal(before[:, :4], after[:, :4])
    assert not torch.isclose(before[:, 4:], after[:, 4:]).any(dim=2).all()


def test_a_layer_that_reads_both_ways_lets_the_future_through():
    stack, x = both_ways(), draw(2, 8, D)
    changed = x.clone()
    changed[:, 4] += 1
    assert not torch.isclose(stack(x)[0][:, 0], stack(changed)[0][:, 0]).all()


@torch.no_grad()
def test_step_by_step_it_is_one_pass():
    stack, x = mixed(), draw(B, T, D)
    state = start = draw_state(stack, B)
    outputs, last = stack(x, start)
    for t in range(T):
        out, state = stack.step(x[:, t], state)
        torch.testing.assert_close(out, outputs[:, t], rtol=1e-12, atol=1e-12)
    torch.testing.assert_close(state, last, rtol=1e-12, atol=1e-12)


def test_it_runs_in_the_type_of_its_input():
    stack = mixed().float()
    x = draw(2, 4, D).float()
    exact, _ = stack(x)
    rough, state = stack(x.bfloat16())
    assert rough.dtype == torch.bfloat16
    assert {tensor.dtype for tensor in state} == {torch.bfloat16}
    torch.testing.assert_close(rough.float(), exact, atol=0.02, rtol=0.05)


def test_dropout_lies_between_the_layers_and_nowhere_else():
    torch.manual_seed(0)
    lower, upper = RNN(D, 64), RNN(64, 3)
    stack, x = Stack([lower, upper], dropout=0.5), torch.randn(2, 5, D)
    seen = []
    upper.register_forward_pre_hook(lambda _, arguments: seen.append(arguments[0]))
    found, _ = stack(x)
    below, _ = lower(x)
    ratio = seen[0] / below  # (B, T, H), 0 or 2
    assert set(ratio.round(decimals=4).unique().tolist()) == {0.0, 2.0}
    assert (ratio.round(decimals=4) == ratio[:, :1].round(decimals=4)).all()
    torch.testing.assert_close(upper(seen[0])[0], found)
    stack.eval()
    torch.testing.assert_close(stack(x)[0], upper(below)[0])
