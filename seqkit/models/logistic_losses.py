"""The losses of linear classifiers (N1): of one label among K, and of K labels each by itself.

Both are functions of the scores Z (B, K), in nats, summed over the examples, each of which counts
with its weight. float64 throughout.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


class Loss(Protocol):
    """A convex loss of scores, with what Newton's method asks for."""

    def value(self, scores: Array) -> float:
        """The loss, summed."""

    def slopes(self, scores: Array) -> Array:
        """dJ/dZ, (B, K): a - y (N1)."""

    def bent(self, scores: Array, moves: Array) -> Array:
        """The second derivative times moves (B, K): how the slopes change as the scores move."""

    def own_bends(self, scores: Array) -> Array:
        """The second derivative by each score alone, (B, K): the diagonal of what `bent` does."""


@dataclass(frozen=True)
class SoftmaxLoss:
    """-log softmax(z)_y: one label among K. `targets` (B, K) are one-hot, `weights` (B, 1)."""

    targets: Array
    weights: Array

    def value(self, scores: Array) -> float:
        """The loss, summed."""
        top = scores.max(1, keepdims=True)
        norms = np.log(np.exp(scores - top).sum(1, keepdims=True)) + top  # (B, 1)
        own = (scores * self.targets).sum(1, keepdims=True)
        return float((self.weights * (norms - own)).sum())

    def slopes(self, scores: Array) -> Array:
        """dJ/dZ, (B, K)."""
        return self.weights * (softmax(scores) - self.targets)

    def bent(self, scores: Array, moves: Array) -> Array:
        """The second derivative times moves (B, K)."""
        shares = softmax(scores)
        left = moves - (shares * moves).sum(1, keepdims=True)
        return np.asarray(self.weights * shares * left)

    def own_bends(self, scores: Array) -> Array:
        """The second derivative by each score alone, (B, K)."""
        shares = softmax(scores)
        return np.asarray(self.weights * shares * (1 - shares))


@dataclass(frozen=True)
class SigmoidLoss:
    """-(y log σ(z) + (1-y) log(1-σ(z))) for each of K labels; `targets` (B, K) are 0 or 1.

    `weights` (B, K) count each answer.
    """

    targets: Array
    weights: Array

    def value(self, scores: Array) -> float:
        """The loss, summed."""
        return float((self.weights * (np.logaddexp(0, scores) - self.targets * scores)).sum())

    def slopes(self, scores: Array) -> Array:
        """dJ/dZ, (B, K)."""
        return self.weights * (sigmoid(scores) - self.targets)

    def bent(self, scores: Array, moves: Array) -> Array:
        """The second derivative times moves (B, K)."""
        return self.weights * sigmoid(scores) * sigmoid(-scores) * moves

    def own_bends(self, scores: Array) -> Array:
        """The second derivative by each score alone, (B, K)."""
        return self.weights * sigmoid(scores) * sigmoid(-scores)


def softmax(scores: Array) -> Array:
    """Return exp(z_k) / sum_j exp(z_j) for each row of (B, K)."""
    shares = np.exp(scores - scores.max(1, keepdims=True))
    return np.asarray(shares / shares.sum(1, keepdims=True))


def sigmoid(scores: Array) -> Array:
    """Return σ(z), of any shape, without overflow."""
    return np.asarray(0.5 * (1 + np.tanh(0.5 * scores)))
