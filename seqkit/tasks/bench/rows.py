"""All rows of the table, and choosing some of them by name."""

from collections.abc import Sequence

from seqkit.tasks.bench.language import language_rows
from seqkit.tasks.bench.others import other_rows
from seqkit.tasks.bench.row import Row
from seqkit.tasks.bench.texts_read import reading_rows

__all__ = ["Row", "choose"]


def choose(only: str | None = None) -> list[Row]:
    """The rows of these names, with commas between; None: all.

    train-lm stands for the rows of all its cells, train-lm:gru for one of them. ValueError for a
    name that is none.
    """
    rows = [*language_rows(), *reading_rows(), *other_rows()]
    if only is None:
        return rows
    names = [name.strip() for name in only.split(",")]
    for name in names:
        if not _named([name], rows):
            known = dict.fromkeys(row.name.partition(":")[0] for row in rows)
            raise ValueError(
                f"--only {name}: no such row; there are: {', '.join(known)}; and single ones of "
                "several, such as train-lm:gru"
            )
    return _named(names, rows)


def _named(names: Sequence[str], rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if row.name in names or row.name.partition(":")[0] in names]
