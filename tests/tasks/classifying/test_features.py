"""Tokens and n-grams of texts against plain loops."""

import collections
import random
import tracemalloc

import numpy as np
import pytest

from seqkit.tasks.classifying.features import (
    MARK,
    PART,
    count_features,
    learn_features,
    splitter,
    token_shares,
)
from tests.text.test_sparse import dense

TEXTS = ["Good, GOOD soup!", "bad soup", "", "not good", "soup of the day. Not bad"]


def grams(tokens, order):
    return [
        tuple(tokens[i : i + n]) for n in range(1, order + 1) for i in range(len(tokens) - n + 1)
    ]


def by_hand(text, level):
    """Tokens as they are counted."""
    if level == "char":
        return [MARK, *text, MARK] if text else []
    return splitter("word")(text)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Don't stop -- GREAT!", ["don", "'", "t", "stop", "-", "-", "great", "!"]),
        ("naïve\tÉCLAIR\n3.50€", ["naïve", "éclair", "3", ".", "50", "€"]),
        (" \n ", []),
        ("", []),
    ],
)
def test_words_are_letters_together_and_signs_alone(text, tokens):
    assert splitter("word")(text) == tokens


def test_characters_are_as_they_stand():
    assert splitter("char")("Zoë \n!") == ["Z", "o", "ë", " ", "\n", "!"]


def test_long_texts_have_the_same_words_as_short_ones():
    draw = random.Random(1)
    words = ["".join(draw.choices("abcdefgh", k=draw.randrange(1, 9))) for _ in range(60_000)]
    assert len(" ".join(words)) > 4 * PART
    assert splitter("word")(" ".join(words)) == words
    unbroken = "x" * (2 * PART + 5)
    assert "".join(splitter("word")(unbroken)) == unbroken


@pytest.mark.parametrize("level", ["word", "char"])
@pytest.mark.parametrize("min_count", [1, 2])
def test_features_are_the_n_grams_of_a_counter(level, min_count):
    ngrams, matrix = learn_features(TEXTS, level, 3, min_count)
    counts = [collections.Counter(grams(by_hand(text, level), 3)) for text in TEXTS]
    total = sum(counts, collections.Counter())
    known = {" ".join(gram) for gram, count in total.items() if count >= min_count}
    names = [ngrams.name(f) for f in range(len(ngrams))]
    assert sorted(names) == sorted(known)
    found = dense(count_features(ngrams, TEXTS, level))
    for row, of_text, there in zip(found, counts, dense(matrix), strict=True):
        want = {" ".join(gram): n for gram, n in of_text.items() if " ".join(gram) in known}
        assert {names[f]: row[f] for f in np.flatnonzero(row)} == want
        np.testing.assert_array_equal(there, row > 0)


@pytest.mark.parametrize("level", ["word", "char"])
def test_shares_are_those_of_loops(level):
    ngrams, _ = learn_features(TEXTS, level, 3, 1)
    worth = np.random.default_rng(2).normal(size=(len(ngrams), 2))
    numbers = {ngrams.name(f): f for f in range(len(ngrams))}
    for text in ("good soup good", "x", "", "not the new day"):
        tokens = by_hand(text, level)
        want = np.zeros((len(tokens), 2))
        for n in (1, 2, 3):
            for i in range(len(tokens) - n + 1):
                feature = numbers.get(" ".join(tokens[i : i + n]))
                if feature is not None:
                    want[i : i + n] += worth[feature] / n
        if level == "char" and text:
            want[1] += want[0]
            want[-2] += want[-1]
            want = want[1:-1]
        found = token_shares(ngrams, text, level, worth)
        np.testing.assert_allclose(found, want, atol=1e-12)
        assert len(found) == len(splitter(level)(text))


@pytest.mark.parametrize("level", ["word", "char"])
def test_a_long_text_takes_few_times_its_own_size(level):
    ngrams, _ = learn_features(TEXTS, level, 2, 1)
    text = "soup of the day is not bad " * 100_000
    count_features(ngrams, ["warm up"], level)
    tracemalloc.start()
    found = count_features(ngrams, [text], level)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found.values.max() > 50_000
    assert peak < 8 * len(text)
