"""Finding the files of a corpus that was downloaded by name."""

import pathlib

from seqkit.corpora.corpus import Split
from seqkit.corpora.download_records import HOLDS, TASKS, Kind
from seqkit.corpora.download_table import DOWNLOADS


def is_download(source: str) -> bool:
    """Say whether `source` names a corpus of the table; a path of that name that is there wins."""
    return source in DOWNLOADS and not pathlib.Path(source).exists()


def has_part(source: str, split: Split) -> bool:
    """Say whether `source` names a corpus of the table that has this part."""
    return is_download(source) and split in DOWNLOADS[source].parts


def files_of(source: str, kind: Kind, split: Split) -> tuple[str, ...]:
    """Return the paths of a part of a downloaded corpus; its training part where it lacks this.

    Raises ValueError for a corpus of another kind, FileNotFoundError for one that is not here.
    """
    entry = DOWNLOADS[source]
    if entry.kind != kind:
        raise ValueError(
            f"{source} has {HOLDS[entry.kind]} and no {HOLDS[kind]}: it is for {TASKS[entry.kind]}"
        )
    if not entry.is_here:
        raise FileNotFoundError(
            f"{source} is not on this machine: fetch it with seqkit corpora download {source}"
        )
    chosen = entry.parts.get(split) or next(iter(entry.parts.values()))
    return tuple(str(entry.folder / name) for name in chosen)


def own_parts(train: str, valid: str | None, test: str | None) -> tuple[str | None, str | None]:
    """Return `valid` and `test`; where nobody gave one, `train` if it is a download that has it."""
    return (
        train if valid is None and has_part(train, "valid") else valid,
        train if test is None and has_part(train, "test") else test,
    )
