"""Files of word vectors by their endings: .bin, .vec, .txt, .glove.txt, and .gz behind these."""

import os
import pathlib

from seqkit.vectors.binary_files import read_binary, write_binary
from seqkit.vectors.blocks import Stream
from seqkit.vectors.text_files import read_text, write_text

TEXT = (".vec", ".txt")


def _name(path: pathlib.Path) -> str:
    return path.name.lower().removesuffix(".gz")


def read_stream(path: str | os.PathLike[str], limit: int | None = None) -> Stream:
    """The first `limit` words of a file and their vectors, or all, block by block.

    .bin is word2vec's binary form; any other file is text. .glove.txt never begins with a line of
    two numbers; in other text such a line is seen. ValueError names the line or the byte where a
    file is damaged.
    """
    path = pathlib.Path(path)
    if limit is not None and limit < 1:
        raise ValueError(f"limit must be 1 or more, got {limit}")
    if _name(path).endswith(".bin"):
        return read_binary(path, limit)
    return read_text(path, limit, may_have_header=not _name(path).endswith(".glove.txt"))


def check_ending(path: str | os.PathLike[str]) -> None:
    """ValueError for a name that says no form of file."""
    if not _name(pathlib.Path(path)).endswith((".bin", *TEXT)):
        raise ValueError(
            f"{path}: the ending says no form of vectors; end in .bin, .vec, .txt or .glove.txt, "
            "with .gz behind it if you like, or in nothing for a folder"
        )


def write_stream(path: str | os.PathLike[str], stream: Stream) -> None:
    """Write a file of the form that its name says; ValueError for a word that it cannot hold."""
    path = pathlib.Path(path)
    check_ending(path)
    if _name(path).endswith(".bin"):
        write_binary(path, stream)
    else:
        write_text(path, stream, with_header=not _name(path).endswith(".glove.txt"))
