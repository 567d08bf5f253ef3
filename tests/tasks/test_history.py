"""The history of a training: in the run before anybody hears of an epoch, and summed up."""

import types

import pytest
import torch
from torch import nn

from seqkit.tasks.history import KeepHistory, fit_in_run, sum_up
from seqkit.tasks.runs import Run
from seqkit.train.averaging import WeightAverage
from seqkit.train.loop import Hooks
from seqkit.train.optimizers import ClipNorm
from seqkit.train.recipe import Limits, Recipe

HISTORY = [
    {"epoch": n, "seconds": 2.0 * n, "tokens_per_second": 10.0 * n, "train": {"loss": -n}}
    | {"valid": {"loss": loss, "f1": f1}}
    for n, loss, f1 in ((1, 0.9, 0.5), (2, 0.4, 0.6), (2.5, 0.8, 0.7))
]


def test_an_epoch_is_in_the_run_when_the_caller_hears_of_it(tmp_path):
    run, heard = Run(tmp_path), []

    class Listener(Hooks):
        def on_step(self, loop):
            heard.append("step")

        def on_epoch(self, loop, record):
            heard.append((run.read_history(), record))

    hooks = KeepHistory(run, Listener())
    hooks.on_step(types.SimpleNamespace(history=[]))
    hooks.on_epoch(types.SimpleNamespace(history=HISTORY[:2]), HISTORY[1])
    assert heard == ["step", (HISTORY[:2], HISTORY[1])]


@pytest.mark.parametrize(("name", "sign", "best"), [("loss", 1, 2), ("f1", -1, 2.5)])
def test_the_best_epoch_is_that_of_the_least_badness(tmp_path, name, sign, best):
    found = sum_up(Run(tmp_path / "run"), HISTORY, lambda valid: sign * valid[name])
    assert found == {
        "run": str(tmp_path / "run"),
        "epochs": 2.5,
        "best_epoch": best,
        "seconds": 5.0,
        "tokens_per_second": pytest.approx((10 + 20 + 25) / 3),
        "train": {"loss": -best},
    }


class Falling(nn.Module):
    """One number, which training makes smaller."""

    def __init__(self):
        super().__init__()
        self.number = nn.Parameter(torch.tensor(8.0))

    def loss(self, batch, carry):
        return self.number * batch, 1, None


def test_a_training_in_a_run_goes_on_where_it_was(tmp_path):
    def fit(name, hooks):
        model, run = Falling(), Run(tmp_path / name)
        run.checkpoint.mkdir(parents=True, exist_ok=True)
        optimizer = torch.optim.SGD(model.parameters(), 0.1)
        clip, average = ClipNorm(9.0), WeightAverage(model, 0.0)
        recipe = Recipe(model, optimizer, lambda progress: 1.0, clip, average)

        def evaluate():
            return {"loss": model.number.item()}

        limits = Limits(3, checkpoint_seconds=0.0)
        return fit_in_run(run, recipe, lambda epoch: [1.0, 2.0], evaluate, limits, hooks), model

    class Stop(Hooks):
        def on_step(self, loop):
            if loop.at.steps == 4:
                raise RuntimeError("stopped")

    whole, model = fit("whole", Hooks())
    with pytest.raises(RuntimeError, match="stopped"):
        fit("run", Stop())
    assert len(Run(tmp_path / "run").read_history()) == 1
    found, again = fit("run", Hooks())
    losses = [record["valid"]["loss"] for record in found]
    assert losses == [record["valid"]["loss"] for record in whole] == pytest.approx([7.7, 7.4, 7.1])
    assert again.number.item() == model.number.item() == losses[-1]
    assert Run(tmp_path / "run").read_history() == found
