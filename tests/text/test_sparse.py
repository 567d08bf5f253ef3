"""Sparse matrices against dense ones."""

import numpy as np
import pytest

from seqkit.text.sparse import SparseMatrix


def sparse(dense):
    dense = np.asarray(dense, np.float64)
    starts = np.concatenate(([0], np.cumsum((dense != 0).sum(1))))
    rows, columns = np.nonzero(dense)
    return SparseMatrix(starts, columns.astype(np.int32), dense[rows, columns], dense.shape[1])


def dense(matrix):
    found = np.zeros((len(matrix), matrix.width))
    for b in range(len(matrix)):
        for i in range(matrix.starts[b], matrix.starts[b + 1]):
            found[b, matrix.indices[i]] += matrix.values[i]
    return found


MATRIX = np.array([[0, 2, 0, 3], [0, 0, 0, 0], [1, 0, 0, 4], [5, 6, 7, 8]])


def test_values_are_made_ones():
    np.testing.assert_array_equal(dense(sparse(MATRIX).binary()), MATRIX != 0)


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="outside the width 3"):
        SparseMatrix(np.array([0, 1]), np.array([3], np.int32), np.ones(1), 3)
    with pytest.raises(ValueError, match="1 columns, 2 values"):
        SparseMatrix(np.array([0, 1]), np.array([0], np.int32), np.ones(2), 3)
