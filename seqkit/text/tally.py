"""Types and their counts as flat arrays."""

from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

import numpy as np

PARTS = 64
"""Into so many parts types are sorted by their letters."""
_MIX, _TOP = np.uint64(0x9E3779B97F4A7C15), np.uint64(58)  # 2^64 / golden ratio; the highest 6 bits


class Tally(NamedTuple):
    """K distinct types, none of them empty, and how often each came."""

    letters: np.ndarray  # (bytes,) uint8: the types in UTF-8, one after the other
    ends: np.ndarray  # (K + 1,) int64: type k is letters[ends[k]:ends[k + 1]]
    counts: np.ndarray  # (K,) int64

    @classmethod
    def of(cls, types: Iterable[str], counts: Iterable[int] = ()) -> "Tally":
        """Make one; where no counts are given they are 0."""
        coded = [token.encode(errors="surrogatepass") for token in types]
        ends = np.cumsum([0, *map(len, coded)], dtype=np.int64)
        known = np.array(list(counts) or [0] * len(coded), np.int64)
        return cls(np.frombuffer(b"".join(coded), np.uint8), ends, known)

    def types(self) -> list[str]:
        """Return the types."""
        text, ends = self.letters.tobytes(), self.ends.tolist()
        return [text[start:stop].decode() for start, stop in pairwise(ends)]

    @property
    def bounds(self) -> np.ndarray:
        """Where each type begins and ends, (K, 2) int32."""
        return np.stack((self.ends[:-1], self.ends[1:]), axis=1).astype(np.int32)

    def take(self, places: np.ndarray) -> "Tally":
        """Return the types at these places, in their order."""
        starts, lengths = self.ends[places], np.diff(self.ends)[places]
        ends = np.concatenate(([0], np.cumsum(lengths)))
        letters = np.arange(ends[-1]) + np.repeat(starts - ends[:-1], lengths)
        return Tally(self.letters[letters], ends, self.counts[places])

    def parts(self) -> np.ndarray:
        """Return the part of PARTS that each type belongs to, by its letters alone, (K,) int64."""
        starts, stops = self.ends[:-1], self.ends[1:]
        code = (stops - starts).astype(np.uint64)
        for places in (starts, (starts + stops) // 2, stops - 1):
            code = (code << np.uint64(8)) | self.letters[places]
        parts: np.ndarray = ((code * _MIX) >> _TOP).astype(np.int64)
        return parts
