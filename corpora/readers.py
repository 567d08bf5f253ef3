"""Corpora out of plain text: files, folders, standard input, and text spooled to a file."""

import os
import pathlib
import shutil
import sys
import tempfile
import weakref
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from seqkit.corpora.corpus import BLOCK, cut_blocks, lines_of
from seqkit.corpora.decoding import check_encoding, read_pieces
from seqkit.corpora.records import Text

SUFFIXES = (".txt", ".text", ".md", ".rst", ".tokens")  # of the files read from a folder
_FASTA = (".fa", ".fasta", ".fna", ".faa", ".fq", ".fastq")


@dataclass(frozen=True, eq=False)
class TextFiles:
    """The text of `paths`, one after the other, as a corpus.

    Files are plain or gzip, in `encoding`; where a file does not end its last line and another
    file follows, the line is ended. The start of the text is read at once, so that most errors
    come early. Memory is a few times `block_size` bytes, whatever the length of files and lines.
    """

    paths: tuple[pathlib.Path, ...]
    name: str
    source: str
    encoding: str = "utf-8"
    description: str = "plain text"
    block_size: int = BLOCK
    synthetic: bool = False
    entropy: Any = None

    def __post_init__(self) -> None:
        check_encoding(self.encoding)
        next(self.blocks())

    def __iter__(self) -> Iterator[Text]:
        """Yield the lines in order."""
        return lines_of(self.blocks())

    def blocks(self) -> Iterator[bytes]:
        """Yield UTF-8 blocks of at most `block_size` bytes; ValueError where all is white space."""
        blank = True
        for block in cut_blocks(self._pieces(), self.block_size):
            blank = blank and block.isspace()
            yield block
        if blank:
            raise ValueError(f"{self.source} is empty: give a file with text in it")

    def _pieces(self) -> Iterator[bytes]:
        last = "\n"
        for path in self.paths:
            name = self.source if len(self.paths) == 1 else str(path)
            begins = True
            for text in read_pieces(path, name, self.encoding, self.block_size):
                if begins and last != "\n":
                    yield b"\n"
                begins, last = False, text[-1]
                yield text.encode()


def read_path(path: str | os.PathLike[str], encoding: str = "utf-8") -> TextFiles:
    """Return the corpus of a file, a folder, or a pipe with a name (which is spooled).

    Raises FileNotFoundError or another OSError where nothing can be read, ValueError for a file
    that is not text in `encoding`, holds nothing, or is called like a FASTA or FASTQ file.
    """
    place = pathlib.Path(path)
    if place.is_dir():
        return _read_folder(place, encoding)
    if pathlib.Path(place.name.removesuffix(".gz")).suffix.lower() in _FASTA:
        raise ValueError(
            f"{place} is a FASTA or FASTQ file by its name, and this seqkit is for text; for such "
            "files see the other seqkit (bioinf.shenwei.me/seqkit), or rename it to read it as text"
        )
    if place.exists() and not place.is_file():
        with place.open("rb") as pipe:
            return spool(iter(lambda: pipe.read(BLOCK), b""), place.name, str(place), encoding)
    return TextFiles((place,), place.name, str(place), encoding)


def read_stdin(encoding: str = "utf-8") -> TextFiles:
    """Return what standard input holds, plain or gzip, spooled so that it can be read again."""
    chunks = iter(lambda: sys.stdin.buffer.read(BLOCK), b"")
    return spool(chunks, "stdin", "standard input", encoding)


def spool(
    chunks: Iterable[bytes],
    name: str,
    source: str,
    encoding: str = "utf-8",
    description: str = "plain text",
) -> TextFiles:
    """Write `chunks` to a temporary file, removed with the corpus that is returned."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="seqkit-"))
    try:
        path = folder / "spooled"  # without an ending: gzip is known by its content
        with path.open("wb") as file:
            file.writelines(chunks)
        corpus = TextFiles((path,), name, source, encoding, description)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    weakref.finalize(corpus, shutil.rmtree, folder, ignore_errors=True)
    return corpus


def _read_folder(folder: pathlib.Path, encoding: str) -> TextFiles:
    """Read the text files of `folder` and its sub-folders in sorted order, hidden ones left out."""
    inside = sorted(path.relative_to(folder).parts for path in folder.rglob("*"))
    paths = [
        folder.joinpath(*parts)
        for parts in inside
        if _is_text(parts[-1]) and not any(part.startswith(".") for part in parts)
    ]
    paths = [path for path in paths if path.is_file()]
    if not paths:
        endings = ", ".join(SUFFIXES)
        raise ValueError(f"{folder} holds no text files: give files that end in {endings} or .gz")
    name = folder.resolve().name
    return TextFiles(tuple(paths), name, str(folder), encoding, f"{len(paths)} text files")


def _is_text(name: str) -> bool:
    """Tell a text file by its name: one of SUFFIXES, those with .gz behind, or NAME.gz."""
    plain = name.removesuffix(".gz")
    suffix = pathlib.Path(plain).suffix.lower()
    return suffix in SUFFIXES or (plain != name and not suffix)
