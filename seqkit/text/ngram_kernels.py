"""Compiled loops that count the n-grams of each document into the rows of a sparse matrix."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numba import njit

compiled: Callable[..., Any] = njit(nogil=True, cache=True)

_STEP, _MIX = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9)
_MIX_AGAIN, _THIRTY = np.uint64(0x94D049BB133111EB), np.uint64(30)


@compiled
def count_known(documents: Any, known: Any, rows: Any) -> None:
    """Count known n-grams: documents (ids, starts), known (keys, children, tokens, order).

    Keys of the n-grams that go on from feature f are keys[children[f] : children[f + 1]]; the key
    at place k is the feature tokens + k. Fills rows (starts, indices, values).
    """
    ids, starts = documents
    keys, children, tokens, order = known
    for b in range(starts.size - 1):
        first = rows[0][b]
        n = first
        for i in range(starts[b], starts[b + 1]):
            gram = np.int64(ids[i])
            for j in range(i + 1, i + order + 1):
                if gram < 0:
                    break
                rows[1][n] = gram
                n += 1
                if j == i + order or j >= starts[b + 1] or ids[j] < 0:
                    break
                gram = _child(keys, children[gram], children[gram + 1], gram, ids[j], tokens)
        rows[0][b + 1] = _tally(rows[1], rows[2], first, n)


@compiled
def _child(keys: Any, low: Any, high: Any, gram: Any, token: Any, tokens: Any) -> Any:
    """The feature of a gram with one token more, by bisection; -1 where there is none."""
    wanted, end = gram << 32 | np.int64(token), high
    while low < high:
        middle = (low + high) >> 1
        if keys[middle] < wanted:
            low = middle + 1
        else:
            high = middle
    return tokens + low if low < end and keys[low] == wanted else np.int64(-1)


@compiled
def count_hashed(documents: Any, sizes: Any, rows: Any) -> None:
    """Count hashed n-grams: documents (ids, starts, codes), sizes (shortest, order, buckets)."""
    ids, starts, codes = documents
    shortest, order, buckets = sizes
    for b in range(starts.size - 1):
        first = rows[0][b]
        n = first
        for i in range(starts[b], starts[b + 1]):
            code = np.uint64(0)
            for j in range(i, min(i + order, starts[b + 1])):
                code = (code + codes[ids[j]] + np.uint64(1)) * _STEP
                if j - i + 1 >= shortest:
                    rows[1][n] = _bucket(code, np.uint64(buckets))
                    n += 1
        rows[0][b + 1] = _tally(rows[1], rows[2], first, n)


@compiled
def _bucket(code: Any, buckets: Any) -> Any:
    """Spread the bits of a code (splitmix64, Steele 2014) over the buckets."""
    code = (code ^ (code >> _THIRTY)) * _MIX
    code = (code ^ (code >> np.uint64(27))) * _MIX_AGAIN
    return np.int64((code ^ (code >> np.uint64(31))) % buckets)


@compiled
def _tally(indices: Any, values: Any, first: Any, last: Any) -> Any:
    """Sort indices[first:last] and put each once, with its count; return where they end."""
    indices[first:last].sort()
    n = first
    for i in range(first, last):
        if i > first and indices[i] == indices[n - 1]:
            values[n - 1] += 1
        else:
            indices[n] = indices[i]
            values[n] = 1
            n += 1
    return n
