"""The sum of two scorers: what it is worth, and that nothing of it is lost."""

import numpy as np
import pytest

from seqkit.tasks.classifying.calibration import calibrate
from seqkit.tasks.classifying.evaluation import mean_loss
from seqkit.tasks.classifying.summed import SumScorer
from tests.tasks.classifying.made_up import TableScorer, many_labels, one_label, texts_of


def two_views(make, size=1_000):
    """Two scorers that guess the same labels from different evidence, of different sizes."""
    labels, texts, first = make(size)
    draw = np.random.default_rng(7)
    second = draw.normal(size=first.shape) + 2 * (_has(labels, texts) - 0.5)
    return labels, texts, TableScorer(texts, 10 * first), TableScorer(texts, 0.1 * second)


def _has(labels, texts):
    return np.array([[name in own for name in labels.names] for own in texts.labels])


def loss(scorer, labels, texts):
    return mean_loss(labels, labels.probabilities(scorer.scores(texts.texts)), texts)


@pytest.mark.parametrize("make", [one_label, many_labels])
def test_the_sum_is_better_than_either_alone_and_is_calibrated(make):
    labels, texts, first, second = two_views(make)
    alone = []
    for table in (first, second):
        copy = TableScorer(texts, table.scores(texts.texts))
        calibrate(copy, labels, texts)
        alone.append(loss(copy, labels, texts))
    both = SumScorer.fit(first, second, labels, texts)
    assert loss(both, labels, texts) < min(alone) - 0.02
    assert calibrate(both, labels, texts) == pytest.approx(1, abs=1e-4)
    assert first.factor < 1 < second.factor


@pytest.mark.parametrize("make", [one_label, many_labels])
def test_no_other_factors_from_a_grid_are_better(make):
    labels, texts, first, second = two_views(make)
    one, two = (table.scores(texts.texts) for table in (first, second))
    SumScorer.fit(first, second, labels, texts)
    a, b = first.factor, second.factor

    def at(x, y):
        return mean_loss(labels, labels.probabilities(x * one + y * two), texts)

    best = at(a, b)
    powers = [1.05**n for n in range(-10, 11)]
    around = {(x, y): at(a * x, b * y) for x in powers for y in powers}
    # What the softening moves is less than a step of the grid.
    assert best <= min(around.values()) + 1e-6
    assert max(around.values()) > best + 0.01


def test_one_that_misleads_counts_for_nothing_and_is_kept():
    labels, texts, scores = one_label()
    good, misleading = TableScorer(texts, scores), TableScorer(texts, -(scores**3))
    both = SumScorer.fit(good, misleading, labels, texts)
    assert misleading.factor == 0 < good.factor
    alone = TableScorer(texts, scores)
    assert calibrate(alone, labels, texts) == pytest.approx(good.factor)
    assert np.array_equal(both.scores(texts.texts), good.scores(texts.texts))
    both.save("run")
    assert good.saved == misleading.saved == ["run"]


def test_it_adds_scores_and_scales_both():
    _, texts, scores = one_label(20)
    both = SumScorer(TableScorer(texts, scores), TableScorer(texts, 2 * scores))
    assert both.scores(texts.texts) == pytest.approx(3 * scores)
    both.scale(0.5)
    assert both.scores(texts.texts) == pytest.approx(1.5 * scores)


def test_without_a_known_label_both_count_as_they_are():
    labels, _, scores = one_label(3)
    texts = texts_of([("new",)] * 3)
    both = SumScorer.fit(TableScorer(texts, scores), TableScorer(texts, scores), labels, texts)
    assert (both.first.factor, both.second.factor) == (1, 1)


def test_a_validation_text_of_some_classes_only_will_do():
    labels, texts, scores = one_label()
    some = [n for n, own in enumerate(texts.labels) if own != ("fair",)]
    part = texts_of([texts.labels[n] for n in some])
    first, second = TableScorer(part, scores[some]), TableScorer(part, scores[some] ** 3)
    both = SumScorer.fit(first, second, labels, part)
    assert 0 < first.factor < 10 and 0 <= second.factor < 10
    assert np.isfinite(both.scores(part.texts)).all()
