"""What a word is told from: noise words (W3) or the nodes on its way down the Huffman tree (W2).

Either is a choice of rows of the output matrix with a sign and a rate each, laid out for tiles.py
in groups of six, one word ahead of its use.
"""

from typing import Any, NamedTuple

import numpy as np
from numba.extending import overload

from seqkit.word2vec.draws import compiled, draw_word
from seqkit.word2vec.frequencies import SPECIAL
from seqkit.word2vec.tiles import OUTPUTS, PATTERN, ROWS, prefetch

GROUPS = 11
"""The most groups of a word: 64 noise words, or a way of 66 nodes."""
TOP = 64
"""Nodes nearest to the root that each of several threads has its own copy of."""
_LINE = 16  # float32 numbers of a cache line


class Slots(NamedTuple):
    """The chosen rows of this word and of the next one, in turn."""

    groups: np.ndarray  # (2,) int64: how many groups
    rows: np.ndarray  # (2, GROUPS, OUTPUTS) int64, addresses
    signs: np.ndarray  # (2, GROUPS, PATTERN) float32
    rates: np.ndarray  # (2, GROUPS, PATTERN) float32, 0 for what does not count


class Noise(NamedTuple):
    """Negative sampling: the word itself and k draws of others."""

    outputs: np.ndarray  # (V, W) float32; row 0, which is no word's, is blank
    alias: np.ndarray  # (V,) int64, see frequencies.alias_table
    negative: int  # k


class Ways(NamedTuple):
    """Hierarchical softmax: the nodes of huffman.Tree, those at the top in this thread's copy."""

    outputs: np.ndarray  # (V, W) float32
    offsets: np.ndarray  # (V + 1,) int64
    nodes: np.ndarray  # (n,) int32
    turns: np.ndarray  # (n,) float32, +1 or -1
    top: np.ndarray  # (TOP or 0, W) float32, this thread's copy of the first nodes
    before: np.ndarray  # the same as it was when last brought together


def prepare(output: Any, slots: Any, slot: Any, state: Any, word: Any, rate: Any) -> None:
    """Choose the rows for a word, note them in a slot, and fetch them into the cache."""
    raise TypeError("only compiled loops prepare outputs")


def close(output: Any) -> None:
    """Bring a thread's own copies of rows together with those of all threads."""
    raise TypeError("only compiled loops close outputs")


@overload(prepare)
def _prepare(output: Any, slots: Any, slot: Any, state: Any, word: Any, rate: Any) -> Any:
    return prepare_noise if output.instance_class is Noise else prepare_way


@overload(close)
def _close(output: Any) -> Any:
    return close_noise if output.instance_class is Noise else close_ways


def prepare_noise(output: Any, slots: Any, slot: Any, state: Any, word: Any, rate: Any) -> None:
    """The word and k draws of P(w) = f(w)^(3/4) / sum; a draw of the word does not count."""
    first, stride = address_of(output.outputs), output.outputs.shape[1] * 4
    count = 1 + output.negative
    slots.groups[slot] = (count + OUTPUTS - 1) // OUTPUTS
    for n in range(slots.groups[slot] * OUTPUTS):
        row, sign, pace = 0, np.float32(-1), np.float32(0)
        if n == 0:
            row, sign, pace = word, np.float32(1), rate
        elif n < count:
            row = draw_word(state, output.alias)
            pace = np.float32(0) if row == word else rate
        place(slots, slot, n, first + row * stride, sign, pace)
        fetch(first + row * stride, output.outputs.shape[1])


def prepare_way(output: Any, slots: Any, slot: Any, state: Any, word: Any, rate: Any) -> None:
    """The nodes on the way from the root to the word, each with the turn that is taken there."""
    first, stride = address_of(output.outputs), output.outputs.shape[1] * 4
    start, stop = output.offsets[word], output.offsets[word + 1]
    slots.groups[slot] = (stop - start + OUTPUTS - 1) // OUTPUTS
    for n in range(slots.groups[slot] * OUTPUTS):
        address, sign, pace = first, np.float32(1), np.float32(0)
        if start + n < stop:
            node = np.int64(output.nodes[start + n])
            sign, pace = output.turns[start + n], rate
            if node - SPECIAL < output.top.shape[0]:
                address = address_of(output.top) + (node - SPECIAL) * stride
            else:
                address = first + node * stride
                fetch(address, output.outputs.shape[1])
        place(slots, slot, n, address, sign, pace)


def close_noise(output: Any) -> None:
    """Noise has no copies."""


def close_ways(output: Any) -> None:
    """Add what this thread changed at the top of the tree, and take what the others did."""
    for n in range(output.top.shape[0]):
        shared, own, before = output.outputs[SPECIAL + n], output.top[n], output.before[n]
        for k in range(own.size):
            shared[k] += own[k] - before[k]
            own[k] = shared[k]
            before[k] = own[k]


@compiled
def place(slots: Any, slot: Any, n: Any, address: Any, sign: Any, rate: Any) -> None:
    """Note an output row as the n-th of a slot, for every input row of a tile."""
    group, j = n // OUTPUTS, n % OUTPUTS
    slots.rows[slot, group, j] = address
    for i in range(ROWS):
        slots.signs[slot, group, i * OUTPUTS + j] = sign
        slots.rates[slot, group, i * OUTPUTS + j] = rate


@compiled
def group_of(slots: Any, slot: Any, group: Any) -> Any:
    """Where the rows, the signs and the rates of a group are."""
    number = slot * GROUPS + group
    return (
        address_of(slots.rows) + number * OUTPUTS * 8,
        address_of(slots.signs) + number * PATTERN * 4,
        address_of(slots.rates) + number * PATTERN * 4,
    )


@compiled
def address_of(array: Any) -> Any:
    """Where an array begins in memory."""
    return np.int64(array.ctypes.data)  # as it comes it is unsigned, and sums would be floats


@compiled
def fetch(address: Any, width: Any) -> None:
    """Fetch a row into the cache."""
    for number in range(0, width, _LINE):
        prefetch(address + 4 * number)


def new_slots() -> Slots:
    """Slots to be filled; the patterns lie at multiples of 64 bytes."""
    return Slots(
        groups=np.zeros(2, np.int64),
        rows=np.zeros((2, GROUPS, OUTPUTS), np.int64),
        signs=aligned(2 * GROUPS, PATTERN).reshape(2, GROUPS, PATTERN),
        rates=aligned(2 * GROUPS, PATTERN).reshape(2, GROUPS, PATTERN),
    )


def aligned(rows: int, width: int) -> np.ndarray:
    """Zeros (rows, width) of float32 that begin at a multiple of 64 bytes."""
    raw = np.zeros(rows * width + _LINE, np.float32)
    start = -raw.ctypes.data % 64 // 4
    return raw[start : start + rows * width].reshape(rows, width)
