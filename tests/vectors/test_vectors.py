"""Similarity, neighbours and analogies against loops in float64 (W6)."""

import numpy as np
import pytest

from seqkit.vectors import WordVectors, search
from tests.vectors.samples import close, cosine, drawn, names, ranked, unit

VECTORS = drawn()


@pytest.fixture(params=[1, 7, 40, 1 << 15])
def rows_at_once(request, monkeypatch):
    """Blocks that are smaller than the vectors, as large, and larger."""
    monkeypatch.setattr(search, "ROWS", request.param)
    return request.param


def mean_of(positive, negative=()):
    parts = [unit(VECTORS[word]) for word in positive]
    parts += [[-x for x in unit(VECTORS[word])] for word in negative]
    return [sum(column) / len(parts) for column in zip(*parts, strict=True)]


@pytest.mark.parametrize("positive", [["king"], ["king", "woman"], ["日本", "w3", "pear"]])
@pytest.mark.parametrize("negative", [[], ["man"], ["man", "apple"]])
@pytest.mark.parametrize("topn", [1, 5, 100])
def test_most_similar(positive, negative, topn):
    query = mean_of(positive, negative)
    wanted = ranked(VECTORS, lambda v: cosine(query, v), topn, [*positive, *negative])
    close(VECTORS.most_similar(positive, negative, topn), wanted)


def test_most_similar_does_not_depend_on_the_blocks(rows_at_once):
    query = mean_of(["king", "woman"], ["man"])
    wanted = ranked(VECTORS, lambda v: cosine(query, v), 10, ["king", "woman", "man"])
    close(VECTORS.most_similar(["king", "woman"], ["man"]), wanted)


def test_a_word_or_a_vector_may_stand_alone():
    assert VECTORS.most_similar("king") == VECTORS.most_similar(["king"])
    assert VECTORS.most_similar("king", "man") == VECTORS.most_similar(["king"], ["man"])
    by_vector = VECTORS.similar_by_vector(VECTORS["king"], topn=4)
    assert by_vector[0] == ("king", pytest.approx(1, abs=1e-6))
    close(by_vector[1:], VECTORS.most_similar("king", topn=3))
    close(VECTORS.most_similar(VECTORS["king"], topn=4), by_vector)


def test_vectors_are_taken_as_they_are():
    """A vector given counts by its length; a word counts as one of length 1."""
    long = VECTORS["queen"] * 10
    query = [a + 10 * b for a, b in zip(unit(VECTORS["king"]), VECTORS["queen"], strict=True)]
    wanted = ranked(VECTORS, lambda v: cosine(query, v), 3, ["king"])
    close(VECTORS.most_similar(["king", long], topn=3), wanted)


def test_negative_words_alone():
    query = [-x for x in VECTORS["man"]]
    wanted = ranked(VECTORS, lambda v: cosine(query, v), 3, ["man"])
    close(VECTORS.most_similar(negative=["man"], topn=3), wanted)


@pytest.mark.parametrize("first", [1, 4, 39, 40, 1000])
def test_restrict_vocab_looks_at_the_first_words(first):
    query = mean_of(["w9"], ["king"])
    wanted = ranked(VECTORS, lambda v: cosine(query, v), 50, ["w9", "king"], first)
    close(VECTORS.most_similar(["w9"], ["king"], 50, restrict_vocab=first), wanted)


@pytest.mark.parametrize("negative", [[], ["man"], ["man", "pear"]])
def test_cosmul(negative, rows_at_once):
    def score(v):
        above = below = 1.0
        for word in ("king", "woman"):
            above *= (1 + cosine(VECTORS[word], v)) / 2
        for word in negative:
            below *= (1 + cosine(VECTORS[word], v)) / 2
        return above / (below + 1e-6)

    wanted = ranked(VECTORS, score, 8, ["king", "woman", *negative], 30)
    found = VECTORS.most_similar_cosmul(["king", "woman"], negative, 8, restrict_vocab=30)
    assert [word for word, _ in found] == [word for word, _ in wanted]
    np.testing.assert_allclose([s for _, s in found], [s for _, s in wanted], rtol=1e-4)


def test_cosmul_leaves_out_the_words_named_but_not_vectors():
    assert "king" not in dict(VECTORS.most_similar_cosmul("king", topn=100))
    assert VECTORS.most_similar_cosmul([VECTORS["king"]], topn=1)[0][0] == "king"


def test_many_words_at_once(rows_at_once, monkeypatch):
    monkeypatch.setattr("seqkit.vectors.vectors.QUERIES", 3)
    words = VECTORS.index_to_key[:11]
    found = VECTORS.neighbours(words, topn=4)
    assert len(found) == 11
    for word, best in zip(words, found, strict=True):
        wanted = ranked(VECTORS, lambda v, w=word: cosine(VECTORS[w], v), 4, [word])
        close(best, wanted)
    assert VECTORS.neighbours([]) == []
    assert [word for word, _ in VECTORS.neighbours(["w9"], 50, restrict_vocab=3)[0]] == sorted(
        names(3), key=lambda word: -cosine(VECTORS[word], VECTORS["w9"])
    )


def test_the_same_word_twice_counts_twice_and_is_left_out():
    query = [2 * a + b for a, b in zip(unit(VECTORS["man"]), unit(VECTORS["pear"]), strict=True)]
    wanted = ranked(VECTORS, lambda v: cosine(query, v), 5, ["man", "pear"])
    close(VECTORS.most_similar(["man", "pear", "man"], topn=5), wanted)


def test_equals_come_by_row(rows_at_once):
    matrix = np.zeros((12, 2), np.float32)
    matrix[:, 0] = 1
    matrix[[5, 9], 1] = 1
    vectors = WordVectors(names(12), matrix)
    found = vectors.most_similar([np.array([1, 1])], topn=6)
    assert [word for word, _ in found] == [names(12)[row] for row in (5, 9, 0, 1, 2, 3)]
    assert [word for word, _ in vectors.most_similar(names(12)[1], topn=3)] == [
        names(12)[row] for row in (0, 2, 3)
    ]


def test_a_word_of_zeros_is_like_no_other():
    matrix = np.array([[0, 0], [3, 4], [-3, -4]], np.float32)
    vectors = WordVectors(["zero", "one", "other"], matrix)
    assert vectors.most_similar("one") == [("zero", 0), ("other", pytest.approx(-1))]
    assert vectors.most_similar("zero") == [("one", 0), ("other", 0)]
    assert vectors.similarity("zero", "one") == 0
    assert vectors.get_vector("zero", norm=True).tolist() == [0, 0]


@pytest.mark.parametrize("scale", [1e-38, 1e-20, 1e30, 1e37])
def test_very_short_and_very_long_vectors(scale):
    """Their squares lie outside the range of a float32."""
    vectors = WordVectors(["a", "b", "c"], np.array([[3, 4], [4, 3], [-4, 3]]) * scale)
    close(vectors.most_similar("a"), [("b", 0.96), ("c", 0)])
    assert vectors.similarity("a", "b") == pytest.approx(0.96)


def test_similarity_and_distance():
    for one, other in [("king", "queen"), ("king", "king"), ("w3", "日本")]:
        wanted = cosine(VECTORS[one], VECTORS[other])
        assert VECTORS.similarity(one, other) == pytest.approx(wanted, abs=1e-6)
        assert VECTORS.distance(one, other) == pytest.approx(1 - wanted, abs=1e-6)


def test_distances(rows_at_once):
    wanted = [1 - cosine(VECTORS["man"], v) for v in VECTORS.vectors]
    np.testing.assert_allclose(VECTORS.distances("man"), wanted, atol=1e-6)
    np.testing.assert_allclose(VECTORS.distances(VECTORS["man"] * 3), wanted, atol=1e-6)
    some = VECTORS.distances("man", ["w5", "king"])
    np.testing.assert_allclose(some, [wanted[15], wanted[1]], atol=1e-6)


def test_groups_are_compared_by_the_means_of_their_vectors_as_they_are():
    def mean(words):
        return [sum(map(float, c)) / len(words) for c in VECTORS[words].T]

    some, others = ["king", "man", "w4"], ["queen", "woman"]
    wanted = cosine(mean(some), mean(others))
    assert VECTORS.n_similarity(some, others) == pytest.approx(wanted, abs=1e-6)


def test_closer_than_and_rank():
    order = ranked(VECTORS, lambda v: cosine(VECTORS["pear"], v), 50, ["pear"])
    for place, (word, _) in enumerate(order, start=1):
        assert VECTORS.rank("pear", word) == place
        closer = {other for other, _ in order[: place - 1]}
        found = VECTORS.closer_than("pear", word)
        assert set(found) == closer
        assert found == sorted(found, key=VECTORS.get_index)


def test_the_most_similar_of_some():
    words = ["w1", "queen", "w7", "pear"]
    wanted = max(words, key=lambda word: cosine(VECTORS["king"], VECTORS[word]))
    assert VECTORS.most_similar_to_given("king", words) == wanted


def test_the_odd_one_out():
    for words in (["king", "queen", "man", "pear"], names(40)[7:18], ["w1", "w2"]):
        units = [unit(VECTORS[word]) for word in words]
        mean = [sum(column) / len(words) for column in zip(*units, strict=True)]
        wanted = min(words, key=lambda word: cosine(VECTORS[word], mean))
        found = VECTORS.doesnt_match(words)
        assert cosine(VECTORS[found], mean) == pytest.approx(
            cosine(VECTORS[wanted], mean), abs=1e-6
        )


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: VECTORS.most_similar(), "name at least one word"),
        (lambda: VECTORS.most_similar([], []), "name at least one word"),
        (lambda: VECTORS.most_similar_cosmul([]), "name at least one word"),
        (lambda: VECTORS.most_similar("king", topn=0), "topn must be 1 or more, got 0"),
        (lambda: VECTORS.neighbours(["king"], -1), "topn must be 1 or more, got -1"),
        (lambda: VECTORS.most_similar("king", restrict_vocab=0), "restrict_vocab must be 1"),
        (lambda: VECTORS.most_similar(["king", "nope"]), "'nope' is not among the 40 words"),
        (lambda: VECTORS.most_similar([np.ones(5)]), r"shape \(5,\) is not 6 finite"),
        (lambda: VECTORS.similar_by_vector(np.full(6, np.nan)), "is not 6 finite numbers"),
        (lambda: VECTORS.doesnt_match(["king"]), "at least two words, got 1"),
        (lambda: VECTORS.most_similar_to_given("king", []), "at least one word to choose"),
        (lambda: VECTORS.n_similarity(["king"], []), "name at least one word"),
        (lambda: VECTORS.distances("nope"), "'nope' is not among"),
        (lambda: VECTORS.rank("king", "nope"), "'nope' is not among"),
    ],
)
def test_what_cannot_be_asked(call, message):
    with pytest.raises(ValueError, match=message) as error:
        call()
    assert "\n" not in str(error.value)


def test_vectors_that_are_not_finite_are_named():
    matrix = np.ones((3, 2), np.float32)
    matrix[1, 1] = np.inf
    vectors = WordVectors(["a", "b", "c"], matrix)
    with pytest.raises(ValueError, match="the vector of 'b' is not finite"):
        vectors.most_similar("a")
    with pytest.raises(ValueError, match="not finite"):
        vectors.similarity("a", "b")
