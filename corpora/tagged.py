"""Tagged sentences out of files of columns, as the CoNLL shared tasks have them."""

import os
import pathlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from seqkit.corpora.columns import FIRST_AND_LAST, ColumnText, Row, TagColumns, read_rows
from seqkit.corpora.corpus import Described
from seqkit.corpora.readers import read_path, read_stdin
from seqkit.corpora.records import Tagged

LONGEST = 1_000
"""Tokens: a sentence that goes on without a blank line is cut, outside entities where it can be."""


class TaggedCorpus(Described, Protocol):
    """Tagged sentences that can be read again and again."""

    def __iter__(self) -> Iterator[Tagged]:
        """Yield the sentences in order; none is empty."""

    def place(self, record: Tagged, token: int) -> str:
        """Say where a token of a record stands, for errors."""

    def warnings(self) -> list[str]:
        """Say, one line each, what users should know of the text; reads it."""


@dataclass(frozen=True, eq=False)
class TaggedColumns:
    """The sentences of a file of columns; can be read again and again, in bounded memory.

    One token a line; a blank line ends a sentence, one that begins with -DOCSTART- also begins a
    new document. The first sentence is read at once, so that most errors come early.

    Args:
        text: the file.
        columns: which of its columns are token, tag and features; others are passed over.
        comments: leave out lines that begin with #, and, where column 1 is not the token, the
            ranges of words and empty nodes of CoNLL-U.
        longest: tokens in a sentence before it is cut.

    Raises:
        ValueError: a column that is not there, and what `columns.read_rows` refuses; tags with
            white space in them. File and line are named.
    """

    text: ColumnText
    columns: TagColumns = FIRST_AND_LAST
    comments: bool = False
    longest: int = LONGEST

    def __post_init__(self) -> None:
        if self.longest < 1:
            raise ValueError(f"a sentence cannot have at most {self.longest} tokens: say 1 or more")
        first = next((row for row in self._rows() if row.cells), None)
        if first is None:
            raise ValueError(f"{self.source} holds no sentence: give a file of tokens and tags")
        try:
            self.columns.places(len(first.cells))  # all rows are as long
        except ValueError as error:
            raise ValueError(f"{self.source}, line {first.line}: {error}") from None
        next(iter(self))

    @property
    def name(self) -> str:
        """The name of the file."""
        return self.text.name

    @property
    def description(self) -> str:
        """What the text is."""
        return self.text.description

    @property
    def source(self) -> str:
        """Where the file is."""
        return self.text.source

    @property
    def synthetic(self) -> bool:
        """Whether a program made the text up."""
        return self.text.synthetic

    def __iter__(self) -> Iterator[Tagged]:
        """Yield the sentences in order; none is empty."""
        return (self._record(rows) for rows, _ in self._pieces())

    def place(self, record: Tagged, token: int) -> str:
        """Say where a token of a record stands, for errors."""
        return f"{self.source}, line {record.lines[token]}"

    def warnings(self) -> list[str]:
        """Say where sentences were cut because they were too long; reads the file."""
        cuts = [rows[-1].line for rows, goes_on in self._pieces() if goes_on]
        if not cuts:
            return []
        return [
            f"{self.source}, line {cuts[0]}: a sentence is cut behind this line (no blank line in "
            f"{self.longest:,} tokens); {len(cuts):,} cuts in all"
        ]

    def _record(self, rows: list[Row]) -> Tagged:
        columns: list[tuple[str, ...]] = list(zip(*(row.cells for row in rows), strict=True))
        token, tag, features = self.columns.places(len(columns))
        tags = () if tag is None else columns[tag]
        for row, label in zip(rows, tags, strict=bool(tags)):
            if any(map(str.isspace, label)):
                raise ValueError(
                    f"{self.source}, line {row.line}: the tag {_shown(label)!r} has white space in "
                    "it; write it without, or choose another column"
                )
        lines: range | tuple[int, ...] = range(rows[0].line, rows[-1].line + 1)
        if len(lines) != len(rows):  # some lines between were left out
            lines = tuple(row.line for row in rows)
        further = tuple(columns[i] for i in features)
        return Tagged(columns[token], tags, further, lines, document=rows[0].document)

    def _pieces(self) -> Iterator[tuple[list[Row], bool]]:
        """Yield the rows of each sentence, and whether it was cut behind them."""
        rows: list[Row] = []
        for row in self._rows():
            if not row.cells:
                if rows:
                    yield rows, False
                rows = []
                continue
            if len(rows) == self.longest:
                stop = self._cut(rows)
                yield rows[:stop], True
                rows = rows[stop:]
            rows.append(row)
        if rows:
            yield rows, False

    def _cut(self, rows: list[Row]) -> int:
        """Return where to cut: after the last token outside entities in the second half."""
        _, tag, _ = self.columns.places(len(rows[0].cells))
        if tag is not None:
            for stop in range(len(rows), len(rows) // 2, -1):
                if rows[stop - 1].cells[tag] == "O":
                    return stop
        return len(rows)

    def _rows(self) -> Iterator[Row]:
        return read_rows(self.text, self.comments, self.comments and self.columns.token != 1)


def read_tagged(
    source: str | os.PathLike[str],
    columns: TagColumns = FIRST_AND_LAST,
    encoding: str = "utf-8",
    comments: bool = False,
) -> TaggedColumns:
    """Return the sentences of a file of columns, plain or gzip; `-` is standard input.

    `columns` and `comments` as in TaggedColumns. Raises ValueError or an OSError such as
    FileNotFoundError that says in one line what is wrong.
    """
    if source == "-":
        return TaggedColumns(read_stdin(encoding), columns, comments)
    if pathlib.Path(source).is_dir():
        raise ValueError(f"{source} is a folder: name one file of columns in it")
    return TaggedColumns(read_path(source, encoding), columns, comments)


def to_columns(record: Tagged) -> str:
    """Return a record as the lines of a file: token, features, tag, and a blank line at the end.

    Raises ValueError for a column that is empty or has white space in it.
    """
    columns = [record.tokens, *record.features, *([record.tags] if record.tags else [])]
    lines = []
    for row in zip(*columns, strict=True):
        for cell in row:
            if not cell or any(map(str.isspace, cell)):
                raise ValueError(f"{_shown(cell)!r} is no column: write it without white space")
        lines.append(" ".join(row))
    return "\n".join([*lines, "", ""])


def _shown(cell: str) -> str:
    """The beginning of a cell, for messages of one line."""
    return cell if len(cell) <= 40 else f"{cell[:40]}..."
