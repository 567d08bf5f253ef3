"""N-grams against counters of tuples of words."""

import collections
import random
import zlib

import numpy as np
import pytest

from seqkit.text.ngrams import HashedNGrams, NGrams, NumberedDocuments
from tests.text.test_sparse import dense

TEXTS = ["a b a b c", "", "b", "c a b a b a b", "d d d d", "a b c d e"]


def documents(texts):
    return NumberedDocuments.read(text.split() for text in texts)


def grams(text, order, shortest=1):
    words = text.split()
    return collections.Counter(
        tuple(words[i : i + n])
        for n in range(shortest, order + 1)
        for i in range(len(words) - n + 1)
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


def mixed(codes):
    """The hash of an n-gram by plain integers."""
    code, mask = 0, (1 << 64) - 1
    for one in codes:
        code = (code + one + 1) * 0x9E3779B97F4A7C15 & mask
    code = (code ^ code >> 30) * 0xBF58476D1CE4E5B9 & mask
    code = (code ^ code >> 27) * 0x94D049BB133111EB & mask
    return code ^ code >> 31


@pytest.mark.parametrize(("shortest", "order"), [(1, 1), (1, 3), (2, 2), (2, 3)])
def test_hashed_counts_are_those_of_a_counter(shortest, order):
    texts, buckets = TEXTS + many(20, 4), 97
    found = dense(HashedNGrams(buckets, order, shortest).counts(documents(texts)))
    for text, row in zip(texts, found, strict=True):
        want = np.zeros(buckets)
        for gram, count in grams(text, order, shortest).items():
            want[mixed(zlib.crc32(word.encode()) for word in gram) % buckets] += count
        np.testing.assert_array_equal(row, want)


def test_a_hash_does_not_depend_on_what_else_was_read():
    hashed = HashedNGrams(1 << 20)
    alone, among = hashed.counts(documents(["a b"])), hashed.counts(documents(["c d", "a b"]))
    np.testing.assert_array_equal(alone.indices, among.rows(np.array([1])).indices)
    assert len(alone.indices) == 3


def test_bad_choices_are_refused():
    text = documents(TEXTS)
    for order, least in ((0, 1), (1, 0)):
        with pytest.raises(ValueError, match="both are 1 or more"):
            NGrams.learn(text, order, least)
    with pytest.raises(ValueError, match="no token comes 99 times"):
        NGrams.learn(text, 1, 99)
    with pytest.raises(ValueError, match="no token comes 1 times"):
        NGrams.learn(documents([""]))
    with pytest.raises(ValueError, match="shortest <= order"):
        HashedNGrams(order=1, shortest=2)
    with pytest.raises(ValueError, match="buckets is 0"):
        HashedNGrams(0)
    with pytest.raises(ValueError, match="feature 99"):
        NGrams.learn(text, 1).name(99)
