"""Models that read and write each line from its end.

The oracle is a forward model of a text whose lines were turned round by hand: it must be the same
model, to the byte, with the same figures.
"""

import numpy as np
import pytest

from seqkit.corpora.catalogue import open_splits
from seqkit.decode.filters import SamplingConfig
from seqkit.decode.hypothesis import BeamConfig
from seqkit.decode.sampling import Stopping
from seqkit.tasks import language
from seqkit.tasks.language import passage
from seqkit.tasks.runs import read_json
from tests import oracles
from tests.models.weights import arrays
from tests.tasks import texts
from tests.tasks.test_training import interrupt, resume, weights

LEVELS = {
    "word": {"level": "word"},
    "char": {"level": "char"},
    "whitespace": {"tokenizer": "whitespace"},
    "subword": {"level": "subword", "vocab_size": 280},
}
LINE = "the old miller paints a wet stone ."


def settings(**changes):
    return texts.settings(direction="backward", **changes)


@pytest.fixture(scope="module")
def folder(tmp_path_factory, sources):
    """The folder of a finished backward run; tests must not change it."""
    path = tmp_path_factory.mktemp("backward") / "run"
    language.train(settings(), sources, path)
    return path


@pytest.fixture(scope="module")
def backward(folder):
    return language.load(folder, "cpu")


TURNED = {
    "whitespace": lambda line: " ".join(line.split()[::-1]),
    "char": lambda line: line[::-1],
}


@pytest.mark.parametrize("level", TURNED)
def test_it_is_the_forward_model_of_the_text_turned_round(tmp_path, level):
    turn = TURNED[level]
    lines, options = texts.lines(120), {**LEVELS[level], "epochs": 2}
    (tmp_path / "text.txt").write_text("\n".join(lines) + "\n")
    (tmp_path / "turned.txt").write_text("\n".join(map(turn, lines)) + "\n")
    one, two = tmp_path / "one", tmp_path / "two"
    found = language.train(settings(**options), open_splits(str(tmp_path / "text.txt")), one)
    wanted = language.train(
        texts.settings(**options), open_splits(str(tmp_path / "turned.txt")), two
    )
    assert weights(one) == weights(two)
    assert (found["valid"], found["test"]) == (wanted["valid"], wanted["test"])
    model, mirror = language.load(one, "cpu"), language.load(two, "cpu")
    (score,), (mirrored,) = model.score([LINE]), mirror.score([turn(LINE)])
    assert score.log_prob == pytest.approx(mirrored.log_prob, rel=1e-12)
    assert (score.tokens, score.log_probs) == (mirrored.tokens[::-1], mirrored.log_probs[::-1])
    assert model.sample_text(40) == turn(mirror.sample_text(40))
    beam = BeamConfig(width=3, max_tokens=20)
    assert model.text(model.beam([], beam)[0].ids) == turn(
        mirror.text(mirror.beam([], beam)[0].ids)
    )


def test_a_line_is_scored_from_its_end_and_shown_in_reading_order(backward):
    (score,) = backward.score(["the red fox sees a wet owl ."])
    words = ["the", "red", "fox", "sees", "a", "wet", "owl", "."]
    assert score.tokens == ["<eos>", *words]
    ids = backward.vocabulary.ids([*words[::-1], "<eos>"])
    inputs = [backward.vocabulary.eos, *ids[:-1]]
    wanted = oracles.language_model_losses(arrays(backward.model), inputs, ids)
    np.testing.assert_allclose(score.log_probs, -np.array(wanted)[::-1], rtol=1e-4)


def test_the_baselines_read_from_the_end_as_well(backward, trained, sources):
    """A unigram model knows no direction; a trigram model does."""
    found = backward.baselines(sources.test, sources.train)
    plain = trained.baselines(sources.test, sources.train)
    assert found["unigram"] == pytest.approx(plain["unigram"], rel=1e-12)
    assert found["trigram"] != pytest.approx(plain["trigram"], rel=1e-6)


@pytest.mark.parametrize("level", LEVELS)
def test_every_level_trains_loads_scores_and_samples(tmp_path, level):
    if level == "subword":
        pytest.importorskip("tokenizers")
    sources = texts.splits(tmp_path)
    options = settings(**LEVELS[level], epochs=1)
    metrics = language.train(options, sources, tmp_path / "run")
    model = language.load(tmp_path / "run", "cpu")
    assert model.backward and model.tokenizer.name == level
    assert (tmp_path / "run" / "tokenizer.json").exists() == (level == "subword")
    assert model.evaluate(sources.test) == metrics["test"]
    forward = model.tokenizer.tokenizer.tokens(LINE)
    assert model.vocabulary.tokens(model.ids(LINE)) == forward[::-1]
    shown = LINE.replace(" .", ".") if level == "word" else LINE
    assert model.text(model.ids(LINE)) == shown
    assert model.text(model.ids(f"{LINE}\nthe owl")) == f"{shown}\nthe owl"
    assert np.isfinite(next(model.score([LINE])).log_prob)
    text = model.sample_text(max_tokens=20)
    assert text and "<unk>" not in text


@pytest.mark.parametrize("level", ["word", "subword"])
def test_interrupted_and_resumed_it_ends_with_the_same_bytes(sources, tmp_path, level):
    if level == "subword":
        pytest.importorskip("tokenizers")
    whole, stopped = tmp_path / "whole", tmp_path / "stopped"
    options = settings(**LEVELS[level])
    metrics = language.train(options, sources, whole)
    interrupt(options, sources, stopped, 17)
    assert read_json(stopped / "config.json")["settings"]["direction"] == "backward"
    assert resume(stopped)["test"] == metrics["test"]
    assert weights(stopped) == weights(whole)
    assert language.load(stopped, "cpu").backward


def test_the_same_seed_in_the_other_direction_is_another_model(folder, trained, sources):
    assert not trained.backward
    metrics = read_json(folder / "metrics.json")
    assert metrics["test"]["tokens"] == trained.evaluate(sources.test)["tokens"]
    assert metrics["test"]["loss"] != trained.evaluate(sources.test)["loss"]


def test_a_line_of_the_training_text_is_copied_wholly(backward, sources):
    line = next(iter(sources.train)).text
    assert backward.novelty([backward.ids(line)], sources.train).copied == {4: 1.0, 8: 1.0}
    turned = " ".join(reversed(line.split()))
    assert backward.novelty([backward.ids(turned)], sources.train).copied == {4: 0.0, 8: 0.0}


# A prompt and what was drawn.


def drawn(model, *lines):
    """The ids of lines as they are drawn, each ended by `<eos>`."""
    return [i for line in lines for i in [*model.ids(line), model.vocabulary.eos]]


def test_what_was_drawn_stands_before_the_prompt(backward):
    assert passage(backward, "a wet owl.", drawn(backward, "the red fox sees")) == (
        "the red fox sees a wet owl."
    )
    assert passage(backward, "a wet owl.", []) == "a wet owl."
    assert passage(backward, "", drawn(backward, "the red fox .")) == "the red fox."
    assert passage(backward, "a zebra", drawn(backward, "the fox sees")[:-2]) == "fox sees a zebra"


def test_lines_above_stay_and_further_lines_follow_below(backward):
    ids = drawn(backward, "the red", "a wet owl .", "")
    assert passage(backward, "The End\nfox", ids) == "The End\nthe red fox\na wet owl.\n"
    assert passage(backward, "The End\n", ids) == "The End\nthe red\na wet owl.\n"
    assert passage(backward, "fox", ids[:-1]) == "the red fox\na wet owl."


def test_what_lies_beyond_a_stop_text_is_left_out(backward):
    ids = drawn(backward, "the red fox sees", "a wet owl")
    assert passage(backward, "it", ids, ["red"]) == " fox sees it"
    assert passage(backward, "it", ids, ["wet"]) == "the red fox sees it\n owl"
    assert passage(backward, "it", ids, ["goat"]) == "the red fox sees it\na wet owl"
    assert passage(backward, "it", ids, ["wet", "the"]) == " red fox sees it"


def test_a_forward_model_goes_on_behind_the_prompt(trained):
    ids = drawn(trained, "a wet owl .", "the fox", "")
    assert passage(trained, "The End\nfox", ids) == "The End\nfox a wet owl.\nthe fox\n"
    assert passage(trained, "fox", ids, ["owl"]) == "fox a wet "
    assert passage(trained, "", ids[:5]) == "a wet owl."


def test_the_prompt_is_read_from_its_end_before_the_first_draw(backward):
    """P(first word | the rest of the line), against the score of the whole line."""
    prompt = backward.ids("fox sees a wet owl .")
    last, state = backward.prime(prompt, 1)
    log_probs, _ = backward.model.step(last, state)
    (score,) = backward.score(["red fox sees a wet owl ."])
    red = backward.vocabulary.ids(["red"])[0]
    assert score.tokens[1] == "red"
    assert log_probs[0, red].item() == pytest.approx(score.log_probs[1], rel=1e-5)


def test_samples_go_before_the_prompt(backward):
    exact = backward.in_float64()
    prompt = exact.ids("a wet owl .")
    config = SamplingConfig(max_tokens=12, banned=(exact.vocabulary.unk,), seed=3)
    stopping = Stopping(eos=(exact.vocabulary.eos,))
    for sample in exact.sample(prompt, 5, config, stopping):
        text = passage(exact, "a wet owl .", sample.ids)
        assert text.endswith("a wet owl .") and len(exact.ids(text)) == len(sample.ids) + 4
        if sample.finished:
            (score,) = exact.score([text])
            wanted = sum(score.log_probs[: 1 + len(sample.ids)])
            assert sample.log_prob == pytest.approx(wanted, rel=1e-9)
