"""Why a classifier gives a text its label: a number for each token."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from seqkit.tasks.classifying.labels import Array, Labels


class Piece(NamedTuple):
    """A token: the characters from `start` up to, not including, `stop`; what it adds."""

    start: int
    stop: int
    share: float


@dataclass(frozen=True)
class Explanation:
    """How much each piece of a text speaks for a label, `text[start:stop]` being the piece.

    `score` is the margin of the label (see `contrast`), of which the pieces' shares and `bias` are
    the parts; `method` says in words how they were found.
    """

    text: str
    label: str
    probability: float
    score: float
    pieces: tuple[Piece, ...]
    method: str

    @property
    def bias(self) -> float:
        """What of the score falls to no piece: for a linear model, its bias."""
        return self.score - sum(piece.share for piece in self.pieces)

    def record(self) -> dict[str, Any]:
        """The same as a JSON-compatible dict; `tokens` have their text besides."""
        return {
            "text": self.text,
            "label": self.label,
            "probability": self.probability,
            "score": self.score,
            "bias": self.bias,
            "method": self.method,
            "tokens": list(self._tokens()),
        }

    def _tokens(self) -> Iterator[dict[str, Any]]:
        for piece in self.pieces:
            yield {**piece._asdict(), "text": self.text[piece.start : piece.stop]}


def contrast(labels: Labels, k: int) -> Array:
    """The factors (K,) of the scores that make the margin of label k, which is explained.

    It is how far the label is ahead: its score less the mean of the others'. Where a text can have
    many labels each is for itself, and its score, the log of the odds, is its margin.
    """
    count = len(labels.names)
    factors = np.zeros(count) if labels.many else np.full(count, -1 / (count - 1))
    factors[k] = 1
    return factors
