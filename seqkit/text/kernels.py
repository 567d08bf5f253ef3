"""Compiled loops that number tokens in one pass over bytes, through an open-addressing hash table.

The bytes of every type (distinct token) lie one after the other in an arena. The table grows
between pieces, never inside a loop: a piece of n bytes brings at most n new types.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numba import njit

from seqkit.text.lines import LONGEST
from seqkit.text.tally import Tally

EOS = 0
"""The provisional id of the end of a line; the text's own `<eos>` shares it."""

OFFSET, PRIME = np.uint64(0xCBF29CE484222325), np.uint64(0x100000001B3)  # FNV-1a, 64 bits
FOLD = np.uint64(32)


class Table(NamedTuple):
    """The arrays of the hash table; K types known, room for more."""

    size: np.ndarray  # (1,) int64: K
    slots: np.ndarray  # (power of two,) int32: an id, or -1 where empty
    codes: np.ndarray  # (room,) uint64: the hash of each type
    ends: np.ndarray  # (room + 1,) int64: type k is arena[ends[k]:ends[k + 1]]
    counts: np.ndarray  # (room,) int64
    arena: np.ndarray  # (bytes,) uint8


Cut = Callable[[np.ndarray, np.ndarray], tuple[int, int]]


@njit(nogil=True, cache=True)
def cut_words(data: Any, bounds: Any) -> Any:
    """Find what stands between ASCII white space; return (bytes used up, number of tokens N).

    Token i is data[bounds[i, 0] : bounds[i, 1]], an empty one being the end of a line. An
    unfinished word at the end is left for the next piece; a word of more than LONGEST bytes stops
    the loop in front of it. `bounds` is (N or more, 2) int32.
    """
    start, n = 0, 0
    for i in range(data.size):
        byte = data[i]
        if byte > 32 or not (byte == 32 or 9 <= byte <= 13):
            continue
        if i - start > LONGEST:
            break
        if i > start:
            bounds[n, 0], bounds[n, 1] = start, i
            n += 1
        if byte == 10:
            bounds[n, 0], bounds[n, 1] = i, i
            n += 1
        start = i + 1
    return start, n


@njit(nogil=True, cache=True)
def cut_characters(data: Any, bounds: Any) -> Any:
    """Find the UTF-8 characters, a line feed being the end of a line; otherwise as `cut_words`."""
    start, n = 0, 0
    while start < data.size:
        lead = data[start]
        stop = start + 1 + (lead >= 0xC0) + (lead >= 0xE0) + (lead >= 0xF0)
        if stop > data.size:
            break
        bounds[n, 0], bounds[n, 1] = start, start if lead == 10 else stop
        n += 1
        start = stop
    return start, n


@njit(nogil=True, cache=True)
def number_tokens(data: Any, bounds: Any, table: Any, out: Any) -> None:
    """Write the id of each token to `out`, (N,) int32; new ones enter the table, all are counted.

    The table must have room for N more types.
    """
    for n in range(out.size):
        start, stop = bounds[n, 0], bounds[n, 1]
        if start == stop:
            out[n] = EOS
            table.counts[EOS] += 1
            continue
        code = _hash(data, start, stop)
        slot = _slot(code, data, start, stop, table)
        k = table.slots[slot]
        if k < 0:
            k = table.size[0]
            table.size[0] += 1
            table.slots[slot], table.codes[k] = k, code
            begin = table.ends[k]
            table.ends[k + 1] = begin + stop - start
            table.arena[begin : begin + stop - start] = data[start:stop]
        table.counts[k] += 1
        out[n] = k


@njit(nogil=True, cache=True)
def find_tokens(data: Any, bounds: Any, table: Any, out: Any) -> None:
    """Write the id of each token to `out`, (N,) int32, or -1; none is empty, nothing is counted."""
    for n in range(out.size):
        start, stop = bounds[n, 0], bounds[n, 1]
        out[n] = table.slots[_slot(_hash(data, start, stop), data, start, stop, table)]


@njit(nogil=True, cache=True)
def _slot(code: Any, data: Any, start: Any, stop: Any, table: Any) -> Any:
    """Return the slot of a token of this hash: the one that it has, or an empty one."""
    slots, codes, ends, arena = table.slots, table.codes, table.ends, table.arena
    slot = _home(code, slots)
    k = slots[slot]
    while k >= 0 and not (
        codes[k] == code and _same(arena, ends[k], ends[k + 1], data, start, stop)
    ):
        slot = (slot + 1) & (slots.size - 1)
        k = slots[slot]
    return slot


@njit(nogil=True, cache=True)
def _hash(data: Any, start: Any, stop: Any) -> Any:
    code = OFFSET
    for i in range(start, stop):
        code = (code ^ np.uint64(data[i])) * PRIME
    return code


@njit(nogil=True, cache=True)
def _home(code: Any, slots: Any) -> Any:
    """Return the first slot to look into for a hash."""
    return np.int64((code ^ (code >> FOLD)) & np.uint64(slots.size - 1))


@njit(nogil=True, cache=True)
def _same(arena: Any, start: Any, stop: Any, data: Any, first: Any, last: Any) -> Any:
    if stop - start != last - first:
        return False
    for i in range(stop - start):  # noqa: SIM110 (a loop is what compiles well)
        if arena[start + i] != data[first + i]:
            return False
    return True


@njit(nogil=True, cache=True)
def _refill(slots: Any, codes: Any, size: Any) -> None:
    for k in range(size):
        slot = _home(codes[k], slots)
        while slots[slot] >= 0:
            slot = (slot + 1) & (slots.size - 1)
        slots[slot] = k


class Interner:
    """Gives tokens provisional ids in the order of their first appearance; id 0 is `<eos>`."""

    def __init__(self, cut: Cut) -> None:
        """Take the loop that finds tokens: `cut_words` or `cut_characters`."""
        self._table = Table(
            size=np.zeros(1, np.int64),
            slots=np.full(1, -1, np.int32),
            codes=np.zeros(0, np.uint64),
            ends=np.zeros(1, np.int64),
            counts=np.zeros(0, np.int64),
            arena=np.zeros(0, np.uint8),
        )
        self._cut: Cut = cut_words
        self.feed(b"<eos> ")
        self._table.counts[EOS] = 0
        self._cut = cut

    def feed(self, data: bytes) -> tuple[np.ndarray, int]:
        """Return (ids of the tokens that end in `data`, int32, number of bytes used up)."""
        array = np.frombuffer(data, np.uint8)
        bounds = np.empty((len(data), 2), np.int32)
        used, n = self._cut(array, bounds)
        self._make_room(n, used)
        ids = np.empty(n, np.int32)
        number_tokens(array, bounds, self._table, ids)
        return ids, used

    @property
    def size(self) -> int:
        """How many types there are."""
        return int(self._table.size[0])

    def add(self, tally: Tally) -> np.ndarray:
        """Return the id of each type, (K,) int32, entering new ones and adding the counts."""
        ids = np.empty(tally.counts.size, np.int32)
        self._make_room(ids.size, tally.letters.size)
        number_tokens(tally.letters, tally.bounds, self._table, ids)
        self._table.counts[ids] += tally.counts - 1  # no id stands there twice
        return ids

    def find(self, tally: Tally) -> np.ndarray:
        """Return the id of each type, (K,) int32, -1 for those never added."""
        ids = np.empty(tally.counts.size, np.int32)
        find_tokens(tally.letters, tally.bounds, self._table, ids)
        return ids

    def tally(self) -> Tally:
        """Return how often each type came, in the order of provisional ids."""
        ends = self._table.ends[: self.size + 1]
        return Tally(self._table.arena[: ends[-1]], ends, self._table.counts[: self.size])

    def _make_room(self, types: int, letters: int) -> None:
        """Grow the arrays so that `types` more of so many bytes together fit in."""
        size = int(self._table.size[0])
        table = self._table._replace(
            codes=_grown(self._table.codes, size + types),
            ends=_grown(self._table.ends, size + types + 1),
            counts=_grown(self._table.counts, size + types),
            arena=_grown(self._table.arena, int(self._table.ends[size]) + letters),
        )
        if table.slots.size < 2 * (size + types):
            slots = np.full(1 << (2 * (size + types)).bit_length(), -1, np.int32)
            _refill(slots, table.codes, size)
            table = table._replace(slots=slots)
        self._table = table


def _grown(array: np.ndarray, least: int) -> np.ndarray:
    if array.size >= least:
        return array
    larger = np.zeros(least + least // 2, array.dtype)
    larger[: array.size] = array
    return larger
