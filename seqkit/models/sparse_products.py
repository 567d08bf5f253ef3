"""Compiled products of sparse matrices with dense ones, one thread, float64."""

from typing import Any

import numpy as np
import numpy.typing as npt

from seqkit.layers.fast.numerics import compiled, sums
from seqkit.text.sparse import SparseMatrix

Array = npt.NDArray[np.float64]


def product(matrix: SparseMatrix, weights: Array) -> Array:
    """Return matrix @ weights: (B, F) times (F, K) gives (B, K)."""
    if weights.shape[1] == 1:
        sums_of_rows = np.zeros(len(matrix))
        _times_vector(*parts_of(matrix), weights[:, 0].copy(), sums_of_rows)
        return sums_of_rows[:, None]
    found = np.zeros((len(matrix), weights.shape[1]))
    _times(*parts_of(matrix), np.ascontiguousarray(weights), found)
    return found


def transposed_product(matrix: SparseMatrix, slopes: Array) -> Array:
    """Return matrix.T @ slopes: (F, B) times (B, K) gives (F, K)."""
    found = np.zeros((matrix.width, slopes.shape[1]))
    if slopes.shape[1] == 1:
        _transposed_times_vector(*parts_of(matrix), slopes[:, 0].copy(), found[:, 0])
    else:
        _transposed_times(*parts_of(matrix), np.ascontiguousarray(slopes), found)
    return found


def transposed(matrix: SparseMatrix) -> SparseMatrix:
    """Return the matrix (F, B) whose rows are the columns of a matrix (B, F)."""
    ends = np.bincount(matrix.indices, minlength=matrix.width).cumsum()
    starts = np.concatenate(([0], ends))
    indices = np.empty(len(matrix.indices), np.int32)
    values = np.empty_like(matrix.values)
    _transpose(*parts_of(matrix), (starts[:-1].copy(), indices, values))
    return SparseMatrix(starts, indices, values, len(matrix))


def parts_of(matrix: SparseMatrix) -> tuple[npt.NDArray, npt.NDArray, npt.NDArray]:
    """Return the arrays of a matrix as compiled loops take them."""
    return matrix.starts, matrix.indices, matrix.values


@sums
def _times_vector(starts: Any, indices: Any, values: Any, vector: Any, found: Any) -> None:
    for b in range(found.size):
        total = 0.0
        for i in range(starts[b], starts[b + 1]):
            total += values[i] * vector[indices[i]]
        found[b] = total


@compiled
def _transposed_times_vector(
    starts: Any, indices: Any, values: Any, vector: Any, found: Any
) -> None:
    for b in range(vector.size):
        slope = vector[b]
        for i in range(starts[b], starts[b + 1]):
            found[indices[i]] += values[i] * slope


@compiled
def _times(starts: Any, indices: Any, values: Any, weights: Any, found: Any) -> None:
    for b in range(found.shape[0]):
        for i in range(starts[b], starts[b + 1]):
            row, value = indices[i], values[i]
            for k in range(found.shape[1]):
                found[b, k] += value * weights[row, k]


@compiled
def _transposed_times(starts: Any, indices: Any, values: Any, slopes: Any, found: Any) -> None:
    for b in range(slopes.shape[0]):
        for i in range(starts[b], starts[b + 1]):
            row, value = indices[i], values[i]
            for k in range(found.shape[1]):
                found[row, k] += value * slopes[b, k]


@compiled
def _transpose(starts: Any, indices: Any, values: Any, found: Any) -> None:
    places, rows, moved = found  # places: where the next value of each column goes
    for b in range(starts.size - 1):
        for i in range(starts[b], starts[b + 1]):
            place = places[indices[i]]
            places[indices[i]] += 1
            rows[place], moved[place] = b, values[i]
