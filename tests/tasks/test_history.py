"""The history of a training: in the run before anybody hears of an epoch, and summed up."""

import types

import pytest

from seqkit.tasks.history import KeepHistory, sum_up
from seqkit.tasks.runs import Run
from seqkit.train.loop import Hooks

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
