"""N-grams of documents, counted into sparse matrices (T1).

An n-gram is n tokens in a row within one document. How tokens are found is a tokenizer's business.
"""

import functools
import itertools
from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from seqkit.text.ngram_kernels import count_known, share_known
from seqkit.text.sparse import SparseMatrix

Array = npt.NDArray

_HALF = 32  # bits of a key that hold its last token


@dataclass(frozen=True)
class NumberedDocuments:
    """Documents as numbers: document b is `ids[starts[b]:starts[b + 1]]`, ids of `tokens`."""

    tokens: tuple[str, ...]
    ids: Array
    starts: Array

    @classmethod
    def read(cls, documents: Iterable[Iterable[str]]) -> Self:
        """Number the tokens of each document as they first appear; one pass, 4 bytes a token."""
        numbers: defaultdict[str, int] = defaultdict(itertools.count().__next__)
        ids, ends = array("i"), [0]
        for tokens in documents:
            ids.extend(map(numbers.__getitem__, tokens))
            ends.append(len(ids))
        return cls(tuple(numbers), np.frombuffer(ids, np.int32), np.array(ends, np.int64))

    def __len__(self) -> int:
        return len(self.starts) - 1


@dataclass(frozen=True)
class NGrams:
    """The n-grams of a training text, each a feature: F of 1 to `order` tokens.

    The first features are the `tokens`, the most frequent first, equals in the order of their
    characters. Of each longer one `keys` (ascending int64) holds the feature of all but its last
    token, times 2^32, plus the last token.
    """

    tokens: tuple[str, ...]
    keys: Array
    order: int

    def __post_init__(self) -> None:
        parents, last = self.keys >> _HALF, self.keys & ((1 << _HALF) - 1)
        before = len(self.tokens) + np.arange(len(self.keys))
        sound = (parents >= 0) & (parents < before) & (last < len(self.tokens))
        if not sound.all() or not (np.diff(self.keys) > 0).all():
            raise ValueError("the keys of the n-grams do not fit their tokens: learn them again")

    @classmethod
    def learn(cls, documents: NumberedDocuments, order: int = 2, min_count: int = 1) -> Self:
        """Choose the n-grams that come at least `min_count` times.

        ValueError: an order or count below 1; a text in which nothing comes so often.
        """
        if order < 1 or min_count < 1:
            raise ValueError(f"order is {order} and min_count {min_count}: both are 1 or more")
        counts = np.bincount(documents.ids, minlength=len(documents.tokens))
        kept = np.flatnonzero(counts >= min_count)
        if not len(kept):
            raise ValueError(f"no token comes {min_count} times: lower min_count, or give text")
        ranked = sorted(kept.tolist(), key=lambda i: (-counts[i], documents.tokens[i]))
        numbers = np.full(len(documents.tokens), -1, np.int32)
        numbers[ranked] = np.arange(len(ranked))
        ids = numbers[documents.ids]
        keys = _longer(ids, documents.starts, order, min_count, len(ranked))
        return cls(tuple(documents.tokens[i] for i in ranked), keys, order)

    def __len__(self) -> int:
        return len(self.tokens) + len(self.keys)

    def counts(self, documents: NumberedDocuments) -> SparseMatrix:
        """Count the n-grams of B documents: (B, F) float32; those not learnt are left out."""
        lengths = np.diff(documents.starts)
        most = int(np.minimum(lengths * self.order, len(self)).sum())
        starts = np.zeros(len(documents) + 1, np.int64)
        indices, values = np.empty(most, np.int32), np.empty(most, np.float32)
        known = self._known(documents.tokens)
        count_known((documents.ids, documents.starts), known, (starts, indices, values))
        return _trimmed(starts, indices, values, len(self))

    def shares(self, document: NumberedDocuments, worth: Array) -> Array:
        """Spread what n-grams are worth, (F, K), over the T tokens of one document: (T, K).

        Wherever an n-gram stands its worth is added, an equal part to each of its tokens.
        """
        shares = np.zeros((len(document.ids), worth.shape[1]))
        share_known(document.ids, self._known(document.tokens), worth, shares)
        return shares

    def name(self, feature: int) -> str:
        """Return the tokens of a feature with spaces between; ValueError for one outside 0..F-1."""
        if not 0 <= feature < len(self):
            raise ValueError(f"feature {feature} is not among the {len(self)} n-grams")
        words: list[str] = []
        while feature >= len(self.tokens):
            feature, last = divmod(int(self.keys[feature - len(self.tokens)]), 1 << _HALF)
            words.append(self.tokens[last])
        return " ".join([self.tokens[feature], *reversed(words)])

    def _known(self, tokens: Sequence[str]) -> tuple[Array, Array, Array, int]:
        """What the compiled loops ask for; `tokens` are those of the documents, by id."""
        numbers = np.array([self._numbers.get(token, -1) for token in tokens], np.int32)
        return numbers, self.keys, self._children, self.order

    @functools.cached_property
    def _numbers(self) -> dict[str, int]:
        return {token: i for i, token in enumerate(self.tokens)}

    @functools.cached_property
    def _children(self) -> Array:
        """Where the keys begin that go on from each feature, (F + 1,)."""
        return np.searchsorted(self.keys >> _HALF, np.arange(len(self) + 1))


def _longer(ids: Array, starts: Array, order: int, min_count: int, features: int) -> Array:
    """The keys of n-grams of 2 to `order` tokens; `ids` (N,) are features, or -1 for what is rare.

    No n-gram is more frequent than its parts, so each length is sought among those kept before.
    """
    found = [np.empty(0, np.int64)]
    ends = np.repeat(starts[1:], np.diff(starts))  # (N,) where the document of each place ends
    grams = ids.astype(np.int64)  # (N,) the feature that begins at each place, or -1
    for n in range(2, order + 1):
        last = np.full(len(ids), -1, np.int64)
        last[: max(len(ids) - n + 1, 0)] = ids[n - 1 :]
        places = np.flatnonzero((grams >= 0) & (last >= 0) & (np.arange(len(ids)) + n - 1 < ends))
        keys = grams[places] << _HALF | last[places]
        distinct, counts = np.unique(keys, return_counts=True)
        distinct = distinct[counts >= min_count]
        found.append(distinct)
        if n == order or not len(distinct):
            break
        grams = np.full(len(ids), -1, np.int64)
        numbers = np.searchsorted(distinct, keys).clip(max=len(distinct) - 1)
        grams[places] = np.where(distinct[numbers] == keys, features + numbers, -1)
        features += len(distinct)
    return np.concatenate(found)


def _trimmed(starts: Array, indices: Array, values: Array, width: int) -> SparseMatrix:
    total = starts[-1]
    return SparseMatrix(starts, indices[:total].copy(), values[:total].copy(), width)
