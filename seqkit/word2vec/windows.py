"""Which words predict which: the windows of a stretch of token ids, chunk by chunk, in NumPy."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from seqkit.word2vec.frequencies import Shares

Ints = npt.NDArray[np.int64]

EOS = 1
BLOCK = 16
"""Neighbouring words that are multiplied together; every chunk has a multiple of it."""


@dataclass(frozen=True)
class Windows:
    """The windows of T words: the word at rows[p] helps to predict the word at targets[p].

    `rows` and `targets` (P,), in the order of the targets, are positions in `words`, which has M
    words more on each side of the T, filled up with id 0 where there are none.
    """

    words: Ints  # (M + T + M,) ids
    rows: Ints  # (P,)
    targets: Ints  # (P,), all from M to M + T - 1
    margin: int  # M

    @property
    def middle(self) -> Ints:
        """The words that are predicted, (T,)."""
        return self.words[self.margin : len(self.words) - self.margin]

    @property
    def at(self) -> Ints:
        """For each pair the place of its target in `middle`, (P,)."""
        return self.targets - self.margin

    @property
    def width(self) -> int:
        """The positions that the words of a block are multiplied with, W."""
        return BLOCK + 2 * self.margin

    def cells(self, each: int = 1) -> Ints:
        """Where the pairs stand in the flattened `objectives.band_scores`, (P,).

        With `each` output rows a word (K) it is the cell of the first of them; the next ones follow
        at a distance of `width`.
        """
        at = self.at
        return at * (each * self.width) + self.rows - at // BLOCK * BLOCK

    def merged(self) -> "Windows":
        """W4: every word that has any is predicted once, from row t of the T means."""
        at = np.unique(self.at)
        return Windows(self.middle, at, at, 0)


@dataclass(frozen=True)
class Passage:
    """The n words of a stretch of text that are kept, and how far each looks around itself."""

    words: Ints  # (n,) ids
    sentences: Ints  # (n,) the number of the sentence
    reaches: Ints  # (n,) 1..window
    window: int  # N

    def chunks(self, size: int) -> Iterator[tuple[float, Windows]]:
        """All windows in order, `size` words (T) at a time, and the share of words before them."""
        for first in range(0, len(self.words), size):
            yield first / len(self.words), self._chunk(first, size)

    def _chunk(self, first: int, size: int) -> Windows:
        """The windows of words first up to first + size; beyond the last word there are none."""
        margin, begin, end = self.window, first - self.window, first + size + self.window
        sentences = _cut(self.sentences, begin, end, -1)
        reaches = _cut(self.reaches, first, first + size, 0)
        offsets = np.delete(np.arange(-margin, margin + 1), margin)  # (2N,)
        targets = np.arange(margin, margin + size)[:, None]  # (T, 1)
        rows = targets + offsets  # (T, 2N)
        near = np.abs(offsets) <= reaches[:, None]
        met = near & (sentences[rows] == sentences[targets])  # (T, 2N)
        found = np.nonzero(met)[0] + margin
        return Windows(_cut(self.words, begin, end, 0), rows[met], found, margin)


def read_passage(
    ids: npt.NDArray[Any], keep: Shares, window: int, stream: np.random.Generator
) -> Passage:
    """Draw what is kept of a stretch of ids (n,) (W5), and the reach of each word from 1..window.

    `keep` (V,) are probabilities, 0 for <unk> and <eos>: an <unk> is passed over as if it were not
    there, and no window goes beyond an <eos>. Takes some 40 bytes an id.
    """
    ids = np.asarray(ids)
    kept = stream.random(len(ids)) < keep[ids]
    words = ids[kept].astype(np.int64)
    sentences = np.cumsum(ids == EOS)[kept]
    reaches = stream.integers(1, window, size=len(words), endpoint=True)
    return Passage(words, sentences, reaches, window)


def numbered(counts: Ints) -> tuple[Ints, Ints]:
    """counts[i] items for each i, one after another: (i, number among its own) of all, both (E,).

    numbered([2, 0, 1]) is ([0, 0, 2], [0, 1, 0]).
    """
    owner = np.repeat(np.arange(len(counts)), counts)
    return owner, np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)


def _cut(values: Ints, first: int, last: int, fill: int) -> Ints:
    """values[first:last], filled up where that reaches beyond them."""
    cut = np.full(last - first, fill, np.int64)
    begin, end = max(first, 0), min(last, len(values))
    cut[begin - first : end - first] = values[begin:end]
    return cut
