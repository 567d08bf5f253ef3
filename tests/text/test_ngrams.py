"""N-grams against counters of tuples of words."""

import collections
import random

import numpy as np
import pytest

from seqkit.text.ngrams import NGrams, NumberedDocuments
from tests.text.test_sparse import dense

TEXTS = ["a b a b c", "", "b", "c a b a b a b", "d d d d", "a b c d e"]


def documents(texts):
    return NumberedDocuments.read(text.split() for text in texts)


def grams(text, order):
    words = text.split()
    return collections.Counter(
        tuple(words[i : i + n]) for n in range(1, order + 1) for i in range(len(words) - n + 1)
    )


def many(count, seed):
    draw = random.Random(seed)
    return [" ".join(draw.choices("abcdefgh", k=draw.randrange(12))) for _ in range(count)]


@pytest.mark.parametrize("order", [1, 2, 3, 4])
@pytest.mark.parametrize("min_count", [1, 2, 4])
def test_counts_are_those_of_a_counter(order, min_count):
    train, other = TEXTS + many(40, 1), [*many(20, 2), "x a b y a b c", "y"]
    total = sum((grams(text, order) for text in train), collections.Counter())
    known = {gram for gram, count in total.items() if count >= min_count}
    learnt = NGrams.learn(documents(train), order, min_count)
    names = [learnt.name(f) for f in range(len(learnt))]
    assert sorted(names) == sorted(" ".join(gram) for gram in known)
    for texts in (train, other):
        found = dense(learnt.counts(documents(texts)))
        for text, row in zip(texts, found, strict=True):
            want = {" ".join(g): n for g, n in grams(text, order).items() if g in known}
            assert {names[f]: row[f] for f in np.flatnonzero(row)} == want


def test_features_do_not_depend_on_the_order_of_documents():
    texts = TEXTS + many(30, 3)
    one, other = (NGrams.learn(documents(t), 3, 2) for t in (texts, texts[::-1]))
    assert one.tokens == other.tokens
    np.testing.assert_array_equal(one.keys, other.keys)


def test_tokens_come_by_falling_count():
    assert NGrams.learn(documents(["b c c", "b a", "d d d"]), 1).tokens == ("d", "b", "c", "a")


@pytest.mark.parametrize("order", [1, 2, 3])
def test_shares_of_a_document_are_those_of_loops(order):
    learnt = NGrams.learn(documents(TEXTS), order)
    worth = np.random.default_rng(3).normal(size=(len(learnt), 2))
    numbers = {learnt.name(f): f for f in range(len(learnt))}
    words = ["a", "b", "a", "b", "x", "c", "a", "b", "d", "d", "d"]
    want = np.zeros((len(words), 2))
    for n in range(1, order + 1):
        for i in range(len(words) - n + 1):
            feature = numbers.get(" ".join(words[i : i + n]))
            if feature is not None:
                want[i : i + n] += worth[feature] / n
    found = learnt.shares(documents([" ".join(words)]), worth)
    np.testing.assert_allclose(found, want, atol=1e-12)
    assert np.abs(want).min(1).argmin() == words.index("x")


def test_documents_may_be_read_token_by_token():
    lists = [text.split() for text in TEXTS]
    one, other = NumberedDocuments.read(lists), NumberedDocuments.read(map(iter, lists))
    assert one.tokens == other.tokens == ("a", "b", "c", "d", "e")
    np.testing.assert_array_equal(one.ids, other.ids)
    np.testing.assert_array_equal(one.starts, [0, 5, 5, 6, 13, 17, 22])


def test_keys_that_do_not_fit_the_tokens_are_refused():
    learnt = NGrams.learn(documents(TEXTS), 3)
    for keys in (learnt.keys[::-1], learnt.keys + (99 << 32), learnt.keys + 9, -learnt.keys):
        with pytest.raises(ValueError, match="do not fit their tokens"):
            NGrams(learnt.tokens, keys, 3)


def test_bad_choices_are_refused():
    text = documents(TEXTS)
    for order, least in ((0, 1), (1, 0)):
        with pytest.raises(ValueError, match="both are 1 or more"):
            NGrams.learn(text, order, least)
    with pytest.raises(ValueError, match="no token comes 99 times"):
        NGrams.learn(text, 1, 99)
    with pytest.raises(ValueError, match="no token comes 1 times"):
        NGrams.learn(documents([""]))
    with pytest.raises(ValueError, match="feature 99"):
        NGrams.learn(text, 1).name(99)
