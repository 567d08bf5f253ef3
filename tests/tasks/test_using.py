"""Using a trained language model: evaluating, scoring, sampling, novelty, at every level."""

import dataclasses
import itertools

import numpy as np
import pytest
import torch

from seqkit.corpora.catalogue import open_corpus
from seqkit.decode.filters import SamplingConfig
from seqkit.decode.hypothesis import BeamConfig
from seqkit.decode.sampling import Stopping
from seqkit.models.language import LanguageModel, LanguageModelConfig
from seqkit.tasks import language
from seqkit.tasks.language.evaluation import PIECE, text_losses
from seqkit.tasks.runs import Run, read_json
from seqkit.text.streams import encode
from tests import oracles
from tests.models.weights import arrays
from tests.tasks import texts


@pytest.fixture(scope="module")
def ids(trained, tmp_path_factory):
    """A text of 27,000 tokens, enough for three rows and for many."""
    folder = tmp_path_factory.mktemp("long")
    corpus = open_corpus(str(texts.write(folder / "long.txt", 3000, seed=5)))
    path = folder / "text.tokens"
    return np.asarray(encode(corpus.blocks(), trained.tokenizer, trained.vocabulary, path).ids)


def test_a_text_is_scored_as_one_stream_given_all_before(trained, ids):
    part = ids[:300].tolist()
    wanted = oracles.language_model_losses(arrays(trained.model), [part[-1], *part[:-1]], part)
    found = text_losses(trained.model, ids[:300])
    np.testing.assert_allclose(found, wanted, rtol=1e-4)


def test_pieces_that_are_warmed_up_score_as_one_stream(trained, ids):
    """The definition: the state goes from the first token to the last without a break."""
    targets = torch.from_numpy(ids.astype(np.int64))[None]  # (1, n)
    state, parts = trained.model.initial(1), []
    for window in zip(targets.roll(1, 1).split(1000, 1), targets.split(1000, 1), strict=True):
        found, state = trained.model.losses(*window, state)
        parts.append(found[0].double().numpy())
    wanted, found = np.concatenate(parts), text_losses(trained.model, ids).astype(float)
    assert len(found) == len(ids) > 4 * PIECE
    assert np.exp(found.mean()) == pytest.approx(np.exp(wanted.mean()), rel=1e-6)
    np.testing.assert_allclose(found, wanted, atol=1e-4)


@pytest.mark.parametrize("rows", [1, 3, 16])
def test_perplexity_does_not_depend_on_the_rows(trained, ids, rows):
    two, many = (text_losses(trained.model, ids, n).astype(float) for n in (2, rows))
    assert np.exp(many.mean()) == pytest.approx(np.exp(two.mean()), rel=1e-6)
    np.testing.assert_allclose(many, two, atol=1e-5)


def test_evaluating_leaves_the_model_in_the_mode_it_was_in(trained, ids):
    trained.model.train()
    first = text_losses(trained.model, ids[:50])
    assert trained.model.training
    trained.model.eval()
    np.testing.assert_array_equal(first, text_losses(trained.model, ids[:50]))
    assert not trained.model.training


def test_evaluate_gives_the_figures_of_the_training(finished, trained, sources):
    metrics = read_json(finished / "metrics.json")
    found = trained.evaluate(sources.test)
    assert found == metrics["test"]
    assert found["perplexity"] == pytest.approx(np.exp(found["loss"]))
    assert found["tokens"] == sum(len(line.text.split()) + 1 for line in sources.test)
    characters = sum(len(line.text) + 1 for line in sources.test)
    bits = found["loss"] * found["tokens"] / np.log(2) / characters
    assert found["bits_per_char"] == pytest.approx(bits)


def test_a_line_is_scored_as_the_equations_say(trained):
    (score,) = trained.score(["the red fox sees a wet owl ."])
    assert score.tokens == ["the", "red", "fox", "sees", "a", "wet", "owl", ".", "<eos>"]
    ids = trained.vocabulary.ids(score.tokens)
    eos = trained.vocabulary.eos
    wanted = oracles.language_model_losses(arrays(trained.model), [eos, *ids[:-1]], ids)
    np.testing.assert_allclose(score.log_probs, -np.array(wanted), rtol=1e-4)
    assert score.log_prob == pytest.approx(-sum(wanted), rel=1e-5)
    assert score.perplexity == pytest.approx(np.exp(sum(wanted) / len(wanted)), rel=1e-5)


def test_lines_score_alone_as_in_a_batch_with_padding(trained):
    lines = [*texts.lines(20, seed=9), "", "fox", "zebra crossing", " ".join(texts.lines(6))]
    alone = [next(trained.score([line])) for line in lines]
    for size in (2, 7, 64):
        together = list(trained.score(lines, batch_size=size))
        assert [score.line for score in together] == lines
        for one, other in zip(alone, together, strict=True):
            np.testing.assert_allclose(one.log_probs, other.log_probs, atol=1e-5)
            assert one.tokens == other.tokens
    assert alone[20].tokens == ["<eos>"]
    assert alone[22].tokens == ["<unk>", "<unk>", "<eos>"]


def test_scoring_reads_no_more_lines_than_a_batch(trained):
    endless = itertools.repeat("the red fox .")
    assert next(trained.score(endless, batch_size=4)).line == "the red fox ."


def drawing(model, **changes):
    """As the command samples: never `<unk>`."""
    plain = SamplingConfig(max_tokens=12, banned=(model.vocabulary.unk,), seed=3)
    return dataclasses.replace(plain, **changes)


def test_samples_are_the_same_however_many_are_drawn_at_once(trained):
    exact = trained.in_float64()
    together = exact.sample([], 5, drawing(exact), Stopping())
    for number in range(5):
        tokens = exact.stream([], 1, drawing(exact), Stopping(), first=number)
        assert tuple(token.id for token in tokens) == together[number].ids
    assert len({sample.ids for sample in together}) > 1
    assert trained.model.dtype == torch.float32  # the copy, not the model, is in float64
    assert trained.model.embedding.weight.dtype == torch.float32


def test_unknown_words_are_never_drawn(tmp_path):
    torch.manual_seed(0)
    vocabulary = language.load(_rare(tmp_path), "cpu").vocabulary
    model = LanguageModel(LanguageModelConfig(len(vocabulary), hidden=8, embed=8))
    with torch.no_grad():
        model.output_bias[vocabulary.unk] = 5.0
    loud = language.TrainedLanguageModel(
        model, language.load(_rare(tmp_path)).tokenizer, vocabulary
    )
    for config in (drawing(loud), drawing(loud, greedy=True), drawing(loud, top_k=1)):
        drawn = [i for s in loud.sample([], 20, config, Stopping()) for i in s.ids]
        assert vocabulary.unk not in drawn
    allowed = loud.sample([], 20, drawing(loud, banned=()), Stopping())
    assert sum(s.ids.count(vocabulary.unk) for s in allowed) > 100
    beam = loud.beam([], BeamConfig(width=3, nbest=3, max_tokens=8, banned=(vocabulary.unk,)))
    assert all(vocabulary.unk not in hypothesis.ids for hypothesis in beam)


def _rare(tmp_path):
    """A run whose text has words that became `<unk>`."""
    folder = tmp_path / "rare"
    if not folder.exists():
        settings = texts.settings(vocab_size=10, epochs=1)
        language.train(settings, texts.splits(tmp_path), folder)
    return folder


def test_a_prompt_is_read_before_the_first_draw(trained):
    prompt = trained.ids("the red fox")
    last, state = trained.prime(prompt, 2)
    assert last.tolist() == [prompt[-1]] * 2
    log_probs, _ = trained.model.step(last, state)
    (score,) = trained.score(["the red fox sees"])
    sees = trained.vocabulary.ids(["sees"])[0]
    np.testing.assert_allclose(log_probs[:, sees].tolist(), [score.log_probs[3]] * 2, rtol=1e-5)


def test_the_likeliest_text_is_no_less_likely_than_any_draw(trained):
    exact = trained.in_float64()
    eos = exact.vocabulary.eos
    best = exact.beam([], BeamConfig(width=200, max_tokens=12))[0]
    draws = exact.sample([], 50, drawing(exact, max_tokens=12), Stopping(eos=(eos,)))
    assert best.finished
    assert all(best.log_prob >= s.log_prob for s in draws if s.finished)


def test_a_line_of_the_training_text_is_copied_wholly(trained, sources):
    line = next(iter(sources.train)).text
    found = trained.novelty([trained.ids(line)], sources.train)
    assert found.copied == {4: 1.0, 8: 1.0}
    assert found.longest.length == 8
    backwards = list(reversed(trained.ids(line)))
    assert trained.novelty([backwards], sources.train).copied == {4: 0.0, 8: 0.0}


LEVELS = {
    "word": {"level": "word"},
    "char": {"level": "char"},
    "whitespace": {"tokenizer": "whitespace"},
    "subword": {"level": "subword", "vocab_size": 280},
}


@pytest.mark.parametrize("level", LEVELS)
def test_every_level_trains_loads_scores_and_samples(tmp_path, level):
    sources = texts.splits(tmp_path)
    settings = texts.settings(**LEVELS[level], epochs=1)
    metrics = language.train(settings, sources, tmp_path / "run")
    model = language.load(tmp_path / "run", "cpu")
    assert model.tokenizer.name == level
    assert (tmp_path / "run" / "tokenizer.json").exists() == (level == "subword")
    assert model.evaluate(sources.test) == metrics["test"]
    line = "the old miller paints a wet stone ."
    (score,) = model.score([line])
    assert np.isfinite(score.log_prob) and model.vocabulary.unk not in model.ids(line)
    shown = model.text(model.ids(line))
    assert shown == (line.replace(" .", ".") if level == "word" else line)
    text = model.sample_text(max_tokens=20)
    assert text and "<unk>" not in text


def test_text_of_several_lines_goes_to_ids_and_back(trained):
    text = "the red fox sees a wet owl.\nthe old goat likes a lamp."
    ids = trained.ids(text)
    assert ids.count(trained.vocabulary.eos) == 1
    assert trained.text(ids) == text


def test_a_subword_run_with_a_damaged_tokenizer_is_refused(tmp_path):
    settings = texts.settings(level="subword", vocab_size=280, epochs=1)
    language.train(settings, texts.splits(tmp_path), tmp_path / "run")
    path = tmp_path / "run" / "tokenizer.json"
    path.write_text("{}")
    with pytest.raises(ValueError, match=r"tokenizer\.json"):
        language.load(tmp_path / "run", "cpu")
    path.unlink()
    with pytest.raises(ValueError, match=r"tokenizer\.json: no such file"):
        language.load(tmp_path / "run", "cpu")
    assert Run(tmp_path / "run").finished
