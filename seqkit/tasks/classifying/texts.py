"""Labelled texts as a training takes them: read once, kept in its checkpoint."""

import hashlib
import json
import pathlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from seqkit.files import atomic_write, parse_json
from seqkit.tasks.sources import Records, SourcesOf


class Record(Protocol):
    """A text as corpora have it, and its labels: one, or several where a text can have many."""

    @property
    def text(self) -> str: ...  # noqa: D102

    @property
    def labels(self) -> tuple[str, ...]: ...  # noqa: D102


class Source(Records, Protocol):
    """Labelled texts that can be read again and again."""

    def __iter__(self) -> Iterator[Record]:
        """Yield the texts."""
        ...

    def place(self, record: Any) -> str:
        """Where one of its own records stands, for errors."""
        ...


Sources = SourcesOf[Source]
"""The texts of a training."""


@dataclass(frozen=True)
class LabelledTexts:
    """N texts, their labels, and where each stands."""

    name: str
    texts: list[str]
    labels: list[tuple[str, ...]]
    places: list[str]
    warnings: list[str]

    def __len__(self) -> int:
        return len(self.texts)

    @property
    def characters(self) -> int:
        """How long all texts are."""
        return sum(map(len, self.texts))

    def sha256(self) -> str:
        """A name for the texts and their labels."""
        digest = hashlib.sha256()
        for text, labels in zip(self.texts, self.labels, strict=True):
            digest.update(json.dumps([text, labels]).encode())
        return digest.hexdigest()

    def save(self, path: pathlib.Path) -> None:
        """Write it so that `reopen_texts` reads the same."""
        with atomic_write(path) as file:
            file.write(json.dumps([self.name, self.warnings]).encode() + b"\n")
            for row in zip(self.texts, self.labels, self.places, strict=True):
                file.write(json.dumps(row).encode() + b"\n")


def read_texts(source: Source) -> LabelledTexts:
    """Read all of a source; ValueError for one without texts."""
    records = list(source)
    if not records:
        raise ValueError(f"{source.name} has no texts: give labelled ones")
    return LabelledTexts(
        source.name,
        [record.text for record in records],
        [record.labels for record in records],
        [source.place(record) for record in records],
        list(source.warnings()),
    )


def reopen_texts(path: pathlib.Path) -> LabelledTexts:
    """Read what `LabelledTexts.save` wrote; ValueError names a damaged file."""
    try:
        with path.open(encoding="ascii") as file:
            lines = map(parse_json, file)
            head: Any = next(lines, None)
            name, warnings = head
            rows = [(text, tuple(labels), place) for text, labels, place in lines]
        texts, labels, places = map(list, zip(*rows, strict=True))
        return LabelledTexts(name, texts, labels, places, warnings)
    except (ValueError, TypeError) as error:
        raise ValueError(f"{path}: damaged ({error}); train anew with --force") from error
