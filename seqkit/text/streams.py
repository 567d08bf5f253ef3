"""Token streams: a text as a flat file of ids with a header, memory-mapped when read."""

import contextlib
import dataclasses
import json
import os
import pathlib
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from seqkit.files import atomic_write, parse_json
from seqkit.text.scanner import Scan, scan
from seqkit.text.tokenizers import Tokenizer
from seqkit.text.vocabulary import Vocabulary

FORMAT, VERSION = "seqkit tokens", 1
_PART = 1 << 22
HEADER = 512
"""Bytes of the header: one line of JSON, filled up with spaces."""


@dataclasses.dataclass(frozen=True)
class Header:
    """What the file says of itself.

    `tokens` ids of `type` (uint16 or uint32, little-endian) follow the header; `vocabulary` is
    the sha256 of the vocabulary they belong to, `text` that of the text; `lines`, `characters`
    and `size` (bytes) are the text's (see `seqkit.text.lines.Reading`).
    """

    vocabulary: str
    text: str
    tokens: int
    type: str
    lines: int
    characters: int
    size: int

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            if type(getattr(self, field.name)) is not field.type:
                raise ValueError(f"its header has no sound {field.name!r}")
        if self.type not in ("uint16", "uint32") or self.tokens < 1:
            raise ValueError(f"its header speaks of {self.tokens} ids of type {self.type!r}")

    def to_bytes(self) -> bytes:
        """Return the header as HEADER bytes."""
        value = {"format": FORMAT, "version": VERSION, **dataclasses.asdict(self)}
        return json.dumps(value).encode().ljust(HEADER - 1) + b"\n"

    @classmethod
    def from_bytes(cls, data: bytes) -> "Header":
        """Read a header; ValueError says what is wrong with it."""
        value: Any = parse_json(data)
        if not isinstance(value, dict) or value.pop("format", None) != FORMAT:
            raise ValueError("it does not begin with the header of one")
        if (version := value.pop("version", None)) != VERSION:
            raise ValueError(f"its version is {version!r}, not {VERSION}")
        fields: Any = {field.name: value.get(field.name) for field in dataclasses.fields(cls)}
        return cls(**fields)


class TokenStream:
    """The ids of a text on disk, opened read-only as a memory map.

    `ids` is an (n,) array of uint16 or uint32, `len` is n, `header` what the file says of itself.
    """

    def __init__(self, path: str | os.PathLike[str], vocabulary: Vocabulary | None = None) -> None:
        """Open a file; ValueError if it is damaged or its ids belong to another vocabulary."""
        with pathlib.Path(path).open("rb") as file:
            start = file.read(HEADER)
        try:
            self.header = Header.from_bytes(start)
        except ValueError as error:  # what json and UTF-8 complain of is a ValueError too
            raise ValueError(
                f"{path}: not a token stream ({error}): encode the text again"
            ) from error
        dtype = np.dtype(self.header.type).newbyteorder("<")
        size = pathlib.Path(path).stat().st_size
        expected = HEADER + self.header.tokens * dtype.itemsize
        if size != expected:
            raise ValueError(f"{path}: {size} bytes, not {expected}: encode the text again")
        if vocabulary is not None and vocabulary.sha256 != self.header.vocabulary:
            raise ValueError(f"{path}: belongs to another vocabulary: encode the text again")
        self.path, self._dtype = pathlib.Path(path), dtype
        shape = (self.header.tokens,)
        self.ids: np.ndarray = np.memmap(path, dtype, mode="r", offset=HEADER, shape=shape)

    def __len__(self) -> int:
        return self.header.tokens

    def count(self, id_: int) -> int:
        """Count how often one id stands in the text, in bounded memory."""
        parts = (self.read(i, min(i + _PART, len(self))) for i in range(0, len(self), _PART))
        return sum(int((part == id_).sum()) for part in parts)

    def read(self, start: int, stop: int) -> np.ndarray:
        """The ids from start to stop, read from the file and not through the map, which grows."""
        offset = HEADER + start * self._dtype.itemsize
        return np.fromfile(self.path, self._dtype, count=stop - start, offset=offset)

    @property
    def lines(self) -> int:
        """The number of lines of the text, each of which ends with an `<eos>`."""
        return self.header.lines

    @property
    def characters(self) -> int:
        """The number of Unicode characters of the text, one line feed a line: for bits each."""
        return self.header.characters


def write_stream(found: Scan, vocabulary: Vocabulary, path: str | os.PathLike[str]) -> TokenStream:
    """Write the tokens of a scan as ids of `vocabulary`, atomically, and open the file."""
    kind = "uint16" if len(vocabulary) <= 1 << 16 else "uint32"
    header = Header(
        vocabulary=vocabulary.sha256,
        text=found.sha256,
        tokens=found.tokens,
        type=kind,
        lines=found.lines,
        characters=found.characters,
        size=found.size,
    )
    with atomic_write(path) as file:
        file.write(header.to_bytes())
        for ids in found.ids(vocabulary.types, np.dtype(kind).newbyteorder("<")):
            file.write(ids.data)
    return TokenStream(path, vocabulary)


def encode(
    blocks: Iterable[bytes],
    tokenizer: Tokenizer,
    vocabulary: Vocabulary,
    path: str | os.PathLike[str],
    processes: int = 1,
) -> TokenStream:
    """Write a text as ids of a vocabulary already known, in one pass, and open the file."""
    with contextlib.closing(scan(blocks, tokenizer, pathlib.Path(path).parent, processes)) as found:
        return write_stream(found, vocabulary, path)


def encode_new(
    blocks: Iterable[bytes],
    tokenizer: Tokenizer,
    choose: Callable[[dict[str, int]], Vocabulary],
    path: str | os.PathLike[str],
    *,
    size: int | None = None,
    min_count: int = 1,
    processes: int = 1,
) -> tuple[TokenStream, Vocabulary]:
    """Write a training text as ids of its own vocabulary, in one pass over the text.

    `choose` makes the vocabulary from the counts: `Vocabulary.from_counts`, or a partial of it.
    Types that could not be in one with the limits `size` and `min_count` it sees as `<unk>`, which
    bounds memory. The file is the same whatever the number of processes. Killed half-way it leaves
    no file at `path`, or the old one, and can simply be run again.
    """
    with contextlib.closing(scan(blocks, tokenizer, pathlib.Path(path).parent, processes)) as found:
        vocabulary = choose(found.common(size, min_count))
        return write_stream(found, vocabulary, path), vocabulary


def ids_of(line: str, tokenizer: Tokenizer, vocabulary: Vocabulary) -> list[int]:
    """Return the ids of one line of text, the `<eos>` at its end included."""
    return [*vocabulary.ids(tokenizer.tokens(line)), vocabulary.eos]
