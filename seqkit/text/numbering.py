"""Stretches of a text to provisional ids: tokens are numbered as they first appear, and counted.

What is white space or a character is found by compiled loops (kernels.py) or, where numba cannot
be imported, by plain ones (plain.py); every other tokenizer runs in Python, line by line, with the
same result in the same form.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol

import numpy as np

from seqkit.text.lines import LONGEST, parts_of, parts_of_lines
from seqkit.text.plain import SPACES, PlainInterner, add_counts, find_characters, find_words
from seqkit.text.tally import Tally
from seqkit.text.tokenizers import CharacterTokenizer, Tokenizer, WhitespaceTokenizer
from seqkit.text.vocabulary import EOS

PIECE = 1 << 18
"""Bytes handed to a compiled loop at once."""


class Numbering(Protocol):
    """Gives tokens provisional ids in the order of their first appearance; id 0 is `<eos>`."""

    @property
    def size(self) -> int:
        """How many types have come."""

    def number(self, text: bytes, line: int) -> np.ndarray:
        """Return the ids of the tokens of a stretch, (n,) int32, and count them.

        A stretch is what `cut_stretches` yields; `line` is the number of the line it begins in.
        """

    def tally(self) -> Tally:
        """Return how often each type came, in the order of provisional ids."""


def new_numbering(tokenizer: Tokenizer) -> Numbering:
    """Return a numbering for the tokens of a tokenizer."""
    if not isinstance(tokenizer, WhitespaceTokenizer | CharacterTokenizer):
        return _ByLines(tokenizer)
    characters = isinstance(tokenizer, CharacterTokenizer)
    try:
        # numba takes a quarter of a second to import; whoever never scans need not wait for it.
        from seqkit.text.kernels import Interner, cut_characters, cut_words
    except ImportError:  # the newest Python may have no numba yet
        return _ByPieces(PlainInterner(find_characters if characters else find_words))
    return _ByPieces(Interner(cut_characters if characters else cut_words))


def cut_stretches(
    pieces: Iterable[bytes], tokenizer: Tokenizer, size: int
) -> Iterator[tuple[int, bytes]]:
    """Re-cut a text into stretches of about `size` bytes that can be numbered one without another.

    Yields each with the number of the line it begins in. It ends with a line; in a line without
    end where no token of white space is cut, or where `parts_of_lines` cuts it anyway.
    """
    cut: Callable[[bytes], int] = _last_part
    if isinstance(tokenizer, WhitespaceTokenizer):
        cut = _last_space
    held, line = b"", 1
    for piece in pieces:
        held += piece
        if len(held) < size or not (place := held.rfind(b"\n") + 1 or cut(held)):
            continue
        yield line, held[:place]
        line += held.count(b"\n", 0, place)
        held = held[place:]
    if held:
        yield line, held


def _last_space(line: bytes) -> int:
    place = max(line.rfind(space) for space in SPACES) + 1
    return place or (len(line) if len(line) > LONGEST else 0)  # a word too long to go on with


def _last_part(line: bytes) -> int:
    return len(line) - len(parts_of(line)[-1])


class _ByPieces:
    """Numbers what loops over bytes find."""

    def __init__(self, numbers: Any) -> None:
        self._numbers = numbers  # an Interner, or a PlainInterner
        self.tally: Callable[[], Tally] = numbers.tally

    @property
    def size(self) -> int:
        return int(self._numbers.size)

    def number(self, text: bytes, line: int) -> np.ndarray:
        """The numbers of the tokens of a stretch that begins in this line."""
        found, rest = [], b""
        for start in range(0, len(text), PIECE):
            data = rest + text[start : start + PIECE]
            ids, used = self._numbers.feed(data)
            found.append(ids)
            line += data.count(b"\n", 0, used)
            rest = data[used:]
            if len(rest) > LONGEST:
                raise _too_long(rest, line)
        return np.concatenate(found)


def _too_long(rest: bytes, line: int) -> ValueError:
    start = rest[:20].decode(errors="ignore")
    return ValueError(
        f"line {line}: the word that begins with {start!r} is longer than {LONGEST:,} bytes: "
        "is this text? Split it at white space, or work at character level"
    )


class _ByLines:
    """Numbers what a tokenizer finds in each line."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._numbers = {EOS: 0}
        self._counts = np.zeros(1, np.int64)

    @property
    def size(self) -> int:
        return len(self._numbers)

    def number(self, text: bytes, line: int) -> np.ndarray:
        """The numbers of the tokens of a stretch that begins in this line."""
        numbers, found = self._numbers, list[int]()
        for part, ends in parts_of_lines([text]):
            tokens = self._tokenizer.tokens(part)
            found.extend([numbers.setdefault(token, len(numbers)) for token in tokens])
            if ends:
                found.append(0)
        ids = np.array(found, np.int32)
        self._counts = add_counts(self._counts, ids, len(numbers))
        return ids

    def tally(self) -> Tally:
        return Tally.of(self._numbers, self._counts.tolist())
