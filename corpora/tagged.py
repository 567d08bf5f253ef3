"""Tagged sentences out of files of columns, as the CoNLL shared tasks have them."""

import os
import pathlib
from collections.abc import Iterator
from dataclasses import dataclass

from seqkit.corpora.columns import DOCSTART, Row, read_lines, read_rows
from seqkit.corpora.readers import TextFiles, read_path, read_stdin
from seqkit.corpora.records import Tagged

LONGEST = 1_000
"""Tokens: a sentence that goes on without a blank line is cut, outside entities where it can be."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How much there is in a file; `cut` counts the places where a long sentence was cut in two.

    `warning` says so in one line, with the first place; None if nothing was cut.
    """

    sentences: int
    tokens: int
    documents: int
    cut: int
    warning: str | None


@dataclass(frozen=True, eq=False)
class TaggedColumns:
    """The sentences of a file of columns; can be read again and again, in bounded memory.

    One token a line; a blank line, or one that begins with -DOCSTART-, ends a sentence. The first
    sentence is read at once, so that most errors come early.

    Args:
        text: the file.
        tag: the column of the tags, counted from 1, or from -1 at the end; None for a file
            without tags, all of whose other columns are features.
        token: the column of the tokens, counted likewise.
        comments: leave out lines that begin with #, and, where column 1 is not the token, the
            ranges of words and empty nodes of CoNLL-U.
        longest: tokens in a sentence before it is cut.

    Raises:
        ValueError: a column that is not there, and what `columns.read_rows` refuses; tags with
            white space in them. File and line are named.
    """

    text: TextFiles
    tag: int | None = -1
    token: int = 1
    comments: bool = False
    longest: int = LONGEST

    def __post_init__(self) -> None:
        if 0 in (self.tag, self.token):
            raise ValueError("there is no column 0: count from 1, or from -1 at the end")
        if self.longest < 1:
            raise ValueError(f"a sentence cannot have at most {self.longest} tokens: say 1 or more")
        next(iter(self))

    @property
    def name(self) -> str:
        """The name of the file."""
        return self.text.name

    @property
    def source(self) -> str:
        """Where the file is."""
        return self.text.source

    def __iter__(self) -> Iterator[Tagged]:
        """Yield the sentences in order; none is empty."""
        empty = True
        for rows, _ in self._pieces():
            empty = False
            yield self._record(rows)
        if empty:
            raise ValueError(f"{self.source} holds no sentence: give a file of tokens and tags")

    def place(self, record: Tagged, token: int) -> str:
        """Say where a token of a record stands, for errors."""
        return f"{self.source}, line {record.lines[token]}"

    def tally(self) -> Tally:
        """Count what is in the file; reads it twice."""
        sentences = tokens = cut = 0
        warning = None
        for rows, goes_on in self._pieces():
            sentences += 1
            tokens += len(rows)
            cut += goes_on
            if goes_on and warning is None:
                warning = f"{self.source}, line {rows[-1].line}: a sentence is cut behind this line"
        if warning is not None:
            warning += f" (no blank line in {self.longest:,} tokens); {cut:,} cuts in all"
        documents = sum(line.startswith(DOCSTART) for _, line in read_lines(self.text))
        return Tally(sentences, tokens, documents, cut, warning)

    def _record(self, rows: list[Row]) -> Tagged:
        columns: list[tuple[str, ...]] = list(zip(*(row.cells for row in rows), strict=True))
        chosen = [_index(column, len(columns)) for column in (self.token, self.tag) if column]
        lines: range | tuple[int, ...] = range(rows[0].line, rows[-1].line + 1)
        if len(lines) != len(rows):  # some lines between were left out
            lines = tuple(row.line for row in rows)
        return Tagged(
            tokens=columns[chosen[0]],
            tags=columns[chosen[1]] if len(chosen) > 1 else (),
            features=tuple(column for i, column in enumerate(columns) if i not in chosen),
            lines=lines,
        )

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
        if self.tag is not None:
            for stop in range(len(rows), len(rows) // 2, -1):
                if self._tag_of(rows[stop - 1]) == "O":
                    return stop
        return len(rows)

    def _rows(self) -> Iterator[Row]:
        """Yield the rows, with the columns that are asked for."""
        unchecked = True
        for row in read_rows(self.text, self.comments, self.comments and self.token != 1):
            if row.cells and unchecked:
                self._check_columns(row)
                unchecked = False
            if row.cells and any(map(str.isspace, self._tag_of(row))):
                raise ValueError(
                    f"{self.source}, line {row.line}: the tag {self._tag_of(row)!r} has white "
                    "space in it; write it without, or choose another column"
                )
            yield row

    def _tag_of(self, row: Row) -> str:
        return "" if self.tag is None else row.cells[_index(self.tag, len(row.cells))]

    def _check_columns(self, row: Row) -> None:
        here, size = f"{self.source}, line {row.line}", len(row.cells)
        for column in (self.token, self.tag):
            if column is not None and not -size <= column <= size:
                raise ValueError(
                    f"{here}: there is no column {column}, only {size}; count from 1, or from -1 "
                    "at the end"
                )
        if self.tag is not None and _index(self.tag, size) == _index(self.token, size):
            raise ValueError(
                f"{here}: column {_index(self.token, size) + 1} of {size} cannot be both token "
                "and tag; choose another column"
            )


def read_tagged(
    source: str | os.PathLike[str],
    tag: int | None = -1,
    token: int = 1,
    encoding: str = "utf-8",
    comments: bool = False,
) -> TaggedColumns:
    """Return the sentences of a file of columns, plain or gzip; `-` is standard input.

    `tag`, `token` and `comments` as in TaggedColumns. Raises ValueError or an OSError such as
    FileNotFoundError that says in one line what is wrong.
    """
    if source == "-":
        return TaggedColumns(read_stdin(encoding), tag, token, comments)
    if pathlib.Path(source).is_dir():
        raise ValueError(f"{source} is a folder: name one file of columns in it")
    return TaggedColumns(read_path(source, encoding), tag, token, comments)


def to_columns(record: Tagged) -> str:
    """Return a record as the lines of a file: token, features, tag, and a blank line at the end.

    Raises ValueError for a column that is empty or has white space in it.
    """
    columns = [record.tokens, *record.features, *([record.tags] if record.tags else [])]
    lines = []
    for row in zip(*columns, strict=True):
        for cell in row:
            if not cell or any(map(str.isspace, cell)):
                raise ValueError(f"{cell!r} is no column: write it without white space")
        lines.append(" ".join(row))
    return "\n".join([*lines, "", ""])


def _index(column: int, size: int) -> int:
    """Return the place in a row of a column that users count from 1, or from -1 at the end."""
    return column - 1 if column > 0 else size + column
