"""Pairs of texts as a training takes them: read once, kept in its checkpoint."""

import hashlib
import json
import pathlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from seqkit.files import atomic_write, parse_json


class Record(Protocol):
    """A pair as corpora have it."""

    @property
    def source(self) -> str: ...  # noqa: D102

    @property
    def target(self) -> str: ...  # noqa: D102


class Source(Protocol):
    """Pairs that can be read again and again."""

    @property
    def name(self) -> str:
        """What to call it."""
        ...

    def __iter__(self) -> Iterator[Record]:
        """Yield the pairs."""
        ...

    def place(self, pair: Any) -> str:
        """Where one of its own pairs stands, for errors."""
        ...

    def warnings(self) -> list[str]:
        """What a user should know of how it was read."""
        ...


class Sources(Protocol):
    """The pairs to train on, to choose the best epoch by, and to report on."""

    @property
    def train(self) -> Source: ...  # noqa: D102

    @property
    def valid(self) -> Source: ...  # noqa: D102

    @property
    def test(self) -> Source | None: ...  # noqa: D102


@dataclass(frozen=True)
class TextPairs:
    """N sources, their translations, and where each pair stands."""

    name: str
    sources: list[str]
    targets: list[str]
    places: list[str]
    warnings: list[str]

    def __len__(self) -> int:
        return len(self.sources)

    def first(self, count: int) -> "TextPairs":
        """The first so many pairs."""
        parts = (self.sources[:count], self.targets[:count], self.places[:count])
        return TextPairs(self.name, *parts, self.warnings)

    def sha256(self) -> str:
        """A name for the pairs."""
        digest = hashlib.sha256()
        for pair in zip(self.sources, self.targets, strict=True):
            digest.update(json.dumps(pair).encode())
        return digest.hexdigest()

    def save(self, path: pathlib.Path) -> None:
        """Write them so that `reopen_texts` reads the same."""
        with atomic_write(path) as file:
            file.write(json.dumps([self.name, self.warnings]).encode() + b"\n")
            for row in zip(self.sources, self.targets, self.places, strict=True):
                file.write(json.dumps(row).encode() + b"\n")


def read_texts(source: Source) -> TextPairs:
    """Read all of a source; ValueError for one without pairs."""
    pairs = list(source)
    if not pairs:
        raise ValueError(f"{source.name} has no pairs: give a line of target for each of source")
    return TextPairs(
        source.name,
        [pair.source for pair in pairs],
        [pair.target for pair in pairs],
        [source.place(pair) for pair in pairs],
        list(source.warnings()),
    )


def reopen_texts(path: pathlib.Path) -> TextPairs:
    """Read what `TextPairs.save` wrote; ValueError names a damaged file."""
    try:
        with path.open(encoding="ascii") as file:
            (name, warnings), *rows = map(parse_json, file)
        sources, targets, places = map(list, zip(*rows, strict=True))
    except (ValueError, TypeError) as error:
        raise ValueError(f"{path}: damaged ({error}); train anew with --force") from error
    return TextPairs(name, sources, targets, places, warnings)
