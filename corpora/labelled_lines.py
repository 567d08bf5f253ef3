"""The lines of a labelled file, and those that are a label and its text."""

from collections.abc import Iterator
from typing import NamedTuple, Protocol

from seqkit.corpora.labelled_columns import LabelColumns

LONGEST = 1 << 28
"""Bytes of a line and characters of a cell: what is longer is no labelled text."""
MARK = "__label__"
"""What begins a label in files made for fastText."""


class LineText(Protocol):
    """The text of a labelled file; a `TextFiles`, for example."""

    @property
    def name(self) -> str:
        """A short name."""

    @property
    def source(self) -> str:
        """Where it comes from, in one line."""

    def blocks(self) -> Iterator[bytes]:
        """Yield the text in UTF-8, every time from the beginning."""


class Row(NamedTuple):
    """A text, the line it begins on, and its label or labels as they stand in the file."""

    line: int
    text: str
    label: str | tuple[str, ...] | None


def read_lines(text: LineText) -> Iterator[tuple[int, str]]:
    r"""Yield the lines with their numbers, from 1, without "\n" or "\r\n".

    Raises ValueError for one longer than LONGEST.
    """
    number, begun, length = 1, list[bytes](), 0
    for block in text.blocks():
        *whole, rest = block.split(b"\n")
        for line in whole:
            yield number, b"".join([*begun, line]).decode().removesuffix("\r")
            number, begun, length = number + 1, [], 0
        begun.append(rest)
        length += len(rest)
        if length > LONGEST:
            raise ValueError(f"{text.source}, line {number}: longer than {LONGEST:,} bytes; cut it")
    if length:
        yield number, b"".join(begun).decode().removesuffix("\r")


def read_label_lines(text: LineText, columns: LabelColumns) -> Iterator[Row]:
    """Yield the rows of lines such as "pos what a film" or "__label__a __label__b what a film".

    Where the first line begins with the mark of fastText, all must. Without labels a line is a
    text. Raises ValueError, with file and line.
    """
    if columns.text or columns.label:
        raise ValueError(
            f'{text.source} has "label text" lines, without columns: leave --text-column and '
            "--label-column out, or say --format csv, tsv or jsonl"
        )
    marked: bool | None = None
    for number, line in read_lines(text):
        rest = line.strip()
        if not rest:
            continue
        if columns.label is None:
            yield Row(number, rest, None)
            continue
        marked = rest.startswith(MARK) if marked is None else marked
        if marked and not rest.startswith(MARK):
            raise ValueError(
                f"{text.source}, line {number}: no {MARK} before the text; give every line one"
            )
        yield _marked(number, rest) if marked else Row(number, *_cut(rest))


def _marked(number: int, rest: str) -> Row:
    """Return the row of a line that begins with marked labels."""
    labels: dict[str, None] = {}
    while rest.startswith(MARK):
        rest, label = _cut(rest)
        labels[label.removeprefix(MARK)] = None
    return Row(number, rest, tuple(labels))


def _cut(line: str) -> tuple[str, str]:
    """Return what follows the first word of a line, and that word."""
    word, *rest = line.split(None, 1)
    return "".join(rest), word
