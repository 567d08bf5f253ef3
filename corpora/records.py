"""The records that corpora yield: plain, immutable, one class a kind of data."""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Text:
    """One line of running text, without its newline."""

    text: str


@dataclass(frozen=True, slots=True)
class Tagged:
    """One sentence of T tokens, each with its tag.

    `tags` is empty where nobody gave any. `features` are further columns, each (T,), such as parts
    of speech. `document` is the number of its document among those of its file, None where it
    stands for itself. `lines` are the lines of the file that the tokens stand on, for errors; they
    do not count when records are compared. Raises ValueError for columns of different lengths.
    """

    tokens: tuple[str, ...]
    tags: tuple[str, ...] = ()
    features: tuple[tuple[str, ...], ...] = ()
    document: int | None = field(default=None, kw_only=True)
    lines: Sequence[int] = field(default=(), compare=False, repr=False)

    def __post_init__(self) -> None:
        for column in (self.tags or self.tokens, *self.features):
            if len(column) != len(self.tokens):
                raise ValueError(
                    f"{len(column)} tags or features for {len(self.tokens)} tokens: give one each"
                )


@dataclass(frozen=True, slots=True)
class Labelled:
    """One text with its labels: one, or several where the task has many labels a text.

    `labels` is empty where nobody gave any, or where none of many applies. `line` is where the
    text stands in its file, for errors; it does not count when records are compared.
    """

    text: str
    labels: tuple[str, ...] = ()
    line: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Pair:
    """One text and its translation.

    `line` is where both stand in their files, for errors; it does not count when records are
    compared.
    """

    source: str
    target: str
    line: int = field(default=0, compare=False, repr=False)


# Records of other tasks (images) stand here beside these.
