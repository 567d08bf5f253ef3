"""Analogies answered one by one in float64 (W6), and correlations by their definitions."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqkit.vectors import WordVectors, evaluation, search
from seqkit.vectors.evaluation import (
    Agreement,
    Answered,
    answer_analogies,
    correlation,
    cos_add,
    cos_mul,
    judge_pairs,
    totals,
)
from seqkit.vectors.questions import Pair, Section
from tests.vectors.samples import cosine, drawn

VECTORS = drawn(30, 4, seed=3)
WORDS = VECTORS.index_to_key


def sections():
    """Questions over all words, in two sections; the drawn vectors answer some of them."""
    random = np.random.default_rng(0)
    found = []
    for name, count in [("one", 60), ("empty", 0), ("gram2", 500)]:
        rows = [random.permutation(30)[:4] for _ in range(count)]
        found.append(Section(name, [tuple(WORDS[row] for row in four) for four in rows]))
    return found


def add(a, b, c):
    return b - a + c


def mul(a, b, c):
    return (1 + b) / 2 * (1 + c) / 2 / ((1 + a) / 2 + 1e-6)


COSINES = {(v, w): cosine(VECTORS[v], VECTORS[w]) for v, w in itertools.product(WORDS, WORDS)}


def answers(question, score, first):
    """Whether the best of the first words but a, b and c is d, asking each of them."""
    a, b, c, d = question
    others = [word for word in WORDS[:first] if word not in (a, b, c)]
    return d == max(
        others, key=lambda w: score(COSINES[w, a], COSINES[w, b], COSINES[w, c]), default=None
    )


@pytest.mark.parametrize(("score", "loop"), [(cos_add, add), (cos_mul, mul)])
@pytest.mark.parametrize("first", [None, 30, 12, 3])
@pytest.mark.parametrize("size", [(4, 1), (1 << 15, 1 << 23)])
def test_answers_are_those_of_a_loop(score, loop, first, size, monkeypatch):
    monkeypatch.setattr(evaluation, "BATCH", size[0])
    monkeypatch.setattr(evaluation, "COSINES", size[1])
    asked = sections()
    found = answer_analogies(VECTORS, asked, first, score)
    total = 0
    for section, part in zip(asked, found, strict=True):
        known = [q for q in section.questions if all(w in WORDS[:first] for w in q)]
        right = sum(answers(q, loop, first) for q in known)
        assert part == Answered(section.name, len(section.questions), len(known), right)
        total += right
    assert total > 10 or first in (3, 12)


def test_both_ways_of_asking_differ():
    """Else one of them would not be tested."""
    one, other = (answer_analogies(VECTORS, sections(), None, s) for s in (cos_add, cos_mul))
    assert one != other


def test_words_are_found_in_lower_case():
    matrix = np.array([[1, 0, 0], [1, 1, 0], [0, 0, 1], [0, 1, 1], [3, 0, 1]], np.float32)
    vectors = WordVectors(["man", "king", "woman", "queen", "Man"], matrix)
    asked = [
        Section("a", [("MAN", "King", "Woman", "QUEEN")]),
        Section("b", [("Man", "king", "woman", "Queen"), ("nobody", "king", "woman", "queen")]),
    ]
    found = answer_analogies(vectors, asked)
    assert found[0] == Answered("a", 1, 1, 1)
    assert (found[1].asked, found[1].known) == (2, 1)
    assert answer_analogies(vectors, asked, restrict_vocab=4)[1] == Answered("b", 2, 1, 1)
    assert answer_analogies(vectors, asked, restrict_vocab=3)[0] == Answered("a", 1, 0, 0)


def test_nothing_asked():
    assert answer_analogies(VECTORS, []) == []
    assert answer_analogies(VECTORS, [Section("x", [])]) == [Answered("x", 0, 0, 0)]
    assert Answered("x", 0, 0, 0).accuracy is None and Answered("x", 0, 0, 0).coverage is None
    assert Answered("x", 8, 4, 1).accuracy == 0.25 and Answered("x", 8, 4, 1).coverage == 0.5


def test_totals():
    parts = [Answered("capitals", 10, 8, 4), Answered("gram1", 5, 5, 5), Answered("gram2", 7, 1, 0)]
    assert totals(parts) == [
        Answered("semantic", 10, 8, 4),
        Answered("syntactic", 12, 6, 5),
        Answered("total", 22, 14, 9),
    ]
    assert totals(parts[:1]) == [Answered("total", 10, 8, 4)]
    assert totals([]) == [Answered("total", 0, 0, 0)]


def test_memory_is_bounded_by_blocks(monkeypatch):
    """The cosines of all words asked about come in blocks of few words."""
    monkeypatch.setattr(evaluation, "COSINES", 90)
    sizes = []

    def watched(*parts):
        for start, block in search.cosines(*parts):
            sizes.append(block.size)
            yield start, block

    monkeypatch.setattr(evaluation, "cosines", watched)
    answer_analogies(VECTORS, sections())
    assert len(sizes) == 10 and max(sizes) == 90


def pearson(xs, ys):
    count = len(xs)
    mx, my = sum(xs) / count, sum(ys) / count
    above = sum((x - mx) * (y - my) for x, y in zip(xs, ys, strict=True))
    return above / math.sqrt(sum((x - mx) ** 2 for x in xs) * sum((y - my) ** 2 for y in ys))


def rank(value, values):
    """Smaller values, and half of the equal ones."""
    return sum(v < value for v in values) + (sum(v == value for v in values) + 1) / 2


PAIRS = [
    Pair("King", "queen", 9.0),
    Pair("king", "apple", 2.0),
    Pair("man", "woman", 9.0),
    Pair("pear", "apple", 8.5),
    Pair("w3", "nobody", 1.0),
    Pair("w3", "man", 0.0),
    Pair("king", "woman", 2.0),
    Pair("w3", "w4", 2.0),
]


def test_agreement_with_people():
    known = [pair for pair in PAIRS if pair.other != "nobody"]
    xs = [cosine(VECTORS[one.lower()], VECTORS[other]) for one, other, _ in known]
    ys = [pair.score for pair in known]
    found = judge_pairs(VECTORS, PAIRS)
    assert (found.asked, found.known, found.coverage) == (8, 7, 7 / 8)
    assert found.pearson == pytest.approx(pearson(xs, ys), abs=1e-6)
    ranks = pearson([rank(x, xs) for x in xs], [rank(y, ys) for y in ys])
    assert found.spearman == pytest.approx(ranks, abs=1e-9)
    first = judge_pairs(VECTORS, PAIRS, restrict_vocab=6)  # without w3
    assert (first.known, first.asked) == (5, 8)


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=3, max_size=12))
def test_correlations_with_ties(pairs):
    xs, ys = (list(map(float, part)) for part in zip(*pairs, strict=True))
    found = correlation(np.array(xs), np.array(ys))
    rho = correlation(evaluation._ranks(np.array(xs)), evaluation._ranks(np.array(ys)))
    if len(set(xs)) == 1 or len(set(ys)) == 1:
        assert found is None and rho is None
    else:
        assert found == pytest.approx(pearson(xs, ys), abs=1e-12)
        wanted = pearson([rank(x, xs) for x in xs], [rank(y, ys) for y in ys])
        assert rho == pytest.approx(wanted, abs=1e-12)


def test_too_few_pairs():
    assert judge_pairs(VECTORS, []) == Agreement(0, 0, None, None)
    assert judge_pairs(VECTORS, PAIRS[:2]) == Agreement(2, 2, None, None)
    assert judge_pairs(VECTORS, [Pair("king", "man", 1.0)] * 5) == Agreement(5, 5, None, None)
    assert judge_pairs(VECTORS, []).coverage is None


@pytest.mark.parametrize("call", [answer_analogies, judge_pairs])
def test_a_restriction_below_one(call):
    with pytest.raises(ValueError, match="restrict_vocab must be 1 or more, got 0"):
        call(VECTORS, [], 0)
