"""Scores of classes brought to one number: macro, micro and weighted; and specificity (O8)."""

from collections import Counter
from collections.abc import Collection, Sequence

import numpy as np

from seqkit.metrics.classification import Score


def specificity(score: Score, total: int) -> float:
    """The share of the answers outside a class that are kept out of it: TN / (TN + FP).

    `total` is how many answers there are; 0 where all of them belong to the class. Raises
    ValueError for fewer answers than the score has counted.
    """
    outside = total - score.gold
    wrong = score.predicted - score.correct
    if outside < wrong:
        raise ValueError(f"{total} answers are fewer than the {score.gold + wrong} of the score")
    return (outside - wrong) / outside if outside else 0.0


def macro(scores: Collection[Score]) -> dict[str, float]:
    """The plain means of precision, recall and F1: every class counts alike. No class: 0.

    F1 is the mean of the F1s, not the F1 of the means (Opitz & Burst 2019).
    """
    names = ("precision", "recall", "f1")
    size = max(len(scores), 1)
    return {name: sum(getattr(score, name) for score in scores) / size for name in names}


def micro(scores: Collection[Score]) -> Score:
    """All counts added up: every answer counts alike. For one class a text it is the accuracy."""
    return Score(
        sum(score.correct for score in scores),
        sum(score.predicted for score in scores),
        sum(score.gold for score in scores),
    )


def label_scores(
    gold: Sequence[Collection[str]], predicted: Sequence[Collection[str]]
) -> dict[str, Score]:
    """The score of each label over N texts, whether a text has one or many; sorted by name.

    Labels are those that stand in `gold` or in `predicted`. Raises ValueError for sequences of
    different lengths.
    """
    if len(gold) != len(predicted):
        raise ValueError(f"{len(gold)} texts and {len(predicted)} answers: give one answer a text")
    pairs = zip(gold, predicted, strict=True)
    correct = Counter(label for own, said in pairs for label in {*own} & {*said})
    true, found = (Counter(label for own in side for label in {*own}) for side in (gold, predicted))
    return {
        label: Score(correct[label], found[label], true[label]) for label in sorted(true | found)
    }


def weighted_error(wrong: Sequence[bool], weights: Sequence[float]) -> float:
    """sum w [wrong] / sum w over N answers: some mistakes are dearer than others (O8).

    Raises ValueError for sequences of different lengths, weights below 0, and weights of 0 only.
    """
    missed, weight = np.asarray(wrong, bool), np.asarray(weights, np.float64)  # (N,)
    if missed.shape != weight.shape:
        raise ValueError(f"{len(weight)} weights for {len(missed)} answers: give one each")
    if not np.isfinite(weight).all() or (weight < 0).any() or not weight.any():
        raise ValueError("weights must be numbers of 0 or more, and one of them above 0")
    return float(weight[missed].sum() / weight.sum())
