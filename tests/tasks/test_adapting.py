"""A language model that adapts to the text, against plain loops; it stays as it was."""

import copy
import dataclasses
import itertools

import numpy as np
import pytest
import torch
from torch.nn.functional import cross_entropy

from seqkit.corpora.catalogue import open_corpus
from seqkit.layers.cache import CacheSettings
from seqkit.models.language import LanguageModel, LanguageModelConfig
from seqkit.tasks import language
from seqkit.tasks.language import adapting, caching, dynamic, evaluation
from seqkit.train.dynamic import DynamicSettings
from tests import oracles
from tests.models.weights import arrays
from tests.tasks import texts

V = 7


@pytest.fixture
def exact():
    """A small model in float64, with dropout that evaluating must not use."""
    torch.manual_seed(3)
    config = LanguageModelConfig(V, layers=2, hidden=5, embed=4, tie=False, dropout_output=0.5)
    model = LanguageModel(config).double()
    model.dtype = torch.float64
    with torch.no_grad():
        model.output_bias.normal_()
    return model


@pytest.fixture
def ids():
    draw = np.random.default_rng(4)
    return draw.integers(0, V, size=150).astype(np.uint16)


@pytest.fixture
def small_pieces(monkeypatch):
    """Texts of many pieces, read two at a time and compared by blocks that do not fit them."""
    monkeypatch.setattr(evaluation, "PIECE", 40)
    monkeypatch.setattr(caching, "ROWS", 2)
    monkeypatch.setattr(caching, "BLOCK", 16)


def oracle_with_cache(model, ids, settings):
    """The losses of a model and a cache, position by position."""
    weights, tokens = arrays(model), ids.tolist()
    x = weights["embedding"][[tokens[-1], *tokens[:-1]]]
    for step, named, zeros in weights["layers"]:
        x, _ = oracles.over_time(step, x, zeros, named)
    cached = oracles.cache_probabilities(x, tokens, V, settings.size, settings.theta)
    losses = []
    for top, cache, token in zip(x, cached, tokens, strict=True):
        p = oracles.softmax(weights["output"] @ top + weights["bias"])
        if cache is not None:
            p = (1 - settings.weight) * p + settings.weight * cache
        losses.append(-np.log(p[token]))
    return np.array(losses)


@pytest.mark.usefixtures("small_pieces")
@pytest.mark.parametrize("settings", [CacheSettings(9, 0.5, 0.3), CacheSettings(400, 3.0, 0.1)])
def test_a_text_is_scored_with_the_cache_of_a_loop(exact, ids, settings):
    exact.train()
    found = caching.cached_losses(exact, ids, settings)
    np.testing.assert_allclose(found, oracle_with_cache(exact, ids, settings), rtol=1e-6)
    assert exact.training


@pytest.mark.usefixtures("small_pieces")
def test_a_cache_of_no_weight_is_the_model(exact, ids):
    found = caching.cached_losses(exact, ids, CacheSettings(weight=0.0))
    np.testing.assert_allclose(found, evaluation.text_losses(exact, ids), rtol=1e-6)


@pytest.mark.usefixtures("small_pieces")
def test_the_settings_of_a_cache_are_the_best_on_the_beginning_of_a_text(exact, ids, monkeypatch):
    monkeypatch.setattr(caching, "TUNED", 100)
    monkeypatch.setattr(caching, "SIZES", (3, 30))
    monkeypatch.setattr(caching, "THETAS", (0.0, 1.0))
    monkeypatch.setattr(caching, "WEIGHTS", (0.0, 0.1, 0.4))
    ids[:100] = np.tile(ids[:10], 10)
    every = [CacheSettings(s, t, w) for s in (3, 30) for t in (0.0, 1.0) for w in (0.0, 0.1, 0.4)]
    totals = [caching.cached_losses(exact, ids[:100], one).sum() for one in every]
    best = every[int(np.argmin(totals))]
    assert best.weight > 0
    assert caching.choose_cache(exact, ids) == best


def oracle_of_learning(model, ids, settings, other, rows):
    """The losses by a loop of its own over windows, with torch's softmax and gradients."""
    model = copy.deepcopy(model).eval()
    weights = list(model.parameters())

    def windows(tokens, number):
        """Each row by itself; a window is scored by the mean over all that rows have of it."""
        text = torch.from_numpy(tokens.astype(np.int64))
        bounds = [row * len(text) // number for row in range(number + 1)]
        states = [model.initial(1) for _ in range(number)]
        for past in range(0, max(np.diff(bounds)), settings.window):
            found = []
            for row, (first, end) in enumerate(itertools.pairwise(bounds)):
                start = first + past
                if start < end:
                    targets = text[start : min(start + settings.window, end)]
                    inputs = torch.cat([text[start - 1 :][:1], targets[:-1]])
                    hidden, state = model(inputs[None], states[row])
                    states[row] = tuple(tensor.detach() for tensor in state)
                    logits = hidden[0] @ model.output_weight.T + model.output_bias
                    found.append(cross_entropy(logits, targets, reduction="none"))
            losses = torch.cat(found)
            yield losses.detach(), torch.autograd.grad(losses.mean(), weights)

    squares = [[g**2 for g in gradients] for _, gradients in windows(other, rows)]
    rms = [torch.stack(one).mean(0).sqrt() for one in zip(*squares, strict=True)]
    mean = torch.cat([r.flatten() for r in rms]).mean()
    trained, found = [w.detach().clone() for w in weights], []
    for losses, gradients in windows(ids, 1):
        found.append(losses.numpy())
        for w, g, r, start in zip(weights, gradients, rms, trained, strict=True):
            pull = torch.minimum(settings.decay * r / mean, torch.ones(()))
            w.data = w.data - settings.rate * g / (r + mean) + pull * (start - w.data)
    return np.concatenate(found)


@pytest.mark.parametrize("tie", [False, True])
@pytest.mark.parametrize("settings", [DynamicSettings(0.05, 0.2, 4), DynamicSettings(0.01, 0.0, 7)])
def test_learning_from_a_text_is_that_of_a_loop(exact, ids, settings, tie, monkeypatch):
    monkeypatch.setattr(dynamic, "ROWS", 3)
    if tie:
        config = dataclasses.replace(exact.config, tie=True)
        exact = LanguageModel(config).double()
        exact.dtype = torch.float64
    other = ids[::-1][:62].copy()  # rows of 20, 21 and 21
    exact.train()
    before = copy.deepcopy(exact.state_dict())
    found = dynamic.dynamic_losses(exact, ids, settings, other)
    wanted = oracle_of_learning(exact, ids, settings, other, rows=3)
    np.testing.assert_allclose(found, wanted, rtol=1e-5)
    plain = evaluation.text_losses(exact, ids)
    np.testing.assert_allclose(found[: settings.window], plain[: settings.window], rtol=1e-5)
    assert not np.allclose(found[settings.window :], plain[settings.window :], rtol=1e-5)
    for name, tensor in exact.state_dict().items():
        assert torch.equal(tensor, before[name]), name
    assert exact.training and all(p.grad is None for p in exact.parameters())


def test_gradients_are_measured_on_the_beginning_of_the_other_text(exact, ids, monkeypatch):
    monkeypatch.setattr(dynamic, "MEASURED", 30)
    settings = DynamicSettings(0.05, 0.2, 5)
    found = dynamic.dynamic_losses(exact, ids, settings, ids)
    wanted = dynamic.dynamic_losses(exact, ids, settings, ids[:30])
    np.testing.assert_array_equal(found, wanted)
    assert not np.array_equal(found, dynamic.dynamic_losses(exact, ids, settings, ids[:25]))


def test_the_settings_of_a_step_are_sought_one_after_another(exact, ids, monkeypatch):
    monkeypatch.setattr(dynamic, "TUNED", 40)
    before = copy.deepcopy(exact.state_dict())
    found = dynamic.choose_dynamic(exact, ids)

    def total(rate, decay, window):
        settings = DynamicSettings(rate, decay, window)
        return dynamic.dynamic_losses(exact, ids[-40:], settings, ids[:-40]).sum()

    first = dynamic.FIRST
    rate = min(dynamic.RATES, key=lambda r: total(r, first.decay, first.window))
    decay = min(dynamic.DECAYS, key=lambda d: total(rate, d, first.window))
    times = [window / first.window for window in dynamic.WINDOWS]
    wide = [(rate * t, decay * t, w) for t, w in zip(times, dynamic.WINDOWS, strict=True)]
    assert found == DynamicSettings(*min(wide, key=lambda settings: total(*settings)))
    for name, tensor in exact.state_dict().items():
        assert torch.equal(tensor, before[name]), name


def test_settings_at_which_the_weights_run_away_are_not_chosen(exact, ids, monkeypatch):
    monkeypatch.setattr(dynamic, "TUNED", 40)
    monkeypatch.setattr(dynamic, "RATES", (1e300, 1e-3))
    found = dynamic.choose_dynamic(exact, ids)
    assert found.rate < 1


def test_a_short_text_is_halved_to_choose_settings(exact, ids, monkeypatch):
    found = dynamic.choose_dynamic(exact, ids[:30])
    monkeypatch.setattr(dynamic, "TUNED", 15)
    assert dynamic.choose_dynamic(exact, ids[:30]) == found
    with pytest.raises(ValueError, match="a single token"):
        dynamic.choose_dynamic(exact, ids[:1])


def repeating(folder):
    """A text whose second half says again what the first half said."""
    half = texts.lines(30, seed=8)
    path = folder / "again.txt"
    path.write_text("\n".join([*half, *half]) + "\n")
    return open_corpus(str(path))


def test_metrics_stand_beside_the_plain_ones(trained, sources, tmp_path):
    text = repeating(tmp_path)
    plain = trained.evaluate(text)
    cached = adapting.evaluate_cached(trained, text, CacheSettings(500, 1.0, 0.3))
    learnt = adapting.evaluate_dynamic(
        trained, text, DynamicSettings(0.003, 0.001, 5), sources.valid
    )
    for found in (cached, learnt):
        assert found["gain"] == pytest.approx(plain["loss"] - found["loss"], abs=1e-6)
        assert found["perplexity"] == pytest.approx(np.exp(found["loss"]))
        ratio = found["bits_per_char"] / plain["bits_per_char"]
        assert ratio == pytest.approx(found["loss"] / plain["loss"], rel=1e-5)
        low, high = found["perplexity_interval"]
        assert low < found["perplexity"] < high
        low, high = found["gain_interval"]
        assert low < found["gain"] < high
    assert learnt["gain"] > 0
    assert trained.evaluate(text) == plain


def test_a_text_of_one_line_has_no_intervals(trained, sources, tmp_path):
    (tmp_path / "one.txt").write_text(texts.lines(1)[0])
    text = open_corpus(str(tmp_path / "one.txt"))
    found = adapting.evaluate_cached(trained, text, CacheSettings())
    assert "gain" in found and not [name for name in found if name.endswith("interval")]


def test_weights_that_run_away_are_told_of(trained, sources):
    with pytest.raises(FloatingPointError, match="run away at a rate of 1e\\+30"):
        adapting.evaluate_dynamic(
            trained, sources.test, DynamicSettings(1e30, 0.0, 5), sources.valid
        )
    assert np.isfinite(trained.evaluate(sources.test)["loss"])


@pytest.mark.parametrize(
    "changes",
    [{"level": "char"}, {"direction": "backward", "cell": "gru"}, {"level": "subword"}],
    ids=["char", "backward", "subword"],
)
def test_every_level_and_direction_adapts(sources, tmp_path, changes):
    if changes.get("level") == "subword":
        pytest.importorskip("tokenizers")
    language.train(texts.settings(epochs=1, **changes), sources, tmp_path / "run")
    model = language.load(tmp_path / "run", "cpu")
    plain = model.evaluate(sources.test)
    found = adapting.evaluate_cached(model, sources.test, CacheSettings(100, 0.3, 0.1))
    assert found["gain"] == pytest.approx(plain["loss"] - found["loss"], abs=1e-6)
    settings = DynamicSettings(0.003, 0.001, 20)
    learnt = adapting.evaluate_dynamic(model, sources.test, settings, sources.valid)
    assert learnt["gain"] > 0  # after one epoch any further learning is good
