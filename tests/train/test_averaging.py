"""Averages of weights: their recurrences, the non-monotone trigger, and resuming in the loop."""

import signal

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from seqkit.train.averaging import TriggeredAverage, WeightAverage, build_average
from seqkit.train.loop import Hooks, Loop
from seqkit.train.optimizers import ClipNorm, build_optimizer
from seqkit.train.recipe import Limits, Recipe
from seqkit.train.schedules import constant

VALUES = np.linspace(1, 3, 50) ** 2


class Point(nn.Module):
    """Noisy steps towards 0: the gradient of |w|² / 2 at w + noise."""

    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.full((2, 3), 2.0, dtype=torch.float64))

    def loss(self, batch, carry):
        noise = torch.randn(2, 3, dtype=torch.float64)
        return (self.w + noise).square().sum() / 2, 1, None


def walk(average, model, values):
    """Set the weights to each of the values in turn, as steps would."""
    for value in values:
        with torch.no_grad():
            model.w.fill_(value)
        average.update()


def test_the_exponential_average_follows_its_recurrence_and_swaps_back():
    model, expected = Point(), 2.0
    average = WeightAverage(model, 0.8)
    walk(average, model, VALUES)
    average.judged(1.0)
    for n, value in enumerate(VALUES, 1):
        expected += (1 - min(0.8, (1 + n) / (10 + n))) * (value - expected)
    average.swap()
    assert model.w.tolist() == [[pytest.approx(expected)] * 3] * 2
    average.swap()
    assert (model.w == VALUES[-1]).all()


def test_without_a_decay_the_weights_are_their_own_average():
    model = Point()
    average = WeightAverage(model, 0.0)
    walk(average, model, VALUES)
    average.swap()
    assert (model.w == VALUES[-1]).all() and average.state()["weights"] == []


def fires_at(badness, n):
    """The check at which algorithm 1 of Merity et al. 2017 begins to average; None: never."""
    logs = []
    for t, v in enumerate(badness):
        if t > n and any(v > logs[k] for k in range(t - n)):
            return t
        logs.append(v)
    return None


@given(st.lists(st.floats(0, 10), max_size=14), st.integers(1, 5))
def test_the_trigger_is_that_of_algorithm_1(badness, window):
    average = TriggeredAverage(Point(), window)
    fired = None
    for t, value in enumerate(badness):
        average.judged(value)
        if average.triggered and fired is None:
            fired = t
    assert fired == fires_at(badness, window)


def test_a_worse_validation_alone_does_not_trigger():
    average = TriggeredAverage(Point(), window=2)
    for value in (5.0, 4.0, 4.5, 4.4, 3.9, 3.8):  # 4.4 is not worse than 5.0
        average.judged(value)
        assert not average.triggered
    average.judged(4.2)  # worse than 4.0, which is more than two checks ago
    assert average.triggered


def test_from_the_trigger_on_the_weights_are_averaged_alike():
    model = Point()
    average = TriggeredAverage(model, window=1)
    walk(average, model, VALUES[:20])
    average.swap()
    assert (model.w == VALUES[19]).all()  # nothing is averaged yet
    for value in (1.0, 2.0, 3.0):
        average.judged(value)
    walk(average, model, VALUES[20:])
    average.swap()
    expected = VALUES[19:].mean()  # w_T is the first
    np.testing.assert_allclose(model.w.detach(), np.full((2, 3), expected), rtol=1e-13)
    average.swap()
    assert (model.w == VALUES[-1]).all()


def test_the_optimizer_chooses_the_average():
    assert isinstance(build_average("asgd", Point(), 0.9), TriggeredAverage)
    assert isinstance(build_average("sgd", Point(), 0.9), WeightAverage)
    with pytest.raises(ValueError, match="1 validation back or more, got 0"):
        TriggeredAverage(Point(), 0)


class Watch(Hooks):
    """Notes the weights after each step, and stops at one of them."""

    def __init__(self, stop_at=None):
        self.stop_at, self.seen = stop_at, []

    def on_step(self, loop):
        self.seen.append(loop.recipe.model.w.detach().clone())
        if loop.at.steps == self.stop_at:
            signal.raise_signal(signal.SIGINT)


def training(checkpoint=None, hooks=None, epochs=12, steps=6):
    torch.manual_seed(2)
    model = Point()
    average = TriggeredAverage(model, window=2)
    optimizer = build_optimizer("asgd", model, 0.4)
    recipe = Recipe(model, optimizer, constant, ClipNorm(100.0), average)

    def evaluate():
        return {"loss": float(model.w.detach().square().sum())}

    return Loop(recipe, lambda epoch: range(steps), evaluate, Limits(epochs), checkpoint, hooks)


def test_in_the_loop_the_mean_is_judged_kept_and_better_than_the_steps():
    watch = Watch()
    loop = training(hooks=watch)
    history = loop.fit()
    losses = [record["valid"]["loss"] for record in history]
    first = fires_at(losses, 2)
    assert first is not None and first < 8
    begin = 6 * (first + 1)  # the steps until the trigger
    for epoch in range(first + 1, 12):
        mean = torch.stack(watch.seen[begin - 1 : 6 * (epoch + 1)]).mean(0)
        assert losses[epoch] == pytest.approx(mean.square().sum().item(), rel=1e-12)
    assert losses[-1] < 0.5 * watch.seen[-1].square().sum()
    best = loop.recipe.model.w.detach().square().sum().item()
    assert best == min(losses)


@pytest.mark.parametrize("stop_at", [1, 11, 12, 13, 24, 40, 71])
def test_killed_and_resumed_is_never_stopped(tmp_path, stop_at):
    whole = training()
    whole.fit()
    with pytest.raises(KeyboardInterrupt):
        training(tmp_path / "state", Watch(stop_at)).fit()
    resumed = training(tmp_path / "state")
    assert resumed.resume() and resumed.at.steps == stop_at
    resumed.fit()
    assert torch.equal(resumed.recipe.model.w, whole.recipe.model.w)
    one, other = resumed.recipe.average.state(), whole.recipe.average.state()
    assert one["count"] == other["count"] > 0 and one["logs"] == other["logs"]
    assert torch.equal(one["weights"][0], other["weights"][0])
    for left, right in zip(resumed.history, whole.history, strict=True):
        assert left["train"] == right["train"] and left["valid"] == right["valid"]
