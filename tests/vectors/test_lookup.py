"""Words, rows, vectors, means; and words that are not known."""

import numpy as np
import pytest

from seqkit.vectors import WordVectors
from tests.vectors.samples import drawn, unit

VECTORS = drawn()


def test_words_and_rows():
    assert len(VECTORS) == 40 and VECTORS.vector_size == 6
    assert VECTORS.vectors.shape == (40, 6)
    for row, word in enumerate(VECTORS.index_to_key):
        assert VECTORS.key_to_index[word] == VECTORS.get_index(word) == row
        assert word in VECTORS
        assert (VECTORS[word] == VECTORS.vectors[row]).all()
    assert "nope" not in VECTORS and 3 not in VECTORS
    assert VECTORS[["w1", "king"]].tolist() == VECTORS.vectors[[11, 1]].tolist()
    assert repr(VECTORS) == "<WordVectors: 40 words, 6 numbers each>"
    assert VECTORS.counts[0] == 40


def test_nothing_can_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        VECTORS["king"][0] = 1
    with pytest.raises(AttributeError):
        VECTORS.vectors = np.ones((40, 6))


def test_the_array_given_stays_as_it_was():
    matrix = np.ones((1, 2), np.float32)
    vectors = WordVectors(["a"], matrix)
    assert np.shares_memory(vectors.vectors, matrix)
    assert matrix.flags.writeable


def test_other_numbers_become_float32():
    assert WordVectors(["a"], np.ones((1, 2))).vectors.dtype == np.float32
    assert WordVectors(["a"], [[1, 2]])["a"].tolist() == [1, 2]


def test_norms_and_unit_vectors():
    wanted = [np.sqrt(sum(float(x) ** 2 for x in row)) for row in VECTORS.vectors]
    np.testing.assert_allclose(VECTORS.norms, wanted, rtol=1e-6)
    assert VECTORS.norms is VECTORS.norms
    for word in VECTORS.index_to_key:
        np.testing.assert_allclose(VECTORS.get_vector(word, norm=True), unit(VECTORS[word]), 1e-6)
        assert (VECTORS.get_vector(word) == VECTORS[word]).all()


@pytest.mark.parametrize("weights", [None, [2, 1, 1], [0.5, -1, 3]])
@pytest.mark.parametrize("pre", [True, False])
@pytest.mark.parametrize("post", [True, False])
def test_mean_vectors(weights, pre, post):
    given = np.arange(6, dtype=np.float32)
    parts = [unit(VECTORS[w]) if pre else VECTORS[w].tolist() for w in ("king", "pear")]
    parts.append(given.tolist())  # a vector is taken as it is
    shares = weights or [1, 1, 1]
    total = sum(map(abs, shares))
    mean = [
        sum(s * x for s, x in zip(shares, column, strict=True)) / total
        for column in zip(*parts, strict=True)
    ]
    found = VECTORS.get_mean_vector(["king", "pear", given], weights, pre, post)
    np.testing.assert_allclose(found, unit(mean) if post else mean, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("keys", "weights", "message"),
    [
        ([], None, "name at least one word"),
        (["king"], [1, 2], "2 weights"),
        (["king", "man"], [0, 0], "not all 0"),
        (["king"], [float("nan")], "weights"),
        (["king", np.ones((1, 6))], None, r"shape \(1, 6\)"),
    ],
)
def test_means_that_are_none(keys, weights, message):
    with pytest.raises(ValueError, match=message):
        VECTORS.get_mean_vector(keys, weights)


@pytest.mark.parametrize(
    ("words", "matrix", "counts", "message"),
    [
        (["a"], np.ones((2, 3)), None, r"1 words, but vectors of shape \(2, 3\)"),
        (["a"], np.ones(1), None, r"shape \(1,\)"),
        ([], np.ones((0, 3)), None, "0 words"),
        (["a"], np.ones((1, 0)), None, r"shape \(1, 0\)"),
        (["a", "b", "a"], np.ones((3, 1)), None, "'a' stands twice"),
        (["a", ""], np.ones((2, 1)), None, "an empty word"),
        (["a"], np.ones((1, 3)), [1, 2], "1 words, but 2 counts"),
    ],
)
def test_what_does_not_go_together(words, matrix, counts, message):
    with pytest.raises(ValueError, match=message):
        WordVectors(words, matrix, counts)


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("King", "; did you mean 'king'?"),
        ("kng", "; did you mean 'king'?"),
        ("zürich", "; did you mean 'Zürich'?"),
        ("St Moritz", "; did you mean 'St_Moritz'?"),
        ("xyzzy", ""),
    ],
)
def test_an_unknown_word(word, hint):
    with pytest.raises(ValueError) as error:
        VECTORS[word]
    assert str(error.value) == f"{word!r} is not among the 40 words{hint}"


def test_hostile_words_are_shown_harmless():
    vectors = WordVectors(["ab\x1b"], np.ones((1, 1)))
    with pytest.raises(ValueError, match=r"'ac\\x1b' .* 'ab\\x1b'"):
        vectors["ac\x1b"]
