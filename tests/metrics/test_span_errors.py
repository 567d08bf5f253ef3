"""Kinds of mistakes: cases by hand, a search over all pairings, and sums that must agree."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqkit.metrics.classification import Score
from seqkit.metrics.entities import count_entities
from seqkit.metrics.span_errors import (
    KINDS,
    count_outcomes,
    count_types,
    familiarity,
    outcomes,
    score_groups,
    surfaces,
)


@st.composite
def sentence(draw):
    """Entities side by side in a sentence of about ten tokens."""
    spans, at = [], 0
    for _ in range(draw(st.integers(0, 4))):
        start = at + draw(st.integers(0, 2))
        at = start + draw(st.integers(1, 3))
        spans.append((start, at, draw(st.sampled_from("AB"))))
    return spans


PAIRS = st.lists(st.tuples(sentence(), sentence()), max_size=5)

CASES = {
    "exact": ([(0, 2, "A")], [(0, 2, "A")], [("exact", (0, 2, "A"), (0, 2, "A"))]),
    "type": ([(0, 2, "A")], [(0, 2, "B")], [("wrong type", (0, 2, "A"), (0, 2, "B"))]),
    "boundary": ([(0, 3, "A")], [(1, 3, "A")], [("boundary", (0, 3, "A"), (1, 3, "A"))]),
    "both": ([(0, 3, "A")], [(2, 4, "B")], [("type and boundary", (0, 3, "A"), (2, 4, "B"))]),
    "apart": (
        [(0, 1, "A")],
        [(1, 2, "A")],
        [("missed", (0, 1, "A"), None), ("spurious", None, (1, 2, "A"))],
    ),
    "one for two: the larger part": (
        [(0, 1, "A"), (1, 3, "A")],
        [(0, 3, "A")],
        [("missed", (0, 1, "A"), None), ("boundary", (1, 3, "A"), (0, 3, "A"))],
    ),
    "one for two: the same type": (
        [(0, 1, "B"), (1, 3, "A")],
        [(0, 3, "B")],
        [("boundary", (0, 1, "B"), (0, 3, "B")), ("missed", (1, 3, "A"), None)],
    ),
    "two for one: the first": (
        [(0, 2, "A")],
        [(0, 1, "A"), (1, 2, "A")],
        [("boundary", (0, 2, "A"), (0, 1, "A")), ("spurious", None, (1, 2, "A"))],
    ),
    "an exact one is nobody else's": (
        [(0, 3, "A"), (3, 5, "A")],
        [(2, 3, "A"), (3, 5, "B")],
        [("boundary", (0, 3, "A"), (2, 3, "A")), ("wrong type", (3, 5, "A"), (3, 5, "B"))],
    ),
}


def greedy(gold, predicted):
    """The same by looking, again and again, for the best pair among all that are left."""

    def closeness(pair):
        (a, b, kind), (c, d, other) = pair
        common = len(set(range(a, b)) & set(range(c, d)))
        return ((a, b) == (c, d), common > 0, kind == other, common, -a, -c)

    left, right, kinds = list(gold), list(predicted), []
    while left and right:
        best = max(itertools.product(left, right), key=closeness)
        same, meets, alike, *_ = closeness(best)
        if not meets:
            break
        left.remove(best[0])
        right.remove(best[1])
        kinds.append(
            {(1, 1): "exact", (1, 0): "wrong type", (0, 1): "boundary"}.get(
                (same, alike), "type and boundary"
            )
        )
    kinds += ["missed"] * len(left) + ["spurious"] * len(right)
    return sorted(kinds)


@pytest.mark.parametrize("case", CASES)
def test_cases(case):
    gold, predicted, expected = CASES[case]
    assert outcomes(gold, predicted) == expected


@given(PAIRS)
def test_outcomes_are_those_of_a_search_for_the_best_pair(pairs):
    for gold, predicted in pairs:
        assert sorted(pair.kind for pair in outcomes(gold, predicted)) == greedy(gold, predicted)


@given(PAIRS)
def test_every_entity_is_in_one_outcome(pairs):
    for gold, predicted in pairs:
        found = outcomes(gold, predicted)
        assert sorted(pair.gold for pair in found if pair.gold) == gold
        assert sorted(pair.predicted for pair in found if pair.predicted) == predicted


@given(PAIRS)
def test_counts_add_up_to_the_scores(pairs):
    gold, predicted = [g for g, _ in pairs], [p for _, p in pairs]
    counts, overall = count_outcomes(gold, predicted), count_entities(gold, predicted).overall
    assert tuple(counts) == KINDS
    assert counts["exact"] == overall.correct
    assert sum(counts.values()) - counts["spurious"] == overall.gold
    assert sum(counts.values()) - counts["missed"] == overall.predicted
    types = count_types(gold, predicted)
    assert sum(types.values()) == sum(counts.values())
    assert sum(n for (true, _), n in types.items() if not true) == counts["spurious"]
    assert sum(n for (_, found), n in types.items() if not found) == counts["missed"]
    assert sum(n for (true, found), n in types.items() if true and found and true != found) == (
        counts["wrong type"] + counts["type and boundary"]
    )


def test_types_come_with_the_most_frequent_first():
    gold = [[(0, 1, "A"), (1, 2, "A"), (3, 4, "B")], [(0, 2, "A")]]
    predicted = [[(0, 1, "B"), (1, 2, "A"), (5, 6, "B")], [(0, 1, "B")]]
    assert list(count_types(gold, predicted).items()) == [
        *((("A", "B"), 2), (("", "B"), 1), (("A", "A"), 1), (("B", ""), 1)),
    ]


WORDS = ["Anna", "Berg", "met", "Otto", "Lind", "in", "Lisk"]


def test_groups_by_how_new_an_entity_is():
    group = familiarity({("Anna", "Berg"), ("Lisk",)}, {"Anna", "Berg", "Otto", "Lisk", "met"})
    assert [group(s) for s in [("Lisk",), ("Otto", "Berg"), ("Otto", "Lind")]] == [
        *("seen", "unseen", "unknown word"),
    ]
    gold = [[(0, 2, "PER"), (3, 5, "PER"), (6, 7, "LOC")]]
    predicted = [[(0, 2, "PER"), (3, 4, "PER"), (6, 7, "ORG")]]
    assert surfaces(WORDS, gold[0]) == [("Anna", "Berg"), ("Otto", "Lind"), ("Lisk",)]
    assert score_groups([WORDS], gold, predicted, group) == {
        "seen": Score(1, 2, 2),
        "unknown word": Score(0, 0, 1),
        "unseen": Score(0, 1, 0),
    }


@given(PAIRS)
def test_groups_add_up_to_the_whole(pairs):
    gold, predicted = [g for g, _ in pairs], [p for _, p in pairs]
    tokens = [list("abcabdabeabcadcd") for _ in pairs]
    groups = score_groups(tokens, gold, predicted, familiarity({("a",), ("a", "b")}, set("abc")))
    overall = count_entities(gold, predicted).overall
    for name in ("correct", "predicted", "gold"):
        assert sum(getattr(score, name) for score in groups.values()) == getattr(overall, name)
