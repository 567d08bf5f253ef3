"""What every classifier is in the end: texts in, a score for each label out."""

from collections.abc import Sequence
from typing import Protocol

from seqkit.tasks.classifying.labels import Array
from seqkit.tasks.runs import Run


class Scorer(Protocol):
    """A trained model of texts with its tokens; the higher a score, the likelier the label."""

    def scores(self, texts: Sequence[str]) -> Array:
        """B texts -> (B, K), float64; each row depends on its own text alone."""
        ...

    def scale(self, factor: float) -> None:
        """Multiply all scores by a factor for good, so that probabilities become honest."""
        ...

    def save(self, run: Run) -> None:
        """Write what it has learnt into a run folder."""
        ...
