"""Two models' scores added up: how much each should count, so that the sum has the least loss."""

import numpy as np

from seqkit.metrics.classification import Array
from seqkit.metrics.temperature import as_classes, checked_scores, class_factor, softened

STEPS = 100
"""Newton's steps at most; ten are many."""
HALVINGS = 40
"""How often a step that does not help is halved."""
NEAR = 1e-12
"""Nats an answer that a step must promise to be taken."""


def class_factors(first: Array, second: Array, gold: Array) -> tuple[float, float]:
    """The a, b >= 0 with the least sum_n -t_n log softmax(a z1_n + b z2_n): z (N, K), gold (N,).

    t is as in `class_factor`. The loss is convex in (a, b): where its least value wants a factor
    below 0, the least one that may be lies where one factor is 0, and the other is that of
    `class_factor`. 1 and 1 for no texts. Raises ValueError for scores and classes that do not fit.
    """
    if np.shape(first) != np.shape(second):
        raise ValueError(f"scores {np.shape(first)} and {np.shape(second)} must have one shape")
    z = np.stack((checked_scores(first, gold), checked_scores(second, gold)))  # (2, N, K)
    if not z.size:
        return 1.0, 1.0
    target = softened(gold, z.shape[2])
    a, b = _newton(z, target).tolist()
    if a >= 0 and b >= 0:
        return a, b
    edges = ((class_factor(first, gold), 0.0), (0.0, class_factor(second, gold)))
    return min(edges, key=lambda factors: _loss(np.array(factors), z, target))


def label_factors(first: Array, second: Array, gold: Array) -> tuple[float, float]:
    """The same for labels that hold or not by themselves, with sigmoids: all (N, K)."""
    one, classes = as_classes(first, gold)
    two, _ = as_classes(second, gold)
    return class_factors(one, two, classes)


def _newton(z: Array, target: Array) -> Array:
    """Where the loss is least, (2,), signs free; steps that go too far are halved."""
    sizes = np.abs(z).max((1, 2))
    sizes[sizes == 0] = 1
    z = z / sizes[:, None, None]  # scores of like size, so that the two slopes compare
    factors = np.zeros(2)
    for _ in range(STEPS):
        gradient, hessian = _derivatives(factors, z, target)
        # Where both say the same there are many best steps: the shortest of them.
        step = np.linalg.lstsq(hessian, gradient, rcond=None)[0]
        before = _loss(factors, z, target)
        tried = (factors - step / 2**n for n in range(HALVINGS))
        better = next((new for new in tried if _loss(new, z, target) < before), None)
        if better is None or gradient @ step < NEAR:
            break
        factors = better
    return np.asarray(factors / sizes)


def _loss(factors: Array, z: Array, target: Array) -> float:
    """Nats an answer."""
    return float(-(target * _log_shares(factors, z)).sum(1).mean())


def _derivatives(factors: Array, z: Array, target: Array) -> tuple[Array, Array]:
    """The slope (2,) and the curvature (2, 2) of the loss, covariances of scores under softmax."""
    shares = np.exp(_log_shares(factors, z))  # (N, K)
    gradient = ((shares - target) * z).sum((1, 2)) / len(target)
    centred = z - (shares * z).sum(2, keepdims=True)  # (2, N, K)
    hessian = np.einsum("nk,ank,bnk->ab", shares, centred, centred) / len(target)
    return gradient, hessian


def _log_shares(factors: Array, z: Array) -> Array:
    """log softmax of the sum, (N, K)."""
    total = np.tensordot(factors, z, 1)
    total = total - total.max(1, keepdims=True)
    return np.asarray(total - np.log(np.exp(total).sum(1, keepdims=True)))
