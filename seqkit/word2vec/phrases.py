"""Phrases: joining words that belong together, such as new_york, before vectors are trained.

As word2phrase does (Mikolov et al. 2013b, section 4), but from a text scanned once: all that
follows are passes over arrays of its ids.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from seqkit.text.scanner import Scan
from seqkit.text.vocabulary import EOS, UNK
from seqkit.word2vec.collocations import PairFinder, Score


class Phrase(NamedTuple):
    """Words that are joined, how many times they stand side by side, and their score."""

    text: str
    times: int
    score: float


def join_phrases(scan: Scan, score: Score, passes: int = 1) -> "JoinedText":
    """Find the phrases of a text and join them; again and again for phrases of more words.

    With two passes new_york and times may become new_york_times. ValueError: less than one pass.
    """
    if passes < 1:
        raise ValueError(f"--passes must be 1 or more, got {passes}")
    text = JoinedText(scan)
    for _ in range(passes):
        if not text.join(score):
            break
    return text


class JoinedText:
    """A text and its phrases, their words joined by "_".

    `types` are its words and phrases by id; `phrases` are those found, for each pass the highest
    score first. It is read from the scan, one reading at a time, until the scan is closed.
    """

    def __init__(self, scan: Scan) -> None:
        self.types = list(scan.counts)
        self.phrases: list[Phrase] = []
        self._scan = scan
        self._joiners: list[Joiner] = []

    def chunks(self) -> Iterator[np.ndarray]:
        """Yield the ids from the beginning, as int32 arrays."""
        chunks = self._scan.chunks()
        for joiner in self._joiners:
            chunks = joiner(chunks)
        return chunks

    def pieces(self) -> Iterator[str]:
        """Yield the text piece by piece: one space between words, a line feed after each line."""
        words = np.array(["\n" if token == EOS else f" {token}" for token in self.types], object)
        begins = True
        for ids in self.chunks():
            piece = "".join(words[ids].tolist()).replace("\n ", "\n")
            yield piece.removeprefix(" ") if begins else piece
            begins = piece.endswith("\n")

    def lines(self) -> Iterator[str]:
        """Yield the text line by line, without the line feeds."""
        rest = ""
        for piece in self.pieces():
            *whole, rest = (rest + piece).split("\n")
            yield from whole

    def join(self, score: Score) -> int:
        """Find the pairs of words that are phrases and join them; return how many there are.

        A mark without a letter or digit is never part of a phrase, nor is `<unk>`.
        """
        finder = self._finder(score)
        codes, pairs, scores = finder.find(self.chunks)
        known = len(self.types)
        texts = [f"{self.types[code // known]}_{self.types[code % known]}" for code in codes]
        rated = map(Phrase, texts, pairs.tolist(), scores.tolist())
        self.phrases += sorted(rated, key=lambda phrase: -phrase.score)
        if texts:
            self._joiners.append(Joiner.of(codes, self._number(texts), known))
        return len(texts)

    def _finder(self, score: Score) -> PairFinder:
        counts = np.zeros(len(self.types), np.int64)
        for ids in self.chunks():
            counts += np.bincount(ids, minlength=counts.size)
        joinable = [any(map(str.isalnum, t)) and t not in (EOS, UNK) for t in self.types]
        words = int(counts.sum() - counts[self.types.index(EOS)])
        return PairFinder(counts, np.array(joinable), words, score)

    def _number(self, texts: list[str]) -> np.ndarray:
        """Return the ids of phrases; new ones become types, but the text may have some already."""
        numbers = {token: i for i, token in enumerate(self.types)}
        ids = [numbers.setdefault(text, len(numbers)) for text in texts]
        self.types = list(numbers)
        return np.array(ids, np.int32)


@dataclass(frozen=True)
class Joiner:
    """Joins pairs of ids from left to right; what is joined is no part of the next pair."""

    codes: np.ndarray  # (P,) int64, rising: the pairs, first id times K plus second id
    ids: np.ndarray  # (P,) int32: what each becomes
    begins: np.ndarray  # (K,) bool: whether a pair begins with the id
    ends: np.ndarray  # (K,) bool: whether one ends with it

    @classmethod
    def of(cls, codes: np.ndarray, ids: np.ndarray, types: int) -> "Joiner":
        """Make one for P pairs, one at least, of K `types`."""
        begins, ends = np.zeros(types, bool), np.zeros(types, bool)
        begins[codes // types] = True
        ends[codes % types] = True
        return cls(codes, ids, begins, ends)

    def __call__(self, chunks: Iterable[np.ndarray]) -> Iterator[np.ndarray]:
        """Yield the ids of a text, joined."""
        held = np.zeros(0, np.int32)
        for chunk in chunks:
            ids, held = self._join(np.concatenate([held, chunk]))
            if ids.size:
                yield ids
        if held.size:
            yield held

    def _join(self, ids: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the n ids joined, and apart from them the last one if the next may join it."""
        joined = self._look_up(ids[:-1], ids[1:])  # (n - 1,)
        places = np.arange(joined.size)
        gaps = np.maximum.accumulate(np.where(joined < 0, places, -1))
        # Of pairs that overlap, in a run after a gap, every other one is joined.
        taken = np.flatnonzero((places - gaps) % 2 == 1)
        ids[taken] = joined[taken]
        kept = np.ones(ids.size, bool)
        kept[taken + 1] = False
        return ids[:-1][kept[:-1]], ids[-1:][kept[-1:]]

    def _look_up(self, first: np.ndarray, second: np.ndarray) -> np.ndarray:
        """Return what each pair becomes, (n,) int32, -1 for what is none."""
        found = np.full(first.size, -1, np.int32)
        near = np.flatnonzero(self.begins[first] & self.ends[second])
        codes = first[near].astype(np.int64) * self.begins.size + second[near]
        places = np.searchsorted(self.codes, codes).clip(max=self.codes.size - 1)
        known = self.codes[places] == codes
        found[near[known]] = self.ids[places[known]]
        return found
