"""Right and wrong answers counted: precision, recall, F1, and confusion of classes (O8)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray


@dataclass(frozen=True, slots=True)
class Score:
    """How many were `predicted`, how many there are in truth (`gold`), and how many agree (O8).

    A share of nothing is 0, as conlleval has it.
    """

    correct: int
    predicted: int
    gold: int

    def __post_init__(self) -> None:
        if not 0 <= self.correct <= min(self.predicted, self.gold):
            raise ValueError(
                f"{self.correct} correct of {self.predicted} predicted and {self.gold} gold: "
                "correct ones are counted in both"
            )

    @property
    def precision(self) -> float:
        """Share of the predicted that is correct."""
        return self.correct / self.predicted if self.predicted else 0.0

    @property
    def recall(self) -> float:
        """Share of the gold that was found (sensitivity)."""
        return self.correct / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        """2 / (1 / precision + 1 / recall), from the counts."""
        both = self.predicted + self.gold
        return 2 * self.correct / both if both else 0.0

    def to_dict(self) -> dict[str, float]:
        """Return the three shares and the three counts by name, fit for JSON."""
        shares = {name: getattr(self, name) for name in ("precision", "recall", "f1")}
        return {
            **shares,
            "correct": self.correct,
            "predicted": self.predicted,
            "gold": self.gold,
        }


@dataclass(frozen=True, slots=True)
class Confusion:
    """How often each class was taken for each: `table` (K, K), rows gold, columns predicted."""

    classes: tuple[str, ...]
    table: Array

    @property
    def total(self) -> int:
        """How many answers there are."""
        return int(self.table.sum())

    @property
    def accuracy(self) -> float:
        """Share of the answers that is right; 0 where there are none."""
        return int(np.trace(self.table)) / self.total if self.total else 0.0

    def by_class(self) -> dict[str, Score]:
        """Return the score of each class against all others."""
        right, predicted, gold = np.diag(self.table), self.table.sum(0), self.table.sum(1)
        return {
            name: Score(int(right[k]), int(predicted[k]), int(gold[k]))
            for k, name in enumerate(self.classes)
        }

    def worst(self, top: int) -> list[tuple[str, str, int]]:
        """Return the most frequent mistakes: gold class, predicted class, how often."""
        wrong = self.table - np.diag(np.diag(self.table))
        order = np.argsort(-wrong, axis=None, kind="stable")[:top]
        places = [divmod(int(place), len(self.classes)) for place in order]
        return [
            (self.classes[row], self.classes[column], int(wrong[row, column]))
            for row, column in places
            if wrong[row, column]
        ]


def confusion(gold: Sequence[str], predicted: Sequence[str]) -> Confusion:
    """Count the classes of N examples; classes come in sorted order.

    Raises ValueError for sequences of different lengths.
    """
    if len(gold) != len(predicted):
        raise ValueError(f"{len(gold)} gold and {len(predicted)} predicted classes: give as many")
    classes = tuple(sorted({*gold, *predicted}))
    number = {name: k for k, name in enumerate(classes)}
    size = len(classes)
    pairs = [number[a] * size + number[b] for a, b in zip(gold, predicted, strict=True)]
    counts = np.bincount(np.array(pairs, np.int64), minlength=size * size)  # (K*K,)
    return Confusion(classes, counts.reshape(size, size))
