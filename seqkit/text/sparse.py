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
