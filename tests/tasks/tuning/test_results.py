"""What trials are judged by, and their ranks."""

import json
import math

import pytest

from seqkit.tasks.tuning.results import METRICS, Result, metric_of, ranked, read_result, to_copy

LOSS, F1 = metric_of("train-lm", None), metric_of("train-tagger", None)


def test_each_training_has_its_measure():
    assert (LOSS.names, LOSS.lower_is_better) == (("valid.loss",), True)
    assert not F1.lower_is_better and not metric_of("train-translator", None).lower_is_better
    assert metric_of("train-lm", "valid.perplexity").lower_is_better
    for command in METRICS:  # one direction for all measures of a command
        found = {metric_of(command, n).lower_is_better for n in METRICS[command]}
        assert len(found) == 1


def test_the_first_measure_there_is_counts():
    metrics = {"valid": {"f1": 0.5, "accuracy": 0.9, "loss": 1}, "test": {}}
    assert F1.measured(metrics) == ("valid.f1", 0.5)
    assert F1.measured({"valid": {"accuracy": 0.9}}) == ("valid.accuracy", 0.9)
    assert LOSS.measured(metrics) == ("valid.loss", 1.0)
    for value in (math.nan, math.inf, None, "1"):
        assert LOSS.measured({"valid": {"loss": value}}) is None
    assert LOSS.measured({"valid": None}) is None and LOSS.measured({}) is None


@pytest.mark.parametrize("asked", ["loss", "valid.", "dev.loss", "test.loss"])
def test_a_measure_that_cannot_choose_is_refused(asked):
    with pytest.raises(ValueError, match=rf"^--metric {asked}: "):
        metric_of("train-lm", asked)


def test_the_best_comes_first_failed_trials_last():
    figures = [(1, 3.0), (2, None), (3, 1.0), (4, 3.0), (5, 2.0)]
    results = [Result(k, {}, "finished" if f else "failed", figure=f) for k, f in figures]
    assert [r.trial for r in ranked(results, LOSS)] == [3, 5, 1, 4, 2]
    assert [r.trial for r in ranked(results, F1)] == [1, 4, 5, 3, 2]
    stopped = Result(0, {}, "stopped", figure=1.0)
    assert [r.trial for r in ranked([stopped, *results], LOSS)][:2] == [3, 0]


def test_a_result_is_read_again_as_it_was():
    result = Result(3, {"lr": 0.1, "cell": "gru"}, "stopped", "valid.loss", 2.5, 1.0, 0.4)
    assert read_result(json.loads(json.dumps(result.as_json()))) == result
    for bad in ({**result.as_json(), "status": "lost"}, {**result.as_json(), "values": 3}):
        with pytest.raises(ValueError, match="is no trial"):
            read_result(bad)


def test_a_command_is_shown_so_that_a_shell_takes_it():
    assert to_copy(["train-lm", "my text.txt"]) == "seqkit train-lm 'my text.txt'"
