"""How texts become tokens and n-grams (T1): words in small letters, or characters."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import numpy.typing as npt

from seqkit.text.ngrams import NGrams, NumberedDocuments
from seqkit.text.sparse import SparseMatrix

PART = 1 << 16
"""Characters of a text whose words are sought at once, so that long texts need little memory."""
MARK = "\n"
"""Stands before and after the characters of a text, unless it is empty: n-grams then know where it
begins and ends."""

_WORD = re.compile(r"\w+|[^\w\s]")


@dataclass(frozen=True)
class Contributions:
    """What each of the T tokens of a text adds to each score.

    `shares` (T, K) and `biases` (K,) together are the scores.
    """

    tokens: Sequence[str]
    shares: npt.NDArray[np.float64]
    biases: npt.NDArray[np.float64]


def splitter(level: str) -> Callable[[str], Sequence[str]]:
    """What takes a text apart: "char" into characters, else words and signs in small letters."""
    return list if level == "char" else lambda text: list(_words(text))


def learn_features(
    texts: Iterable[str], level: str, order: int, min_count: int
) -> tuple[NGrams, SparseMatrix]:
    """The n-grams of B texts, of 1 to `order` tokens, and which text has which: (B, F), 1 or 0."""
    documents = _read(texts, level)
    ngrams = NGrams.learn(documents, order, min_count)
    return ngrams, ngrams.counts(documents).binary()


def count_features(ngrams: NGrams, texts: Iterable[str], level: str) -> SparseMatrix:
    """How often each n-gram stands in each of B texts: (B, F)."""
    return ngrams.counts(_read(texts, level))


def token_shares(
    ngrams: NGrams, text: str, level: str, worth: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Spread what each n-gram is worth, (F, K), over the tokens of `splitter`: (T, K).

    Wherever an n-gram stands its worth is added, evenly by token. The parts of the marks fall to
    the first and to the last character.
    """
    shares = ngrams.shares(_read([text], level), worth)
    if level != "char" or not text:
        return shares
    shares[1] += shares[0]
    shares[-2] += shares[-1]
    return shares[1:-1]


def _read(texts: Iterable[str], level: str) -> NumberedDocuments:
    if level == "char":
        return NumberedDocuments.read(chain(MARK, text, MARK) if text else () for text in texts)
    return NumberedDocuments.read(map(_words, texts))


def _words(text: str) -> Iterator[str]:
    return chain.from_iterable(_WORD.findall(part.lower()) for part in _parts(text))


def _parts(text: str) -> Iterator[str]:
    """A text in parts that end at a space, or anywhere where there is none in all of PART."""
    start = 0
    while len(text) - start > PART:
        space = text.rfind(" ", start + 1, start + PART)
        stop = space if space > 0 else start + PART
        yield text[start:stop]
        start = stop
    yield text[start:]
