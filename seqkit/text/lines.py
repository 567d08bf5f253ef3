"""Reading a text once: blocks of bytes to pieces with plain line ends, and to lines."""

import hashlib
from collections.abc import Iterable, Iterator

LONGEST = 1 << 16
"""Bytes: the longest token, and the longest part of a line that a tokenizer is handed at once.

kernels.py has it compiled in, and cached: touch that file after a change here.
"""


class Reading:
    """One pass over the blocks of a text, counting what passes.

    `blocks` are bytes of valid UTF-8, each cut at a character boundary. A line ends with a line
    feed; one carriage return before it is dropped; a last line without a line feed gets one.
    `size` (bytes) and `sha256` are those of the text as it came, `lines` and `characters` (Unicode
    characters, one line feed a line) those of the text as it is read; all grow while `pieces`
    runs and are final when it ends.
    """

    def __init__(self, blocks: Iterable[bytes]) -> None:
        self.size = 0
        self.lines = 0
        self.characters = 0
        self._blocks = blocks
        self._digest = hashlib.sha256()

    @property
    def sha256(self) -> str:
        """The sha256 of the bytes seen so far, in hexadecimal."""
        return self._digest.hexdigest()

    def pieces(self) -> Iterator[bytes]:
        """Yield the text, piece by piece; the last piece ends with a line feed."""
        held, complete = b"", True
        for block in self._blocks:
            self.size += len(block)
            self._digest.update(block)
            text = held + block
            # A carriage return at the end may turn out to belong to a line feed in the next block.
            held = b"\r" if text.endswith(b"\r") else b""
            text = text[: len(text) - len(held)].replace(b"\r\n", b"\n")
            if text:
                complete = text.endswith(b"\n")
                yield self._counted(text)
        if held or not complete:
            yield self._counted(b"\n")

    def _counted(self, text: bytes) -> bytes:
        self.lines += text.count(b"\n")
        self.characters += len(text.decode())
        return text


def parts_of_lines(pieces: Iterable[bytes]) -> Iterator[tuple[str, bool]]:
    """Yield (text, whether the line ends here) for each line of a text in pieces.

    A line of more than LONGEST bytes comes in parts, each cut before the last space that fits (or
    between two characters where there is none), so memory is bounded however long the line is and
    the parts do not depend on how the text was cut into pieces. Where the pieces end inside a line,
    what they have of it comes last.
    """
    rest = b""
    for piece in pieces:
        *whole, rest = (rest + piece).split(b"\n")
        for line in whole:
            *heads, last = parts_of(line)
            yield from ((head.decode(), False) for head in heads)
            yield last.decode(), True
        *heads, rest = parts_of(rest)
        yield from ((head.decode(), False) for head in heads)
    if rest:
        yield rest.decode(), False


def parts_of(line: bytes) -> list[bytes]:
    """Cut a line into parts of at most LONGEST bytes.

    Each but the last is the same whatever follows in the line, and two of them together are longer
    than LONGEST; so several of them, put together and cut again, come apart in the same places.
    """
    parts, start = [], 0
    while len(line) - start > LONGEST:
        stop = line.rfind(b" ", start + 1, start + LONGEST + 1)
        if stop < 0:
            stop = start + LONGEST
            while line[stop] & 0xC0 == 0x80:  # inside a character
                stop -= 1
        parts.append(line[start:stop])
        start = stop
    return [*parts, line[start:]]
