"""Vectors drawn for tests, and the plain loops in float64 that they are compared with."""

import math

import numpy as np
from hypothesis import strategies as st

from seqkit.vectors import WordVectors

NAMES = ["queen", "king", "woman", "man", "apple", "pear", "Zürich", "日本", "o'clock", "St_Moritz"]


def names(count):
    return (NAMES + [f"w{i}" for i in range(count)])[:count]


def drawn(count=40, width=6, seed=0):
    """`count` words with vectors of very different lengths."""
    random = np.random.default_rng(seed)
    matrix = random.normal(size=(count, width)) * random.uniform(0.1, 20, size=(count, 1))
    return WordVectors(names(count), matrix.astype(np.float32), list(range(count, 0, -1)))


def cosine(u, v):
    dot = sum(float(a) * float(b) for a, b in zip(u, v, strict=True))
    lengths = math.sqrt(sum(float(a) ** 2 for a in u)) * math.sqrt(sum(float(b) ** 2 for b in v))
    return dot / lengths if lengths else 0.0


def unit(v):
    length = math.sqrt(sum(float(a) ** 2 for a in v))
    return [float(a) / length for a in v] if length else [0.0 for _ in v]


def ranked(vectors, score, topn, leave_out=(), first=None):
    """The words with the largest `score(vector)`, by sorting all; ties by row."""
    found = [
        (word, score(vectors.vectors[row]))
        for row, word in enumerate(vectors.index_to_key[:first])
        if word not in leave_out
    ]
    return sorted(found, key=lambda pair: -pair[1])[:topn]


def close(found, wanted, tolerance=1e-5):
    """Assert that both are the same words with nearly the same scores."""
    assert [word for word, _ in found] == [word for word, _ in wanted]
    np.testing.assert_allclose([s for _, s in found], [s for _, s in wanted], atol=tolerance)


FLOATS = st.floats(width=32, allow_nan=False, allow_infinity=False)


ANY_LETTERS = st.characters(exclude_categories=["Cs"])
FILE_LETTERS = st.characters(exclude_categories=["Cs"], exclude_characters=" \n")
"""What a word in word2vec's and GloVe's files may be made of."""


@st.composite
def word_vectors(draw, letters=ANY_LETTERS):
    """Any words and any finite vectors."""
    words = draw(st.lists(st.text(letters, min_size=1, max_size=6), min_size=1, unique=True))
    width = draw(st.integers(1, 5))
    rows = draw(
        st.lists(
            st.lists(FLOATS, min_size=width, max_size=width),
            min_size=len(words),
            max_size=len(words),
        )
    )
    return WordVectors(words, np.array(rows, np.float32))


def same(one, other):
    """Assert that words are equal, and vectors to the bit (so that -0.0 is not 0.0)."""
    assert list(one.index_to_key) == list(other.index_to_key)
    assert one.vectors.dtype == other.vectors.dtype == np.float32
    assert one.vectors.tobytes() == other.vectors.tobytes()
