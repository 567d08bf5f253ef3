"""One factor for all scores, so that probabilities become honest (Guo et al. 2017, section 4.2).

The factor is 1 / temperature. It leaves the best class the best, and changes only how sure it is.
N answers cannot show that a model errs less often than once in N; so they are counted as N of the
N + 1 that there might be, and the last is taken to be of every class alike. Without that, a model
that makes no mistake on a few texts would be told to be sure of everything (as in Platt 1999).
"""

import numpy as np

from seqkit.metrics.classification import Array

LEAST, MOST = 0.01, 100.0
"""Between these the factor is looked for."""

HALVINGS = 50  # of that stretch, which leave less than 1e-12


def class_factor(scores: Array, gold: Array) -> float:
    """The f with the least sum_n -t_n log softmax(f z_n): scores z (N, K), gold classes (N,).

    t is `softened(gold, K)`. The loss is convex in f; its slope, sum_n E_softmax[z_n] - t_n z_n,
    never falls, and the least loss lies where it is zero, found by halving. 1 for no texts. Raises
    ValueError for classes that do not fit the scores.
    """
    z = checked_scores(scores, gold)
    if not len(z):
        return 1.0
    z = z - z.max(1, keepdims=True)
    true = float((softened(gold, z.shape[1]) * z).sum())

    low, high = LEAST, MOST
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        shares = np.exp(middle * z)
        expected = float(((shares * z).sum(1) / shares.sum(1)).sum())
        low, high = (middle, high) if expected < true else (low, middle)
    return (low + high) / 2


def label_factor(scores: Array, gold: Array) -> float:
    """The same for labels that hold or not by themselves: scores and gold (N, K), gold of 0 and 1.

    The loss of a label is that of two classes with the scores 0 and z.
    """
    return class_factor(*as_classes(scores, gold))


def as_classes(scores: Array, gold: Array) -> tuple[Array, Array]:
    """Labels that hold or not as so many answers of two classes: (N K, 2) and (N K,)."""
    z, y = np.asarray(scores, np.float64), np.asarray(gold, np.int64)
    if z.shape != y.shape:
        raise ValueError(f"scores {z.shape} and labels {y.shape} must have the same shape")
    return np.stack((np.zeros(z.size), z.ravel()), axis=1), y.ravel()


def softened(gold: Array, classes: int) -> Array:
    """What N answers show (N, K): 1 at each one's class, and the share 1 / (N + 1) of any alike."""
    whole = np.asarray(gold)[:, None] == np.arange(classes)
    return np.asarray((len(whole) * whole + 1 / classes) / (len(whole) + 1))


def checked_scores(scores: Array, gold: Array) -> Array:
    """Scores (N, K) in float64; ValueError where the classes (N,) do not fit them."""
    z, y = np.asarray(scores, np.float64), np.asarray(gold, np.int64)
    if z.ndim != 2 or y.shape != z.shape[:1]:
        raise ValueError(f"scores {z.shape} and classes {y.shape} must be (texts, K) and (texts,)")
    if len(z) and not 0 <= y.min() <= y.max() < z.shape[1]:
        raise ValueError(f"a class must be a number from 0 to {z.shape[1] - 1}")
    return z
