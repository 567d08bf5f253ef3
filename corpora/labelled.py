"""Labelled texts out of files: a text and its label a row."""

import os
import pathlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from seqkit.corpora.corpus import Described
from seqkit.corpora.labelled_cells import read_cells
from seqkit.corpora.labelled_columns import GUESSED, LONGEST_LABEL, Form, LabelColumns
from seqkit.corpora.labelled_json import read_json
from seqkit.corpora.labelled_lines import MARK, LineText, Row, read_label_lines, read_lines
from seqkit.corpora.readers import TextFiles, read_path, read_stdin
from seqkit.corpora.records import Labelled

_ENDINGS: dict[str, Form] = {
    ".csv": "csv", ".tsv": "tsv", ".tab": "tsv", ".jsonl": "jsonl", ".ndjson": "jsonl",
    ".json": "jsonl",
}  # fmt: skip


class LabelledCorpus(Described, Protocol):
    """Labelled texts that can be read again and again."""

    def __iter__(self) -> Iterator[Labelled]:
        """Yield the texts in order; none is empty where it has a label."""

    def place(self, record: Labelled) -> str:
        """Say where a record stands, for errors."""

    def warnings(self) -> list[str]:
        """Say, one line each, what users should know of how the text was read."""


@dataclass(frozen=True, eq=False)
class LabelledFile:
    """The texts of a file with their labels; can be read again and again, one text in memory.

    White space around texts and labels is left out. The first row is read at once, so that most
    errors come early.

    Args:
        text: the file.
        columns: where text and label stand, and what separates many labels.
        form: what kind of file it is; auto: found out by `form_of`.

    Raises:
        ValueError: columns that are not there, rows of different widths, broken quotes or JSON,
            texts or labels that are empty or no labels by their length. File and line are named.
    """

    text: TextFiles
    columns: LabelColumns = GUESSED
    form: Form = "auto"

    def __post_init__(self) -> None:
        if self.form == "auto":
            object.__setattr__(self, "form", form_of(self.text, self.columns))
        if next(iter(self), None) is None:
            raise ValueError(f"{self.source} holds no text: give a file of texts and labels")

    @property
    def name(self) -> str:
        """The name of the file."""
        return self.text.name

    @property
    def description(self) -> str:
        """What the text is."""
        return f"labelled text, as {_DESCRIBED[self.form]}"

    @property
    def source(self) -> str:
        """Where the file is."""
        return self.text.source

    @property
    def synthetic(self) -> bool:
        """Whether a program made the text up."""
        return self.text.synthetic

    def __iter__(self) -> Iterator[Labelled]:
        """Yield the texts in order; none is empty where it has a label."""
        return map(self._record, self._rows())

    def place(self, record: Labelled) -> str:
        """Say where a record stands, for errors."""
        return f"{self.source}, line {record.line}"

    def warnings(self) -> list[str]:
        """Nothing: what cannot be read as it stands is refused."""
        return []

    def _rows(self) -> Iterator[Row]:
        if self.form == "jsonl":
            return read_json(self.text, self.columns)
        if self.form == "lines":
            return read_label_lines(self.text, self.columns)
        return read_cells(self.text, self.form == "csv", self.columns)

    def _record(self, row: Row) -> Labelled:
        try:
            return to_record(row, self.columns)
        except ValueError as error:
            raise ValueError(f"{self.source}, line {row.line}: {error}") from None


_DESCRIBED = {
    "csv": "comma-separated values",
    "tsv": "tab-separated values",
    "jsonl": "JSON lines",
    "lines": "a label before each text",
}


def to_record(row: Row, columns: LabelColumns = GUESSED) -> Labelled:
    """Return the record of a row; ValueError, without the place, for what is none.

    A text without labels may be empty: whoever asks for its label wants an answer for each row.
    """
    text = row.text.strip()
    if row.label is None:
        return Labelled(text, (), row.line)
    if not text:
        raise ValueError("the text is empty; write one, or leave the row out")
    labels = columns.split(row.label) if isinstance(row.label, str) else row.label
    for label in labels:
        if not label.strip():
            raise ValueError("a label is empty; give it a name, or leave it out")
        if len(label) > LONGEST_LABEL or "\n" in label:
            raise ValueError(
                f"the label has {len(label):,} characters, so it may be a text; see --label-column"
            )
    return Labelled(text, labels, row.line)


def form_of(text: LineText, columns: LabelColumns) -> Form:
    """Return the form of a file: by its ending, else by its first line that is not blank.

    That is JSON where it begins with {, cells where it has a tab or columns are asked for, else
    "label text" lines.
    """
    if form := form_by_name(text.name):
        return form
    first = next((line for _, line in read_lines(text) if line.strip()), "")
    if first.startswith("{"):
        return "jsonl"
    if first.startswith(MARK):
        return "lines"
    if "\t" in first:
        return "tsv"
    return "csv" if columns.text or columns.label else "lines"


def form_by_name(name: str) -> Form | None:
    """Return the form that a file's name ends with, .gz left out; None where it tells nothing."""
    ending = pathlib.PurePath(name.lower().removesuffix(".gz")).suffix
    return _ENDINGS.get(ending)


def read_labelled(
    source: str | os.PathLike[str],
    columns: LabelColumns = GUESSED,
    encoding: str = "utf-8",
    form: Form = "auto",
) -> LabelledFile:
    """Return the labelled texts of a file, plain or gzip; `-` is standard input.

    `columns` and `form` as in LabelledFile. Raises ValueError or an OSError such as
    FileNotFoundError that says in one line what is wrong.
    """
    text = read_stdin(encoding) if source == "-" else read_path(source, encoding)
    return LabelledFile(text, columns, form)
