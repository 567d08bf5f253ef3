"""The rows of a file of columns, one token a line, with the line each stands on."""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from seqkit.corpora.corpus import Described

LONGEST_LINE = 10_000_000
"""Bytes: what has a longer line is no file of columns."""
DOCSTART = "-DOCSTART-"

_CELL = re.compile(r"[^ \t]+")
_NO_WORD = re.compile(r"\d+[-.]\d+")  # the id of a range of words, or of an empty node, in CoNLL-U


class ColumnText(Described, Protocol):
    """The text of a file of columns; a `TextFiles`, for example."""

    def blocks(self) -> Iterator[bytes]:
        """Yield the text in UTF-8, every time from the beginning."""


@dataclass(frozen=True, slots=True)
class TagColumns:
    """Which columns of a file are what, counted from 1, or from -1 at the end.

    `tag` is None for a file that has no tags. `features` are further columns that are kept, in
    this order. Raises ValueError for a column 0.
    """

    token: int = 1
    tag: int | None = -1
    features: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if 0 in (self.token, self.tag, *self.features):
            raise ValueError("there is no column 0: count from 1, or from -1 at the end")

    def places(self, size: int) -> tuple[int, int | None, tuple[int, ...]]:
        """Return the places of token, tag and features in a row of `size` columns, from 0.

        Raises ValueError for columns that are not there, and for one with two meanings.
        """
        roles: dict[int, str] = {}
        asked = [(self.token, "token"), *((column, "feature") for column in self.features)]
        for column, role in asked if self.tag is None else [(self.tag, "tag"), *asked]:
            if not -size <= column <= size:
                raise ValueError(
                    f"there is no column {column}, only {size}; count from 1, or from -1 at the end"
                )
            other = roles.setdefault(_place(column, size), role)
            if other is not role:
                raise ValueError(
                    f"column {_place(column, size) + 1} of {size} cannot be both {role} and "
                    f"{other}; choose another column"
                )
        features = tuple(_place(column, size) for column in self.features)
        return _place(self.token, size), self.tag and _place(self.tag, size), features


FIRST_AND_LAST = TagColumns()
"""Token first, tag last: the columns where nothing else is said."""


def _place(column: int, size: int) -> int:
    return column - 1 if column > 0 else size + column


class Row(NamedTuple):
    """A line of the file and its columns; no columns where a sentence ends.

    `document` counts the lines -DOCSTART- so far, from 1; None before the first.
    """

    line: int
    cells: list[str]
    document: int | None = None


def read_rows(text: ColumnText, comments: bool = False, numbered: bool = False) -> Iterator[Row]:
    """Yield the rows of `text`; a blank line or one that begins with -DOCSTART- has no cells.

    Columns are separated by tabs where the first token's line has one, else by white space. With
    `comments` lines that begin with # are left out; with `numbered`, too, what CoNLL-U numbers
    1-2 (a range of words) or 1.1 (an empty node) in its first column. Raises ValueError, with file
    and line, for rows of different lengths, empty columns, line ends of old Macs and endless lines.
    """
    first: Row | None = None
    tabs, document = False, None
    for number, line in read_lines(text):
        if comments and line.startswith("#"):
            continue
        if line.startswith(DOCSTART):
            document = (document or 0) + 1
        if not line.strip() or line.startswith(DOCSTART):
            yield Row(number, [], document)
            continue
        tabs = "\t" in line if first is None else tabs
        cells = [cell.strip(" ") for cell in line.split("\t")] if tabs else _CELL.findall(line)
        row = Row(number, [sys.intern(cell) for cell in cells], document)  # most words come again
        first = first or row
        if "\r" in line or "" in cells or len(cells) != len(first.cells):
            raise ValueError(f"{text.source}, line {number}: {_complaint(row, line, first)}")
        if not (numbered and _NO_WORD.fullmatch(cells[0])):
            yield row


def read_lines(text: ColumnText) -> Iterator[tuple[int, str]]:
    """Yield the lines with their numbers, from 1; ValueError for one above LONGEST_LINE."""
    number, rest = 0, b""
    for block in text.blocks():
        *whole, rest = (rest + block).split(b"\n")
        for line in whole:
            number += 1
            yield number, line.decode().removesuffix("\r")
        if len(rest) > LONGEST_LINE:
            raise ValueError(
                f"{text.source}, line {number + 1}: longer than {LONGEST_LINE:,} bytes, so this "
                "is no file of columns; give one token a line"
            )
    if rest:
        yield number + 1, rest.decode().removesuffix("\r")


def _complaint(row: Row, line: str, first: Row) -> str:
    """Say what is wrong with a row, `first` being the one it must be like."""
    if "\r" in line:
        return "a carriage return inside the line; end lines as Unix or Windows do"
    if len(row.cells) == len(first.cells):
        column = row.cells.index("") + 1
        return f"column {column} is empty; write _ where there is nothing"
    marked = line.startswith("#") or first.cells[0].startswith("#")
    hint = "; leave comments out with --comments" if marked else ""
    found = f"{len(row.cells)} column{'s' * (len(row.cells) > 1)}"
    return f"{found} where line {first.line} has {len(first.cells)}; give every token as many{hint}"
