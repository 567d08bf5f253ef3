"""Sparse matrices in plain arrays: for each row the columns that are not 0, and their values."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

Array = npt.NDArray


@dataclass(frozen=True)
class SparseMatrix:
    """A matrix (B, F) by compressed rows, as SciPy's CSR has it.

    Row b has the columns `indices[starts[b]:starts[b + 1]]`, each once and ascending, with the
    `values` at the same places. `starts` is (B + 1,) int64, `indices` int32.
    """

    starts: Array
    indices: Array
    values: Array
    width: int

    def __post_init__(self) -> None:
        if len(self.indices) != len(self.values) or self.starts[-1] != len(self.indices):
            raise ValueError(
                f"{len(self.indices)} columns, {len(self.values)} values and rows that end at "
                f"{self.starts[-1]} make no sparse matrix: give as many of each"
            )
        if len(self.indices) and not 0 <= self.indices.min() <= self.indices.max() < self.width:
            raise ValueError(f"a column lies outside the width {self.width} of a sparse matrix")

    def __len__(self) -> int:
        return len(self.starts) - 1

    def binary(self) -> "SparseMatrix":
        """Return the matrix with 1 for every value: what is there, not how often."""
        return replace(self, values=np.ones_like(self.values))

    def scaled(self, factors: Array) -> "SparseMatrix":
        """Return the matrix with each column f multiplied by factors[f], (F,)."""
        return replace(self, values=self.values * factors[self.indices])

    def rows(self, chosen: Array) -> "SparseMatrix":
        """Return the rows of the given numbers, in their order."""
        lengths = np.diff(self.starts)[chosen]
        starts = np.concatenate(([0], np.cumsum(lengths)))
        offsets = np.repeat(self.starts[:-1][chosen] - starts[:-1], lengths)
        places = offsets + np.arange(starts[-1])
        return SparseMatrix(starts, self.indices[places], self.values[places], self.width)


def beside(left: SparseMatrix, right: SparseMatrix) -> SparseMatrix:
    """Join two matrices of as many rows: the columns of the left one come first."""
    if len(left) != len(right):
        raise ValueError(f"matrices of {len(left)} and {len(right)} rows do not stand side by side")
    starts = left.starts + right.starts
    indices = np.empty(starts[-1], np.int32)
    values = np.empty(starts[-1], np.result_type(left.values, right.values))
    of_left = np.arange(len(left.indices)) + np.repeat(right.starts[:-1], np.diff(left.starts))
    of_right = np.arange(len(right.indices)) + np.repeat(left.starts[1:], np.diff(right.starts))
    indices[of_left], indices[of_right] = left.indices, right.indices + left.width
    values[of_left], values[of_right] = left.values, right.values
    return SparseMatrix(starts, indices, values, left.width + right.width)
