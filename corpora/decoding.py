"""Bytes of a file to text: gzip, character encodings, and saying what is wrong with a file."""

import codecs
import gzip
import io
import itertools
import pathlib
import zlib
from collections.abc import Iterable, Iterator
from typing import BinaryIO

_GZIP = b"\x1f\x8b"
_MAGIC = {
    b"PK\x03\x04": "a .zip, .docx, .xlsx, .odt or .epub archive: save it as plain text",
    b"%PDF-": "a .pdf document: turn it into plain text, with pdftotext for example",
    b"\xd0\xcf\x11\xe0": "a .doc or .xls document: save it as plain text",
    b"{\\rtf": "an .rtf document: save it as plain text",
    b"BZh": "compressed with bzip2: unpack it, or compress it with gzip",
    b"\xfd7zXZ": "compressed with xz: unpack it, or compress it with gzip",
    b"\x28\xb5\x2f\xfd": "compressed with zstd: unpack it, or compress it with gzip",
    b"7z\xbc\xaf": "a .7z archive: unpack it",
}


def check_encoding(encoding: str) -> None:
    """Raise ValueError unless `encoding` names a character encoding that Python knows."""
    try:
        io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    except (LookupError, ValueError):
        message = f"unknown encoding {encoding!r}: use utf-8, latin-1, cp1252, utf-16 or the like"
        raise ValueError(message) from None


def read_pieces(path: pathlib.Path, name: str, encoding: str, size: int) -> Iterator[str]:
    """Yield the text of `path`, unpacked if it is gzip, without its byte order mark.

    `name` stands for the file in errors; pieces come of about `size` bytes of the file. Raises
    OSError for a file that cannot be opened and ValueError for damaged gzip files, other file
    formats, NUL bytes and a wrong `encoding`.
    """
    with _open(path, name) as file:
        head = file.read(8)
        file.seek(0)
        _refuse_formats(head, name)
        if head.startswith(_GZIP) or (head and path.suffix == ".gz"):
            yield from decode_chunks(_unpack(file, name, size), name, encoding)
        else:
            yield from decode_chunks(iter(lambda: file.read(size), b""), name, encoding)


def _open(path: pathlib.Path, name: str) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        remedy = "check its name and its permissions"
        raise type(error)(f"{name} cannot be read: {error.strerror}; {remedy}") from None


def _refuse_formats(head: bytes, name: str) -> None:
    for magic, remedy in _MAGIC.items():
        if head.startswith(magic):
            raise ValueError(f"{name} is not plain text but {remedy}")


def _unpack(file: BinaryIO, name: str, size: int) -> Iterator[bytes]:
    try:
        with gzip.GzipFile(fileobj=file, mode="rb") as unpacked:
            yield from iter(lambda: unpacked.read(size), b"")
    except EOFError:
        raise ValueError(f"{name} ends early: this gzip file was cut off, get it again") from None
    except gzip.BadGzipFile as error:
        raise ValueError(f"{name} is not a gzip file, or a damaged one: {error}") from None
    except zlib.error as error:
        raise ValueError(f"{name} is a damaged gzip file, get it again: {error}") from None


def decode_chunks(chunks: Iterable[bytes], name: str, encoding: str) -> Iterator[str]:
    """Yield the text of chunks of bytes; ValueError names the line and byte that are no text."""
    decoder = codecs.getincrementaldecoder(encoding)()
    line, offset, first = 1, 0, True
    for chunk in itertools.chain(chunks, [b""]):
        offset += len(chunk)
        try:
            text = decoder.decode(chunk, final=not chunk)
        except UnicodeError as error:
            raise ValueError(_wrong_encoding(error, name, encoding, line, offset)) from None
        if first and text:
            text, first = text.removeprefix("\ufeff"), False
        if "\0" in text:
            line += text.count("\n", 0, text.index("\0"))
            raise ValueError(
                f"{name}, line {line}: a NUL byte, so this is no plain text; give a text file, "
                "or say --encoding utf-16-le if it is UTF-16"
            )
        line += text.count("\n")
        if text:
            yield text


def _wrong_encoding(error: UnicodeError, name: str, encoding: str, line: int, offset: int) -> str:
    """Name the byte that is not `encoding`; `offset` is where the decoder's input ends."""
    if not isinstance(error, UnicodeDecodeError):
        return f"{name} is not {encoding}: {error}; say which it is with --encoding"
    data, start = error.object, error.start
    line += data.count(b"\n", 0, start)
    place = offset - len(data) + start
    other = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) and not place else "latin-1"
    if other == encoding:
        other = "utf-8"
    return (
        f"{name}, line {line}: byte 0x{data[start]:02X} (position {place:,} of the file) is not "
        f"{encoding}; say --encoding {other} or what the file is in"
    )
