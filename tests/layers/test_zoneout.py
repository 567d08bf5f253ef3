"""Zoneout: units that stay as they were, each on its own, and their mean outside training."""

import numpy as np
import pytest
import torch

from seqkit.layers import GRU, LSTM, Bidirectional, PeepholeLSTM, Zoneout
from tests.layers.cells import KINDS, close, draw, draw_state, drawn, expected, numbers

B, T, D, H = 4, 5, 2, 16

every_cell = pytest.mark.parametrize("kind", KINDS)


def rates_for(cell, *rates):
    return rates[: len(cell.initial(1))]


def plain_step(cell, x, state):
    """One step of the equations for all rows: x (B, D), each tensor of the state (B, H)."""
    values, rows = numbers(cell), range(len(x))
    last = [expected(cell, values, x[b : b + 1], tuple(s[b] for s in state))[1] for b in rows]
    return [np.stack(each) for each in zip(*last, strict=True)]


@every_cell
def test_outside_training_a_step_is_the_mean_of_both_cases(kind):
    cell, x = drawn(kind(D, H)), draw(B, T, D)
    rates = rates_for(cell, 0.3, 0.6)
    state = draw_state(cell, B)
    outputs, last = Zoneout(cell, *rates).eval()(x, state)
    state = [tensor.numpy() for tensor in state]
    for t in range(T):
        after = plain_step(cell, x[:, t].numpy(), state)
        state = [r * s + (1 - r) * n for r, s, n in zip(rates, state, after, strict=True)]
        close(outputs[:, t], state[0])
    for found, wanted in zip(last, state, strict=True):
        close(found, wanted)


@every_cell
def test_in_training_every_unit_takes_the_step_or_stays_exactly(kind):
    cell, x = drawn(kind(D, H)), draw(B, 40, D)
    layer = Zoneout(cell, *rates_for(cell, 0.3, 0.6))
    state, kept = draw_state(cell, B), []
    torch.manual_seed(0)
    for t in range(40):
        after = plain_step(cell, x[:, t].numpy(), [tensor.detach().numpy() for tensor in state])
        _, new = layer(x[:, t : t + 1], state)
        stayed = [(n == s).numpy() for n, s in zip(new, state, strict=True)]
        for n, plain, same in zip(new, after, stayed, strict=True):
            np.testing.assert_allclose(n.detach().numpy()[~same], plain[~same], atol=1e-12)
        state = new
        kept.append(stayed)
    if kind.__name__ == "ReLURNN":
        return  # a unit that is 0 before and after says nothing
    for index, rate in enumerate(layer.rates):
        shares = np.array([step[index] for step in kept])  # (T, B, H)
        bound = 5 * (rate * (1 - rate) / shares.size) ** 0.5  # 5 standard deviations
        assert shares.mean() == pytest.approx(rate, abs=bound)
        assert len(np.unique(shares.reshape(40, -1), axis=0)) == 40  # drawn anew at every step
        assert len(np.unique(shares.swapaxes(0, 1).reshape(B, -1), axis=0)) == B  # and in every row
    if len(layer.rates) == 2:  # memory and output stay on their own
        both = np.array([step[0] & step[1] for step in kept]).mean()
        assert both == pytest.approx(0.18, abs=0.04)


@every_cell
def test_steps_and_a_whole_pass_draw_the_same(kind):
    cell, x = drawn(kind(D, H)), draw(B, T, D)
    layer = Zoneout(cell, *rates_for(cell, 0.3, 0.6))
    torch.manual_seed(1)
    whole, last = layer(x)
    torch.manual_seed(1)
    state = None
    for t in range(T):
        output, state = layer(x[:, t : t + 1], state)
        close(whole[:, t], output[:, 0].detach().numpy())
    assert torch.isfinite(last[-1]).all()


@pytest.mark.parametrize("train", [True, False])
@every_cell
def test_without_rates_it_is_the_cell_itself(kind, train):
    cell, x = drawn(kind(D, H)), draw(B, T, D)
    layer = Zoneout(cell, *rates_for(cell, 0.0, 0.0)).train(train)
    assert layer.core is cell
    torch.testing.assert_close(layer(x), cell(x), rtol=0, atol=0)
    assert Zoneout(cell, *rates_for(cell, 0.1, 0.1)).core is None


def test_one_rate_of_two_leaves_the_other_tensor_alone():
    cell, x = drawn(LSTM(D, H)), draw(B, 1, D)
    state = draw_state(cell, B)
    _, (a, c) = Zoneout(cell, 0.0, 0.9).eval()(x, state)
    a_plain, c_plain = plain_step(cell, x[:, 0].numpy(), [s.numpy() for s in state])
    close(a, a_plain)
    close(c, 0.9 * state[1].numpy() + 0.1 * c_plain)


def test_padded_positions_stay_padded():
    cell, x, lengths = drawn(GRU(D, H)), draw(B, T, D), torch.tensor([2, 5, 1, 3])
    layer = Bidirectional(Zoneout(cell, 0.3), Zoneout(cell, 0.3)).eval()
    outputs, _ = layer(x, None, lengths)
    for b, n in enumerate(lengths):
        alone, _ = layer(x[b : b + 1, :n])
        torch.testing.assert_close(outputs[b : b + 1, :n], alone, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    ("kind", "rates", "message"),
    [
        (GRU, (0.1, 0.2), "zoneout takes a rate for each of the 1 tensors of the state, got 2"),
        (
            PeepholeLSTM,
            (0.1,),
            "zoneout takes a rate for each of the 2 tensors of the state, got 1",
        ),
        (LSTM, (0.1, 1.0), "a dropout rate must be in [0, 1), got 1.0"),
    ],
)
def test_rates_that_do_not_fit_are_refused(kind, rates, message):
    with pytest.raises(ValueError) as refused:
        Zoneout(kind(D, H), *rates)
    assert str(refused.value) == message
