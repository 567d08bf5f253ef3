"""Training word vectors: the run folder, resuming, going on with new text, measuring."""

import dataclasses
import json

import numpy as np
import pytest

from seqkit.corpora.catalogue import open_corpus
from seqkit.tasks import word2vec
from seqkit.tasks.runs import Run
from seqkit.vectors.files import load
from seqkit.word2vec.frequencies import SPECIAL
from tests.tasks import texts

SETTINGS = {"dim": 12, "min_count": 1, "sample": 0, "epochs": 3, "threads": 1}


def settings(**changes):
    return word2vec.Word2VecSettings(**{**SETTINGS, **changes})


@pytest.fixture
def text(tmp_path):
    return open_corpus(str(texts.write(tmp_path / "text.txt", 300)))


KINDS = {
    "skipgram ns": {},
    "cbow ns": {"model": "cbow"},
    "skipgram hs": {"loss": "hs"},
    "cbow hs": {"model": "cbow", "loss": "hs"},
    "skipgram softmax": {"loss": "softmax"},
    "cbow softmax": {"model": "cbow", "loss": "softmax"},
    "exact": {"exact": True},
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_learns_more_than_frequencies(text, tmp_path, kind):
    """A text of fixed frames tells much of a word from the words beside it."""
    chosen = settings(epochs=30, window=2, lr=0.1, **KINDS[kind])
    with word2vec.training(chosen, text, tmp_path / "run") as job:
        baseline, metrics = job.baseline(), job.run_to_end()
    assert metrics["train"]["loss"] < 0.9 * baseline
    assert metrics["epochs"] == 30


def test_a_finished_run_holds_vectors_in_the_order_of_the_vocabulary(text, tmp_path):
    metrics = word2vec.train(settings(), text, tmp_path / "run")
    names = {path.name for path in (tmp_path / "run").iterdir()}
    assert {"config.json", "vocabulary.json", "model.safetensors", "metrics.json"} <= names
    assert not (tmp_path / "run" / "checkpoint").exists()
    vectors, tensors = load(tmp_path / "run"), Run(tmp_path / "run").read_tensors()
    assert len(vectors) == len(tensors["inputs"]) - SPECIAL
    fox = tensors["inputs"][vectors.get_index("fox") + SPECIAL]
    np.testing.assert_array_equal(vectors["fox"], fox)
    assert {"the", "a", "."} == {*vectors.index_to_key[:3]}
    assert {"run", "epochs", "seconds", "words_per_second", "train", "valid"} <= {*metrics}


def test_one_seed_and_one_thread_give_the_same_bytes(text, tmp_path):
    for name, seed in (("a", 5), ("b", 5), ("c", 6)):
        word2vec.train(settings(seed=seed), text, tmp_path / name)
    a, b, c = ((tmp_path / name / "model.safetensors").read_bytes() for name in "abc")
    assert a == b != c


class StopAfter(word2vec.Hooks):
    """Asks the training to stop, as Ctrl-C does, after so many rounds."""

    def __init__(self, rounds):
        self.left = rounds

    def on_round(self, job):
        self.left -= 1
        if self.left == 0:
            import signal

            signal.raise_signal(signal.SIGINT)


@pytest.mark.parametrize("kind", ["skipgram ns", "cbow hs", "skipgram softmax"])
def test_stopped_and_resumed_it_ends_with_the_same_bytes(text, tmp_path, kind, monkeypatch):
    for engine in ("tile_engine.TileEngine", "torch_engine.TorchEngine"):
        monkeypatch.setattr(f"seqkit.word2vec.{engine}.stretch", 500)
    chosen = settings(**KINDS[kind])
    word2vec.train(chosen, text, tmp_path / "whole")
    with (
        pytest.raises(KeyboardInterrupt),
        word2vec.training(chosen, text, tmp_path / "run") as job,
    ):
        job.run_to_end(StopAfter(2))
    for rounds in (1, 3):
        with (
            pytest.raises(KeyboardInterrupt),
            word2vec.resumed_training(tmp_path / "run") as job,
        ):
            job.run_to_end(StopAfter(rounds))
    with word2vec.resumed_training(tmp_path / "run") as job:
        job.finish(job.run_to_end())
    whole, resumed = (tmp_path / name / "model.safetensors" for name in ("whole", "run"))
    assert whole.read_bytes() == resumed.read_bytes()
    assert not (tmp_path / "run" / "checkpoint").exists()


def test_a_budget_ends_the_training_in_time(text, tmp_path):
    metrics = word2vec.train(settings(epochs=100_000, max_minutes=0.005), text, tmp_path / "run")
    assert 0.3 <= metrics["seconds"] < 10
    assert 0 < metrics["epochs"] < 100_000


def test_new_text_with_new_words_goes_on_from_a_run(text, tmp_path):
    word2vec.train(settings(), text, tmp_path / "old")
    more = tmp_path / "more.txt"
    more.write_text("the zebra sees a fox .\n" * 30)
    word2vec.train(
        settings(init=str(tmp_path / "old"), epochs=1, lr=1e-6),
        open_corpus(str(more)),
        tmp_path / "new",
    )
    old, new = load(tmp_path / "old"), load(tmp_path / "new")
    assert {*new.index_to_key} == {*old.index_to_key, "zebra"}
    for word in old.index_to_key:
        np.testing.assert_allclose(new[word], old[word], atol=1e-3)
    assert new.counts[new.get_index("fox")] == old.counts[old.get_index("fox")] + 30
    assert not np.allclose(new["zebra"], 0)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"dim": 13}, "--dim 13: the vectors of --init .* have 12 numbers; use --dim 12"),
        ({"init": "nowhere"}, "nowhere: not a run folder"),
    ],
)
def test_a_run_that_does_not_fit_is_refused(text, tmp_path, changes, message):
    word2vec.train(settings(), text, tmp_path / "old")
    chosen = settings(**{"init": str(tmp_path / "old"), **changes})
    with pytest.raises(ValueError, match=message):
        word2vec.train(chosen, text, tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_epochs_are_measured_and_the_best_one_is_kept(text, tmp_path):
    pairs = tmp_path / "pairs.txt"
    pairs.write_text("fox owl 9\nred old 8\nfox the 1\nsees red 2\nsees finds 9\n")
    chosen = settings(similarity=str(pairs), patience=2, epochs=40, lr=0.1)
    metrics = word2vec.train(chosen, text, tmp_path / "run")
    history = Run(tmp_path / "run").read_history()
    scores = [record["valid"]["spearman"] for record in history]
    assert metrics["valid"]["spearman"] == max(scores)
    assert metrics["best_epoch"] == 1 + scores.index(max(scores))
    assert len(scores) in (40, metrics["best_epoch"] + 2)
    judged = word2vec.Judge(chosen).measure(load(tmp_path / "run"))
    assert judged["spearman"] == pytest.approx(max(scores))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"min_count": 10_000}, "no word that comes --min-count 10000 times: lower it"),
        ({"analogies": "nowhere.txt"}, "nowhere.txt"),
        ({"patience": 2}, "--patience needs --analogies or --similarity"),
        ({"dim": 0}, "--dim must be from 1 to 65,536, got 0"),
        ({"window": 65}, "--window must be from 1 to 64, got 65"),
        ({"model": "glove"}, "unknown --model 'glove'; there are: skipgram, cbow"),
        ({"loss": "nce"}, "unknown --loss 'nce'; there are: ns, hs, softmax"),
        ({"sample": -1}, "--sample must be 0 or more, got -1"),
        ({"divide_gradient": True}, "--divide-gradient goes with --model cbow"),
        ({"lr": 0}, "--lr must be above 0, got 0"),
        ({"init": "x", "loss": "hs"}, "--init goes with --loss ns or softmax"),
        ({"exact": True, "loss": "softmax"}, "--exact needs"),
    ],
)
def test_what_cannot_work_is_refused_and_nothing_is_left(text, tmp_path, changes, message):
    with pytest.raises((ValueError, OSError), match=message):
        word2vec.train(settings(**changes), text, tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_lines_of_one_word_teach_nothing(tmp_path):
    path = tmp_path / "single.txt"
    path.write_text("one\ntwo\n" * 20)
    with pytest.raises(ValueError, match="no word has another one beside it"):
        word2vec.train(settings(), open_corpus(str(path)), tmp_path / "run")


def test_a_rate_too_high_stops_with_its_name(text, tmp_path):
    with pytest.raises(FloatingPointError, match="lower --lr"):
        word2vec.train(settings(lr=1e30, epochs=5), text, tmp_path / "run")


def test_an_estimate_counts_words_and_memory(text, tmp_path):
    found = word2vec.estimate(settings(), text, tmp_path)
    vocabulary = json.loads(_trained_vocabulary(text, tmp_path))
    assert found["words"] == len(vocabulary["types"]) - 2
    assert found["parameters"] == 2 * 12 * len(vocabulary["types"])


def _trained_vocabulary(text, tmp_path):
    word2vec.train(settings(epochs=1), text, tmp_path / "run")
    return (tmp_path / "run" / "vocabulary.json").read_text()


def test_settings_come_back_from_a_run(text, tmp_path):
    chosen = settings(model="cbow", negative=7)
    word2vec.train(chosen, text, tmp_path / "run")
    found = word2vec.read_settings(Run(tmp_path / "run"))
    assert dataclasses.asdict(found) == dataclasses.asdict(chosen)
