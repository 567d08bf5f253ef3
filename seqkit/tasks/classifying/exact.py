"""Explanations of the linear model, which are exact: the weights of its n-grams."""

import numpy as np

from seqkit.tasks.classifying.explanation import contrast
from seqkit.tasks.classifying.labels import Array, Labels
from seqkit.tasks.classifying.linear import LinearScorer


class Exact:
    """The weight of each n-gram of a text, shared evenly among its tokens."""

    def __init__(self, scorer: LinearScorer, labels: Labels) -> None:
        self.scorer, self.labels = scorer, labels

    def shares(self, text: str, k: int) -> Array:
        """What each token of `token_places` adds to the margin of label k, (T,)."""
        raise NotImplementedError
