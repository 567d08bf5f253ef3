"""Text read once, as it comes: from standard input or a pipe before its end, or from a file."""

import pathlib
import sys
from collections.abc import Iterator
from typing import BinaryIO

from seqkit.corpora.decoding import check_encoding, decode_chunks, read_pieces

PIECE = 1 << 16
"""Bytes that are read at once, at most."""


def stream_text(source: str, encoding: str = "utf-8") -> Iterator[str]:
    """Yield the text of a file, a named pipe or `-` (standard input) piece by piece.

    A piece of a pipe comes as soon as it is there. Line ends stay as they are; a byte order mark is
    left out. Files may be gzip, pipes not. Raises ValueError or an OSError that says in one line
    what is wrong, and for text in another encoding which byte.
    """
    check_encoding(encoding)
    path = pathlib.Path(source)
    if source == "-":
        return decode_chunks(_arriving(sys.stdin.buffer), "standard input", encoding)
    if path.exists() and not path.is_file() and not path.is_dir():
        return _read_pipe(path, encoding)
    return read_pieces(path, source, encoding, PIECE)


def _read_pipe(path: pathlib.Path, encoding: str) -> Iterator[str]:
    with path.open("rb") as pipe:
        yield from decode_chunks(_arriving(pipe), str(path), encoding)


def _arriving(pipe: BinaryIO) -> Iterator[bytes]:
    """Yield what a pipe holds, without waiting for more than there is."""
    return iter(lambda: pipe.read1(PIECE), b"")  # type: ignore[attr-defined]
