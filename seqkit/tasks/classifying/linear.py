"""The linear model of n-grams as a scorer (N1): the baseline that any classifier has to beat."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Self

import numpy as np
import numpy.typing as npt

from seqkit.models.linear import LinearConfig, LinearModel, ManyLabels, NaiveBayesRegression
from seqkit.tasks.classifying.features import (
    Contributions,
    count_features,
    learn_features,
    splitter,
    token_shares,
)
from seqkit.tasks.classifying.labels import Array, Labels
from seqkit.tasks.classifying.stored import (
    check_shapes,
    read_arrays,
    read_ngrams,
    write_arrays,
    write_ngrams,
)
from seqkit.tasks.runs import Run
from seqkit.text.ngrams import NGrams

FILE = "linear.safetensors"
MIN_COUNT = 1
"""Rarer n-grams are left out."""
OF_TWO = LinearConfig(l2=0.25, interpolation=0.4, tolerance=1e-3)
"""For two labels: half naive Bayes, which helps with short texts and does long ones no harm."""
OF_MORE = LinearConfig(l2=4.0, tolerance=1e-3)
"""For more labels: where each stands against all others, naive Bayes alone is of little use."""
OF_MANY = LinearConfig(l2=1.0, tolerance=1e-3)
"""For many labels a text."""


class LinearScorer:
    """Logistic regression on n-grams, each there or not, however often it comes.

    For one label a text weighted by naive Bayes, for many labels one regression each. The weights
    are of F features and K labels, or of the second alone where one of two is sought: the score of
    the first is then 0.
    """

    def __init__(self, ngrams: NGrams, model: LinearModel, level: str, classes: int) -> None:
        self.ngrams, self.model, self.level, self.classes = ngrams, model, level, classes

    @classmethod
    def fit(
        cls, texts: Sequence[str], given: Sequence[tuple[str, ...]], labels: Labels, level: str,
        order: int, class_weights: npt.ArrayLike | None = None,
    ) -> Self:  # fmt: skip
        """Train on texts and the labels of each, with n-grams of 1 to `order` tokens.

        `class_weights` (K,) say how dear an error is. ValueError: labels or texts of which nothing
        can be learnt.
        """
        ngrams, matrix = learn_features(texts, level, order, MIN_COUNT)
        targets = labels.targets(given)
        dear = None if class_weights is None else np.asarray(class_weights, np.float64)
        classes = len(labels.names)
        if labels.many:
            model: LinearModel = ManyLabels.fit(matrix, targets, OF_MANY, dear)
        else:
            config = OF_TWO if classes == 2 else OF_MORE
            model = NaiveBayesRegression.fit(matrix, targets, classes, config, dear)
        return cls(ngrams, model, level, classes)

    def scores(self, texts: Sequence[str]) -> Array:
        """B texts -> (B, K); a text without known n-grams has the biases."""
        matrix = count_features(self.ngrams, texts, self.level).binary()
        return self._of_all(self.model.scores(matrix))

    def contributions(self, text: str) -> Contributions:
        """What each token of the text adds to its scores, exactly.

        The weight of an n-gram is shared evenly by the places where it stands, and there by its
        tokens.
        """
        row = count_features(self.ngrams, [text], self.level)  # (1, F)
        worth = np.zeros_like(self.model.weights)
        worth[row.indices] = self.model.weights[row.indices] / row.values[:, None]
        shares = token_shares(self.ngrams, text, self.level, worth)
        biases = self._of_all(self.model.biases[None])[0]
        return Contributions(splitter(self.level)(text), self._of_all(shares), biases)

    def scale(self, factor: float) -> None:
        """Multiply all scores by a factor for good."""
        model = self.model
        self.model = replace(model, weights=factor * model.weights, biases=factor * model.biases)

    def save(self, run: Run) -> None:
        """Write ngrams.json and linear.safetensors."""
        write_ngrams(run, self.ngrams, self.level)
        model = {"weights": self.model.weights, "biases": self.model.biases}
        write_arrays(run, FILE, {**model, "keys": self.ngrams.keys})

    @classmethod
    def load(cls, run: Run, labels: Labels) -> Self:
        """The scorer that `save` wrote; ValueError names the file that is missing or damaged."""
        kinds = {"weights": np.float64, "biases": np.float64, "keys": np.int64}
        weights, biases, keys = read_arrays(run, FILE, kinds)
        ngrams, level = read_ngrams(run, keys)
        classes = len(labels.names)
        columns = 1 if classes == 2 and not labels.many else classes
        wanted = {"weights": (weights, (len(ngrams), columns)), "biases": (biases, (columns,))}
        check_shapes(run, FILE, wanted)
        kind = ManyLabels if labels.many else NaiveBayesRegression
        return cls(ngrams, kind(weights, biases), level, classes)

    def _of_all(self, scores: Array) -> Array:
        """All K columns, where one of two labels has none of its own."""
        missing = self.classes - scores.shape[1]
        return np.pad(scores, ((0, 0), (missing, 0)))
