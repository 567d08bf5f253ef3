"""The two factors against plain loops over a grid, scipy, and cases that can be worked out."""

import math

import numpy as np
import pytest

from seqkit.metrics.temperature import as_classes, class_factor, label_factor
from seqkit.metrics.weighted_sum import class_factors, label_factors


def class_loss(factors, first, second, gold):
    """-t log softmax, summed, by plain loops; t is 1 / (N + 1) of any class alike."""
    n, k = first.shape
    total = 0.0
    for z1, z2, label in zip(first.tolist(), second.tolist(), gold.tolist(), strict=True):
        z = [factors[0] * a + factors[1] * b for a, b in zip(z1, z2, strict=True)]
        most = max(z)
        log_sum = most + math.log(sum(math.exp(x - most) for x in z))
        total += log_sum - n / (n + 1) * z[label] - sum(z) / k / (n + 1)
    return total


def label_loss(factors, first, second, gold):
    """The same of sigmoids."""
    size = gold.size
    total = 0.0
    for a, b, y in zip(first.ravel(), second.ravel(), gold.ravel(), strict=True):
        z = factors[0] * a + factors[1] * b
        t = (size * y + 0.5) / (size + 1)
        total += max(z, 0) + math.log1p(math.exp(-abs(z))) - t * z
    return total


def drawn(a, b, size=150, classes=3, seed=0):
    """Two scores, and classes and labels that are as likely as a z1 + b z2 says."""
    draw = np.random.default_rng(seed)
    first, second = draw.normal(size=(2, size, classes)) * [[[2.0]], [[1.0]]]
    z = a * first + b * second
    shares = np.exp(z) / np.exp(z).sum(1, keepdims=True)
    gold = np.array([draw.choice(classes, p=row) for row in shares])
    labels = (draw.random(z.shape) < 1 / (1 + np.exp(-z))).astype(np.int64)
    return first, second, gold, labels


CASES = [(0.5, 1.0), (1.5, 0.2), (0.0, 1.0), (1.0, -0.8), (-1.0, 0.5), (-0.5, -0.5)]


@pytest.mark.parametrize("true", CASES)
@pytest.mark.parametrize("kind", ["class", "label"])
def test_no_other_factors_that_may_be_give_less_loss(true, kind):
    first, second, classes, labels = drawn(*true)
    fit, loss, gold = {
        "class": (class_factors, class_loss, classes),
        "label": (label_factors, label_loss, labels),
    }[kind]
    a, b = fit(first, second, gold)
    assert a >= 0 and b >= 0
    best = loss((a, b), first, second, gold)
    near = (-0.2, -0.01, -1e-4, 0.0, 1e-4, 0.01, 0.2)
    floor = 0.01 if min(true) < 0 else 0.0  # where one is 0, the other is 0.01 or more
    others = [(a + x, b + y) for x in near for y in near if (x or y) and min(a + x, b + y) >= 0]
    others += [(x, y) for x in (0.0, 0.5, 1.0, 2.0) for y in (0.0, 0.5, 1.0, 2.0)]
    assert all(
        best < loss(other, first, second, gold) + 1e-9
        for other in others
        if max(other) >= floor and other != (a, b)
    )


@pytest.mark.parametrize("true", CASES)
@pytest.mark.parametrize("kind", ["class", "label"])
def test_scipy_finds_the_same(true, kind):
    optimize = pytest.importorskip("scipy.optimize")
    first, second, classes, labels = drawn(*true, seed=3)
    fit, loss, gold = {
        "class": (class_factors, class_loss, classes),
        "label": (label_factors, label_loss, labels),
    }[kind]
    wanted = optimize.minimize(
        loss, (0.5, 0.5), (first, second, gold), "L-BFGS-B", bounds=[(0, None)] * 2,
        options={"ftol": 1e-14, "gtol": 1e-9},
    )  # fmt: skip
    found = fit(first, second, gold)
    tolerance = 0.011 if max(wanted.x) < 0.01 else 2e-4
    assert found == pytest.approx(tuple(wanted.x), abs=tolerance)


def test_many_answers_give_the_factors_that_they_were_drawn_by():
    first, second, classes, labels = drawn(0.7, 1.4, 5_000)
    assert class_factors(first, second, classes) == pytest.approx((0.7, 1.4), abs=0.08)
    assert label_factors(first, second, labels) == pytest.approx((0.7, 1.4), abs=0.08)


def test_where_the_second_says_nothing_the_first_is_calibrated_alone():
    first, _, classes, labels = drawn(0.5, 0.0)
    nothing = np.zeros_like(first)
    assert class_factors(first, nothing, classes)[0] == pytest.approx(class_factor(first, classes))
    assert label_factors(first, nothing, labels)[0] == pytest.approx(label_factor(first, labels))
    assert class_factors(nothing, first, classes)[1] == pytest.approx(class_factor(first, classes))


def test_where_both_say_the_same_their_sum_is_as_if_one_did():
    first, _, classes, _ = drawn(0.5, 0.0)
    a, b = class_factors(first, 100 * first, classes)
    assert a + 100 * b == pytest.approx(class_factor(first, classes), rel=1e-6)
    assert a >= 0 and b >= 0


@pytest.mark.parametrize("size", [1e-6, 1e6])
def test_large_and_tiny_scores_and_common_offsets(size):
    first, second, classes, _ = drawn(0.5, 1.0)
    a, b = class_factors(first, second, classes)
    offsets = 1e3 * np.arange(len(first))[:, None]
    found = class_factors(size * first, second + offsets, classes)
    assert (found[0] * size, found[1]) == pytest.approx((a, b), rel=1e-5)


def test_answers_without_a_mistake_leave_the_factors_finite():
    """Two texts that both get right: P of the right class is 2.5 of 3, as worked out."""
    z = np.array([[1.0, -1.0], [-1.0, 1.0]])
    a, b = class_factors(z, z, [0, 1])
    assert 1 / (1 + math.exp(-2 * (a + b))) == pytest.approx(2.5 / 3)


def test_steps_that_go_too_far_are_halved():
    """Newton's steps alone run away here, after a first one that looked good."""
    first = [[0.02, 0.05, 0.02, 0], [4.6, -11.37, 1.12, -20.11], [-1.1, -0.92, -0.29, 0.01]]
    second = [[0, 0.02, -0.02, 0.02], [-5.03, 19.26, -40.76, 23.88], [0.67, 0.65, 0.31, 0.03]]
    times = [126, 93, 77]
    z = [np.repeat(scores, times, axis=0) for scores in (first, second)]
    gold = np.repeat([1, 0, 3], times)
    found = class_factors(*z, gold)
    assert found == pytest.approx((30.964, 20.066), abs=1e-3)
    near = [(found[0] + x, found[1] + y) for x in (-0.05, 0.05) for y in (-0.05, 0.05)]
    assert class_loss(found, *z, gold) < min(class_loss(other, *z, gold) for other in near)


def test_no_texts_and_what_does_not_fit():
    nothing = np.zeros((0, 3))
    assert class_factors(nothing, nothing, []) == label_factors(nothing, nothing, nothing) == (1, 1)
    with pytest.raises(ValueError, match=r"scores \(2, 3\) and \(2, 2\) must have one shape"):
        class_factors(np.zeros((2, 3)), np.zeros((2, 2)), [0, 1])
    with pytest.raises(ValueError, match="a number from 0 to 2"):
        class_factors(np.zeros((2, 3)), np.zeros((2, 3)), [0, 3])
    with pytest.raises(ValueError, match="must have the same shape"):
        label_factors(np.zeros((2, 3)), np.zeros((2, 3)), np.zeros((2, 2)))


def test_labels_are_answers_of_two_classes():
    z, gold = np.array([[1.0, -2.0], [0.5, 3.0]]), np.array([[1, 0], [0, 1]])
    scores, classes = as_classes(z, gold)
    assert scores.tolist() == [[0, 1], [0, -2], [0, 0.5], [0, 3]]
    assert classes.tolist() == [1, 0, 0, 1]
