"""Which columns of a labelled file hold the text and the label, and how a cell becomes labels."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Form = Literal["auto", "csv", "tsv", "jsonl", "lines"]

TEXT_NAMES = (
    *("text", "sentence", "review", "content", "document", "tweet", "phrase", "comment", "message"),
    *("sequence", "name"),
)
LABEL_NAMES = (
    *("label", "labels", "class", "sentiment", "category", "target", "polarity", "rating", "stars"),
    "language",
)
"""What headers and keys are called where nobody says which they are, the first one found wins."""

LONGEST_LABEL = 200
"""Characters: what is longer is no label but a text."""


def number_of(column: str | int | None) -> int | None:
    """Return the number that a column is called by, None for a name."""
    if isinstance(column, str):
        digits = column.removeprefix("-")
        return int(column) if digits.isascii() and digits.isdigit() else None
    return column


@dataclass(frozen=True, slots=True)
class LabelColumns:
    """Which columns of a file are what: by name, or by number where there is no header.

    A number, or text of digits, counts from 1, or from -1 at the end. A file has a header where
    a name is asked for, or where nothing is and its first row has names that are known.

    Args:
        text: the columns of the text, joined by a space; none: the one with a known name.
        label: the column of the label; "": the one with a known name; None: there are no labels.
        separator: what stands between the labels of a text, where it has many.

    Raises:
        ValueError: a column 0, an empty separator.
    """

    text: tuple[str | int, ...] = ()
    label: str | int | None = ""
    separator: str | None = None

    def __post_init__(self) -> None:
        if 0 in map(number_of, (*self.text, self.label)):
            raise ValueError("there is no column 0: count from 1, or from -1 at the end")
        if self.separator is not None and not self.separator:
            raise ValueError("labels cannot be separated by nothing: give a separator such as ,")

    def has_header(self, first: Sequence[str]) -> bool:
        """Tell whether the row `first` names the columns."""
        asked = [*self.text, *([self.label] if self.label else [])]
        if asked:
            return any(number_of(column) is None for column in asked)
        return any(cell.strip().lower() in (*TEXT_NAMES, *LABEL_NAMES) for cell in first)

    def places(self, first: Sequence[str]) -> tuple[list[int], int | None]:
        """Return where the text and the label stand in a row, from 0, `first` being the first.

        Of two columns one is enough to know: the other is what is not asked for.
        Raises ValueError for columns that are not there, or cannot be told.
        """
        names = [cell.strip() for cell in first]
        texts = [_place(column, names, "--text-column") for column in self.text]
        place = _place(self.label, names, "--label-column") if self.label else None
        if not texts and place is not None and len(names) == 2:
            texts = [1 - place]
        texts = texts or [_known(TEXT_NAMES, names, "--text-column")]
        if self.label is None:
            return texts, None
        if place is None:
            other = self.text != () and len(names) == 2
            place = 1 - texts[0] if other else _known(LABEL_NAMES, names, "--label-column")
        if place in texts:
            raise ValueError(
                f"column {place + 1} cannot be both text and label; choose another column"
            )
        return texts, place

    def split(self, cell: str) -> tuple[str, ...]:
        """Return the labels in a cell, each once; ValueError for none where there must be one."""
        if self.separator is not None:
            parts = (part.strip() for part in cell.split(self.separator))
            return tuple(dict.fromkeys(part for part in parts if part))
        if not cell.strip():
            raise ValueError("the label is empty; give every text one, or leave the row out")
        return (cell.strip(),)


GUESSED = LabelColumns()
"""Columns by the names that are usual: where nothing else is said."""


def _place(column: str | int, names: Sequence[str], option: str) -> int:
    """Return where a column stands; errors name the option that asked for it."""
    number = number_of(column)
    if number is None:
        if column not in names:
            raise ValueError(f"there is no column {column!r} among {listed(names)}; see {option}")
        return names.index(str(column))
    if not -len(names) <= number <= len(names):
        raise ValueError(f"there is no column {number}, only {len(names)}; see {option}")
    return number - 1 if number > 0 else len(names) + number


def _known(known: Sequence[str], names: Sequence[str], option: str) -> int:
    lowered = [name.lower() for name in names]
    for name in known:
        if name in lowered:
            return lowered.index(name)
    raise ValueError(
        f"no column of {listed(names)} is called {known[0]} or the like; give {option}, a name, or "
        "a number from 1 where there is no header"
    )


def listed(names: Sequence[str]) -> str:
    """Return the first names, clipped, for messages of one line."""
    clipped = [name if len(name) <= 20 else f"{name[:20]}..." for name in names[:8]]
    more = ", ..." if len(names) > 8 else ""
    return f"({', '.join(' '.join(name.split()) for name in clipped)}{more})"
