"""How good are word vectors? Analogy questions, and similarities that people gave."""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from seqkit.vectors.questions import Pair, Section, read_analogies, read_pairs
from seqkit.vectors.search import EPSILON, ROWS, Array, Rows, cosines
from seqkit.vectors.vectors import WordVectors

__all__ = [
    "Agreement",
    "Answered",
    "answer_analogies",
    "cos_add",
    "cos_mul",
    "judge_pairs",
    "read_analogies",
    "read_pairs",
    "totals",
]

BATCH = 256
"""Questions that are answered together."""
COSINES = 1 << 23
"""Cosines of the words asked about that are held at once (32 MiB)."""

Score = Callable[[Array, Array, Array], Array]
"""From cosines with a, b and c, each (Q, n), how well each of n words answers: (Q, n)."""


def cos_add(a: Array, b: Array, c: Array) -> Array:
    """3CosAdd (W6): cos(w, b) - cos(w, a) + cos(w, c), the order of cos(w, e_b - e_a + e_c)."""
    return b - a + c


def cos_mul(a: Array, b: Array, c: Array) -> Array:
    """3CosMul: cos(w, b) cos(w, c) / cos(w, a), all moved to 0..1 (Levy & Goldberg 2014)."""
    score: Array = (1 + b) * (1 + c)
    score /= 2 * (1 + a) + 4 * EPSILON  # the halves of (1 + cos) / 2 are taken together
    return score


@dataclass(frozen=True)
class Answered:
    """How many questions of a section were known and answered right."""

    name: str
    asked: int
    known: int  # all four words are among the vectors
    right: int

    @property
    def accuracy(self) -> float | None:
        """The share of the known questions that were answered right; None where none is known."""
        return self.right / self.known if self.known else None

    @property
    def coverage(self) -> float | None:
        """The share of the questions that are known; None where none was asked."""
        return self.known / self.asked if self.asked else None


def answer_analogies(
    vectors: WordVectors,
    sections: Sequence[Section],
    restrict_vocab: int | None = None,
    score: Score = cos_add,
) -> list[Answered]:
    """For each section, how often the best word but a, b and c is d: a is to b as c is to d (W6).

    restrict_vocab asks of the first so many words alone. Words of questions that are not among
    them are put in lower case.
    """
    count = _limit(vectors, restrict_vocab)
    rows = [[_rows(vectors, words, count) for words in section.questions] for section in sections]
    known = [[row for row in section if row is not None] for section in rows]
    asked = np.array(list(itertools.chain(*known)), np.int64).reshape(-1, 4)  # (Q, 4)
    right = _answers(vectors, asked[:, :3], count, score) == asked[:, 3]  # (Q,)
    ends = np.cumsum([len(section) for section in known])
    parts = np.split(right, ends[:-1]) if sections else []
    return [
        Answered(section.name, len(section.questions), len(part), int(part.sum()))
        for section, part in zip(sections, parts, strict=True)
    ]


def totals(answered: Sequence[Answered]) -> list[Answered]:
    """Sums over sections: semantic, syntactic, total; the first two only if a name says syntactic.

    Sections whose names begin with "gram" are syntactic, as in the questions of Mikolov et al.
    (2013a) and in gensim.
    """
    syntactic = [part for part in answered if part.name.startswith("gram")]
    semantic = [part for part in answered if not part.name.startswith("gram")]
    kinds = [("semantic", semantic), ("syntactic", syntactic)] if syntactic else []
    return [
        Answered(
            name,
            sum(part.asked for part in parts),
            sum(part.known for part in parts),
            sum(part.right for part in parts),
        )
        for name, parts in [*kinds, ("total", answered)]
    ]


def _limit(vectors: WordVectors, restrict_vocab: int | None) -> int:
    if restrict_vocab is not None and restrict_vocab < 1:
        raise ValueError(f"restrict_vocab must be 1 or more, got {restrict_vocab}")
    return min(len(vectors), restrict_vocab or len(vectors))


def _rows(vectors: WordVectors, words: Sequence[str], count: int) -> list[int] | None:
    """The rows of words below `count`, or None where one is unknown."""
    found = []
    for word in words:
        row = vectors.key_to_index.get(word, count)
        row = row if row < count else vectors.key_to_index.get(word.lower(), count)
        if row >= count:
            return None
        found.append(row)
    return found


def _answers(vectors: WordVectors, asked: Rows, count: int, score: Score) -> Rows:
    """The row that answers each of Q questions (Q, 3) best: (Q,), -1 where there is none.

    The vectors are gone through once. Only cosines with the words that come in questions are
    products; each question then adds or multiplies three of them.
    """
    best = np.full(len(asked), -np.inf, np.float32)
    answers = np.full(len(asked), -1, np.int64)
    if not len(asked):
        return answers
    words, places = np.unique(asked, return_inverse=True)  # (W,)
    places = places.reshape(asked.shape)  # (Q, 3)
    rows = max(1, min(ROWS, COSINES // len(words)))
    for start, block in cosines(
        vectors.vectors[words], vectors.vectors, vectors.norms, count, rows
    ):  # block (W, n)
        for first in range(0, len(asked), BATCH):
            part = slice(first, first + BATCH)
            scores = score(*block[places[part].T])  # (B, n)
            _leave_out(scores, asked[part] - start)
            found = scores.argmax(axis=1)
            values = scores[np.arange(len(found)), found]
            better = values > best[part]
            answers[part][better] = found[better] + start
            best[part][better] = values[better]
    return answers


def _leave_out(scores: Array, columns: Rows) -> None:
    """Set scores (B, n) to -inf at columns (B, 3), where these lie within."""
    which, slot = np.nonzero((columns >= 0) & (columns < scores.shape[1]))
    scores[which, columns[which, slot]] = -np.inf


@dataclass(frozen=True)
class Agreement:
    """How far cosines agree with scores that people gave.

    The correlations are None for fewer than three pairs, and where all cosines or scores are equal.
    """

    asked: int
    known: int  # both words are among the vectors
    spearman: float | None  # correlation of ranks, equals sharing the mean of their ranks
    pearson: float | None

    @property
    def coverage(self) -> float | None:
        """The share of the pairs that are known; None where none was asked."""
        return self.known / self.asked if self.asked else None


def judge_pairs(
    vectors: WordVectors, pairs: Sequence[Pair], restrict_vocab: int | None = None
) -> Agreement:
    """The correlation of cosines with the scores of those pairs whose words are known.

    Words that are not among the vectors (the first restrict_vocab) are put in lower case.
    """
    count = _limit(vectors, restrict_vocab)
    rows = [(_rows(vectors, (pair.one, pair.other), count), pair.score) for pair in pairs]
    known = [(row, score) for row, score in rows if row is not None]
    words = vectors.index_to_key
    found = np.array([vectors.similarity(words[i], words[j]) for (i, j), _ in known], np.float64)
    given = np.array([score for _, score in known], np.float64)
    return Agreement(
        len(pairs), len(known), correlation(_ranks(found), _ranks(given)), correlation(found, given)
    )


def correlation(xs: npt.NDArray[np.float64], ys: npt.NDArray[np.float64]) -> float | None:
    """Pearson's correlation of xs (N,) and ys (N,); None for fewer than three, or equals only."""
    if len(xs) < 3 or np.ptp(xs) == 0 or np.ptp(ys) == 0:
        return None
    a, b = xs - xs.mean(), ys - ys.mean()
    return float((a / np.linalg.norm(a)) @ (b / np.linalg.norm(b)))


def _ranks(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The rank of each value (N,) from 1 for the smallest; equals share the mean of their ranks."""
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)  # the rank of the last of each group of equals
    ranks: npt.NDArray[np.float64] = (last - (counts - 1) / 2)[places]
    return ranks
