"""The one pass over a training text: its tokens as provisional ids in a file, its types counted.

What is white space or a character is scanned by compiled loops (kernels.py) or, where numba cannot
be imported, by plain ones (plain.py); every other tokenizer runs in Python, line by line, with the
same result in the same form.
"""

import dataclasses
import os
import tempfile
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO, Protocol

import numpy as np

from seqkit.text.lines import LONGEST, Reading, parts_of_lines
from seqkit.text.plain import PlainInterner, add_counts, find_characters, find_words
from seqkit.text.tokenizers import CharacterTokenizer, Tokenizer, WhitespaceTokenizer
from seqkit.text.vocabulary import EOS

PIECE = 1 << 18
"""Bytes handed to a compiled loop at once."""
CHUNK = 1 << 20
"""Ids read from or written to a file at once."""


@dataclasses.dataclass(frozen=True)
class Scan:
    """What one pass over a text found.

    `counts` holds how often each type came, in the order of provisional ids: `<eos>` (one a line)
    first, the others as they first appeared. `tokens` is their sum. `lines`, `characters`,
    `size` (bytes) and `sha256` are as in `Reading`. The provisional ids lie in `file`, a nameless
    temporary file of int32 that vanishes with the scan, even when the process is killed.
    """

    counts: dict[str, int]
    tokens: int
    lines: int
    characters: int
    size: int
    sha256: str
    file: BinaryIO = dataclasses.field(repr=False)

    def chunks(self) -> Iterator[np.ndarray]:
        """Yield the provisional ids from the beginning, CHUNK at a time, as int32 arrays."""
        self.file.seek(0)
        while data := self.file.read(4 * CHUNK):
            yield np.frombuffer(data, "<i4")

    def close(self) -> None:
        """Give the disk space of the provisional ids back."""
        self.file.close()


def scan(
    blocks: Iterable[bytes], tokenizer: Tokenizer, folder: str | os.PathLike[str] = "."
) -> Scan:
    """Read a text once and number its tokens in the order of their first appearance (T1).

    Memory grows with the number of types alone; the temporary file, 4 bytes a token, lies in
    `folder`. ValueError: a text without tokens; a word of more than LONGEST bytes.
    """
    reading = Reading(blocks)
    file: Any = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 (the Scan owns it)
    try:
        if isinstance(tokenizer, WhitespaceTokenizer | CharacterTokenizer):
            numbering = _numbering(isinstance(tokenizer, CharacterTokenizer))
            counts = _scan_pieces(reading, numbering, file)
        else:
            counts = _scan_lines(reading, tokenizer, file)
        if sum(counts.values()) == counts[EOS]:
            raise ValueError("the text holds no tokens (it is empty or blank): give another")
    except BaseException:
        file.close()
        raise
    return Scan(
        counts=counts,
        tokens=sum(counts.values()),
        lines=reading.lines,
        characters=reading.characters,
        size=reading.size,
        sha256=reading.sha256,
        file=file,
    )


class Numbering(Protocol):
    """Gives tokens provisional ids in the order of their first appearance; id 0 is `<eos>`."""

    def feed(self, data: bytes) -> tuple[np.ndarray, int]:
        """Return (ids of the tokens that end in `data`, int32, number of bytes used up)."""

    def counts(self) -> dict[str, int]:
        """Return how often each type came, in the order of provisional ids."""


def _numbering(characters: bool) -> Numbering:
    try:
        # numba takes a quarter of a second to import; whoever never scans need not wait for it.
        from seqkit.text.kernels import Interner, cut_characters, cut_words
    except ImportError:  # the newest Python may have no numba yet
        return PlainInterner(find_characters if characters else find_words)
    return Interner(cut_characters if characters else cut_words)


def _scan_pieces(reading: Reading, numbering: Numbering, file: BinaryIO) -> dict[str, int]:
    rest, lines = b"", 0
    for text in reading.pieces():
        for start in range(0, len(text), PIECE):
            data = rest + text[start : start + PIECE]
            ids, used = numbering.feed(data)
            file.write(ids.astype("<i4", copy=False).data)
            lines += data.count(b"\n", 0, used)
            rest = data[used:]
            if len(rest) > LONGEST:
                raise _too_long(rest, lines + 1)
    return numbering.counts()


def _too_long(rest: bytes, line: int) -> ValueError:
    start = rest[:20].decode(errors="ignore")
    return ValueError(
        f"line {line}: the word that begins with {start!r} is longer than {LONGEST:,} bytes: "
        "is this text? Split it at white space, or work at character level"
    )


def _scan_lines(reading: Reading, tokenizer: Tokenizer, file: BinaryIO) -> dict[str, int]:
    numbers: dict[str, int] = {EOS: 0}
    counts = np.zeros(1, np.int64)
    for ids in _numbered(reading, tokenizer, numbers):
        file.write(ids.data)
        counts = add_counts(counts, ids, len(numbers))
    return dict(zip(numbers, counts.tolist(), strict=True))


def _numbered(
    reading: Reading, tokenizer: Tokenizer, numbers: dict[str, int]
) -> Iterator[np.ndarray]:
    """Yield provisional ids, about CHUNK at a time, entering new types into `numbers`."""
    ids: list[int] = []
    for text, ends in parts_of_lines(reading.pieces()):
        ids.extend([numbers.setdefault(token, len(numbers)) for token in tokenizer.tokens(text)])
        if ends:
            ids.append(numbers[EOS])
        if len(ids) >= CHUNK:
            yield np.array(ids, "<i4")
            ids = []
    yield np.array(ids, "<i4")
