"""Which part a pair belongs to: decided by its source text, so no text is in two parts."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate, pairwise

import numpy as np

from seqkit.corpora.corpus import Split
from seqkit.corpora.parallel import ParallelCorpus
from seqkit.corpora.records import Pair
from seqkit.corpora.splitting import PartOf, known_shares, too_short

_END = 1 << 64  # above every key


def key_of(text: str) -> int:
    """Return a number of 64 bits that is as good as random, but the same for the same text.

    Case and white space do not count.
    """
    words = " ".join(text.casefold().split())
    return int.from_bytes(hashlib.blake2b(words.encode(), digest_size=8).digest())


def split_of(text: str) -> Split:
    """Return the split that a text has in corpora that are drawn: a tenth each for valid, test."""
    tenth = key_of(text) % 10
    return "valid" if tenth == 0 else "test" if tenth == 1 else "train"


@dataclass(frozen=True, slots=True)
class ParallelPart(PartOf[ParallelCorpus]):
    """The pairs of `whole` whose keys lie from `start` to below `stop`; reading reads the whole."""

    start: int
    stop: int

    def __iter__(self) -> Iterator[Pair]:
        """Yield the pairs in order."""
        return (pair for pair in self.whole if self.start <= key_of(pair.source) < self.stop)

    def place(self, pair: Pair) -> str:
        """Say where a pair stands, for errors."""
        return self.whole.place(pair)

    def warnings(self) -> list[str]:
        """Say what the whole has to say, with the training part."""
        return self.whole.warnings() if self.label == "train" else []


def hold_out_pairs(
    corpus: ParallelCorpus, shares: Mapping[str, float | None]
) -> list[ParallelPart]:
    """Return what remains of `corpus` and a part for each of `shares`, drawn by a fixed rule.

    A pair's part follows from the key of its source text: as good as at random, and texts that
    occur twice stay together, so that nothing tested is trained on. Parts have the sizes asked
    for, or less by such a text. Holds 8 bytes a pair. Raises ValueError for shares outside
    (0, 0.5) and for parts that come out empty.
    """
    known = known_shares(shares)
    keys = np.sort(np.fromiter((key_of(pair.source) for pair in corpus), np.uint64))  # (pairs,)
    ends = list(accumulate(int(len(keys) * share) for share in known.values()))
    labels, cuts = [*shares, "train"], keys[ends]
    sizes = np.diff([0, *np.searchsorted(keys, cuts), len(keys)])
    for label, size in zip(labels, sizes, strict=True):
        if not size:
            sources = f"{len(keys):,} pairs, {len(np.unique(keys)):,} different sources"
            raise too_short(corpus, shares, f"{label} text from its {sources}")
    ranges = pairwise([0, *map(int, cuts), _END])
    parts = [
        ParallelPart(corpus, label, start, stop)
        for label, (start, stop) in zip(labels, ranges, strict=True)
    ]
    return [parts[-1], *parts[:-1]]
