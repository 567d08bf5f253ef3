"""The averaged embeddings of n-grams as a scorer (G2): fastText's model."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Self

import numpy as np
import numpy.typing as npt

from seqkit.models.averaged import (
    AveragedConfig,
    AveragedEmbeddings,
    AveragedLabels,
    AveragedModel,
)
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

FILE = "averaged.safetensors"
DIM, RATE, EPOCHS = 16, 0.5, 5
STEPS = 20_000
"""Texts that training takes at least, the same ones again and again where there are few."""
MIN_COUNT = 2
"""Rarer n-grams are left out."""


def averaged_config(
    texts: int, epochs: int | None = None, rate: float | None = None, seed: int = 0
) -> AveragedConfig:
    """How to train on so many texts; None: as it is mostly good."""
    enough = max(EPOCHS, math.ceil(STEPS / texts))
    return AveragedConfig(DIM, rate or RATE, epochs or enough, seed=seed)


class AveragedScorer:
    """Averaged embeddings of n-grams, each there or not, however often it comes.

    There is no bias: a text without known n-grams has the score 0 for every label.
    """

    def __init__(self, ngrams: NGrams, model: AveragedModel, level: str) -> None:
        self.ngrams, self.model, self.level = ngrams, model, level

    @classmethod
    def fit(
        cls, texts: Sequence[str], given: Sequence[tuple[str, ...]], labels: Labels, level: str,
        order: int, class_weights: npt.ArrayLike | None = None,
        config: AveragedConfig | None = None,
    ) -> Self:  # fmt: skip
        """Train as `LinearScorer.fit`; RuntimeError when the numbers overflow."""
        config = config or averaged_config(len(texts))
        ngrams, matrix = learn_features(texts, level, order, MIN_COUNT)
        targets = labels.targets(given)
        dear = None if class_weights is None else np.asarray(class_weights, np.float64)
        if labels.many:
            model: AveragedModel = AveragedLabels.fit(matrix, targets, config, dear)
        else:
            model = AveragedEmbeddings.fit(matrix, targets, len(labels.names), config, dear)
        return cls(ngrams, model, level)

    def scores(self, texts: Sequence[str]) -> Array:
        """B texts -> (B, K)."""
        return self.model.scores(count_features(self.ngrams, texts, self.level).binary())

    def contributions(self, text: str) -> Contributions:
        """What each token of the text adds to its scores, but for rounding to float32.

        The score of an n-gram, its part of the mean, is shared evenly by the places where it
        stands, and there by its tokens.
        """
        row = count_features(self.ngrams, [text], self.level)  # (1, F)
        outputs = self.model.outputs.astype(np.float64)  # (K, D)
        worth = np.zeros((len(self.ngrams), len(outputs)))
        parts = self.model.embeddings[row.indices] @ outputs.T / max(len(row.indices), 1)
        worth[row.indices] = parts / row.values[:, None]
        shares = token_shares(self.ngrams, text, self.level, worth)
        return Contributions(splitter(self.level)(text), shares, np.zeros(len(outputs)))

    def scale(self, factor: float) -> None:
        """Multiply all scores by a factor for good."""
        outputs = (self.model.outputs * factor).astype(self.model.outputs.dtype)
        self.model = replace(self.model, outputs=outputs)

    def save(self, run: Run) -> None:
        """Write ngrams.json and averaged.safetensors."""
        write_ngrams(run, self.ngrams, self.level)
        model = {"embeddings": self.model.embeddings, "outputs": self.model.outputs}
        write_arrays(run, FILE, {**model, "keys": self.ngrams.keys})

    @classmethod
    def load(cls, run: Run, labels: Labels) -> Self:
        """The scorer that `save` wrote; ValueError names the file that is missing or damaged."""
        kinds = {"embeddings": np.float32, "outputs": np.float32, "keys": np.int64}
        embeddings, outputs, keys = read_arrays(run, FILE, kinds)
        ngrams, level = read_ngrams(run, keys)
        width = embeddings.shape[-1] if embeddings.ndim else 0
        wanted = {
            "embeddings": (embeddings, (len(ngrams), width)),
            "outputs": (outputs, (len(labels.names), width)),
        }
        check_shapes(run, FILE, wanted)
        kind = AveragedLabels if labels.many else AveragedEmbeddings
        return cls(ngrams, kind(embeddings, outputs), level)
