"""How alike words are: similarity, neighbours, analogies, the odd one out.

The methods have the names and, to rounding, the results of gensim's KeyedVectors; but a word that
is not known is always a ValueError.
"""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from seqkit.vectors.lookup import Item, Lookup
from seqkit.vectors.search import (
    QUERIES,
    Array,
    Best,
    Scored,
    cosines,
    nearest,
    product_of_similarities,
    unit,
)

Neighbour = tuple[str, float]
"""A word and its score, mostly a cosine."""


class WordVectors(Lookup):
    """V words and their vectors, searched by cosine: u . v / (|u| |v|) (W6).

    `restrict_vocab` looks for answers among the first so many words alone. Equal scores come in the
    order of the rows. Nothing but a block of scores is held beside the vectors.
    """

    def most_similar(
        self,
        positive: Item | Iterable[Item] = (),
        negative: Item | Iterable[Item] = (),
        topn: int = 10,
        restrict_vocab: int | None = None,
    ) -> list[Neighbour]:
        """The words nearest to the mean of `positive` less `negative`, by cosine (3CosAdd, W6).

        Each is a word or a vector (D,). The words named are left out.
        """
        above, below = _several(positive), _several(negative)
        mean = self.get_mean_vector([*above, *below], [1.0] * len(above) + [-1.0] * len(below))
        blocks = self._cosines(mean[None], restrict_vocab)
        return self._named(nearest(blocks, topn, [self._rows([*above, *below])])[0])

    def most_similar_cosmul(
        self,
        positive: Item | Iterable[Item] = (),
        negative: Item | Iterable[Item] = (),
        topn: int = 10,
        restrict_vocab: int | None = None,
    ) -> list[Neighbour]:
        """The words with the largest product of similarities (3CosMul; Levy & Goldberg 2014).

        The product of (1 + cos) / 2 over `positive`, divided by the same over `negative`.
        """
        above, below = _several(positive), _several(negative)
        if not above and not below:
            raise ValueError("name at least one word")
        queries = np.stack([self._vector(item, True) for item in (*above, *below)])  # (Q, D)
        blocks = (
            (start, product_of_similarities(scores[: len(above)], scores[len(above) :])[None])
            for start, scores in self._cosines(queries, restrict_vocab)
        )
        return self._named(nearest(blocks, topn, [self._rows([*above, *below])])[0])

    def similar_by_vector(
        self, vector: Array, topn: int = 10, restrict_vocab: int | None = None
    ) -> list[Neighbour]:
        """The words nearest to a vector (D,), by cosine."""
        return self.most_similar([vector], (), topn, restrict_vocab)

    def neighbours(
        self, words: Sequence[str], topn: int = 10, restrict_vocab: int | None = None
    ) -> list[list[Neighbour]]:
        """For each of many words what `most_similar` finds, with one product a block for all."""
        rows = [self.get_index(word) for word in words]
        found: list[list[Neighbour]] = []
        for start in range(0, len(rows), QUERIES):
            part = rows[start : start + QUERIES]
            blocks = self._cosines(self.vectors[part], restrict_vocab)
            found += map(self._named, nearest(blocks, topn, [[row] for row in part]))
        return found

    def similarity(self, one: str, other: str) -> float:
        """The cosine of two words."""
        return float(self.get_vector(one, norm=True) @ self.get_vector(other, norm=True))

    def n_similarity(self, some: Iterable[str], others: Iterable[str]) -> float:
        """The cosine of the means of two groups of words, of their vectors as they are."""
        a = self.get_mean_vector(some, pre_normalize=False, post_normalize=True)
        b = self.get_mean_vector(others, pre_normalize=False, post_normalize=True)
        return float(a @ b)

    def distance(self, one: str, other: str) -> float:
        """1 less the cosine of two words."""
        return 1 - self.similarity(one, other)

    def distances(self, word_or_vector: Item, other_words: Sequence[str] = ()) -> Array:
        """1 less the cosine with each of other_words, or with every word where none is named."""
        query = self._vector(word_or_vector, False)[None]  # (1, D)
        if len(other_words):
            found: Array = 1 - unit(self[other_words]) @ unit(query)[0]
            return found
        return 1 - np.concatenate([scores[0] for _, scores in self._cosines(query)])  # (V,)

    def closer_than(self, word: str, other: str) -> list[str]:
        """The words nearer to `word` than `other` is, by row."""
        away = self.distances(word)  # (V,)
        rows = np.flatnonzero(away < away[self.get_index(other)]).tolist()
        return [self.index_to_key[row] for row in rows if row != self.get_index(word)]

    def rank(self, word: str, other: str) -> int:
        """The place of `other` among the neighbours of `word`: 1 for the nearest."""
        return len(self.closer_than(word, other)) + 1

    def most_similar_to_given(self, word: str, words: Sequence[str]) -> str:
        """The one of `words` nearest to `word`."""
        if not len(words):
            raise ValueError("name at least one word to choose from")
        return words[int(np.argmin(self.distances(word, words)))]

    def doesnt_match(self, words: Sequence[str]) -> str:
        """The word least like the mean of all of them."""
        if len(words) < 2:
            raise ValueError(f"name at least two words, got {len(words)}")
        units = unit(self[words])  # (N, D)
        return words[int(np.argmin(units @ units.mean(axis=0)))]

    def _cosines(self, queries: Array, restrict_vocab: int | None = None) -> Iterator[Scored]:
        if restrict_vocab is not None and restrict_vocab < 1:
            raise ValueError(f"restrict_vocab must be 1 or more, got {restrict_vocab}")
        count = min(len(self), restrict_vocab or len(self))
        return cosines(queries, self.vectors, self.norms, count)

    def _rows(self, items: Iterable[Item]) -> list[int]:
        return [self.get_index(item) for item in items if isinstance(item, str)]

    def _named(self, best: Best) -> list[Neighbour]:
        rows, scores = best
        words = self.index_to_key
        return [
            (words[row], score) for row, score in zip(rows.tolist(), scores.tolist(), strict=True)
        ]


def _several(items: Item | Iterable[Item]) -> list[Item]:
    """A list, of one where a word or a vector is given alone."""
    if isinstance(items, str) or (isinstance(items, np.ndarray) and items.ndim == 1):
        return [items]
    return list(items)
