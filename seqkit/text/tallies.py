"""Tables of types: looking types up, and many tables in a file, summed part by part."""

from collections.abc import Iterable, Iterator
from typing import BinaryIO, NamedTuple, Protocol

import numpy as np

from seqkit.text.tally import PARTS, Tally


class Index(Protocol):
    """Gives types ids in the order in which they are first added."""

    @property
    def size(self) -> int:
        """How many types there are."""

    def add(self, tally: Tally) -> np.ndarray:
        """Return the id of each type, (K,) int32, entering new ones and adding the counts."""

    def find(self, tally: Tally) -> np.ndarray:
        """Return the id of each type, (K,) int32, -1 for those never added."""

    def tally(self) -> Tally:
        """Return all types by id, those of count 0 too."""


def new_index() -> Index:
    """Return an empty index; `<eos>` has the id 0 in it from the beginning."""
    try:
        from seqkit.text.kernels import Interner, cut_words
    except ImportError:  # the newest Python may have no numba yet
        from seqkit.text.plain import PlainInterner, find_words

        return PlainInterner(find_words)
    return Interner(cut_words)


class Places:
    """Where types stand in a list."""

    def __init__(self, types: Iterable[str]) -> None:
        self._index = new_index()
        ids = self._index.add(Tally.of(types))
        self._places = np.zeros(self._index.size, np.int64)
        self._places[ids] = np.arange(ids.size)

    def find(self, tally: Tally) -> np.ndarray:
        """Return the place of each type in the list, (K,) int64; 0 for those not in it."""
        ids = self._index.find(tally)
        return np.where(ids < 0, 0, self._places[ids])


class _Kept(NamedTuple):
    """Where one table lies in the file, its parts one after the other."""

    start: int  # bytes; order (int32), counts (int64), lengths (int32) and letters follow
    types: np.ndarray  # (PARTS + 1,) int64: part p is the types from types[p] to types[p + 1]
    letters: np.ndarray  # (PARTS + 1,) int64: and their letters from letters[p] on


class Tallies:
    """Tables in a file, which can be had again one by one, or one part of all of them summed."""

    def __init__(self, file: BinaryIO) -> None:
        """Keep them in `file`, from its end on."""
        self._file, self._kept = file, list[_Kept]()

    def __len__(self) -> int:
        return len(self._kept)

    def put(self, tally: Tally) -> int:
        """Keep a table; return its number."""
        parts = tally.parts()
        order = np.argsort(parts, kind="stable").astype(np.int32)
        sorted_ = tally.take(order)
        types = np.searchsorted(parts[order], np.arange(PARTS + 1))
        start = self._file.seek(0, 2)
        for column in (order, sorted_.counts, np.diff(sorted_.ends).astype(np.int32)):
            self._file.write(column.data)
        self._file.write(sorted_.letters.data)
        self._kept.append(_Kept(start, types, sorted_.ends[types]))
        return len(self._kept) - 1

    def get(self, number: int) -> tuple[Tally, np.ndarray]:
        """Return a table, its types in another order, and the place where each had stood, (K,)."""
        kept = self._kept[number]
        return self._read(kept, 0, PARTS), self._column(kept.start, "<i4", int(kept.types[-1]))

    def summed(self) -> Iterator[Tally]:
        """Yield all types with their counts in all tables, one part after the other."""
        for part in range(PARTS):
            index = new_index()
            for kept in self._kept:
                index.add(self._read(kept, part, part + 1))
            whole = index.tally()
            yield whole.take(np.flatnonzero(whole.counts))

    def _read(self, kept: _Kept, first: int, last: int) -> Tally:
        """Read the parts from first to last of one table."""
        K, start, count = int(kept.types[-1]), int(kept.types[first]), int(kept.types[last])
        counts = self._column(kept.start + 4 * K + 8 * start, "<i8", count - start)
        lengths = self._column(kept.start + 12 * K + 4 * start, "<i4", count - start)
        begin, end = int(kept.letters[first]), int(kept.letters[last])
        letters = self._column(kept.start + 16 * K + begin, "u1", end - begin)
        return Tally(letters, np.concatenate(([0], np.cumsum(lengths, dtype=np.int64))), counts)

    def _column(self, start: int, kind: str, count: int) -> np.ndarray:
        self._file.seek(start)
        dtype = np.dtype(kind)
        return np.frombuffer(self._file.read(count * dtype.itemsize), dtype)
