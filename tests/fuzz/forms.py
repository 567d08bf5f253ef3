"""Forms of inputs that are mutated inside and put together again, so that readers come further."""

import gzip
import io
import json
import random
import struct
import warnings
import zipfile
import zlib
from collections.abc import Sequence
from typing import Protocol

from tests.fuzz.mutate import mutated, mutated_json


class Form(Protocol):
    """How inputs of a kind are mutated."""

    def __call__(self, draw: random.Random, data: bytes, others: Sequence[bytes]) -> bytes:
        """Return a mutation of `data`; `others` are further inputs of the kind."""


def plain(draw: random.Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """Any bytes."""
    return mutated(draw, data, others)


def in_json(draw: random.Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """A JSON value."""
    if draw.random() < 0.25:
        return mutated(draw, data, others)
    return mutated_json(draw, json.loads(data))


def in_json_lines(draw: random.Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """A JSON value a line."""
    if draw.random() < 0.25:
        return mutated(draw, data, others)
    lines = data.split(b"\n")
    place = draw.randrange(len(lines))
    if lines[place].strip():
        lines[place] = mutated_json(draw, json.loads(lines[place]))
    return b"\n".join(lines)


def in_gzip(draw: random.Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """What is packed by gzip."""
    if draw.random() < 0.4:
        return mutated(draw, data, others)
    return gzip.compress(mutated(draw, gzip.decompress(data)), 1, mtime=0)


def in_zip(draw: random.Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """A member of a zip archive, or its name."""
    if draw.random() < 0.3:
        return mutated(draw, data, others)
    buffer = io.BytesIO()
    with (
        warnings.catch_warnings(action="ignore"),  # of a name that comes twice
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(buffer, "w") as new,
    ):
        chosen = draw.choice(old.namelist())
        for name in old.namelist():
            content, kept = old.read(name), name
            if name == chosen and draw.random() < 0.1:
                kept = draw.choice(("../x.npy", "/x.npy", "images.npy", "labels.npy", "x\0", "é"))
            elif name == chosen:
                content = mutated(draw, content)
            kind = draw.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))
            new.writestr(kept, content, kind)
    return buffer.getvalue()


def in_safetensors(draw: random.Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """The header of safetensors, which is JSON, or the numbers behind it."""
    if draw.random() < 0.3:
        return mutated(draw, data, others)
    size = int.from_bytes(data[:8], "little")
    text, numbers = data[8 : 8 + size], data[8 + size :]
    kind = draw.randrange(3)
    if kind == 0:
        text = mutated_json(draw, json.loads(text))
    elif kind == 1:
        numbers = mutated(draw, numbers)
    else:
        text = mutated(draw, text)
    return len(text).to_bytes(8, "little") + text + numbers


def in_png(draw: random.Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """A chunk of a PNG, its checksum made right again."""
    if draw.random() < 0.4:
        return mutated(draw, data, others)
    chunks, at = [], 8
    while at + 12 <= len(data):
        (size,) = struct.unpack(">I", data[at : at + 4])
        chunks.append((data[at + 4 : at + 8], data[at + 8 : at + 8 + size]))
        at += 12 + size
    place = draw.randrange(len(chunks))
    kind, content = chunks[place]
    if kind == b"IDAT" and draw.random() < 0.5:
        content = zlib.compress(mutated(draw, zlib.decompress(content)), 1)
    else:
        content = mutated(draw, content)
    chunks[place] = kind, content
    if draw.random() < 0.1:
        chunks.insert(place, draw.choice(chunks))
    return data[:8] + b"".join(map(_chunk, chunks))


def _chunk(chunk: tuple[bytes, bytes]) -> bytes:
    kind, content = chunk
    checksum = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)
