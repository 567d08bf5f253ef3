"""Training end to end: what it leaves behind, the same bytes twice, and the same after any stop."""

import dataclasses
import io
import signal

import pytest
import torch

from seqkit.corpora.catalogue import open_splits
from seqkit.layers.embedding import OneHotEmbedding
from seqkit.tasks import language
from seqkit.tasks.runs import Run, read_json
from seqkit.train.loop import Hooks
from tests.tasks import texts


def weights(folder):
    return (folder / "model.safetensors").read_bytes()


class StopAt(Hooks):
    """Ctrl-C after so many steps."""

    def __init__(self, steps):
        self.steps = steps

    def on_step(self, loop):
        if loop.at.steps == self.steps:
            signal.raise_signal(signal.SIGINT)


def interrupt(settings, sources, folder, steps):
    with (
        pytest.raises(KeyboardInterrupt),
        language.training(settings, sources, folder) as job,
    ):
        job.run_to_end(StopAt(steps))


def resume(folder):
    with language.resumed_training(folder) as job:
        metrics = job.run_to_end()
        job.finish(metrics)
        return metrics


def test_it_learns_more_than_word_frequencies(finished, sources, tmp_path):
    metrics = read_json(finished / "metrics.json")
    with language.training(texts.settings(), sources, tmp_path / "run") as job:
        baselines = job.baselines()
    assert metrics["test"]["perplexity"] < baselines["test"]["unigram"]
    low, high = metrics["test"]["perplexity_interval"]
    assert low < metrics["test"]["perplexity"] < high


def test_the_same_seed_gives_the_same_bytes(finished, sources, tmp_path):
    metrics = language.train(texts.settings(), sources, tmp_path / "again")
    assert weights(tmp_path / "again") == weights(finished)
    before = read_json(finished / "metrics.json")
    assert metrics["valid"] == before["valid"] and metrics["test"] == before["test"]
    language.train(texts.settings(seed=1), sources, tmp_path / "other")
    assert weights(tmp_path / "other") != weights(finished)


@pytest.mark.parametrize("steps", [1, 17, 40])
def test_interrupted_and_resumed_it_ends_with_the_same_bytes(finished, sources, tmp_path, steps):
    folder = tmp_path / "run"
    interrupt(texts.settings(), sources, folder, steps)
    assert not Run(folder).finished and (folder / "checkpoint" / "state.safetensors").exists()
    metrics = resume(folder)
    assert weights(folder) == weights(finished)
    assert metrics["test"] == read_json(finished / "metrics.json")["test"]
    assert not (folder / "checkpoint").exists()
    with pytest.raises(ValueError, match="the run is finished"):
        resume(folder)


def test_interrupted_again_and_again(finished, sources, tmp_path):
    folder = tmp_path / "run"
    interrupt(texts.settings(), sources, folder, 5)
    for steps in (6, 20, 33):
        with pytest.raises(KeyboardInterrupt), language.resumed_training(folder) as job:
            job.run_to_end(StopAt(steps))
    resume(folder)
    assert weights(folder) == weights(finished)


def test_a_run_from_standard_input_can_be_resumed(finished, sources, tmp_path, monkeypatch):
    text = b"".join(b"".join(part.blocks()) for part in (sources.train, sources.valid))
    text += b"".join(sources.test.blocks())
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text)))
    folder = tmp_path / "run"
    interrupt(texts.settings(), open_splits("-"), folder, 8)
    resume(folder)
    assert weights(folder) == weights(finished)


def test_a_checkpoint_that_is_damaged_or_gone_is_refused(sources, tmp_path):
    folder = tmp_path / "run"
    interrupt(texts.settings(), sources, folder, 5)
    state = folder / "checkpoint" / "state.safetensors"
    whole = state.read_bytes()
    state.write_bytes(whole[:-9])
    with pytest.raises(ValueError, match=r"state\.safetensors: not a seqkit checkpoint, or damag"):
        resume(folder)
    state.write_bytes(whole)
    (folder / "checkpoint" / "valid.tokens").unlink()
    with pytest.raises(ValueError, match="token streams are gone"):
        resume(folder)


def test_force_starts_anew_and_nothing_old_remains(finished, sources, tmp_path):
    folder = tmp_path / "run"
    interrupt(texts.settings(seed=3), sources, folder, 30)
    with language.training(texts.settings(), sources, folder, force=True) as job:
        job.run_to_end()
    assert weights(folder) == weights(finished)


def test_force_without_a_test_text_does_not_find_the_old_one(sources, tmp_path):
    folder = tmp_path / "run"
    interrupt(texts.settings(), sources, folder, 3)
    other = texts.splits(tmp_path, number=90)
    two = dataclasses.replace(other, test=None)
    with (
        pytest.raises(KeyboardInterrupt),
        language.training(texts.settings(), two, folder, force=True) as job,
    ):
        job.run_to_end(StopAt(3))
    metrics = resume(folder)
    assert "test" not in metrics and "valid" in metrics


def tree(folder):
    return {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_force_with_bad_texts_keeps_a_finished_run_as_it_was(run_copy, sources, tmp_path):
    before = tree(run_copy)
    with pytest.raises(ValueError, match="too few for windows of --batch-size 4000"):
        language.training(
            texts.settings(batch_size=4000), sources, run_copy, force=True
        ).__enter__()
    assert tree(run_copy) == before
    assert not (run_copy / "checkpoint").exists()


def test_force_with_bad_texts_keeps_an_unfinished_run_as_it_was(finished, sources, tmp_path):
    folder = tmp_path / "run"
    interrupt(texts.settings(), sources, folder, 10)
    other = texts.splits(tmp_path, number=90)
    with pytest.raises(ValueError, match="too few"):
        language.training(texts.settings(batch_size=4000), other, folder, True).__enter__()
    resume(folder)
    assert weights(folder) == weights(finished)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"batch_size": 4000}, "too few for windows of --batch-size 4000 times --bptt 10"),
        ({"tokenizer": "none"}, "there is no tokenizer 'none'"),
        ({"device": "tpu"}, "unknown --device 'tpu'"),
        ({"level": "subword", "vocab_size": 20}, "subword vocabulary of 20"),
    ],
)
def test_a_training_that_cannot_begin_leaves_nothing(sources, tmp_path, changes, message):
    with pytest.raises(ValueError, match=message):
        language.train(texts.settings(**changes), sources, tmp_path / "deep" / "run")
    assert not (tmp_path / "deep" / "run").exists()


def test_a_text_of_a_single_window_is_enough(sources, tmp_path):
    tokens = read_json(_one_epoch(tmp_path / "one", sources))["corpus"]["train"]["tokens"]
    _one_epoch(tmp_path / "two", sources, batch_size=tokens // 10)
    with pytest.raises(ValueError, match="too few for windows"):
        _one_epoch(tmp_path / "three", sources, batch_size=tokens // 10 + 1)


def _one_epoch(folder, sources, **changes):
    language.train(texts.settings(epochs=1, **changes), sources, folder)
    return folder / "config.json"


def test_a_loss_that_is_not_finite_stops_the_run_and_keeps_it(sources, tmp_path):
    settings = texts.settings(optimizer="sgd", lr=1e39, clip=1e30, schedule="constant")
    folder = tmp_path / "run"
    with pytest.raises(FloatingPointError, match=r"step \d+: the (loss|gradient) is .*--lr"):
        language.train(settings, sources, folder)
    assert Run(folder).exists and not Run(folder).finished
    with pytest.raises(ValueError, match="incomplete, finish it with --resume"):
        language.load(folder, "cpu")


@pytest.mark.parametrize("lr", [30.0, 1e5, 1e20, 1e38])
def test_a_run_gone_wild_ends_well_or_says_that_its_numbers_overflow(sources, tmp_path, lr):
    settings = texts.settings(optimizer="sgd", lr=lr, clip=1e30, epochs=1, bptt=100)
    try:
        metrics = language.train(settings, sources, tmp_path / "run")
    except FloatingPointError as error:
        assert "smaller --lr" in str(error)
    else:
        assert metrics["valid"]["loss"] > 0


def test_the_estimate_counts_what_training_builds(sources, tmp_path):
    estimate = language.estimate(texts.settings(), sources.train)
    with language.training(texts.settings(), sources, tmp_path / "run") as job:
        assert estimate["parameters"] == job.parameter_count
        assert estimate["vocabulary"] == len(job.data.vocabulary)
        assert estimate["tokens"] == len(job.data.streams["train"])
    assert estimate["memory_bytes"] > 4 * estimate["parameters"]


def test_one_hot_input_learns_the_same_as_look_up(sources, tmp_path):
    """T2, T3: the same numbers forward and backward, to the rounding of sums."""
    settings = texts.settings(input="one-hot", dropout_words=0.1)
    language.train(settings, sources, tmp_path / "one-hot")
    language.train(texts.settings(dropout_words=0.1), sources, tmp_path / "look-up")
    found, wanted = (Run(tmp_path / name).read_history() for name in ("one-hot", "look-up"))
    assert len(found) == 3
    for one, other in zip(found, wanted, strict=True):
        assert one["train"]["loss"] == pytest.approx(other["train"]["loss"], rel=1e-4)
        assert one["valid"]["loss"] == pytest.approx(other["valid"]["loss"], rel=1e-4)
    assert read_json(tmp_path / "one-hot" / "config.json")["model"]["input"] == "one-hot"
    assert type(language.load(tmp_path / "one-hot").model.embedding) is OneHotEmbedding


def test_a_budget_of_minutes_ends_the_training(sources, tmp_path):
    settings = texts.settings(epochs=100_000, max_minutes=0.005)
    metrics = language.train(settings, sources, tmp_path / "run")
    assert metrics["seconds"] < 2
    assert torch.isfinite(torch.tensor(metrics["valid"]["loss"]))
