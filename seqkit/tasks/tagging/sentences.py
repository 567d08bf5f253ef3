"""Tagged text as a training takes it: read once, its scheme found, its tags brought into one."""

import hashlib
import json
import pathlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, cast

from seqkit.files import atomic_write, parse_json
from seqkit.tasks.sources import Records, SourcesOf
from seqkit.text.scheme_detection import detect_scheme
from seqkit.text.schemes import (
    LETTERS,
    OUTSIDE,
    Scheme,
    Span,
    convert_all,
    parts_of,
    shown,
    to_spans,
)

LARGEST = 5_000
"""Tags a model can score: a step from each to each takes time and memory of their square."""


class Record(Protocol):
    """A sentence as corpora have it: T tokens, a tag for each, and columns of T values.

    Sentences of one document have its number; None: the sentence stands for itself.
    """

    @property
    def tokens(self) -> tuple[str, ...]: ...  # noqa: D102

    @property
    def tags(self) -> tuple[str, ...]: ...  # noqa: D102

    @property
    def features(self) -> tuple[tuple[str, ...], ...]: ...  # noqa: D102

    @property
    def document(self) -> int | None: ...  # noqa: D102


class Source(Records, Protocol):
    """Tagged sentences that can be read again and again."""

    def __iter__(self) -> Iterator[Record]:
        """Yield the sentences."""
        ...

    def place(self, record: Any, token: int) -> str:
        """Where a token of one of its own sentences stands, for errors."""
        ...


Sources = SourcesOf[Source]
"""The texts of a training."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of T tokens, each with a tag in bioes (or plain) and values of further columns.

    `place` says where it begins.
    """

    tokens: tuple[str, ...]
    tags: tuple[str, ...]
    features: tuple[tuple[str, ...], ...]
    place: str
    document: int | None = None


@dataclass(frozen=True)
class TaggedText:
    """All sentences of a text, the scheme its file is written in, and what had to be mended."""

    name: str
    sentences: list[Sentence]
    written: Scheme
    repaired: int
    warnings: list[str]

    @property
    def tokens(self) -> int:
        """How many tokens there are."""
        return sum(len(sentence.tokens) for sentence in self.sentences)

    def spans(self) -> list[list[Span]]:
        """The entities of each sentence; none where tags are classes."""
        if self.written == "plain":
            return [[] for _ in self.sentences]
        return [to_spans(sentence.tags, "bioes") for sentence in self.sentences]

    def sha256(self) -> str:
        """A name for the text: of its tokens, tags and features."""
        digest = hashlib.sha256()
        for one in self.sentences:
            digest.update(json.dumps([one.tokens, one.tags, one.features]).encode())
        return digest.hexdigest()

    def save(self, path: pathlib.Path) -> None:
        """Write it so that `reopen_text` reads the same."""
        head = [self.name, self.written, self.repaired, self.warnings]
        with atomic_write(path) as file:
            file.write(json.dumps(head).encode() + b"\n")
            for one in self.sentences:
                row = [one.tokens, one.tags, one.features, one.place, one.document]
                file.write(json.dumps(row).encode() + b"\n")


def reopen_text(path: pathlib.Path) -> TaggedText:
    """Read what `TaggedText.save` wrote; ValueError names a damaged file."""
    try:
        with path.open(encoding="ascii") as file:
            lines = map(parse_json, file)
            head: Any = next(lines, None)
            name, written, repaired, warnings = head
            sentences = [
                Sentence(tuple(tokens), tuple(tags), tuple(map(tuple, features)), *rest)
                for tokens, tags, features, *rest in lines
            ]
        return TaggedText(name, sentences, written, repaired, warnings)
    except (ValueError, TypeError) as error:
        raise ValueError(f"{path}: damaged ({error}); train anew with --force") from error


def read_text(source: Source, scheme: str = "auto") -> TaggedText:
    """Read tagged sentences; their tags come in bioes, or as they are where they are classes.

    ValueError, with file and line, for tags that are of no scheme, or of another than `scheme`,
    and for more than LARGEST of them.
    """
    records = list(source)

    def where(sentence: int, token: int) -> str:
        return source.place(records[sentence], token)

    for number, record in enumerate(records):
        if not record.tags:
            raise ValueError(f"{where(number, 0)}: the sentence has no tags; name their --column")
    tags = [record.tags for record in records]
    warnings = list(source.warnings())
    written = detect_scheme(tags, where).scheme if scheme == "auto" else cast(Scheme, scheme)
    _check_number(source.name, tags, written)
    repaired = 0
    if written != "plain":
        converted = convert_all(tags, written, "bioes", where)
        tags, repaired = converted.tags, converted.repaired
        warnings += [converted.warning] if converted.warning else []
    sentences = [
        Sentence(record.tokens, tuple(own), record.features, where(number, 0), record.document)
        for number, (record, own) in enumerate(zip(records, tags, strict=True))
    ]
    return TaggedText(source.name, sentences, written, repaired, warnings)


def _check_number(name: str, tags: Sequence[tuple[str, ...]], written: Scheme) -> None:
    """ValueError for more tags than any tag set has: words, or numbers, out of a wrong column."""
    different = {tag for own in tags for tag in own} - {OUTSIDE}
    size = len(different)
    if written != "plain":
        types = {parts.type for tag in different if (parts := parts_of(tag))}
        size = 1 + len(LETTERS["bioes"]) * len(types)
    if size > LARGEST:
        raise ValueError(
            f"{name}: asks for {size:,} different tags, such as {shown(min(different))!r}; more "
            f"than {LARGEST:,} are no tag set, so choose another --column"
        )


def check_alike(name: str, written: Scheme, columns: int, other: TaggedText) -> None:
    """ValueError unless the other text has the kind of tags and columns that `name` has."""
    kinds = ["classes" if scheme == "plain" else "entities" for scheme in (written, other.written)]
    if kinds[0] != kinds[1]:
        raise ValueError(
            f"{other.name} has tags of {kinds[1]}, {name} those of {kinds[0]}; give both the same, "
            "or choose the --column"
        )
    found = len(other.sentences[0].features)
    if columns != found:
        raise ValueError(
            f"{other.name} has {found} feature columns, {name} has {columns}; give both the same"
        )
