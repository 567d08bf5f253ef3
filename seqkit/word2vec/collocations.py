"""Pairs of words that stand side by side more often than by chance: rating and finding them."""

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np

LIMIT = 1 << 23
"""Pairs held in memory at a time, about: 56 bytes each while they are sorted."""


class Score(Protocol):
    """Rates pairs of words; those with more than `threshold` are phrases."""

    @property
    def threshold(self) -> float:
        """What a phrase must exceed."""

    def __call__(
        self, pairs: np.ndarray, first: np.ndarray, second: np.ndarray, words: int
    ) -> np.ndarray:
        """Rate P pairs, (P,), by the counts of each, of its words a and b, and of all `words` N.

        Counts are 1 or more; the more often a pair comes, the higher its score must be.
        """


@dataclass(frozen=True)
class Collocation:
    """(count(ab) - min_count) / (count(a) count(b)) N.

    Mikolov et al. 2013b, eq. 6, times the number N of words in the text as in word2phrase.c: 1 is
    chance. (N is the number of distinct words and pairs in gensim, whose thresholds are smaller.)
    """

    threshold: float = 100.0
    min_count: int = 5

    def __post_init__(self) -> None:
        _check_count(self.min_count)
        if not 0 < self.threshold < math.inf:
            raise ValueError(f"--threshold must be above 0, got {self.threshold}")

    def __call__(
        self, pairs: np.ndarray, first: np.ndarray, second: np.ndarray, words: int
    ) -> np.ndarray:
        """Rate pairs: see `Score`."""
        found: np.ndarray = (pairs - self.min_count) / first / second * words
        return found


@dataclass(frozen=True)
class NPMI:
    """ln(P(ab) / (P(a) P(b))) / -ln P(ab): from -1 to 1, and 0 by chance (Bouma 2009).

    A pair that comes less than min_count times is no phrase. Unlike `Collocation`, its threshold
    means the same in texts of any size, and frequent words may be part of a phrase.
    """

    threshold: float = 0.5
    min_count: int = 5

    def __post_init__(self) -> None:
        _check_count(self.min_count)
        if not -1 <= self.threshold <= 1:
            raise ValueError(f"--threshold must be from -1 to 1 for npmi, got {self.threshold}")

    def __call__(
        self, pairs: np.ndarray, first: np.ndarray, second: np.ndarray, words: int
    ) -> np.ndarray:
        """Rate pairs: see `Score`."""
        together = pairs / words
        gain = np.log(together / (first / words * (second / words)))
        return np.where(pairs < self.min_count, -np.inf, gain / -np.log(together))


SCORES: dict[str, type[Collocation] | type[NPMI]] = {"default": Collocation, "npmi": NPMI}
"""By the names they have on the command line and in gensim."""


def _check_count(min_count: int) -> None:
    if min_count < 1:
        raise ValueError(f"--min-count must be 1 or more, got {min_count}")


@dataclass(frozen=True)
class PairFinder:
    """Finds the pairs of a text that are phrases, exactly and in bounded memory.

    A pair is a code, first id times K plus second id, K being the number of types. Pairs are
    counted for as many first words at a time as come about LIMIT times together, so a text of any
    size takes memory for LIMIT pairs, and one reading of its ids for each LIMIT words of it. Not
    counted at all are pairs that could not pass if the rarer word came in no other pair; that
    spares most of them, for "of the" would need more than there is of "of".
    """

    counts: np.ndarray  # (K,) int64: how often each id comes
    joinable: np.ndarray  # (K,) bool: whether it may be part of a phrase
    words: int  # N
    score: Score

    def find(
        self, read: Callable[[], Iterable[np.ndarray]]
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the codes, rising, counts and scores of the pairs that pass, each (P,).

        `read` begins a new reading of the text: arrays of ids.
        """
        found = []
        for begins in self._groups():
            codes, pairs = _tally(self._possible(read(), begins))
            scores = self._rate(pairs, *np.divmod(codes, self.counts.size))
            passed = scores > self.score.threshold
            found.append((codes[passed], pairs[passed], scores[passed]))
        codes, pairs, scores = (np.concatenate(column) for column in zip(*found, strict=True))
        return codes, pairs, scores

    def _groups(self) -> Iterator[np.ndarray]:
        """Yield the words that begin the pairs of each reading, (K,) bool."""
        group = np.cumsum(np.where(self.joinable, self.counts, 0)) // LIMIT  # (K,) rising
        starts = np.flatnonzero(np.diff(group, prepend=-1)).tolist()
        for start, stop in pairwise([*starts, group.size]):
            begins = np.zeros_like(self.joinable)
            begins[start:stop] = self.joinable[start:stop]
            yield begins

    def _possible(self, chunks: Iterable[np.ndarray], begins: np.ndarray) -> Iterator[np.ndarray]:
        """Yield the codes of neighbours whose first word is in `begins`, if they could pass."""
        last = np.zeros(0, np.int32)
        for chunk in chunks:
            ids = np.concatenate([last, chunk])
            last = ids[-1:]
            near = np.flatnonzero(begins[ids[:-1]] & self.joinable[ids[1:]])
            first, second = ids[near].astype(np.int64), ids[near + 1]
            # They cannot be all pairs of the text, of which P(ab) = 1 would be said.
            most = np.minimum(self.counts[first], self.counts[second]).clip(max=self.words - 1)
            possible = self._rate(most, first, second) > self.score.threshold
            yield (first * self.counts.size + second)[possible]

    def _rate(self, pairs: np.ndarray, first: np.ndarray, second: np.ndarray) -> np.ndarray:
        return self.score(pairs, self.counts[first], self.counts[second], self.words)


def _tally(chunks: Iterable[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Return the distinct codes, rising, and how often each comes."""
    tables = [(np.zeros(0, np.int64), np.zeros(0, np.int64))]
    waiting = 0
    for codes in chunks:
        tables.append(np.unique(codes, return_counts=True))
        waiting += codes.size
        if waiting > 2 * LIMIT:  # one word alone may come so often
            tables, waiting = [_merge(tables)], 0
    return _merge(tables)


def _merge(tables: list[tuple[np.ndarray, np.ndarray]]) -> tuple[np.ndarray, np.ndarray]:
    codes, counts = (np.concatenate(column) for column in zip(*tables, strict=True))
    order = np.argsort(codes, kind="stable")
    codes, counts = codes[order], counts[order]
    first = np.flatnonzero(np.diff(codes, prepend=-1))  # the first of each run of equals
    return codes[first], np.add.reduceat(counts, first) if first.size else counts
