"""Baselines that any language model must beat: unigrams and a Kneser-Ney trigram.

Both read flat streams of token ids in which the id `eos` ends every sentence, and give a proper
distribution over the whole vocabulary after any history.
"""

import dataclasses
import math
from typing import Self

import numpy as np
import numpy.typing as npt

Array = npt.NDArray

_PIECE = 1 << 20  # tokens scored at once: bounds the memory of look-ups
_LARGEST_VOCABULARY = 2_642_245  # its cube still fits 64 bits


@dataclasses.dataclass(frozen=True)
class Unigram:
    """Word frequencies with one added to every count: P(w) = (c(w) + 1) / (N + V).

    `negative_logs` (V,) holds -log P in nats, `tokens` the N tokens counted.
    """

    negative_logs: Array
    tokens: int

    @classmethod
    def fit(cls, ids: Array, vocabulary_size: int) -> Self:
        """Count the stream `ids` (N,), an array or memory map of any length.

        Raises ValueError for an id outside the vocabulary.
        """
        counts = np.zeros(vocabulary_size, np.int64)
        for start in range(0, len(ids), _PIECE):
            piece = ids[start : start + _PIECE]
            _check_ids(piece, vocabulary_size)
            counts += np.bincount(piece, minlength=vocabulary_size)
        total = len(ids) + vocabulary_size
        return cls(math.log(total) - np.log(counts + 1), len(ids))

    def losses(self, ids: Array) -> Array:
        """Return the loss (T,) of each token of `ids` (T,), float64 nats."""
        _check_ids(ids, len(self.negative_logs))
        losses: Array = self.negative_logs[ids]
        return losses

    def perplexity(self, ids: Array) -> float:
        """Return exp of the mean loss of `ids` (T,); takes 8 bytes of memory a token."""
        return _perplexity(self.losses(ids))


@dataclasses.dataclass(frozen=True)
class KneserNeyTrigram:
    """Interpolated modified Kneser-Ney trigram (Chen and Goodman 1998), scored by T4.

    P(w | u v) = max(c(uvw) - D(c), 0) / c(uv) + backoff(uv) P(w | v), and likewise down to words
    and the uniform 1 / V, where the lower orders count in how many different contexts an n-gram was
    seen. The history stops at the start of its sentence: `eos` stands there as the mark of the
    beginning, and is predicted as an end alone. The first word is predicted from that mark by
    bigrams, with plain counts, for nothing comes before a beginning.

    `tokens` were counted of the stream; `truncated` says whether it held more.
    """

    vocabulary_size: int
    eos: int
    tokens: int
    truncated: bool
    unigrams: Array
    bigrams: "_Order"
    trigrams: "_Order"

    @classmethod
    def fit(cls, ids: Array, vocabulary_size: int, eos: int, limit: int = 10_000_000) -> Self:
        """Count the first `limit` tokens of the stream `ids` (N,), which begins a sentence.

        Takes at most some 75 bytes of memory a token. Raises ValueError for an empty stream, an id
        outside the vocabulary, and a vocabulary of more than 2,642,245 words.
        """
        words = np.asarray(ids[:limit])
        _check_vocabulary(words, vocabulary_size, eos)
        V = np.uint64(vocabulary_size)
        openings, trigrams, trigram_counts = _count_trigrams(words, V, eos)
        bigrams, bigram_counts = _tally(np.concatenate((trigrams % (V * V), openings)))
        return cls(
            vocabulary_size=vocabulary_size,
            eos=eos,
            tokens=len(words),
            truncated=len(ids) > len(words),
            unigrams=_unigram_shares((bigrams % V).astype(np.int64), vocabulary_size),
            bigrams=_Order.estimate(bigrams, bigram_counts, V),
            trigrams=_Order.estimate(trigrams, trigram_counts, V),
        )

    def losses(self, ids: Array) -> Array:
        """Return the loss (T,) of each token of `ids` (T,), which begins a sentence; float64 nats.

        Raises ValueError for an id outside the vocabulary.
        """
        losses = np.empty(len(ids))
        for start in range(0, len(ids), _PIECE):
            known = max(start - 2, 0)  # two tokens of history
            piece = ids[known : start + _PIECE]
            losses[start : start + _PIECE] = self._losses(piece)[start - known :]
        return losses

    def perplexity(self, ids: Array) -> float:
        """Return exp of the mean loss of `ids` (T,); takes 8 bytes of memory a token."""
        return _perplexity(self.losses(ids))

    def _losses(self, words: Array) -> Array:
        _check_ids(words, self.vocabulary_size)
        V = np.uint64(self.vocabulary_size)
        earlier, before = _histories(words, self.eos)
        shares: Array = self.unigrams[words]
        shares = self.bigrams.interpolate(_pack(V, before), words, V, shares)
        shares = self.trigrams.interpolate(_pack(V, earlier, before), words, V, shares)
        losses: Array = -np.log(shares)
        return losses


@dataclasses.dataclass(frozen=True)
class _Order:
    """One order of n-grams: discounted shares and what each context leaves to the order below.

    `ngrams` (N,) are packed as context * V + word and `contexts` (C,) as words in base V, both in
    ascending order; `shares` (N,) and `backoffs` (C,) belong to them.
    """

    ngrams: Array
    shares: Array
    contexts: Array
    backoffs: Array

    @classmethod
    def estimate(cls, ngrams: Array, counts: Array, V: np.uint64) -> Self:
        """Estimate an order from its distinct packed n-grams (N,), ascending, and their counts."""
        contexts = ngrams // V
        starts = _run_starts(contexts)
        discounts = _discounts(counts)[np.minimum(counts, 3)]
        totals = np.add.reduceat(counts, starts)
        backoffs = np.add.reduceat(discounts, starts) / totals
        shares = (counts - discounts) / np.repeat(totals, np.diff(starts, append=len(counts)))
        return cls(ngrams, shares, contexts[starts], backoffs)

    def interpolate(self, contexts: Array, words: Array, V: np.uint64, lower: Array) -> Array:
        """Return P(word | context) (T,), given `lower` (T,) from the order below."""
        shares = _look_up(self.ngrams, self.shares, _pack(V, contexts, words), missing=0.0)
        backoffs = _look_up(self.contexts, self.backoffs, contexts, missing=1.0)
        interpolated: Array = shares + backoffs * lower
        return interpolated


def _histories(words: Array, eos: int) -> tuple[Array, Array]:
    """Return the token two back and the one back (T,), `eos` before the stream's start.

    What lies beyond an `eos` one back is harmless: no trigram with an `eos` amid it is counted.
    """
    begin = np.array([eos], np.uint32)
    before = np.concatenate((begin, words[:-1]), dtype=np.uint32, casting="unsafe")
    return np.concatenate((begin, before[:-1])), before


def _pack(V: np.uint64, *columns: Array) -> Array:
    """Return each row of the columns (T,) as the digits of one number in base V, uint64."""
    packed = columns[0].astype(np.uint64)
    for column in columns[1:]:
        packed *= V
        packed += column.astype(np.uint64)
    return packed


def _count_trigrams(words: Array, V: np.uint64, eos: int) -> tuple[Array, Array, Array]:
    """Return the packed bigrams that open sentences, in order, and the other trigrams, tallied."""
    earlier, before = _histories(words, eos)
    first = before == eos
    openings = _pack(V, before[first], words[first])
    return openings, *_tally(_pack(V, earlier[~first], before[~first], words[~first]))


def _tally(keys: Array) -> tuple[Array, Array]:
    """Sort `keys` in place; return the distinct ones, ascending, and how often each occurs."""
    keys.sort()
    starts = _run_starts(keys)
    return keys[starts], np.diff(starts, append=len(keys))


def _run_starts(keys: Array) -> Array:
    """Return where each run of equal values begins."""
    fresh = np.ones(len(keys), bool)
    fresh[1:] = keys[1:] != keys[:-1]
    return np.flatnonzero(fresh)


def _discounts(counts: Array) -> Array:
    """Return what to take off a count of 0, 1, 2 and 3 or more, (4,).

    With n_k the number of n-grams seen k times and Y = n_1 / (n_1 + 2 n_2), a count of k loses
    k - (k + 1) Y n_{k+1} / n_k. Where some n_k is zero or the law would add to a count (a small or
    cut-off vocabulary), all three are the customary 0.5, 1 and 1.5.
    """
    n = np.bincount(np.minimum(counts, 5), minlength=6)[1:5].astype(np.float64)
    if np.all(n > 0):
        k = np.arange(1, 4)
        law = k - (k + 1) * n[0] / (n[0] + 2 * n[1]) * n[1:] / n[:-1]
        if np.all(law > 0):
            return np.concatenate(([0.0], law))
    return np.array([0.0, 0.5, 1.0, 1.5])


def _unigram_shares(continuations: Array, vocabulary_size: int) -> Array:
    """Return P(w) (V,) from the last words of all distinct bigrams; spread evenly what is freed."""
    counts = np.bincount(continuations, minlength=vocabulary_size)
    discounts = _discounts(counts)[np.minimum(counts, 3)]
    shares: Array = (counts - discounts + discounts.sum() / len(counts)) / counts.sum()
    return shares


def _look_up(keys: Array, values: Array, wanted: Array, missing: float) -> Array:
    """Return the value of each wanted key (T,), or `missing`; `keys` ascend."""
    if len(keys) == 0:
        return np.full(len(wanted), missing)
    places = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[places] == wanted, values[places], missing)


def _perplexity(losses: Array) -> float:
    if len(losses) == 0:
        raise ValueError("the text holds no token: perplexity needs at least one")
    return float(np.exp(losses.mean()))


def _check_ids(ids: Array, vocabulary_size: int) -> None:
    if len(ids) and not (ids.min() >= 0 and ids.max() < vocabulary_size):
        place = int(np.argmax((ids < 0) | (ids >= vocabulary_size)))
        raise ValueError(f"token id {ids[place]} is outside the vocabulary of {vocabulary_size}")


def _check_vocabulary(words: Array, vocabulary_size: int, eos: int) -> None:
    if len(words) == 0:
        raise ValueError("the training stream is empty: a trigram needs at least one token")
    if vocabulary_size > _LARGEST_VOCABULARY:
        raise ValueError(f"vocabulary_size is {vocabulary_size}, at most {_LARGEST_VOCABULARY}")
    _check_ids(words, vocabulary_size)
    if not 0 <= eos < vocabulary_size:
        raise ValueError(f"eos is {eos}, outside the vocabulary of {vocabulary_size}")
