"""Newton's method for linear models: the weights where a convex loss with L2 is least (N1, O4).

Each step solves the second-order model roughly, by conjugate gradients, and goes as far along the
solution as the loss falls enough (truncated Newton: Nash 1985; for linear classifiers Keerthi and
DeCoste 2005, Lin, Weng and Keerthi 2008). Scores are kept, so that trying lengths needs no pass
over the data.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from seqkit.layers.fast.numerics import sums
from seqkit.models.logistic_losses import Loss
from seqkit.models.sparse_products import product, transposed_product
from seqkit.text.sparse import SparseMatrix

Array = npt.NDArray[np.float64]

STEPS, INNER_STEPS = 200, 500
FAR = 50.0
"""At a score so far from 0 there is no doubt left: exp(-50) is 0 beside any count."""


def minimise(
    columns: SparseMatrix, loss: Loss, outputs: int, l2: float, tolerance: float
) -> tuple[Array, Array]:
    """Return the weights W (F, K) and biases (K,) that minimise loss + l2/2 |W|².

    `columns` (F, B) is the transpose of the matrix of examples. Going through it, both products
    run along the long side in order and jump about on the short one alone, in fast memory.

    With λ = l2 and the loss summed over m examples that is m J of O4. It ends when the gradient is
    no longer than `tolerance` times the first one, where all weights are 0. As the loss with L2
    bends at least by l2 everywhere, the weights then are at most that length / l2 away from the
    best ones (biases are not penalised). RuntimeError where STEPS steps do not suffice.
    """
    design = _with_ones(columns)  # (F + 1, B)
    penalty = np.full((len(design), 1), l2)
    penalty[-1] = 0  # the biases
    weights = np.zeros((len(design), outputs))
    scores = np.zeros((design.width, outputs))
    squares = replace(design, values=design.values**2)
    first = 0.0
    for _ in range(STEPS):
        gradient = product(design, loss.slopes(scores)) + penalty * weights
        size = float(np.linalg.norm(gradient))
        first = first or size
        if size <= tolerance * first:
            return weights[:-1], weights[-1]

        def bent(moves: Array, at: Array = scores) -> Array:
            turned = product(design, loss.bent(at, transposed_product(design, moves)))
            turned[:-1] += l2 * moves[:-1]
            return turned

        diagonal = product(squares, loss.own_bends(scores)) + penalty
        enough = min(0.3, (size / first) ** 0.5) * size
        move = conjugate_gradients(bent, -gradient, diagonal, enough)
        moved = transposed_product(design, move)
        slope = float((gradient * move).sum())
        length = _length(loss, (scores, moved), (penalty, weights, move), slope)
        if length == 0:  # rounding hides any further gain
            return weights[:-1], weights[-1]
        weights = weights + length * move
        scores = scores + length * moved
    raise RuntimeError(
        f"the linear model has not converged after {STEPS} steps: give more regularisation (l2)"
    )


def best_bias(loss: Loss, scores: Array) -> float:
    """The number that, added to all scores (B, 1), makes the loss least; by bisection.

    Slopes of a convex loss rise with the scores; where they sum to 0 the loss is least.
    """
    low, high = -float(scores.max()) - FAR, -float(scores.min()) + FAR
    for _ in range(100):
        middle = (low + high) / 2
        if loss.slopes(scores + middle).sum() < 0:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def conjugate_gradients(
    bent: Callable[[Array], Array], wanted: Array, diagonal: Array, enough: float
) -> Array:
    """Solve bent(x) = wanted for x, until the rest is no longer than `enough`.

    `diagonal` is that of `bent` as a matrix; dividing by it makes rare and frequent features alike
    (Jacobi's preconditioner), which takes far fewer rounds.
    """
    scale = 1 / np.maximum(diagonal, np.finfo(float).tiny ** 0.5)
    solution, rest = np.zeros_like(wanted), wanted.copy()
    direction = scale * rest
    size = float((rest * direction).sum())
    for _ in range(INNER_STEPS):
        turned = bent(direction)
        curvature = float(np.vdot(direction, turned))
        if curvature <= 0:  # a flat loss, which only the biases can meet
            break
        length, before = size / curvature, size
        left, size = _advance((solution, rest), (direction, turned), scale, length)
        if left <= enough * enough:
            break
        _turn(direction, rest, scale, size / before)
    return solution if solution.any() else wanted


@sums
def _advance(places: Any, moves: Any, scale: Any, length: Any) -> Any:
    """Go along a direction, in one pass: return rest·rest and rest·(scale rest)."""
    solution, rest = places
    direction, turned = moves
    left, size = 0.0, 0.0
    for f in range(rest.shape[0]):
        for k in range(rest.shape[1]):
            solution[f, k] += length * direction[f, k]
            rest[f, k] -= length * turned[f, k]
            left += rest[f, k] * rest[f, k]
            size += rest[f, k] * rest[f, k] * scale[f, k]
    return left, size


@sums
def _turn(direction: Any, rest: Any, scale: Any, ratio: Any) -> None:
    """Write the next direction, conjugate to those before."""
    for f in range(rest.shape[0]):
        for k in range(rest.shape[1]):
            direction[f, k] = scale[f, k] * rest[f, k] + ratio * direction[f, k]


def _length(
    loss: Loss, lines: tuple[Array, Array], penalised: tuple[Array, Array, Array], slope: float
) -> float:
    """How far to go: the first of 1, 1/2, 1/4 ... at which the loss falls enough; 0 if none."""
    scores, moved = lines
    penalty, weights, move = penalised

    def value(length: float) -> float:
        return loss.value(scores + length * moved) + 0.5 * float(
            (penalty * (weights + length * move) ** 2).sum()
        )

    start, length = value(0), 1.0
    slack = 1e-14 * abs(start)  # the sum's own rounding
    while length > 1e-9:
        if value(length) <= start + 1e-4 * length * slope + slack:
            return length
        length /= 2
    return 0.0


def _with_ones(columns: SparseMatrix) -> SparseMatrix:
    """The columns and one more, of ones, whose weights are the biases."""
    rows = np.arange(columns.width, dtype=np.int32)
    return SparseMatrix(
        np.append(columns.starts, columns.starts[-1] + columns.width),
        np.concatenate((columns.indices, rows)),
        np.concatenate((columns.values, np.ones_like(columns.values, shape=len(rows)))),
        columns.width,
    )
