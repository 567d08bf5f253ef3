"""Windows over a token stream for back-propagation through time (L2)."""

import copy
import mmap
from collections.abc import Iterator

import numpy as np

IGNORED = -1
"""The target of a position that is not scored."""


class Windows:
    """A stream of n tokens as B contiguous rows, T tokens at a time; each target counts once (L1).

    The stream is rotated by `shift`. Row b scores the targets b n // B up to (b+1) n // B; each
    target's input is the token before it, that of the very first token being the last one, the
    `<eos>` which ends every text. With `warmup`, each row begins that many tokens earlier, as far
    as the text goes, with nothing to predict until its own targets come: its state is then nearly
    what one row over the whole text would have there. All rows begin at once, each from a state of
    zero; a row that has ended is filled up with inputs 0 and targets IGNORED.
    """

    def __init__(
        self, ids: np.ndarray, batch: int, bptt: int, shift: int = 0, warmup: int = 0
    ) -> None:
        """Lay out `ids` (n,); `batch` is B, `bptt` is T. ValueError where B exceeds n."""
        if batch < 1 or bptt < 1 or warmup < 0:
            raise ValueError(
                f"batch {batch}, bptt {bptt}, warmup {warmup}: at least 1, 1 and 0 are needed"
            )
        if len(ids) < batch:
            raise ValueError(
                f"{len(ids)} tokens cannot fill {batch} rows: lower the batch size to {len(ids)} "
                "or less, or give more text"
            )
        self._ids, self._bptt, self._shift = ids, bptt, shift
        self._map = _map_below(ids)
        bounds = np.arange(batch + 1) * len(ids) // batch
        self._scored, self._ends = bounds[:-1, None], bounds[1:, None]
        self._begins = np.maximum(self._scored - warmup, 0)
        self.batch = batch
        """The number of rows, B."""
        self.steps = int((self._ends - self._begins).max())
        """The number of steps of the longest row."""

    def rows(self, first: int, last: int) -> "Windows":
        """Return the windows of rows first up to last alone; their contents stay the same."""
        part = copy.copy(self)
        part._scored, part._ends = self._scored[first:last], self._ends[first:last]
        part._begins = self._begins[first:last]
        part.batch = len(part._ends)
        part.steps = int((part._ends - part._begins).max())
        return part

    def __len__(self) -> int:
        return -(-self.steps // self._bptt)

    def __iter__(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        return (self.window(k) for k in range(len(self)))

    def window(self, k: int) -> tuple[np.ndarray, np.ndarray]:
        """Return (inputs, targets), int64 (B, T), of window k; the last one may be narrower."""
        if not 0 <= k < len(self):
            raise ValueError(f"there is no window {k}: there are {len(self)}")
        first = k * self._bptt
        steps = np.arange(first, min(first + self._bptt, self.steps))
        position = self._begins + steps  # (B, T)
        inside = position < self._ends
        target = (position + self._shift) % len(self._ids)
        inputs = np.where(inside, self._ids[target - 1], 0)
        scored = inside & (position >= self._scored)
        targets = np.where(scored, self._ids[target].astype(np.int64), IGNORED)
        if self._map is not None:
            _give_back(self._map)
        return inputs.astype(np.int64), targets


def _map_below(ids: np.ndarray) -> mmap.mmap | None:
    """The memory map that an array is a view of, if it is one."""
    below: object = ids
    while isinstance(below, np.ndarray):
        below = below.base
    return below if isinstance(below, mmap.mmap) else None


def _give_back(pages: mmap.mmap) -> None:
    """Drop the pages that were read; else a pass over a text would end with all of it in memory.

    They stay in the cache of the system, so reading on costs microseconds.
    """
    if hasattr(mmap, "MADV_DONTNEED"):  # not on Windows
        pages.madvise(mmap.MADV_DONTNEED)
