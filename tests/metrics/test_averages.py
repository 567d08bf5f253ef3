"""Averages of scores against counts of pairs by plain loops."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqkit.metrics.averages import label_scores, macro, micro, specificity, weighted_error
from seqkit.metrics.classification import Score, confusion

PAIRS = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abcd")), max_size=30)


def share(part, whole):
    return part / whole if whole else 0.0


@given(PAIRS)
def test_specificity_counts_what_was_rightly_kept_out(pairs):
    found = confusion([a for a, _ in pairs], [b for _, b in pairs])
    for name, score in found.by_class().items():
        outside = [b for a, b in pairs if a != name]
        wanted = share(sum(b != name for b in outside), len(outside))
        assert specificity(score, len(pairs)) == pytest.approx(wanted)


def test_specificity_by_hand():
    assert specificity(Score(correct=6, predicted=8, gold=12), 20) == 6 / 8
    assert specificity(Score(3, 3, 3), 3) == 0
    with pytest.raises(ValueError, match="13 answers are fewer than the 14 of the score"):
        specificity(Score(6, 8, 12), 13)


@given(PAIRS)
def test_macro_and_micro_are_means_over_classes_and_over_answers(pairs):
    scores = list(confusion([a for a, _ in pairs], [b for _, b in pairs]).by_class().values())
    rows = []
    for name in sorted({name for pair in pairs for name in pair}):
        both = sum(a == b == name for a, b in pairs)
        predicted = sum(b == name for _, b in pairs)
        gold = sum(a == name for a, _ in pairs)
        p, r = share(both, predicted), share(both, gold)
        rows.append((p, r, share(2 * p * r, p + r)))
    columns = zip(*rows, strict=True) if rows else [(), (), ()]
    wanted = [share(sum(column), len(column)) for column in columns]
    assert list(macro(scores).values()) == pytest.approx(wanted)
    accuracy = share(sum(a == b for a, b in pairs), len(pairs))
    total = micro(scores)
    found = [total.precision, total.recall, total.f1]
    assert found == pytest.approx([accuracy] * 3)


def test_macro_f1_is_no_f1_of_means():
    scores = [Score(1, 1, 4), Score(1, 4, 1)]
    assert macro(scores) == {"precision": 0.625, "recall": 0.625, "f1": pytest.approx(0.4)}


LABELS = st.lists(st.sets(st.sampled_from("xyz")), max_size=12)


@given(LABELS, LABELS)
def test_labels_are_scored_one_by_one(gold, predicted):
    size = min(len(gold), len(predicted))
    gold, predicted = gold[:size], predicted[:size]
    found = label_scores(gold, predicted)
    assert list(found) == sorted({name for own in (*gold, *predicted) for name in own})
    for name, score in found.items():
        pairs = [(name in a, name in b) for a, b in zip(gold, predicted, strict=True)]
        both = pairs.count((True, True))
        assert score == Score(both, sum(b for _, b in pairs), sum(a for a, _ in pairs))


def test_a_label_that_stands_twice_counts_once():
    assert label_scores([("x", "x")], [["x", "y", "y"]]) == {
        "x": Score(1, 1, 1),
        "y": Score(0, 1, 0),
    }


def test_one_label_a_text_gives_what_a_confusion_does():
    gold, predicted = "abcabca", "aacbbca"
    assert label_scores(gold, predicted) == confusion(gold, predicted).by_class()


def test_answers_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="2 texts and 1 answers: give one answer a text"):
        label_scores([{"x"}, set()], [{"x"}])


def test_weighted_error_equals_a_loop():
    draw = np.random.default_rng(0)
    wrong, weights = draw.random(50) < 0.3, draw.random(50) * 10
    top = bottom = 0.0
    for missed, weight in zip(wrong, weights, strict=True):
        bottom += weight
        if missed:
            top += weight
    assert weighted_error(wrong, weights) == pytest.approx(top / bottom)
    assert weighted_error(wrong, [2.0] * 50) == pytest.approx(wrong.mean())
    assert weighted_error([True, False], [10, 1]) == pytest.approx(10 / 11)


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ([1.0], "1 weights for 2 answers"),
        ([0.0, 0.0], "one of them above 0"),
        ([1.0, -1.0], "numbers of 0 or more"),
        ([1.0, float("nan")], "numbers of 0 or more"),
    ],
)
def test_weights_that_are_none_are_refused(weights, message):
    with pytest.raises(ValueError, match=message):
        weighted_error([True, False], weights)
