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


def test_labels_are_scored_one_by_one():
    draw = np.random.default_rng(0)
    gold, predicted = draw.random((20, 3)) < 0.4, draw.random((20, 3)) < 0.6
    found = label_scores(["x", "y", "z"], gold, predicted)
    for k, name in enumerate("xyz"):
        pairs = [(bool(gold[n, k]), bool(predicted[n, k])) for n in range(20)]
        wanted = Score(
            pairs.count((True, True)),
            sum(b for _, b in pairs),
            sum(a for a, _ in pairs),
        )
        assert found[name] == wanted
    assert micro(found.values()).correct == sum((gold & predicted).ravel().tolist())


@pytest.mark.parametrize("shape", [(20, 2), (19, 3), (20,)])
def test_labels_that_do_not_fit_are_refused(shape):
    with pytest.raises(ValueError, match="a column for each label"):
        label_scores(["x", "y", "z"], np.zeros((20, 3)), np.zeros(shape))


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
