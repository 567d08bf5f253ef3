"""Vectors as text: one word and its numbers a line (word2vec, fastText's .vec, GloVe).

word2vec's and fastText's files begin with a line of two numbers, V and D; GloVe's do not.
"""

import pathlib
from collections.abc import Callable, Iterator
from typing import IO

import numpy as np

from seqkit.vectors.blocks import (
    CHUNK,
    Block,
    Seen,
    Stream,
    header,
    opened,
    parsed,
    word_bytes,
    written,
)
from seqkit.vectors.search import Array

LONGEST = 1 << 24
"""Bytes: a longer line means that this is no file of vectors."""


def read_text(path: pathlib.Path, limit: int | None, may_have_header: bool) -> Stream:
    """The first `limit` words of a file, or all.

    A first line of two whole numbers is a header where there may be one. The lines are counted
    before they are read, so that what a header announces is checked, not trusted. A line whose
    word came before is left out. ValueError names the line.
    """
    with opened(path) as file:
        first = file.readline(LONGEST)
        announced = header(first) if may_have_header else None
        if announced:
            first = file.readline(LONGEST)
    skip = 1 if announced else 0
    width = announced[1] if announced else first.rstrip().count(b" ")
    if not first or not width:
        wanted = "a word and its numbers, separated by single spaces"
        raise ValueError(f"{path}: line {skip + 1} is not {wanted}")
    hint = " (a binary file should end in .bin)" if b"\0" in first else ""
    parsed(_parse, [first], width, Seen(), lambda _: f"{path}: line {skip + 1}{hint}")
    count = _count_lines(path, None if limit is None else limit + skip) - skip
    if announced:
        least = announced[0] if limit is None else min(limit, announced[0])
        if not least <= count <= announced[0]:
            raise ValueError(
                f"{path}: line 1 announces {announced[0]:,} words, but {count:,} lines follow; "
                "it is damaged or cut short, fetch it again"
            )
    count = count if limit is None else min(limit, count)
    seen = Seen()
    return Stream(count, width, _blocks(path, skip, count, width, seen), seen=seen)


def _count_lines(path: pathlib.Path, enough: int | None) -> int:
    """How many lines a file has; counting ends where there are `enough`."""
    count, last = 0, b"\n"
    with opened(path) as file:
        while chunk := file.read(CHUNK):
            count += chunk.count(b"\n")
            last = chunk[-1:]
            if enough is not None and count >= enough:
                return count
    return count + (last != b"\n")


def _blocks(path: pathlib.Path, skip: int, count: int, width: int, seen: Seen) -> Iterator[Block]:
    with opened(path) as file:
        if skip:
            file.readline(LONGEST)
        for number, lines in _lines(path, file, skip + 1):
            lines = lines[:count]
            count -= len(lines)
            yield parsed(_parse, lines, width, seen, _place(path, number))
            if not count:
                return


def _place(path: pathlib.Path, number: int) -> Callable[[int], str]:
    """What says where a line lies, counted from one with this number."""
    return lambda i: f"{path}: line {number + i:,}"


def _lines(path: pathlib.Path, file: IO[bytes], number: int) -> Iterator[tuple[int, list[bytes]]]:
    """Whole lines, as many as fit in a chunk, with the number of the first."""
    rest = b""
    while chunk := file.read(CHUNK):
        *lines, rest = (rest + chunk).split(b"\n")
        if lines:
            yield number, lines
        number += len(lines)
        if len(rest) > LONGEST:
            raise ValueError(f"{path}: line {number:,} is too long; this is no file of vectors")
    if rest:
        yield number, [rest]


def _parse(lines: list[bytes], width: int) -> Block:
    """The words and vectors (n, D) of n lines; ValueError says what is wrong with one of them."""
    parts = [_apart(line, width) for line in lines]
    try:
        words = b"\n".join([word for word, _ in parts]).decode().split("\n")
    except UnicodeDecodeError as error:
        raise ValueError(f"is not UTF-8 (byte {error.start + 1} of the line)") from error
    numbers = _numbers(b" ".join([numbers for _, numbers in parts]))
    return words, numbers.reshape(len(lines), width)


def _apart(line: bytes, width: int) -> tuple[bytes, bytes]:
    """The word and the numbers of a line. A word may hold spaces: GloVe has some that do."""
    line = line.rstrip()  # word2vec.c and fastText end a line with a space
    spaces = line.count(b" ")
    if spaces == width:
        word, _, numbers = line.partition(b" ")
    elif spaces < width:
        raise ValueError(f"has {spaces} numbers, not {width}" if line else "is blank")
    else:
        word = line.rsplit(b" ", width)[0]
        numbers = line[len(word) + 1 :]
        if _is_number(word.rsplit(b" ", 1)[-1]):
            raise ValueError(f"has more than {width} numbers")
    if not word or word.strip(b" ") != word:
        raise ValueError("begins with a space, or has two between the word and its numbers")
    return word, numbers


def _numbers(text: bytes) -> Array:
    """Numbers between single spaces: (n,)."""
    try:
        # One row for loadtxt, whose parser is the fastest there is in NumPy.
        return np.loadtxt([text.decode()], np.float32, comments=None, delimiter=" ", ndmin=1)
    except ValueError as error:
        bad = next((field for field in text.split(b" ") if not _is_number(field)), text)
        raise ValueError(f"has {bad.decode(errors='replace')!r} where a number is due") from error


def _is_number(field: bytes) -> bool:
    try:
        float(field)
    except ValueError:
        return False
    return b"_" not in field  # which Python allows between digits


def write_text(path: pathlib.Path, stream: Stream, with_header: bool) -> None:
    """Write a line for each word, %.9g for each number, which a float32 survives unchanged."""
    form = " ".join(["%.9g"] * stream.width)
    with written(path) as file:
        if with_header:
            file.write(f"{stream.count} {stream.width}\n".encode())
        for words, vectors in stream:
            lines = (
                word_bytes(word) + f" {form % tuple(row)}\n".encode()
                for word, row in zip(words, vectors.tolist(), strict=True)
            )
            file.write(b"".join(lines))
