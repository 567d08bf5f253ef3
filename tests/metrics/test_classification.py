"""Counts of right and wrong answers, against loops and numbers worked out by hand."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqkit.metrics.classification import Score, confusion

CLASSES = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abcd")), max_size=30)


def test_shares_by_hand():
    score = Score(correct=6, predicted=8, gold=12)
    assert (score.precision, score.recall) == (0.75, 0.5)
    assert score.f1 == pytest.approx(2 / (1 / 0.75 + 1 / 0.5))
    assert score.to_dict() == {
        **{"precision": 0.75, "recall": 0.5, "f1": 0.6},
        **{"correct": 6, "predicted": 8, "gold": 12},
    }


def test_a_share_of_nothing_is_zero():
    assert [Score(0, 0, 0).f1, Score(0, 3, 0).recall, Score(0, 0, 3).precision] == [0, 0, 0]


@pytest.mark.parametrize("counts", [(3, 2, 4), (3, 4, 2), (-1, 2, 2)])
def test_impossible_counts(counts):
    with pytest.raises(ValueError, match="correct ones are counted in both"):
        Score(*counts)


@given(CLASSES)
def test_confusion_counts_pairs(pairs):
    found = confusion([a for a, _ in pairs], [b for _, b in pairs])
    counted = Counter(pairs)
    assert found.total == len(pairs)
    for row, one in enumerate(found.classes):
        for column, other in enumerate(found.classes):
            assert found.table[row, column] == counted[one, other]
    right = sum(a == b for a, b in pairs)
    assert found.accuracy == pytest.approx(right / len(pairs) if pairs else 0.0)
    for name, score in found.by_class().items():
        assert score.correct == sum(a == b == name for a, b in pairs)
        assert score.predicted == sum(b == name for _, b in pairs)
        assert score.gold == sum(a == name for a, _ in pairs)


def test_worst_mistakes_come_first():
    found = confusion(["x", "x", "y", "z", "z", "z"], ["y", "y", "y", "x", "z", "z"])
    assert found.worst(5) == [("x", "y", 2), ("z", "x", 1)]
    assert found.worst(1) == [("x", "y", 2)]
    assert confusion([], []).worst(3) == []


def test_lengths_must_agree():
    with pytest.raises(ValueError, match="2 gold and 1 predicted classes"):
        confusion(["a", "b"], ["a"])
