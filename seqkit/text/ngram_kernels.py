"""Compiled loops that count the n-grams of each document into the rows of a sparse matrix."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numba import njit

compiled: Callable[..., Any] = njit(nogil=True, cache=True)


@compiled
def count_known(documents: Any, known: Any, rows: Any) -> None:
    """Count known n-grams: documents (ids, starts), known (numbers, keys, children, order).

    `numbers` are the first features by id, or -1. Keys of the n-grams that go on from feature f are
    keys[children[f] : children[f + 1]]; the key at place k is that of feature F - keys.size + k.
    Fills rows (starts, indices, values).
    """
    ids, starts = documents
    order = known[3]
    times = np.zeros(known[2].size - 1, np.int32)  # (F,) of this document so far
    for b in range(starts.size - 1):
        first = rows[0][b]
        n = first
        for i in range(starts[b], starts[b + 1]):
            gram = np.int64(known[0][ids[i]])
            for j in range(i + 1, min(i + order, starts[b + 1]) + 1):
                if gram < 0:
                    break
                if times[gram] == 0:
                    rows[1][n] = gram
                    n += 1
                times[gram] += 1
                if j < min(i + order, starts[b + 1]):
                    gram = _child(known, gram, ids[j])
        rows[1][first:n].sort()
        for m in range(first, n):
            rows[2][m] = times[rows[1][m]]
            times[rows[1][m]] = 0
        rows[0][b + 1] = n


@compiled
def share_known(ids: Any, known: Any, worth: Any, shares: Any) -> None:
    """Add to shares (T, K) the worth (F, K) of each known n-gram of a document, evenly by token.

    An n-gram is worth that at each place where it stands. `known` as in `count_known`.
    """
    for i in range(ids.size):
        gram = np.int64(known[0][ids[i]])
        for j in range(i + 1, min(i + known[3], ids.size) + 1):
            if gram < 0:
                break
            for t in range(i, j):
                for k in range(worth.shape[1]):
                    shares[t, k] += worth[gram, k] / (j - i)
            if j < min(i + known[3], ids.size):
                gram = _child(known, gram, ids[j])


@compiled
def _child(known: Any, gram: Any, following: Any) -> Any:
    """The feature of a gram with one token more, by bisection; -1 where there is none."""
    numbers, keys, children, _ = known
    token = np.int64(numbers[following])
    if token < 0:
        return np.int64(-1)
    low, high = children[gram], children[gram + 1]
    wanted, end = gram << 32 | token, high
    while low < high:
        middle = (low + high) >> 1
        if keys[middle] < wanted:
            low = middle + 1
        else:
            high = middle
    if low < end and keys[low] == wanted:
        return children.size - 1 - keys.size + low
    return np.int64(-1)
