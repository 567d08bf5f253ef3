"""Compiled loops of the averaged-embedding classifier: one example at a time, in place.

They work on float32 and on float64 alike, and without Python's lock.
"""

import math
from typing import Any

import numpy as np

from seqkit.layers.fast.numerics import sums


@sums
def train_rows(rows: Any, labels: Any, order: Any, rates: Any, model: Any) -> None:
    """Take a step of gradient descent on -log softmax(A h)_y for each row of `order`.

    `rows` are (starts, indices, values) of a sparse matrix, `model` (embeddings (F, D), outputs
    (K, D)).
    """
    embeddings, outputs = model
    hidden, change = np.empty_like(outputs[0]), np.empty_like(outputs[0])
    shares = np.empty_like(outputs[:, 0])
    for n in range(order.size):
        total = _mean(rows, order[n], embeddings, hidden)
        if total > 0:
            _shares(outputs, hidden, shares)
            shares[labels[order[n]]] -= 1
            _step_outputs(outputs, hidden, change, shares, outputs.dtype.type(rates[n]))
            _step_embeddings(rows, order[n], embeddings, change, 1 / total)


@sums
def train_rows_of_labels(
    rows: Any, targets: Any, weights: Any, order: Any, rates: Any, model: Any
) -> None:
    """The same on the loss of K labels, each by itself: -log σ(z_k), or -log σ(-z_k) without it.

    `targets` (B, K) are 0 or 1, `weights` (B, K) count each answer.
    """
    embeddings, outputs = model
    hidden, change = np.empty_like(outputs[0]), np.empty_like(outputs[0])
    slopes = np.empty_like(outputs[:, 0])
    for n in range(order.size):
        b = order[n]
        total = _mean(rows, b, embeddings, hidden)
        if total > 0:
            _scores(outputs, hidden, slopes)
            for k in range(slopes.size):
                share = 1 / (1 + math.exp(-slopes[k]))
                slopes[k] = weights[b, k] * (share - targets[b, k])
            _step_outputs(outputs, hidden, change, slopes, outputs.dtype.type(rates[n]))
            _step_embeddings(rows, b, embeddings, change, 1 / total)


@sums
def score_rows(rows: Any, model: Any, found: Any) -> None:
    """Write A h of each row to found (B, K)."""
    embeddings, outputs = model
    hidden = np.empty_like(outputs[0])
    for b in range(found.shape[0]):
        if _mean(rows, b, embeddings, hidden) > 0:
            _scores(outputs, hidden, found[b])


@sums
def _mean(rows: Any, b: Any, embeddings: Any, hidden: Any) -> Any:
    """Write the mean embedding h (D,) of row b; return the sum of its values."""
    starts, indices, values = rows
    hidden[:] = 0
    total = values.dtype.type(0)
    for i in range(starts[b], starts[b + 1]):
        value, row = values[i], indices[i]
        total += value
        for d in range(hidden.size):
            hidden[d] += value * embeddings[row, d]
    if total > 0:
        share = 1 / total
        for d in range(hidden.size):
            hidden[d] *= share
    return total


@sums
def _scores(outputs: Any, hidden: Any, scores: Any) -> None:
    for k in range(outputs.shape[0]):
        total = outputs.dtype.type(0)
        for d in range(hidden.size):
            total += outputs[k, d] * hidden[d]
        scores[k] = total


@sums
def _shares(outputs: Any, hidden: Any, shares: Any) -> None:
    """Write softmax(A h), (K,)."""
    _scores(outputs, hidden, shares)
    top = shares.max()
    total = 0.0
    for k in range(shares.size):
        shares[k] = math.exp(shares[k] - top)
        total += shares[k]
    for k in range(shares.size):
        shares[k] /= total


@sums
def _step_outputs(outputs: Any, hidden: Any, change: Any, slopes: Any, rate: Any) -> None:
    """Move A against its gradient; write to change (D,) how h should move, by the A before."""
    change[:] = 0
    for k in range(outputs.shape[0]):
        length = rate * slopes[k]
        for d in range(hidden.size):
            change[d] -= length * outputs[k, d]
            outputs[k, d] -= length * hidden[d]


@sums
def _step_embeddings(rows: Any, b: Any, embeddings: Any, change: Any, share: Any) -> None:
    """Move the embeddings of row b, each by its share in the mean."""
    starts, indices, values = rows
    for i in range(starts[b], starts[b + 1]):
        length, row = values[i] * share, indices[i]
        for d in range(change.size):
            embeddings[row, d] += length * change[d]
