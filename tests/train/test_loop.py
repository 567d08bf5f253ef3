"""The training loop: counting, limits, best weights, faults, and resuming to the same bytes."""

import math
import signal

import pytest
import torch
from torch import nn

from seqkit.train.averaging import WeightAverage, build_average
from seqkit.train.loop import Hooks, Loop
from seqkit.train.optimizers import OPTIMIZERS, ClipNorm, build_optimizer
from seqkit.train.recipe import Limits, Recipe
from seqkit.train.schedules import constant, cosine


class Line(nn.Module):
    """y = w x + b with squared error, dropout noise and a carried count of batches."""

    def __init__(self) -> None:
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.ones(2, 3)), nn.Parameter(torch.zeros(2))
        self.seen = []

    def loss(self, batch, carry):
        carry = (torch.zeros(1),) if carry is None else carry
        self.seen.append((carry[0].item(), batch))
        x = torch.full((4, 3), float(batch + 1)) * torch.rand(4, 3)
        error = (x @ self.weight.T + self.bias - 1 + 0.01 * carry[0]).square().sum()
        return error, 4, (carry[0] + 1,)


def make(epochs=3, average=0.9, optimizer="adam", **options):
    torch.manual_seed(5)
    model = Line()
    recipe = Recipe(
        model,
        build_optimizer(optimizer, model, 0.05, 0.01, 0.002),
        options.pop("schedule", cosine),
        ClipNorm(1.0),
        build_average(optimizer, model, average),
    )
    limits = Limits(
        epochs, checkpoint_seconds=options.pop("every", 30), **options.pop("limits", {})
    )

    def evaluate():
        return {"loss": float(model.weight.square().sum())}

    return Loop(
        recipe,
        options.pop("batches", lambda epoch: range(5)),
        options.pop("evaluate", evaluate),
        limits,
        **options,
    )


def weights(loop):
    return torch.cat([p.detach().flatten() for p in loop.parameters])


def test_every_batch_once_an_epoch_and_the_carry_starts_afresh():
    loop = make(epochs=2)
    history = loop.fit()
    assert loop.recipe.model.seen == [(float(k), k) for _ in range(2) for k in range(5)]
    assert [record["epoch"] for record in history] == [1, 2]
    assert [record["steps"] for record in history] == [5, 10]


def test_train_loss_is_the_mean_over_targets_not_over_batches():
    class Fixed(nn.Module):
        def __init__(self):
            super().__init__()
            self.w = nn.Parameter(torch.zeros(1))

        def loss(self, batch, carry):
            total, count = batch
            return total + 0 * self.w.sum(), count, None

    model = Fixed()
    recipe = Recipe(
        model, build_optimizer("sgd", model, 0.1), constant, ClipNorm(1), WeightAverage(model, 0)
    )
    batches = [(torch.tensor(6.0), 2), (torch.tensor(1.0), 8)]
    loop = Loop(recipe, lambda epoch: batches, lambda: {"loss": 1.0}, Limits(1))
    assert loop.fit()[0]["train"]["loss"] == pytest.approx(7 / 10)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("stop_at", [1, 5, 7, 14])
def test_a_stopped_training_resumes_to_the_same_bytes(tmp_path, optimizer, stop_at):
    whole = make(optimizer=optimizer)
    whole.fit()

    class Stop(Hooks):
        def on_step(self, loop):
            if loop.at.steps == stop_at:
                signal.raise_signal(signal.SIGINT)

    path = tmp_path / "state"
    with pytest.raises(KeyboardInterrupt):
        make(optimizer=optimizer, checkpoint=path, hooks=Stop()).fit()
    resumed = make(optimizer=optimizer, checkpoint=path)
    assert resumed.resume()
    assert resumed.at.steps == stop_at
    resumed.fit()
    assert torch.equal(weights(resumed), weights(whole))
    for one, other in zip(resumed.history, whole.history, strict=True):
        assert one["train"] == other["train"] and one["valid"] == other["valid"]


def test_a_kill_between_checkpoints_repeats_the_lost_steps(tmp_path):
    whole = make()
    whole.fit()

    class KilledError(Exception):
        pass

    class Kill(Hooks):
        def on_step(self, loop):
            if loop.at.steps == 8:  # the last checkpoint is of step 5
                raise KilledError

    with pytest.raises(KilledError):
        make(checkpoint=tmp_path / "state", hooks=Kill()).fit()
    resumed = make(checkpoint=tmp_path / "state")
    assert resumed.resume() and resumed.at.steps == 5
    resumed.fit()
    assert torch.equal(weights(resumed), weights(whole))


def test_without_a_checkpoint_there_is_nothing_to_resume(tmp_path):
    assert not make().resume()
    assert not make(checkpoint=tmp_path / "state").resume()


def test_the_best_weights_are_restored():
    values = iter([3.0, 1.0, 2.0])
    seen = []

    class Note(Hooks):
        def on_epoch(self, loop, record):
            seen.append(weights(loop).clone())

    loop = make(evaluate=lambda: {"loss": next(values)}, hooks=Note())
    history = loop.fit()
    assert [record["best"] for record in history] == [True, True, False]
    assert torch.equal(weights(loop), seen[1])
    assert not torch.equal(seen[1], seen[2])


def test_patience_counts_epochs_without_a_better_loss():
    values = iter([3.0, 1.0, 2.0, 1.5, 0.5])
    loop = make(epochs=5, limits={"patience": 2}, evaluate=lambda: {"loss": next(values)})
    assert len(loop.fit()) == 4


@pytest.mark.parametrize("stop_at", [6, 15, 19])
def test_giving_up_early_survives_a_stop(tmp_path, stop_at):
    """Patience, the least badness and the best weights are counted on where it stopped."""

    def early(**options):
        values = [3.0, 1.0, 2.0, 1.5, 0.5, 0.1]
        options |= {"limits": {"patience": 2}, "badness": lambda metrics: -metrics["score"]}
        loop = make(epochs=6, evaluate=lambda: {"score": -values[loop.at.epoch]}, **options)
        return loop

    class Stop(Hooks):
        def on_step(self, loop):
            if loop.at.steps == stop_at:
                signal.raise_signal(signal.SIGINT)

    class Note(Hooks):
        def on_epoch(self, loop, record):
            if record["best"]:
                self.best = weights(loop).clone()

    note = Note()
    whole = early(hooks=note)
    assert len(whole.fit()) == 4  # the second was the best, two more were not
    with pytest.raises(KeyboardInterrupt):
        early(checkpoint=tmp_path / "state", hooks=Stop()).fit()
    resumed = early(checkpoint=tmp_path / "state")
    assert resumed.resume() and len(resumed.fit()) == 4
    assert [record["best"] for record in resumed.history] == [True, True, False, False]
    assert torch.equal(weights(resumed), note.best) and torch.equal(weights(whole), note.best)


def test_a_budget_of_time_ends_the_training_with_the_schedule_at_its_end():
    loop = make(epochs=10_000_000, limits={"minutes": 0.005})
    history = loop.fit()
    assert loop.progress == 1
    assert history[-1]["lr"] < 0.05 * 0.05
    assert 0.2 < history[-1]["seconds"] < 1.5


def test_averaged_weights_are_judged_and_kept():
    averaged, plain = make(average=0.9).fit(), make(average=0).fit()
    assert averaged[-1]["train"] == plain[-1]["train"]  # training is untouched
    assert averaged[-1]["valid"] != plain[-1]["valid"]


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_a_loss_that_is_not_finite_names_the_step(tmp_path, bad):
    loop = make(checkpoint=tmp_path / "state")
    good = loop.recipe.model.loss

    def loss(batch, carry):
        found = good(batch, carry)
        return (found[0] * bad, *found[1:]) if loop.at.steps == 7 else found

    loop.recipe.model.loss = loss
    with pytest.raises(FloatingPointError, match=r"step 8: the loss is (nan|inf).*smaller --lr"):
        loop.fit()
    resumed = make(checkpoint=tmp_path / "state")
    assert resumed.resume() and resumed.at.steps == 5


def test_a_carried_state_that_is_not_finite_names_the_step():
    loop = make()
    good = loop.recipe.model.loss
    loop.recipe.model.loss = lambda *window: (*good(*window)[:2], (torch.full((2, 3), math.inf),))
    with pytest.raises(FloatingPointError, match="step 1: the carried state is inf"):
        loop.fit()


def test_a_gradient_that_is_not_finite_names_the_parameter():
    loop = make()
    loop.recipe.model.bias.register_hook(lambda gradient: gradient * math.nan)
    with pytest.raises(
        FloatingPointError, match=r"step 1: the gradient is nan, first in (bias|weight)"
    ):
        loop.fit()


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        ({"epochs": 0}, "--epochs must be 1 or more, got 0"),
        ({"epochs": 1, "minutes": 0}, "--max-minutes must be above 0"),
        ({"epochs": 1, "patience": -1}, "--patience must be 0 or more"),
    ],
)
def test_limits_that_allow_no_training_are_refused(limits, message):
    with pytest.raises(ValueError, match=message):
        Limits(**limits)
