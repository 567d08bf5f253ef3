"""The rows of a file of columns, one token a line, with the line each stands on."""

import re
import sys
from collections.abc import Iterator
from typing import NamedTuple

from seqkit.corpora.readers import TextFiles

LONGEST_LINE = 10_000_000
"""Bytes: what has a longer line is no file of columns."""
DOCSTART = "-DOCSTART-"

_CELL = re.compile(r"[^ \t]+")
_NO_WORD = re.compile(r"\d+[-.]\d+")  # the id of a range of words, or of an empty node, in CoNLL-U


class Row(NamedTuple):
    """A line of the file and its columns; no columns where a sentence ends."""

    line: int
    cells: list[str]


def read_rows(text: TextFiles, comments: bool = False, numbered: bool = False) -> Iterator[Row]:
    """Yield the rows of `text`; a blank line or one that begins with -DOCSTART- has no cells.

    Columns are separated by tabs where the first token's line has one, else by white space. With
    `comments` lines that begin with # are left out; with `numbered`, too, what CoNLL-U numbers
    1-2 (a range of words) or 1.1 (an empty node) in its first column. Raises ValueError, with file
    and line, for rows of different lengths, empty columns, line ends of old Macs and endless lines.
    """
    first: Row | None = None
    tabs = False
    for number, line in read_lines(text):
        if comments and line.startswith("#"):
            continue
        if not line.strip() or line.startswith(DOCSTART):
            yield Row(number, [])
            continue
        tabs = "\t" in line if first is None else tabs
        cells = [cell.strip(" ") for cell in line.split("\t")] if tabs else _CELL.findall(line)
        row = Row(number, [sys.intern(cell) for cell in cells])  # most words come again
        first = first or row
        if "\r" in line or "" in cells or len(cells) != len(first.cells):
            raise ValueError(f"{text.source}, line {number}: {_complaint(row, line, first)}")
        if not (numbered and _NO_WORD.fullmatch(cells[0])):
            yield row


def read_lines(text: TextFiles) -> Iterator[tuple[int, str]]:
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
