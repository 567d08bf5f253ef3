"""One factor for all scores, so that probabilities become honest (Guo et al. 2017, section 4.2).

The factor is 1 / temperature. It leaves the best class the best, and changes only how sure it is.
"""

from collections.abc import Callable

import numpy as np

from seqkit.metrics.classification import Array

LEAST, MOST = 0.01, 10.0
"""Between these the factor is looked for."""

HALVINGS = 50  # of that stretch, which leave less than 1e-13


def class_factor(scores: Array, gold: Array) -> float:
    """The f that gives sum_n -log softmax(f z_n)[y_n] its least value: z (N, K), y (N,).

    The loss is convex in f; its slope, sum_n E_softmax[z_n] - z_n[y_n], never falls, and the least
    loss lies where it is zero, found by halving. 1 for no texts. Raises ValueError for classes
    that do not fit the scores.
    """
    z, y = np.asarray(scores, np.float64), np.asarray(gold, np.int64)
    if z.ndim != 2 or y.shape != z.shape[:1]:
        raise ValueError(f"scores {z.shape} and classes {y.shape} must be (texts, K) and (texts,)")
    if not len(z):
        return 1.0
    if y.min() < 0 or y.max() >= z.shape[1]:
        raise ValueError(f"a class must be a number from 0 to {z.shape[1] - 1}")
    z = z - z.max(1, keepdims=True)
    true = z[np.arange(len(z)), y].sum()

    def slope(factor: float) -> float:
        shares = np.exp(factor * z)
        expected = (shares * z).sum(1) / shares.sum(1)  # (N,)
        return float(expected.sum() - true)

    return _where_it_turns(slope)


def label_factor(scores: Array, gold: Array) -> float:
    """The same for labels that hold or not by themselves: z and y (N, K), y of 0 and 1.

    The slope of the loss is sum z (σ(f z) - y).
    """
    z, y = np.asarray(scores, np.float64), np.asarray(gold, np.float64)
    if z.shape != y.shape:
        raise ValueError(f"scores {z.shape} and labels {y.shape} must have the same shape")
    if not z.size:
        return 1.0

    def slope(factor: float) -> float:
        shares = 0.5 * (1 + np.tanh(0.5 * factor * z))  # σ, and no overflow
        return float((z * (shares - y)).sum())

    return _where_it_turns(slope)


def _where_it_turns(slope: Callable[[float], float]) -> float:
    """Where a slope that never falls goes from below to above zero, or the end next to it."""
    low, high = LEAST, MOST
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if slope(middle) < 0 else (low, middle)
    return (low + high) / 2
