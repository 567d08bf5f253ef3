"""Linear classifiers on sparse features (N1): logistic regression of two and of many classes.

With naive-Bayes weights (Wang and Manning 2012) on words and pairs of words they are the baseline
that any classifier of texts has to beat. How the least loss is found is in newton.py.
"""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import numpy.typing as npt

from seqkit.models.logistic_losses import SigmoidLoss, SoftmaxLoss, sigmoid, softmax
from seqkit.models.newton import best_bias, minimise
from seqkit.models.sparse_products import product, transposed, transposed_product
from seqkit.text.sparse import SparseMatrix

Array = npt.NDArray[np.float64]
Labels = npt.NDArray[np.integer]


@dataclass(frozen=True)
class LinearConfig:
    """How a linear classifier is trained.

    `l2` is λ of O4 (1 / C of scikit-learn). Training ends when the gradient is no longer than
    `tolerance` times that at the beginning. `smoothing` is added to the counts of naive Bayes.
    `interpolation` is the β of Wang and Manning: the share of what was learnt; the rest is naive
    Bayes at the mean size of the weights. The bias is then the best one for both together.
    """

    l2: float = 1.0
    tolerance: float = 1e-7
    smoothing: float = 1.0
    interpolation: float = 1.0

    def __post_init__(self) -> None:
        for name in ("l2", "tolerance", "smoothing"):
            if not 0 < getattr(self, name) < float("inf"):
                raise ValueError(f"{name} must be more than 0, got {getattr(self, name)}")
        if not 0 <= self.interpolation <= 1:
            raise ValueError(f"interpolation must be from 0 to 1, got {self.interpolation}")


@dataclass(frozen=True)
class LinearModel:
    """z = W^T x + b: `weights` (F, K) and `biases` (K,), float64."""

    weights: Array
    biases: Array

    def scores(self, matrix: SparseMatrix) -> Array:
        """Return z of each row of a matrix (B, F), (B, K); ValueError for another width."""
        if matrix.width != len(self.weights):
            raise ValueError(
                f"the features number {matrix.width}, those of the model {len(self.weights)}: "
                "count both with the same n-grams"
            )
        return product(matrix, self.weights) + self.biases


class LogisticRegression(LinearModel):
    """One label of K: softmax; of two, the single score is that of the second (scikit-learn's)."""

    @classmethod
    def fit(
        cls,
        matrix: SparseMatrix,
        labels: Labels,
        classes: int,
        config: LinearConfig,
        class_weights: Array | None = None,
    ) -> Self:
        """Train on rows (B, F) with labels (B,) from 0 to K - 1.

        `class_weights` (K,) say how often an example of each class counts. ValueError: fewer than
        two classes, a class without an example, a label outside.
        """
        counted = class_weights_of(matrix, labels, classes, class_weights)  # (B, 1)
        targets, columns = one_hot(labels, classes), transposed(matrix)
        if classes == 2:
            loss: SigmoidLoss | SoftmaxLoss = SigmoidLoss(targets[:, 1:], counted)
            return cls(*minimise(columns, loss, 1, config.l2, config.tolerance))
        loss = SoftmaxLoss(targets, counted)
        weights, biases = minimise(columns, loss, classes, config.l2, config.tolerance)
        return cls(weights, biases - biases.mean())  # all may move alike; this is scikit-learn's

    def probabilities(self, matrix: SparseMatrix) -> Array:
        """Return P(class | x) of each row, (B, K); rows sum to 1."""
        scores = self.scores(matrix)
        if scores.shape[1] == 1:
            return np.concatenate((sigmoid(-scores), sigmoid(scores)), axis=1)
        return softmax(scores)


class NaiveBayesRegression(LinearModel):
    """Logistic regression on features weighted by naive Bayes: one class against the rest.

    Each column of the matrix, 1 where the feature is there, is multiplied by its log-count ratio
    r_f = log((α + n_f) / sum (α + n)) - the same of the other classes (Wang and Manning 2012). The
    weights kept are those of the features before that, so texts are counted as ever, in ones.
    """

    @classmethod
    def fit(
        cls,
        matrix: SparseMatrix,
        labels: Labels,
        classes: int,
        config: LinearConfig,
        class_weights: Array | None = None,
    ) -> Self:
        """As `LogisticRegression.fit`; of two classes one regression serves both."""
        counted = class_weights_of(matrix, labels, classes, class_weights)
        targets = one_hot(labels, classes)[:, 1 if classes == 2 else 0 :]  # (B, 1) or (B, K)
        columns = transposed(matrix)
        found = [_one_against_rest(columns, side[:, None], counted, config) for side in targets.T]
        return cls(np.stack([w for w, _ in found], axis=1), np.array([b for _, b in found]))

    def probabilities(self, matrix: SparseMatrix) -> Array:
        """Return P(class | x) of each row, (B, K): the sigmoids, scaled to sum to 1."""
        scores = self.scores(matrix)
        if scores.shape[1] == 1:
            return np.concatenate((sigmoid(-scores), sigmoid(scores)), axis=1)
        logs = -np.logaddexp(0, -scores)  # log σ, whose sum cannot vanish
        return softmax(logs)


class ManyLabels(LinearModel):
    """Any number of K labels a text: K logistic regressions, each for itself."""

    @classmethod
    def fit(
        cls,
        matrix: SparseMatrix,
        targets: npt.NDArray,
        config: LinearConfig,
        class_weights: Array | None = None,
    ) -> Self:
        """Train on rows (B, F) with targets (B, K), 1 for the labels that a row has, else 0.

        `class_weights` (K,) say how often a row counts for a label it has. ValueError: a label that
        no row has.
        """
        counted = label_weights_of(matrix, targets, class_weights)  # (B, K)
        targets = targets.astype(np.float64)
        columns = transposed(matrix)
        found = [
            minimise(columns, SigmoidLoss(side, many), 1, config.l2, config.tolerance)
            for side, many in zip(_columns(targets), _columns(counted), strict=True)
        ]
        weights = np.concatenate([w for w, _ in found], axis=1)
        return cls(weights, np.concatenate([b for _, b in found]))

    def probabilities(self, matrix: SparseMatrix) -> Array:
        """Return P(label | x) of each row and label, (B, K), each for itself."""
        return sigmoid(self.scores(matrix))


def log_count_ratio(columns: SparseMatrix, sides: Array, smoothing: float) -> Array:
    """Return r (F,): how much more frequent each feature is where `sides` (B, 1) is 1 than 0.

    `columns` (F, B) is the transpose of the matrix.
    """
    inside, outside = product(columns, np.concatenate((sides, 1 - sides), axis=1)).T
    logs = [np.log(n + smoothing) - np.log((n + smoothing).sum()) for n in (inside, outside)]
    return np.asarray(logs[0] - logs[1])


def one_hot(labels: Labels, classes: int) -> Array:
    """Return (B, K): 1 at the label of each row, else 0 (T2)."""
    return np.asarray(labels[:, None] == np.arange(classes), np.float64)


def _one_against_rest(
    columns: SparseMatrix, side: Array, counted: Array, config: LinearConfig
) -> tuple[Array, float]:
    """The weights (F,) and bias of one class, for columns (F, B) not weighted by r."""
    ratio = log_count_ratio(columns, side, config.smoothing)
    factors = np.repeat(ratio, np.diff(columns.starts))
    weighted = replace(columns, values=columns.values * factors)
    loss = SigmoidLoss(side, counted)
    learnt, _ = minimise(weighted, loss, 1, config.l2, config.tolerance)  # (F, 1)
    plain = np.abs(learnt).mean()
    mixed = config.interpolation * learnt + (1 - config.interpolation) * plain
    bias = best_bias(loss, transposed_product(weighted, mixed))
    return ratio * mixed[:, 0], bias


def class_weights_of(
    matrix: SparseMatrix, labels: Labels, classes: int, class_weights: Array | None
) -> Array:
    """How often each row counts, (B, 1); ValueError for labels that cannot be learnt."""
    if len(labels) != len(matrix):
        raise ValueError(f"{len(labels)} labels for {len(matrix)} rows: give as many")
    if len(labels) and not 0 <= labels.min() <= labels.max() < classes:
        raise ValueError(f"a label is outside 0..{classes - 1}: number the classes from 0")
    _check_counts(np.bincount(labels, minlength=classes), classes)
    return _checked(class_weights, classes)[labels][:, None]


def label_weights_of(
    matrix: SparseMatrix, targets: npt.NDArray, class_weights: Array | None
) -> Array:
    """How often each answer counts, (B, K); ValueError for targets that cannot be learnt."""
    if targets.ndim != 2 or len(targets) != len(matrix):
        raise ValueError(f"targets {targets.shape} do not fit {len(matrix)} rows: give (B, K)")
    if not np.isin(targets, (0, 1)).all():
        raise ValueError("targets hold another number than 0 and 1: 1 for a label, else 0")
    for label in np.flatnonzero(targets.sum(0) == 0).tolist():
        raise ValueError(f"label {label} has no example: give one, or leave the label out")
    return np.asarray(1 + targets * (_checked(class_weights, targets.shape[1]) - 1))


def _check_counts(counts: npt.NDArray[np.integer], classes: int) -> None:
    if classes < 2:
        raise ValueError(
            f"a classifier needs two classes or more, got {classes}: give texts of both"
        )
    for label in np.flatnonzero(counts == 0).tolist():
        raise ValueError(f"class {label} has no example: give one, or leave the class out")


def _checked(class_weights: Array | None, classes: int) -> Array:
    if class_weights is None:
        return np.ones(classes)
    if class_weights.shape != (classes,) or not (class_weights > 0).all():
        raise ValueError(f"class weights must be {classes} numbers above 0, got {class_weights}")
    return class_weights


def _columns(matrix: Array) -> list[Array]:
    return [matrix[:, k : k + 1] for k in range(matrix.shape[1])]
