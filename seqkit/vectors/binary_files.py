"""word2vec's binary form: a line of V and D, then word, space and D little-endian float32 numbers.

Before a word there may be a line feed: word2vec.c writes one after each vector, others do not.
"""

import pathlib
from collections.abc import Callable, Iterator

import numpy as np

from seqkit.vectors.blocks import (
    CHUNK,
    Block,
    Seen,
    Stream,
    header,
    is_gzipped,
    opened,
    parsed,
    word_bytes,
    written,
)

WIDEST = 1 << 20
"""The largest D that is believed."""
LONGEST = 1 << 16
"""Bytes: a longer word means that the file is damaged."""


def read_binary(path: pathlib.Path, limit: int | None) -> Stream:
    """The first `limit` words of a file, or all; one that came before is left out.

    ValueError names the byte where the file is damaged.
    """
    with opened(path) as file:
        line = file.readline(100)
    announced = header(line)
    if announced is None:
        raise ValueError(
            f"{path}: does not begin with a line of two numbers, as word2vec's binary files do; "
            "text should end in .vec or .txt, and of fastText take the .vec, not its own .bin"
        )
    count, width = announced
    taken = count if limit is None else min(limit, count)
    if not taken or not 0 < width <= WIDEST:
        raise ValueError(f"{path}: announces {count:,} words of {width:,} numbers; it is damaged")
    if not _holds(path, len(line) + taken * (4 * width + 2)):  # a letter and a space at least
        raise ValueError(
            f"{path}: announces {count:,} words of {width:,} numbers, but is too short for them; "
            "it is damaged or cut short, fetch it again"
        )
    seen = Seen()
    return Stream(taken, width, _blocks(path, taken, width, taken == count, seen), seen=seen)


def _holds(path: pathlib.Path, size: int) -> bool:
    """Whether a file has, unpacked, at least this many bytes."""
    if not is_gzipped(path):
        return path.stat().st_size >= size
    with opened(path) as file:
        while size > 0 and (chunk := file.read(CHUNK)):
            size -= len(chunk)
    return size <= 0


def _blocks(path: pathlib.Path, count: int, width: int, whole: bool, seen: Seen) -> Iterator[Block]:
    done = 0
    with opened(path) as file:
        at = len(file.readline(100))  # the place of the buffer in the file
        buffer = b""
        while done < count:
            chunk = file.read(CHUNK)
            buffer += chunk
            records = _records(buffer, 4 * width, count - done)
            if records:
                yield parsed(_parse, records, width, seen, _place(path, at, records))
            elif not chunk or len(buffer) > LONGEST + 4 * width:
                what = "is damaged" if chunk else f"ends at byte {at + len(buffer):,}"
                raise ValueError(
                    f"{path}: {what}, in word {done + 1:,} of {count:,}, which begins at byte "
                    f"{at:,}; fetch it again"
                )
            size = sum(map(len, records))
            done += len(records)
            at += size
            buffer = buffer[size:]
        if whole and (buffer + file.read(2)) not in (b"", b"\n"):
            raise ValueError(
                f"{path}: byte {at:,}: more follows after the {count:,} words announced"
            )


def _place(path: pathlib.Path, at: int, records: list[bytes]) -> Callable[[int], str]:
    """What says where a record lies, the first of them at byte `at`."""
    return lambda i: f"{path}: byte {at + sum(map(len, records[:i])):,}: the record"


def _records(buffer: bytes, size: int, most: int) -> list[bytes]:
    """The whole records at the beginning of a buffer: a word, a space and `size` bytes each."""
    found: list[bytes] = []
    at = 0
    while len(found) < most:
        space = buffer.find(b" ", at, at + LONGEST)
        end = space + 1 + size
        if space < 0 or end > len(buffer):
            break
        found.append(buffer[at:end])
        at = end
    return found


def _parse(records: list[bytes], width: int) -> Block:
    """The words and vectors (n, D) of n records; ValueError says what is wrong with one of them."""
    size = 4 * width
    try:
        words = [record[: -size - 1].lstrip(b"\n").decode() for record in records]
    except UnicodeDecodeError as error:
        raise ValueError(
            "has a word that is not UTF-8; the file is damaged, or D is wrong"
        ) from error
    if not all(words) or any("\n" in word for word in words):
        raise ValueError("has no word, or one with a line feed; the file is damaged, or D is wrong")
    data = b"".join([record[-size:] for record in records])
    return words, np.frombuffer(data, "<f4").astype(np.float32, copy=False).reshape(-1, width)


def write_binary(path: pathlib.Path, stream: Stream) -> None:
    """Write words and vectors as word2vec.c does."""
    with written(path) as file:
        file.write(f"{stream.count} {stream.width}\n".encode())
        for words, vectors in stream:
            rows = vectors.astype("<f4")
            records = (
                word_bytes(word) + b" " + row.tobytes()
                for word, row in zip(words, rows, strict=True)
            )
            file.write(b"".join(record + b"\n" for record in records))
