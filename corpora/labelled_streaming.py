"""Texts without labels, read once, as they come: plain lines, cells or JSON lines."""

import pathlib
from collections.abc import Callable, Iterator

from seqkit.corpora.labelled import form_by_name, form_of, to_record
from seqkit.corpora.labelled_cells import read_cells
from seqkit.corpora.labelled_columns import Form, LabelColumns
from seqkit.corpora.labelled_json import read_json
from seqkit.corpora.labelled_lines import Row, read_lines
from seqkit.corpora.records import Labelled
from seqkit.corpora.streaming import stream_text


class ArrivingText:
    """The text of a file, a named pipe or `-` (standard input), read once, in bounded memory.

    Its `blocks` can be asked for again as long as no more was read than the block with the first
    line that is not blank; so its form can be found out. A pipe's block comes as soon as it is
    there, and `before_waiting` is called before one is waited for. Errors as in `stream_text`.
    """

    def __init__(
        self, source: str, encoding: str = "utf-8", before_waiting: Callable[[], None] | None = None
    ) -> None:
        path = pathlib.Path(source)
        self.name = "stdin" if source == "-" else path.name
        self.source = "standard input" if source == "-" else source
        self._pieces = stream_text(source, encoding)
        self._before = None if path.is_file() and source != "-" else before_waiting
        self._head: list[bytes] = []  # all blocks, as long as they can be asked for again
        self._begun = self._kept = False  # a line that is not blank; it has come to its end

    def blocks(self) -> Iterator[bytes]:
        """Yield the text in UTF-8."""
        yield from list(self._head)
        while block := self._next():
            yield block

    def _next(self) -> bytes:
        """Return the next block, empty behind the last one."""
        if self._before:
            self._before()
        block = next(self._pieces, "").encode()
        if not self._kept:
            self._head.append(block)
            begun = block if self._begun else block.lstrip()
            self._begun, self._kept = bool(begun) or self._begun, b"\n" in begun
        return block


def arriving_form(text: ArrivingText, columns: LabelColumns, form: Form = "auto") -> Form:
    """Return the form to read: of auto what the name ends with, or plain lines.

    Where columns are asked for and the name tells nothing, it is found out as `form_of` does.
    Raises ValueError for columns of plain lines.
    """
    if form == "auto":
        form = form_by_name(text.name) or (form_of(text, columns) if columns.text else "lines")
    if form == "lines" and columns.text:
        raise ValueError(
            f"{text.source} has a text a line, without columns: leave --text-column out, or say "
            "--format csv, tsv or jsonl"
        )
    return form


def read_arriving(text: ArrivingText, columns: LabelColumns, form: Form) -> Iterator[Labelled]:
    """Yield the texts of rows as they come, white space around them left out, empty ones kept.

    Of plain lines record k is line k. In other forms `columns` says which column is the text, and
    rows without anything in them are none. Raises ValueError, with file and line, for what cannot
    be read, as `LabelledFile` does.
    """
    return map(to_record, _rows(text, columns, form))


def _rows(text: ArrivingText, columns: LabelColumns, form: Form) -> Iterator[Row]:
    if form == "jsonl":
        return read_json(text, columns)
    if form == "lines":
        return (Row(number, line, None) for number, line in read_lines(text))
    return read_cells(text, form == "csv", columns)
