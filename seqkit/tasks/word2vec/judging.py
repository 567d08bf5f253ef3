"""Measuring word vectors while they are trained: analogy questions and similarity scores."""

from typing import Any

from seqkit.tasks.word2vec.settings import Word2VecSettings
from seqkit.vectors.evaluation import (
    answer_analogies,
    judge_pairs,
    read_analogies,
    read_pairs,
)
from seqkit.vectors.vectors import WordVectors

MOST_FREQUENT = 30_000
"""Analogies are asked of so many words, as is usual."""


class Judge:
    """Reads the files that the settings name, once; each may be missing."""

    def __init__(self, settings: Word2VecSettings) -> None:
        self._sections = read_analogies(settings.analogies) if settings.analogies else None
        self._pairs = read_pairs(settings.similarity) if settings.similarity else None

    def measure(self, vectors: WordVectors) -> dict[str, Any]:
        """`analogies`, the share answered right, and `spearman`; without what nobody asked for.

        ValueError where none of the questions or pairs has all its words among the vectors.
        """
        found: dict[str, Any] = {}
        if self._sections is not None:
            answered = answer_analogies(vectors, self._sections, MOST_FREQUENT)
            known = sum(section.known for section in answered)
            if not known:
                raise ValueError("--analogies: no question has all four words among the vectors")
            found["analogies"] = sum(section.right for section in answered) / known
        if self._pairs is not None:
            agreement = judge_pairs(vectors, self._pairs)
            if agreement.spearman is None:
                raise ValueError("--similarity: fewer than 3 pairs have both words known")
            found["spearman"] = agreement.spearman
        return found


def score(measured: dict[str, float]) -> float:
    """One number for how good an epoch was: the mean of what was measured, more is better."""
    return sum(measured.values()) / len(measured)
