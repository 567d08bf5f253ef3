"""Words and vectors on their way from one file to another, a block at a time.

So a file may be larger than memory: one block and the words are held, never all the vectors.
"""

import contextlib
import gzip
import pathlib
import warnings
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import IO, cast

import numpy as np

from seqkit.files import atomic_write
from seqkit.vectors.search import Array

Block = tuple[list[str], Array]
"""Some words and their vectors (n, D), in the order of the file."""

CHUNK = 1 << 20
"""Bytes that are read at once."""
NUMBERS = 1 << 20
"""Numbers that are taken out of a matrix at once."""


class RepeatedWords(UserWarning):
    """A file of vectors has words more than once; the first of each is taken."""


class FewerWordsError(ValueError):
    """A stream has fewer words than it promised, for some came twice; how many is known now."""


class Seen:
    """The words of a file so far, and how many that came before are left out."""

    def __init__(self) -> None:
        self.words: set[str] = set()
        self.repeated = 0
        self._first = ""  # where the first of these stands

    def new(self, words: list[str], place: Callable[[int], str]) -> list[int] | None:
        """Which of some more words did not come before; None for all of them."""
        if self.words.isdisjoint(words) and len(set(words)) == len(words):
            self.words.update(words)
            return None
        kept = []
        for i, word in enumerate(words):
            if word not in self.words:
                self.words.add(word)
                kept.append(i)
                continue
            self._first = self._first or f"{place(i)} has the word {word!r}, which came before"
            self.repeated += 1
        return kept

    def warn(self) -> None:
        """Warn of RepeatedWords, once for the whole file, if there are any."""
        if self.repeated:
            text = f"{self._first}; the first of each is kept, {self.repeated:,} left out"
            warnings.warn(text, RepeatedWords, stacklevel=3)


@dataclass(frozen=True)
class Stream:
    """`count` words and their vectors of `width` numbers, to be gone through once."""

    count: int  # V
    width: int  # D
    blocks: Iterable[Block]
    counts: Sequence[int] | None = None  # how often each word came in the training text
    seen: Seen = field(default_factory=Seen)  # as far as the blocks have been gone through

    def __iter__(self) -> Iterator[Block]:
        """The blocks.

        ValueError where they are not what was promised: FewerWordsError, at the end, if it is
        because words came twice.
        """
        left = self.count
        for words, vectors in self.blocks:
            left -= len(words)
            if vectors.shape != (len(words), self.width) or left < 0:
                raise ValueError(f"{len(words)} words and vectors of shape {vectors.shape}")
            yield words, vectors
        if left and left == self.seen.repeated:
            raise FewerWordsError(f"{left:,} of {self.count:,} words came before")
        if left:
            raise ValueError(
                f"{left:,} of {self.count:,} words are missing; has the source changed?"
            )


def stream_of(words: Sequence[str], vectors: Array, counts: Sequence[int] | None) -> Stream:
    """Words and vectors (V, D) as a stream."""
    count, width = vectors.shape
    rows = max(1, NUMBERS // width)
    blocks = (
        (list(words[start : start + rows]), vectors[start : start + rows])
        for start in range(0, count, rows)
    )
    return Stream(count, width, blocks, counts)


def is_gzipped(path: pathlib.Path) -> bool:
    """Whether the name says that a file is compressed."""
    return path.name.lower().endswith(".gz")


@contextlib.contextmanager
def opened(path: pathlib.Path) -> Iterator[IO[bytes]]:
    """A file to read bytes from, unpacked if it is .gz; ValueError if that cannot be done."""
    try:
        with gzip.open(path) if is_gzipped(path) else path.open("rb") as file:
            yield cast(IO[bytes], file)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise ValueError(f"{path}: damaged or cut short ({error}); fetch it again") from error


@contextlib.contextmanager
def written(path: pathlib.Path) -> Iterator[IO[bytes]]:
    """A file to write bytes to, packed if it is .gz; there whole or not at all."""
    with atomic_write(path) as file:
        if not is_gzipped(path):
            yield file
            return
        # Without name and time, so that the same vectors give the same bytes.
        with gzip.GzipFile("", "wb", fileobj=file, mtime=0) as packed:
            yield cast(IO[bytes], packed)


def parsed(
    parse: Callable[[list[bytes], int], Block],
    pieces: list[bytes],
    width: int,
    seen: Seen,
    place: Callable[[int], str],
) -> Block:
    """The words and vectors of some pieces of a file, one a piece, by `parse` for all together.

    Those with a word that was `seen` before are left out; the words are put there. ValueError
    begins with place(i) where piece i cannot be parsed or is not finite.
    """
    try:
        words, vectors = _finite(parse, pieces, width)
    except ValueError:
        for i, piece in enumerate(pieces):
            try:
                _finite(parse, [piece], width)
            except ValueError as error:
                raise ValueError(f"{place(i)} {error}") from error
        raise
    new = seen.new(words, place)
    return (words, vectors) if new is None else ([words[i] for i in new], vectors[new])


def _finite(parse: Callable[[list[bytes], int], Block], pieces: list[bytes], width: int) -> Block:
    words, vectors = parse(pieces, width)
    if not np.isfinite(vectors).all():
        raise ValueError("has a number that is not finite, or too large for a float32")
    return words, vectors


def header(line: bytes) -> tuple[int, int] | None:
    """V and D from a line of these two numbers; None for any other line."""
    fields = line.removeprefix(b"\xef\xbb\xbf").split()
    if len(fields) != 2 or not all(field.isdigit() and len(field) < 19 for field in fields):
        return None
    return int(fields[0]), int(fields[1])


def word_bytes(word: str) -> bytes:
    """The word in UTF-8; ValueError for one that word2vec's and GloVe's files cannot hold."""
    try:
        data = word.encode()
    except UnicodeEncodeError as error:
        raise ValueError(f"the word {word!r} cannot be written as UTF-8") from error
    if not word or b" " in data or b"\n" in data:
        raise ValueError(
            f"the word {word!r} is empty or holds white space, which only a folder can hold; "
            "name a target without an ending"
        )
    return data
