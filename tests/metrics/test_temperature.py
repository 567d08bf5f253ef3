"""The factor of scores against a fine grid over the loss, written by plain loops."""

import math

import numpy as np
import pytest

from seqkit.metrics.calibration import calibration_error
from seqkit.metrics.temperature import LEAST, MOST, class_factor, label_factor, softened


def class_loss(scores, gold, factor):
    """Of N + 1 answers N are as in `gold`, and one is of every class alike."""
    size = len(scores)
    total = 0.0
    for row, label in zip(scores.tolist(), gold.tolist(), strict=True):
        log_sum = math.log(sum(math.exp(factor * z) for z in row))
        costs = [log_sum - factor * z for z in row]
        total += (size * costs[label] + sum(costs) / len(row)) / (size + 1)
    return total


def label_loss(scores, gold, factor):
    size = scores.size
    total = 0.0
    for z, y in zip(scores.ravel().tolist(), gold.ravel().tolist(), strict=True):
        if_so, if_not = (math.log(1 + math.exp(sign * factor * z)) for sign in (-1, 1))
        total += (size * (if_so if y else if_not) + (if_so + if_not) / 2) / (size + 1)
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


@pytest.mark.parametrize("size", [1, 4, 1_000])
def test_without_a_mistake_one_of_the_next_is_left_to_chance(size):
    """P of what is right in N of N is (N + 1/2) / (N + 1) then, as worked out for two classes."""
    scores = np.tile([[1.5, -1.5], [-1.5, 1.5]], (size, 1))
    factor = class_factor(scores, [0, 1] * size)
    wanted = (2 * size + 0.5) / (2 * size + 1)
    assert 1 / (1 + math.exp(-3 * factor)) == pytest.approx(wanted)
    assert label_factor(scores, scores > 0) == pytest.approx(math.log((4 * size + 0.5) / 0.5) / 1.5)


def test_answers_that_are_all_wrong_are_to_be_hardly_believed():
    scores = np.array([[2.0, -1.0], [-3.0, 1.0]])
    assert class_factor(scores, [1, 0]) == pytest.approx(LEAST)
    assert label_factor(scores, scores < 0) == pytest.approx(LEAST)


def test_tiny_scores_are_raised_as_far_as_may_be():
    scores = np.array([[1e-6, 0.0], [0.0, 1e-6]])
    assert class_factor(scores, [0, 1]) == pytest.approx(MOST)


def test_large_scores_and_none_at_all():
    assert class_factor(np.array([[900.0, 0.0], [900.0, 0.0]]), [0, 1]) == pytest.approx(LEAST)
    assert label_factor(np.array([[900.0], [-900.0]]), [[1], [1]]) == pytest.approx(LEAST)
    nothing = np.zeros((0, 3))
    assert class_factor(nothing, []) == label_factor(nothing, nothing) == 1


@pytest.mark.parametrize(("size", "classes"), [(1, 2), (3, 4), (50, 3)])
def test_softened_answers_are_shares(size, classes):
    gold = np.arange(size) % classes
    found = softened(gold, classes)
    assert found.sum(1) == pytest.approx(np.ones(size))
    for row, label in zip(found.tolist(), gold.tolist(), strict=True):
        alike = 1 / classes / (size + 1)
        wanted = [alike] * classes
        wanted[label] = size / (size + 1) + alike
        assert row == pytest.approx(wanted)


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match=r"must be \(texts, K\) and \(texts,\)"):
        class_factor(np.zeros((2, 3)), [0])
    with pytest.raises(ValueError, match="a number from 0 to 2"):
        class_factor(np.zeros((2, 3)), [0, 3])
    with pytest.raises(ValueError, match="must have the same shape"):
        label_factor(np.zeros((2, 3)), np.zeros((2, 2)))
