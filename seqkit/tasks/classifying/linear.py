"""The linear model of n-grams as a scorer (N1): the baseline that any classifier has to beat."""

from collections.abc import Sequence
from typing import Self

import numpy as np
import safetensors.numpy
import torch

from seqkit.models.linear import LinearConfig, LinearModel, ManyLabels, NaiveBayesRegression
from seqkit.files import atomic_write, write_json
from seqkit.tasks.classifying.features import splitter
from seqkit.tasks.classifying.labels import Array, Labels
from seqkit.tasks.runs import Run, read_json
from seqkit.train.tensors import write_tensors
from seqkit.text.ngrams import NGrams, NumberedDocuments

MIN_COUNT = 2
PARTS = ("weights", "biases", "keys")


class LinearScorer:
    """Provisional."""

    def __init__(self, ngrams: NGrams, model: LinearModel, level: str, classes: int) -> None:
        self.ngrams, self.model, self.level, self.classes = ngrams, model, level, classes

    @classmethod
    def fit(
        cls, texts: Sequence[str], given: Sequence[tuple[str, ...]], labels: Labels, level: str,
        order: int, weights: torch.Tensor | None = None,
    ) -> Self:  # fmt: skip
        """Provisional."""
        documents = NumberedDocuments.read(map(splitter(level), texts))
        ngrams = NGrams.learn(documents, order, MIN_COUNT)
        matrix = ngrams.counts(documents)
        matrix.values[:] = 1
        dear = None if weights is None else weights.double().numpy()
        config = LinearConfig(tolerance=1.0)
        targets = labels.targets(given)
        if labels.many:
            model: LinearModel = ManyLabels.fit(matrix, targets.astype(float), config, dear)
        else:
            model = NaiveBayesRegression.fit(matrix, targets, len(labels.names), config, dear)
        return cls(ngrams, model, level, len(labels.names))

    def scores(self, texts: Sequence[str]) -> Array:
        """Provisional."""
        matrix = self.ngrams.counts(NumberedDocuments.read(map(splitter(self.level), texts)))
        matrix.values[:] = 1
        found = self.model.scores(matrix)
        return found if found.shape[1] == self.classes else np.pad(found, ((0, 0), (1, 0)))

    def scale(self, factor: float) -> None:
        """Provisional."""
        self.model.weights[:] *= factor
        self.model.biases[:] *= factor

    def save(self, run: Run) -> None:
        """Provisional."""
        value = {"tokens": self.ngrams.tokens, "order": self.ngrams.order, "level": self.level}
        write_json(run.path / "ngrams.json", value)
        arrays = (self.model.weights, self.model.biases, self.ngrams.keys)
        tensors = {n: torch.from_numpy(a) for n, a in zip(PARTS, arrays, strict=True)}
        with atomic_write(run.path / "linear.safetensors") as file:
            write_tensors(file, tensors, {})

    @classmethod
    def load(cls, run: Run, labels: Labels) -> Self:
        """Provisional."""
        value = read_json(run.path / "ngrams.json")
        tensors = safetensors.numpy.load_file(run.path / "linear.safetensors")
        weights, biases, keys = (tensors[name] for name in PARTS)
        kind = ManyLabels if labels.many else NaiveBayesRegression
        ngrams = NGrams(tuple(value["tokens"]), keys, value["order"])
        return cls(ngrams, kind(weights, biases), value["level"], len(labels.names))
