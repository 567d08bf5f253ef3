"""What a corpus is, and the cutting of its text into blocks and lines."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, Literal, Protocol, TypeVar

from seqkit.corpora.records import Text

C = TypeVar("C")  # a kind of corpus
Split = Literal["train", "valid", "test"]
BLOCK = 1 << 20  # bytes
_SPACES = (b" ", b"\t", b"\v", b"\f")  # not \r, so that a cut tends to leave \r\n whole


class Described(Protocol):
    """What every corpus, of lines or of records, says of itself."""

    @property
    def name(self) -> str:
        """A short name."""

    @property
    def description(self) -> str:
        """What the text is, in one line."""

    @property
    def source(self) -> str:
        """Where the text comes from, in one line."""

    @property
    def synthetic(self) -> bool:
        """Whether a program made the text up."""


class Corpus(Described, Protocol):
    """Text that can be read again and again, as lines or as blocks of bytes."""

    @property
    def entropy(self) -> Any:
        """The exact figures of the language where they are known, else None."""

    def __iter__(self) -> Iterator[Text]:
        """Yield the lines in order; each is held in memory whole, however long."""

    def blocks(self) -> Iterator[bytes]:
        r"""Yield the text in UTF-8 blocks of bounded size.

        A block ends after "\n" where that is possible, else after ASCII white space, else
        between two characters; so each is valid UTF-8 by itself.
        """


@dataclass(frozen=True, slots=True)
class Splits(Generic[C]):
    """The parts of a task; `test` is None where nobody gave one and none is to be made."""

    train: C
    valid: C
    test: C | None


@dataclass(frozen=True, slots=True)
class Size:
    """How much text a corpus holds; words are what ASCII white space separates."""

    lines: int
    words: int
    characters: int
    bytes: int
    sha256: str


def measure(corpus: Corpus) -> Size:
    """Count the text of `corpus` in one pass; memory is that of one block."""
    digest = hashlib.sha256()
    lines = words = characters = size = 0
    last = b"\n"
    for block in corpus.blocks():
        digest.update(block)
        lines += block.count(b"\n")
        goes_on = not last.isspace() and not block[:1].isspace()  # a word cut in two counts once
        words += len(block.split()) - goes_on
        characters += len(block.decode())
        size += len(block)
        last = block[-1:]
    lines += last != b"\n"
    return Size(lines, words, characters, size, digest.hexdigest())


def cut_point(data: bytes, limit: int) -> int:
    """Return where to end a block of at most `limit` bytes of the UTF-8 `data`.

    After the last newline, else after the last white space, else at the last character boundary,
    which is above 0 for any `limit` of 4 or more.
    """
    newline = data.rfind(b"\n", 0, limit)
    if newline >= 0:
        return newline + 1
    space = max(data.rfind(mark, 0, limit) for mark in _SPACES)
    return space + 1 if space >= 0 else character_boundary(data, limit)


def character_boundary(data: bytes, limit: int) -> int:
    """Return the last place at or before `limit` where a character of UTF-8 `data` begins."""
    cut = min(limit, len(data))
    while 0 < cut < len(data) and data[cut] & 0xC0 == 0x80:
        cut -= 1
    return cut


def cut_blocks(pieces: Iterable[bytes], size: int = BLOCK) -> Iterator[bytes]:
    """Re-cut UTF-8 text, given in pieces of any length, into blocks of at most `size` bytes."""
    if size < 4:
        raise ValueError(
            f"a block of {size} bytes cannot hold every UTF-8 character: use 4 or more"
        )
    rest = b""
    for piece in pieces:
        rest += piece
        start = 0
        while len(rest) - start > size:
            window = rest[start : start + size + 4]
            cut = cut_point(window, size)
            yield window[:cut]
            start += cut
        rest = rest[start:]
    if rest:
        yield rest


def lines_of(blocks: Iterable[bytes]) -> Iterator[Text]:
    r"""Yield the lines of `blocks`; a line ends with "\n" or "\r\n", the last one with the text."""
    begun: list[str] = []
    for block in blocks:
        *whole, rest = block.decode().split("\n")
        for line in whole:
            yield Text("".join([*begun, line]).removesuffix("\r"))
            begun = []
        if rest:
            begun.append(rest)
    if begun:
        yield Text("".join(begun))
