"""Labelled files of cells: comma-separated with quotes, or tab-separated without."""

import csv
from collections import Counter
from collections.abc import Iterator

from seqkit.corpora.labelled_columns import LabelColumns
from seqkit.corpora.labelled_lines import LONGEST, LineText, Row, read_lines

_DELIMITERS = ",;\t|"
_COMMAS = "put texts that hold a separator in quotes"
_TABS = "write no tab inside a text, or say --format csv if cells stand in quotes"


def read_cells(text: LineText, quoted: bool, columns: LabelColumns) -> Iterator[Row]:
    """Yield the rows of a file of cells; rows without anything in them are none.

    `quoted` cells, of CSV, may hold line breaks, and what separates them is found out; others end
    at a tab, and quotes are plain characters. Raises ValueError, with file and line.
    """
    first: tuple[int, list[str]] | None = None
    for line, cells in _quoted_cells(text) if quoted else _tabbed_cells(text):
        if first is None:
            first = line, cells
            header = columns.has_header(cells)
            try:
                texts, label = columns.places(cells)
            except ValueError as error:
                raise ValueError(f"{text.source}, line {line}: {error}") from None
            if header:
                continue
        if len(cells) != len(first[1]):
            hint = _COMMAS if quoted else _TABS
            raise ValueError(
                f"{text.source}, line {line}: {_count(cells)} where line {first[0]} has "
                f"{len(first[1])}; {hint}"
            )
        joined = " ".join([cells[place] for place in texts])
        yield Row(line, joined, None if label is None else cells[label])


def _count(cells: list[str]) -> str:
    return f"{len(cells)} column{'s' * (len(cells) != 1)}"


def _tabbed_cells(text: LineText) -> Iterator[tuple[int, list[str]]]:
    return ((number, line.split("\t")) for number, line in read_lines(text) if line.strip())


def _quoted_cells(text: LineText) -> Iterator[tuple[int, list[str]]]:
    """Yield the cells of each row and the line that the row begins on."""
    lines = (f"{line}\n" for _, line in read_lines(text))
    reader = csv.reader(lines, delimiter=_delimiter(text), strict=True)
    while True:
        start = reader.line_num + 1
        limit = csv.field_size_limit(LONGEST)  # of the whole process, so it is put back
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise ValueError(f"{text.source}, line {start}: {_broken(str(error))}") from None
        finally:
            csv.field_size_limit(limit)
        if any(cell.strip() for cell in cells):
            yield start, cells


def _broken(error: str) -> str:
    """Say what is wrong with a row, in our words."""
    if "new-line character" in error:
        return "a carriage return inside the row; end lines as Unix or Windows do"
    if "field larger" in error:
        return f"a cell longer than {LONGEST:,} characters; is a quote left open here?"
    return 'the quotes of the row that begins here are broken; close each, and write " inside as ""'


def _delimiter(text: LineText) -> str:
    """Return what separates cells: what the first line has most of, outside quotes."""
    first = next((line for _, line in read_lines(text) if line.strip()), "")
    counts = Counter("".join(first.split('"')[::2]))
    return max(_DELIMITERS, key=lambda mark: counts[mark])  # the first of equals
