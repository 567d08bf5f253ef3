"""Scores of texts and their bootstrap intervals, against hand sums and full enumeration."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seqkit.metrics import language
from seqkit.metrics.language import LanguageScore, by_sentence, compare, interval


def test_uniform_model_has_the_size_of_the_vocabulary_as_perplexity():
    # 8 equally likely words, 30 targets: three bits each, on a text of 120 characters
    score = LanguageScore(nats=30 * math.log(8), tokens=30, characters=120, bytes=180)
    assert score.loss == pytest.approx(math.log(8), rel=1e-12)
    assert score.perplexity == pytest.approx(8, rel=1e-12)
    assert score.bits_per_char == pytest.approx(30 * 3 / 120, rel=1e-12)
    assert score.bits_per_byte == pytest.approx(30 * 3 / 180, rel=1e-12)


def test_to_dict_names_every_figure():
    figures = LanguageScore(6.0, 4, characters=10, bytes=12, correct=1, unknown=2).to_dict()
    assert figures == pytest.approx(
        {
            "loss": 1.5,
            "perplexity": 4.4816890703,
            "bits_per_char": 0.8656170245,
            "bits_per_byte": 0.7213475204,
            "accuracy": 0.25,
            "unknown_share": 0.5,
        }
    )


def test_to_dict_leaves_out_what_is_unknown_or_infinite():
    assert LanguageScore(6.0, 4).to_dict().keys() == {"loss", "perplexity"}
    assert LanguageScore(4000.0, 4).to_dict() == {"loss": 1000.0}
    assert LanguageScore(4000.0, 4).perplexity == math.inf
    assert LanguageScore(math.inf, 4).to_dict() == {}
    assert LanguageScore(2.0, 4, correct=0, unknown=0).to_dict()["accuracy"] == 0.0


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"nats": 1.0, "tokens": 0}, "tokens is 0"),
        ({"nats": math.nan, "tokens": 1}, "nats is nan"),
        ({"nats": -1.0, "tokens": 1}, "nats is -1.0"),
        ({"nats": 1.0, "tokens": 1, "characters": 0}, "characters is 0"),
        ({"nats": 1.0, "tokens": 1, "bytes": -3}, "bytes is -3"),
        ({"nats": 1.0, "tokens": 2, "correct": 3}, "correct is 3"),
        ({"nats": 1.0, "tokens": 2, "unknown": -1}, "unknown is -1"),
    ],
)
def test_impossible_sums_are_refused(fields, message):
    with pytest.raises(ValueError, match=message):
        LanguageScore(**fields)


@settings(deadline=None)
@given(st.lists(st.integers(0, 3), max_size=40))
def test_by_sentence_sums_as_a_loop_does(ids):
    losses = np.arange(len(ids)) + 0.5
    sentences: list[list[float]] = [[]]
    for token, loss in zip(ids, losses, strict=True):
        sentences[-1].append(loss)
        if token == 0:
            sentences.append([])
    if not sentences[-1]:
        sentences.pop()
    nats, tokens = by_sentence(losses, np.array(ids, np.uint16), eos=0)
    assert nats.tolist() == [sum(sentence) for sentence in sentences]
    assert tokens.tolist() == [len(sentence) for sentence in sentences]


def test_by_sentence_refuses_arrays_that_differ():
    with pytest.raises(ValueError, match="differ"):
        by_sentence(np.zeros(3), np.zeros(4, int), eos=0)


NATS = np.array([2.0, 9.0, 4.0, 31.0, 5.5])
TOKENS = np.array([1, 3, 2, 8, 2])


def every_ratio(nats):
    """All equally likely resamples of five sentences, 3125 of them."""
    draws = itertools.product(range(5), repeat=5)
    return np.array([sum(nats[i] for i in d) / sum(TOKENS[i] for i in d) for d in draws])


@pytest.mark.parametrize("confidence", [0.5, 0.9])
def test_interval_agrees_with_enumeration(confidence):
    ratios = every_ratio(NATS)
    tails = (1 - confidence) / 2
    low, high = interval(NATS, TOKENS, confidence, samples=40_000)
    for end, share in ((low, tails), (high, 1 - tails)):  # equal ratios: a share is a range
        assert np.mean(ratios < end - 1e-9) - 0.01 <= share <= np.mean(ratios <= end + 1e-9) + 0.01


def test_interval_holds_the_truth_as_often_as_it_says():
    generator = np.random.default_rng(3)
    hits = 0
    for seed in range(200):
        tokens = generator.integers(1, 30, 80)
        nats = tokens * generator.normal(5, 1, 80)  # the true loss is 5
        low, high = interval(nats, tokens, 0.9, samples=300, seed=seed)
        hits += low <= 5 <= high
    assert 0.83 <= hits / 200 <= 0.96


def test_interval_depends_on_the_seed_alone(monkeypatch):
    first = interval(NATS, TOKENS, samples=50, seed=1)
    assert interval(NATS.tolist(), TOKENS.tolist(), samples=50, seed=1) == first
    assert interval(NATS, TOKENS, samples=50, seed=2) != first
    monkeypatch.setattr(language, "_DRAWS_AT_ONCE", 35)
    assert interval(NATS, TOKENS, samples=50, seed=1) == first


def test_compare_agrees_with_enumeration():
    other = NATS - np.array([0.4, -0.2, 0.5, 1.5, 0.1])
    difference = (NATS.sum() - other.sum()) / TOKENS.sum()
    strays = np.abs(every_ratio(NATS - other) - difference)
    result = compare(NATS, other, TOKENS, samples=40_000)
    assert result.difference == pytest.approx(difference, rel=1e-12)
    assert result.p == pytest.approx(np.mean(strays >= difference), abs=0.01)
    assert result.low < difference < result.high


def test_compare_turned_round_changes_signs_only():
    other = NATS + np.array([0.4, -0.2, 0.5, -1.5, 0.1])
    there, back = compare(NATS, other, TOKENS), compare(other, NATS, TOKENS)
    assert there.p == back.p
    assert (there.difference, there.low) == pytest.approx((-back.difference, -back.high))


def test_compare_of_a_model_with_itself_and_with_a_far_better_one():
    same = compare(NATS, NATS, TOKENS)
    assert (same.difference, same.low, same.high, same.p) == (0.0, 0.0, 0.0, 1.0)
    assert compare(NATS, NATS - TOKENS, TOKENS, samples=999).p == 1 / 1000


def test_p_is_even_between_equal_models_however_hard_the_sentences():
    generator = np.random.default_rng(4)
    tokens = np.full(60, 10)
    results = []
    for seed in range(200):
        hardness = generator.normal(50, 30, 60)
        a, b = hardness + generator.normal(0, 1, (2, 60))
        results.append(compare(a, b, tokens, samples=200, seed=seed))
    assert 0.04 <= np.mean([result.p <= 0.1 for result in results]) <= 0.17
    assert max(result.high - result.low for result in results) < 0.15  # unpaired: about 1.5


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"tokens": TOKENS[:4]}, "must both be"),
        ({"nats": NATS[:1], "tokens": TOKENS[:1]}, "1 sentence"),
        ({"nats": NATS * np.nan}, "finite loss"),
        ({"tokens": TOKENS * 0}, "at least one token"),
        ({"confidence": 95}, "confidence is 95"),
        ({"samples": 0}, "samples is 0"),
    ],
)
def test_what_cannot_be_resampled_is_refused(change, message):
    with pytest.raises(ValueError, match=message):
        interval(**{"nats": NATS, "tokens": TOKENS, **change})
    both = {"nats_a": NATS, "nats_b": NATS, "tokens": TOKENS, **change}
    if "nats" in both:
        both["nats_a"] = both.pop("nats")
    with pytest.raises(ValueError, match=message):
        compare(**both)


def test_compare_checks_the_second_model_too():
    with pytest.raises(ValueError, match="must both be"):
        compare(NATS, NATS[:1], TOKENS)
