"""The averaged-embedding classifier (G2): the mean of a text's embeddings, then a softmax.

The model of fastText (Joulin et al. 2017): as fast as a linear one, but its classes share what is
learnt of words. The features, n-grams of words or characters, come from seqkit.text.ngrams.
"""

import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from seqkit.models.averaged_kernels import score_rows, train_rows, train_rows_of_labels
from seqkit.models.linear import Labels, class_weights_of, label_weights_of
from seqkit.models.logistic_losses import sigmoid, softmax
from seqkit.models.sparse_products import parts_of
from seqkit.text.sparse import SparseMatrix

Array = npt.NDArray[np.floating]
Ints = npt.NDArray[np.int64]
Rates = npt.NDArray[np.float64]
Matrices = tuple[Array, Array]
Step = Callable[[Matrices, Ints, Rates], None]
"""Trains a model on rows, in this order, each with its learning rate."""

PART = 256
"""Rows that a thread takes at a time."""


@dataclass(frozen=True)
class AveragedConfig:
    """How an averaged-embedding classifier is trained.

    `dim` is D; `rate` is the learning rate of the first example, which falls in a straight line to
    0 at the end of the last of `epochs`. One thread gives the same result each time; several share
    the matrices without locks (Recht et al. 2011).
    """

    dim: int = 100
    rate: float = 0.5
    epochs: int = 5
    threads: int = 1
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("dim", "epochs", "threads"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be 1 or more, got {getattr(self, name)}")
        if not 0 < self.rate < math.inf:
            raise ValueError(f"rate must be more than 0, got {self.rate}")


@dataclass(frozen=True)
class AveragedModel:
    """z = A h with h = sum_f x_f e_f / sum_f x_f: `embeddings` (F, D) and `outputs` A (K, D)."""

    embeddings: Array
    outputs: Array

    @classmethod
    def new(cls, features: int, classes: int, config: AveragedConfig) -> Self:
        """Begin with embeddings spread evenly over ±1/D and outputs 0, float32."""
        random = np.random.default_rng(config.seed)
        embeddings = random.random((features, config.dim), np.float32)
        embeddings -= 0.5
        embeddings *= 2 / config.dim
        return cls(embeddings, np.zeros((classes, config.dim), np.float32))

    def scores(self, matrix: SparseMatrix) -> npt.NDArray[np.float64]:
        """Return z of each row of a matrix (B, F), (B, K); 0 for a row without features."""
        if matrix.width != len(self.embeddings):
            raise ValueError(
                f"the features number {matrix.width}, those of the model {len(self.embeddings)}: "
                "count both with the same n-grams"
            )
        found = np.zeros((len(matrix), len(self.outputs)), self.outputs.dtype)
        score_rows(parts_of(matrix), (self.embeddings, self.outputs), found)
        return found.astype(np.float64)

    def _train(self, rows: int, step: Step, config: AveragedConfig) -> None:
        """Take all rows in a new order every epoch; RuntimeError when the numbers overflow."""
        random = np.random.default_rng([config.seed, 1])

        def part(order: Ints, rates: Rates) -> None:
            step((self.embeddings, self.outputs), order, rates)

        with ThreadPoolExecutor(config.threads) as pool:
            for epoch in range(config.epochs):
                order, rates = random.permutation(rows), _rates(config, epoch, rows)
                places = range(PART, rows, PART)
                list(pool.map(part, np.split(order, places), np.split(rates, places)))
        if not (np.isfinite(self.outputs).all() and np.isfinite(self.embeddings).all()):
            raise RuntimeError(f"the embeddings overflowed: give a lower rate than {config.rate}")


class AveragedEmbeddings(AveragedModel):
    """One label of K: softmax."""

    @classmethod
    def fit(
        cls,
        matrix: SparseMatrix,
        labels: Labels,
        classes: int,
        config: AveragedConfig,
        class_weights: npt.NDArray[np.float64] | None = None,
    ) -> Self:
        """Train on rows (B, F) with labels (B,) from 0 to K - 1.

        A row without features teaches nothing. Class weights and errors as for
        `LogisticRegression.fit`; the dearest class has the full rate, others less, so that no step
        is too long. RuntimeError when the numbers overflow.
        """
        counted = class_weights_of(matrix, labels, classes, class_weights)[:, 0]  # (B,)
        counted /= counted.max()
        rows = parts_of(matrix)

        def step(model: Matrices, order: Ints, rates: Rates) -> None:
            train_rows(rows, labels, order, rates * counted[order], model)

        model = cls.new(matrix.width, classes, config)
        model._train(len(matrix), step, config)
        return model

    def probabilities(self, matrix: SparseMatrix) -> npt.NDArray[np.float64]:
        """Return P(class | x) of each row, (B, K)."""
        return softmax(self.scores(matrix))


class AveragedLabels(AveragedModel):
    """Any number of K labels a text: K sigmoids, which share the embeddings."""

    @classmethod
    def fit(
        cls,
        matrix: SparseMatrix,
        targets: npt.NDArray,
        config: AveragedConfig,
        class_weights: npt.NDArray[np.float64] | None = None,
    ) -> Self:
        """Train on rows (B, F) with targets (B, K), as `ManyLabels.fit`.

        A row without features teaches nothing. What counts most has the full rate. RuntimeError
        when the numbers overflow.
        """
        counted = label_weights_of(matrix, targets, class_weights)  # (B, K)
        counted /= counted.max()
        rows, wanted = parts_of(matrix), targets.astype(np.float64)

        def step(model: Matrices, order: Ints, rates: Rates) -> None:
            train_rows_of_labels(rows, wanted, counted, order, rates, model)

        model = cls.new(matrix.width, targets.shape[1], config)
        model._train(len(matrix), step, config)
        return model

    def probabilities(self, matrix: SparseMatrix) -> npt.NDArray[np.float64]:
        """Return P(label | x) of each row and label, (B, K), each for itself."""
        return sigmoid(self.scores(matrix))


def _rates(config: AveragedConfig, epoch: int, rows: int) -> Rates:
    """The learning rate of each row of an epoch, (B,)."""
    done = (epoch * rows + np.arange(rows)) / (config.epochs * rows)
    return config.rate * (1 - done)
