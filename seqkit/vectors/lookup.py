"""Words, their rows and their vectors; and what to say of a word that is not known."""

import functools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from seqkit.vectors.search import Array, norms_of, unit
from seqkit.vectors.spelling import near_spellings

Item = str | Array
"""A word, or a vector (D,)."""


@dataclass(frozen=True, eq=False, repr=False)
class Lookup:
    """V words and their vectors, one row each; the more frequent a word, the earlier its row.

    `vectors` is (V, D) float32 and may be memory-mapped; it is never changed. `counts` says how
    often each word came in the training text, where that is known. Where a method takes a word, an
    unknown one is a ValueError that names near spellings.
    """

    index_to_key: Sequence[str]
    vectors: Array
    counts: Sequence[int] | None = None
    key_to_index: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        """ValueError where words and rows do not fit together, and for a word that comes twice."""
        words, vectors = self.index_to_key, np.asarray(self.vectors, np.float32).view()
        if vectors.ndim != 2 or len(words) != len(vectors) or not vectors.size:
            raise ValueError(f"{len(words)} words, but vectors of shape {vectors.shape}")
        if self.counts is not None and len(self.counts) != len(words):
            raise ValueError(f"{len(words)} words, but {len(self.counts)} counts")
        rows = {word: row for row, word in enumerate(words)}
        if "" in rows:
            raise ValueError("there is an empty word among the vectors")
        if len(rows) != len(words):
            twice = next(word for row, word in enumerate(words) if rows[word] != row)
            raise ValueError(f"the word {twice!r} stands twice among the vectors")
        vectors.flags.writeable = False
        object.__setattr__(self, "vectors", vectors)
        object.__setattr__(self, "key_to_index", rows)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {len(self):,} words, {self.vector_size} numbers each>"

    def __len__(self) -> int:
        return len(self.index_to_key)

    def __contains__(self, word: object) -> bool:
        return word in self.key_to_index

    def __getitem__(self, words: str | Sequence[str]) -> Array:
        """The vector (D,) of a word, or those (N, D) of several."""
        if isinstance(words, str):
            vector: Array = self.vectors[self.get_index(words)]
            return vector
        return self.vectors[[self.get_index(word) for word in words]]

    @property
    def vector_size(self) -> int:
        """D, the length of a vector."""
        return int(self.vectors.shape[1])

    @functools.cached_property
    def norms(self) -> Array:
        """|v| of every vector, (V,); ValueError names a word whose vector is not finite."""
        norms = norms_of(self.vectors)
        if not np.isfinite(norms).all():
            word = self.index_to_key[int(np.argmax(norms))]
            raise ValueError(f"the vector of {word!r} is not finite; train or convert it again")
        return norms

    def get_index(self, word: str) -> int:
        """The row of a word; ValueError with near spellings for an unknown one."""
        row = self.key_to_index.get(word)
        if row is None:
            near = near_spellings(word, self.index_to_key, self.key_to_index)
            hint = f"; did you mean {' or '.join(map(repr, near))}?" if near else ""
            raise ValueError(f"{word!r} is not among the {len(self):,} words{hint}")
        return row

    def get_vector(self, word: str, norm: bool = False) -> Array:
        """The vector (D,) of a word; with `norm` scaled to length 1 (zeros stay zeros)."""
        return unit(self[word][None])[0] if norm else self[word]

    def get_mean_vector(
        self,
        keys: Iterable[Item],
        weights: Sequence[float] | None = None,
        pre_normalize: bool = True,
        post_normalize: bool = False,
    ) -> Array:
        """The mean of words and of vectors (D,): sum_i w_i v_i / sum_i |w_i|, (D,).

        With pre_normalize the vectors of words (not those given as such) are scaled to length 1
        first, with post_normalize the mean is. Without weights all are 1.
        """
        parts = np.array([self._vector(key, pre_normalize) for key in keys], np.float64)  # (N, D)
        shares = np.ones(len(parts)) if weights is None else np.asarray(weights, np.float64)  # (N,)
        if not len(parts):
            raise ValueError("name at least one word")
        if len(parts) != len(shares) or not 0 < np.abs(shares).sum() < np.inf:
            raise ValueError(f"{len(shares)} weights, not all 0, do not go with {len(parts)} words")
        mean: Array = (shares @ parts / np.abs(shares).sum()).astype(np.float32)
        return unit(mean[None])[0] if post_normalize else mean

    def _vector(self, item: Item, norm: bool) -> Array:
        """The vector (D,) of a word, or the one given, checked."""
        if isinstance(item, str):
            return self.get_vector(item, norm)
        vector = np.asarray(item, np.float32)
        if vector.shape != (self.vector_size,) or not np.isfinite(vector).all():
            raise ValueError(
                f"a vector of shape {vector.shape} is not {self.vector_size} finite numbers"
            )
        return vector
