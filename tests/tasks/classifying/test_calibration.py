"""The factor of a scorer, against a search over a fine grid of the loss on the validation text."""

import numpy as np
import pytest

from seqkit.tasks.classifying.calibration import calibrate
from seqkit.tasks.classifying.evaluation import evaluate_texts, mean_loss
from tests.tasks.classifying.made_up import TableScorer, many_labels, one_label, texts_of


@pytest.mark.parametrize("make", [one_label, many_labels])
@pytest.mark.parametrize("size", [0.2, 5.0])
def test_the_factor_gives_the_least_loss_there_is(make, size):
    labels, texts, scores = make(2_000)
    scorer = TableScorer(texts, size * scores)
    factor = calibrate(scorer, labels, texts)
    assert scorer.factor == factor

    def loss(other):
        return mean_loss(labels, labels.probabilities(other * size * scores), texts)

    grid = [factor * 1.1**power for power in range(-20, 21)]
    assert min(map(loss, grid)) == loss(factor) < loss(1.0) - 0.01
    found = evaluate_texts(labels, labels.probabilities(scorer.scores(texts.texts)), texts)
    assert found["calibration_error"] < 0.05


def test_texts_with_unknown_labels_are_left_out():
    labels, texts, scores = one_label(100)
    alone = calibrate(TableScorer(texts, scores), labels, texts)
    more = texts_of([*texts.labels, ("new",), ("new",)])
    whole = TableScorer(more, np.concatenate((scores, 50 * scores[:2])))
    assert calibrate(whole, labels, more) == alone != 1
    none = texts_of([("new",)])
    scorer = TableScorer(none, scores[:1])
    assert calibrate(scorer, labels, none) == scorer.factor == 1


def test_a_few_texts_without_a_mistake_do_not_make_it_sure_of_everything():
    labels, texts, _ = one_label(8, names=("a", "b"))
    right = np.array([[2.0, 0.0] if own == ("a",) else [0.0, 2.0] for own in texts.labels])
    scorer = TableScorer(texts, right)
    calibrate(scorer, labels, texts)
    shares = labels.probabilities(scorer.scores(texts.texts))
    assert shares.max(1) == pytest.approx(np.full(8, 8.5 / 9))
