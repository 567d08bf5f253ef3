"""The factor of scores against a fine grid over the loss, written by plain loops."""

import math

import numpy as np
import pytest

from seqkit.metrics.calibration import calibration_error
from seqkit.metrics.temperature import LEAST, MOST, class_factor, label_factor


def class_loss(scores, gold, factor):
    total = 0.0
    for row, label in zip(scores.tolist(), gold.tolist(), strict=True):
        total += math.log(sum(math.exp(factor * z) for z in row)) - factor * row[label]
    return total


def label_loss(scores, gold, factor):
    total = 0.0
    for z, y in zip(scores.ravel().tolist(), gold.ravel().tolist(), strict=True):
        total += math.log(1 + math.exp(-factor * z if y else factor * z))
    return total


def drawn(honest, size=120):
    """Scores, and classes and labels that are as likely as `honest` times the scores say."""
    draw = np.random.default_rng(0)
    scores = draw.normal(size=(size, 3)) * 2
    shares = np.exp(honest * scores)
    shares /= shares.sum(1, keepdims=True)
    classes = np.array([draw.choice(3, p=row) for row in shares])
    labels = draw.random(scores.shape) < 1 / (1 + np.exp(-honest * scores))
    return scores, classes, labels


@pytest.mark.parametrize("honest", [0.3, 1.0, 2.0])
def test_no_other_factor_gives_less_loss(honest):
    scores, classes, labels = drawn(honest)
    for find, loss, gold in (
        (class_factor, class_loss, classes),
        (label_factor, label_loss, labels),
    ):
        found = find(scores, gold)
        grid = [found + step for step in (-0.1, -1e-2, -1e-3, 1e-3, 1e-2, 0.1)]
        best = loss(scores, gold, found)
        assert all(best < loss(scores, gold, other) for other in (*grid, 0.02, 9.0))
        assert found == pytest.approx(honest, rel=0.35)


def test_many_answers_give_the_factor_that_they_were_drawn_by():
    scores, classes, labels = drawn(0.5, 5_000)
    assert class_factor(scores, classes) == pytest.approx(0.5, abs=0.04)
    assert label_factor(scores, labels) == pytest.approx(0.5, abs=0.04)


def test_it_makes_confidences_honest_and_leaves_the_answers():
    scores, classes, _ = drawn(0.4, 2_000)
    errors = []
    for factor in (1.0, class_factor(scores, classes)):
        shares = np.exp(factor * scores)
        shares /= shares.sum(1, keepdims=True)
        assert (shares.argmax(1) == scores.argmax(1)).all()
        errors.append(calibration_error(shares.max(1), shares.argmax(1) == classes))
    assert errors[0] > 0.15 and errors[1] < 0.04


def test_the_ends_are_kept_where_there_is_no_least():
    scores = np.array([[2.0, -1.0], [-3.0, 1.0]])
    assert class_factor(scores, [0, 1]) == pytest.approx(MOST)
    assert class_factor(scores, [1, 0]) == pytest.approx(LEAST)
    assert label_factor(scores, scores > 0) == pytest.approx(MOST)
    assert label_factor(scores, scores < 0) == pytest.approx(LEAST)


def test_large_scores_and_none_at_all():
    assert class_factor(np.array([[900.0, 0.0], [900.0, 0.0]]), [0, 1]) == pytest.approx(LEAST)
    assert label_factor(np.array([[900.0], [-900.0]]), [[1], [1]]) == pytest.approx(LEAST)
    nothing = np.zeros((0, 3))
    assert class_factor(nothing, []) == label_factor(nothing, nothing) == 1


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match=r"must be \(texts, K\) and \(texts,\)"):
        class_factor(np.zeros((2, 3)), [0])
    with pytest.raises(ValueError, match="a number from 0 to 2"):
        class_factor(np.zeros((2, 3)), [0, 3])
    with pytest.raises(ValueError, match="must have the same shape"):
        label_factor(np.zeros((2, 3)), np.zeros((2, 2)))
