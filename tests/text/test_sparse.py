"""Sparse matrices against dense ones."""

import numpy as np
import pytest

from seqkit.text.sparse import SparseMatrix, beside


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


LEFT = np.array([[0, 2, 0, 3], [0, 0, 0, 0], [1, 0, 0, 4], [5, 6, 7, 8]])
RIGHT = np.array([[1, 0], [0, 2], [0, 0], [3, 4]])


def test_columns_are_scaled_and_made_ones():
    factors = np.array([2.0, -1.0, 0.5, 3.0])
    np.testing.assert_array_equal(dense(sparse(LEFT).scaled(factors)), LEFT * factors)
    np.testing.assert_array_equal(dense(sparse(LEFT).binary()), LEFT != 0)


@pytest.mark.parametrize("chosen", [[3, 1, 0, 3], [2], []])
def test_rows_are_chosen_in_their_order(chosen):
    rows = sparse(LEFT).rows(np.array(chosen, np.int64))
    np.testing.assert_array_equal(dense(rows), LEFT[chosen])


def test_two_stand_side_by_side_with_ascending_columns():
    joined = beside(sparse(LEFT), sparse(RIGHT))
    np.testing.assert_array_equal(dense(joined), np.hstack([LEFT, RIGHT]))
    same = sparse(np.hstack([LEFT, RIGHT]))
    np.testing.assert_array_equal(joined.indices, same.indices)


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="4 and 2 rows"):
        beside(sparse(LEFT), sparse(RIGHT[:2]))
    with pytest.raises(ValueError, match="outside the width 3"):
        SparseMatrix(np.array([0, 1]), np.array([3], np.int32), np.ones(1), 3)
    with pytest.raises(ValueError, match="1 columns, 2 values"):
        SparseMatrix(np.array([0, 1]), np.array([0], np.int32), np.ones(2), 3)
