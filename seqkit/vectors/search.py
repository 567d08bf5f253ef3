"""Cosines of a few vectors with every row of a matrix, block by block, and the largest of them.

A matrix may be larger than memory: it is looked at a block of rows at a time, and only the best
rows so far are kept.
"""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]
Scored = tuple[int, Array]
"""The first row of a block of n rows, and the scores (Q, n) of Q queries in it."""
Best = tuple[Rows, Array]
"""Some rows and their scores, the largest first."""

ROWS = 1 << 15
"""Rows that are looked at together."""
QUERIES = 512
"""Queries that are answered together; so at most QUERIES * ROWS scores (64 MiB) are held."""
EPSILON = np.float32(1e-6)
"""What gensim adds to the divisor of 3CosMul, so that it is never 0."""
ONE = np.float32(1)


def norms_of(vectors: Array) -> Array:
    """|v| of every row (V, D): (V,), inf for a row that is not finite or too long for a float32."""
    norms = np.empty(len(vectors), np.float32)
    for start in range(0, len(vectors), ROWS):
        block = vectors[start : start + ROWS]  # (n, D)
        # Squares of float32 numbers may be too large or too small for a float32.
        lengths = np.sqrt(np.einsum("nd,nd->n", block, block, dtype=np.float64))
        sound = lengths <= np.finfo(np.float32).max  # not so for NaN
        norms[start : start + ROWS] = np.where(sound, lengths, np.inf)
    return norms


def unit(vectors: Array) -> Array:
    """Rows (Q, D) scaled to length 1; zeros stay zeros. ValueError for what is not finite."""
    lengths = norms_of(vectors)[:, None]  # (Q, 1)
    if not np.isfinite(lengths).all():
        raise ValueError("a vector holds a number that is not finite; train or convert it again")
    return (vectors / np.where(lengths > 0, lengths, ONE)).astype(np.float32, copy=False)


def cosines(
    queries: Array, vectors: Array, norms: Array, count: int, rows: int | None = None
) -> Iterator[Scored]:
    """The cosines of queries (Q, D) with the first `count` of vectors (V, D), `rows` at a time.

    u . v / (|u| |v|) (W6), 0 where a vector is all zeros. Each block is a new array.
    """
    queries = unit(queries)
    step = rows or ROWS
    for start in range(0, count, step):
        stop = min(start + step, count)
        lengths = norms[start:stop]
        scores = queries @ vectors[start:stop].T  # (Q, n)
        scores /= np.where(lengths > 0, lengths, ONE)
        yield start, scores


def product_of_similarities(above: Array, below: Array) -> Array:
    """3CosMul from cosines with the words sought (A, n) and those shunned (B, n): (n,).

    prod (1 + above) / 2 over prod (1 + below) / 2 + EPSILON (Levy & Goldberg 2014).
    """
    sought, shunned = ((1 + above) / 2).prod(axis=0), ((1 + below) / 2).prod(axis=0)
    score: Array = sought / (shunned + EPSILON)
    return score


def largest(scores: Array, topn: int) -> Rows:
    """The places of the `topn` largest of scores (n,), the largest first, equals in their order."""
    count = min(topn, len(scores))
    places = np.arange(len(scores))
    if count < len(scores):
        cut = np.partition(scores, len(scores) - count)[len(scores) - count]
        places = np.flatnonzero(scores >= cut)
    order = np.argsort(-scores[places], kind="stable")
    return places[order[:count]]


def nearest(blocks: Iterable[Scored], topn: int, leave_out: Sequence[Sequence[int]]) -> list[Best]:
    """The rows of the `topn` largest scores and these scores, for each query; ties by row.

    leave_out: for each query the rows that are no answer. The blocks are changed.
    """
    if topn < 1:
        raise ValueError(f"topn must be 1 or more, got {topn}")
    best = [(np.empty(0, np.int64), np.empty(0, np.float32)) for _ in leave_out]
    for start, block in blocks:
        for query, rows in enumerate(leave_out):
            scores = block[query]
            scores[[row - start for row in rows if 0 <= row - start < len(scores)]] = -np.inf
            best[query] = _merged(best[query], start, scores, topn)
    return best


def _merged(best: Best, start: int, scores: Array, topn: int) -> Best:
    """The best of those so far and of a further block, whose rows come later."""
    rows, known = best
    # An equal that comes later stays behind; what is left out is -inf and never found.
    floor = known[-1] if len(known) == topn else -np.inf
    found = np.flatnonzero(scores > floor)
    if not len(found):
        return best
    rows, known = np.concatenate([rows, found + start]), np.concatenate([known, scores[found]])
    chosen = largest(known, topn)
    return rows[chosen], known[chosen]
