"""Where a scan keeps what it finds: provisional ids, and the tables of types they belong to."""

import contextlib
import os
import tempfile
import threading
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np

from seqkit.text.tallies import Tallies
from seqkit.text.tally import Tally

Written = tuple[int, tuple[int, int]]
"""The number of a stretch in the text, and from where to where its ids lie in the file."""


class Stretch(NamedTuple):
    """The ids of a stretch of text: ids[start:stop] of the file, numbered by one table."""

    start: int
    stop: int
    table: int


class Store:
    """The provisional ids of a text and the tables that they belong to, in nameless files.

    Both vanish with it, even when the process is killed. Threads may share it.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self._ids: Any = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 (closed by `close`)
        self._types: Any = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115
        self.tables = Tallies(self._types)
        self.line_ends = 0
        """How many ids mean `<eos>`, written out or not."""
        self._stretches: dict[int, Stretch] = {}
        self._end = 0
        self._lock = threading.Lock()

    def write(self, ids: np.ndarray) -> tuple[int, int]:
        """Append ids, int32; return from where to where they lie."""
        with self._lock:
            start, self._end = self._end, self._end + ids.size
            self._ids.write(ids.astype("<i4", copy=False).data)
            return start, self._end

    def put(self, table: Tally, written: Iterable[Written]) -> None:
        """Keep a table and the stretches that were numbered by it."""
        with self._lock:
            number = self.tables.put(table)
            self.line_ends += int(table.counts[0])
            self._stretches |= {place: Stretch(*where, number) for place, where in written}

    @property
    def tokens(self) -> int:
        """How many ids there are."""
        return self._end

    def stretches(self) -> list[Stretch]:
        """Return the stretches in the order of the text."""
        return [self._stretches[place] for place in sorted(self._stretches)]

    def read(self, stretch: Stretch, most: int) -> Iterator[np.ndarray]:
        """Yield the ids of a stretch, int32, at most `most` at a time."""
        for start in range(stretch.start, stretch.stop, most):
            self._ids.seek(4 * start)
            data = self._ids.read(4 * min(most, stretch.stop - start))
            yield np.frombuffer(data, "<i4")

    def close(self) -> None:
        """Give the disk space back."""
        with contextlib.closing(self._types):  # on a full disk the other fails to close
            self._ids.close()
