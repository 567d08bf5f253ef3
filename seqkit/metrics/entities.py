"""Precision, recall and F1 of entities, per type, as conlleval counts them, and how sure they are.

An entity is correct if its tokens and its type are exactly those of the gold one (O8). Entities are
tuples (start, stop, type) of token numbers, one list a sentence; nothing here knows tags or models.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from seqkit.metrics.bootstrap import check, resampled
from seqkit.metrics.classification import Score

Array = npt.NDArray
Span = tuple[int, int, str]
Spans = Sequence[Sequence[Span]]


@dataclass(frozen=True, slots=True)
class EntityCounts:
    """Entities of K types in N sentences: arrays (N, K) of what is correct, predicted and gold."""

    types: tuple[str, ...]
    correct: Array
    predicted: Array
    gold: Array

    @property
    def overall(self) -> Score:
        """The score over all types together (micro average)."""
        return Score(int(self.correct.sum()), int(self.predicted.sum()), int(self.gold.sum()))

    def by_type(self) -> dict[str, Score]:
        """Return the score of each type, types in sorted order."""
        return {kind: self.only(kind).overall for kind in self.types}

    def only(self, kind: str) -> "EntityCounts":
        """Return the counts of one type, for its interval; ValueError for one that is not there."""
        if kind not in self.types:
            raise ValueError(
                f"no entity has the type {kind}: choose one of {', '.join(self.types)}"
            )
        k = self.types.index(kind)
        columns = (array[:, k : k + 1] for array in (self.correct, self.predicted, self.gold))
        return EntityCounts((kind,), *columns)

    @property
    def errors(self) -> Array:
        """How many entities are missed or wrongly predicted in each sentence: (N,)."""
        total: Array = (self.predicted + self.gold - 2 * self.correct).sum(axis=1)
        return total

    def worst(self, top: int) -> list[int]:
        """Return the numbers of the sentences with most errors, most first, none without any."""
        order = np.argsort(-self.errors, kind="stable")[:top]
        return [int(number) for number in order if self.errors[number]]


def count_entities(gold: Spans, predicted: Spans) -> EntityCounts:
    """Compare the entities of N sentences, which may come in any order within each.

    Raises ValueError if there are not as many sentences in both.
    """
    if len(gold) != len(predicted):
        raise ValueError(f"{len(gold)} gold and {len(predicted)} predicted sentences: give as many")
    types = tuple(sorted({kind for part in (gold, predicted) for s in part for _, _, kind in s}))
    column = {kind: k for k, kind in enumerate(types)}
    counts = np.zeros((3, len(gold), len(types)), np.int64)  # (3, N, K)
    for number, (true, found) in enumerate(zip(gold, predicted, strict=True)):
        kinds = (set(true) & set(found), set(found), set(true))
        for which, spans in enumerate(kinds):
            for _, _, kind in spans:
                counts[which, number, column[kind]] += 1
    return EntityCounts(types, *counts)


def token_accuracy(gold: Sequence[Sequence[str]], predicted: Sequence[Sequence[str]]) -> Score:
    """Count the tokens whose tags agree; precision, recall and F1 are all the accuracy then.

    Raises ValueError if sentences or tokens are not as many in both.
    """
    total = correct = 0
    for true, found in zip(gold, predicted, strict=True):
        correct += sum(a == b for a, b in zip(true, found, strict=True))
        total += len(true)
    return Score(correct, total, total)


def intervals(
    counts: EntityCounts, confidence: float = 0.95, samples: int = 1000, seed: int = 0
) -> dict[str, tuple[float, float]]:
    """Bootstrap intervals of the overall "precision", "recall" and "f1".

    Whole sentences are drawn with replacement, as errors within one are not independent; the
    ends are percentiles over `samples` such texts. For one type give `counts.only(type)`. Raises
    ValueError for fewer than two sentences: one tells nothing about the spread.
    """
    check(len(counts.gold), confidence, samples)
    parts = (counts.correct, counts.predicted, counts.gold)
    table = np.stack([part.sum(axis=1) for part in parts], axis=1).astype(np.float64)  # (N, 3)
    correct, predicted, gold = resampled(table, samples, seed).T  # each (samples,)
    drawn = {
        "precision": _share(correct, predicted),
        "recall": _share(correct, gold),
        "f1": _share(2 * correct, predicted + gold),
    }
    ends = [(1 - confidence) / 2, (1 + confidence) / 2]
    bounds = {name: np.quantile(values, ends) for name, values in drawn.items()}
    return {name: (float(low), float(high)) for name, (low, high) in bounds.items()}


def conlleval_report(counts: EntityCounts, tokens: Score) -> str:
    """Return the table that conlleval prints, figures rounded as there; `tokens` is the accuracy.

    Each line of a type ends with how many entities of it were predicted.
    """
    overall = counts.overall
    lines = [
        f"processed {tokens.gold} tokens with {overall.gold} phrases; "
        f"found: {overall.predicted} phrases; correct: {overall.correct}.",
        f"accuracy: {100 * tokens.precision:6.2f}%; {_percentages(overall)}",
    ]
    for kind, score in counts.by_type().items():
        lines.append(f"{kind:>17}: {_percentages(score)}  {score.predicted}")
    return "\n".join(lines) + "\n"


def _percentages(score: Score) -> str:
    return (
        f"precision: {100 * score.precision:6.2f}%; recall: {100 * score.recall:6.2f}%; "
        f"FB1: {100 * score.f1:6.2f}"
    )


def _share(part: Array, whole: Array) -> Array:
    """Divide; a share of nothing is 0."""
    shares: Array = np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)
    return shares
