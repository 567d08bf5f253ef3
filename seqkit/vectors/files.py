"""Reading, writing and converting word vectors, whatever form they lie in."""

import contextlib
import dataclasses
import os
import pathlib

import numpy as np

from seqkit.vectors.blocks import FewerWordsError, Stream, stream_of
from seqkit.vectors.folder import check_free, open_folder, save_folder
from seqkit.vectors.formats import check_ending, read_stream, write_stream
from seqkit.vectors.search import Array
from seqkit.vectors.vectors import WordVectors

Path = str | os.PathLike[str]


def load(path: Path, limit: int | None = None) -> WordVectors:
    """The first `limit` words of a folder or a file and their vectors, or all.

    A folder (of vectors, or the run of a training of word vectors or of a language model, whose
    embedding they are) is mapped into memory, a file is read: .bin is word2vec's binary form; all
    else is text, .gz too (word2vec, fastText, GloVe). A word that comes again in a file is left
    out, with a warning, RepeatedWords. ValueError names the file, the line or the byte, and what
    to do.
    """
    if limit is not None and limit < 1:
        raise ValueError(f"limit must be 1 or more, got {limit}")
    if pathlib.Path(path).is_dir():
        return open_folder(path, limit)
    stream = read_stream(path, limit)
    words: list[str] = []
    vectors: Array = np.empty((stream.count, stream.width), np.float32)  # (V, D)
    with contextlib.suppress(FewerWordsError):
        for some, block in stream:
            vectors[len(words) : len(words) + len(some)] = block
            words.extend(some)
    stream.seen.warn()
    return WordVectors(words, vectors[: len(words)])


def save(vectors: WordVectors, path: Path) -> None:
    """Write vectors in the form that the ending of `path` says; see `convert`."""
    _write(path, stream_of(vectors.index_to_key, vectors.vectors, vectors.counts))


def convert(source: Path, target: Path) -> None:
    """Bring vectors from one form into another, block by block; never all of them in memory.

    The ending of `target` says its form: .bin, .vec or .txt (word2vec), .glove.txt, .gz behind it
    or not; without an ending it is a folder, which opens at once. A file is replaced, and so is a
    folder of vectors; ValueError for a folder that holds something else, and where both are one.
    Words that come again are left out as in `load`.
    """
    one, other = pathlib.Path(source), pathlib.Path(target)
    if one.resolve() == other.resolve() or (
        other.exists() and one.exists() and one.samefile(other)
    ):
        raise ValueError(f"{target}: is the source itself; name another target")
    _check_target(other)
    if one.is_dir():
        vectors = open_folder(one)
        _write(other, stream_of(vectors.index_to_key, vectors.vectors, vectors.counts))
    else:
        _convert_file(one, other)


def _convert_file(source: pathlib.Path, target: pathlib.Path) -> None:
    stream = read_stream(source)
    try:
        _write(target, stream)
    except FewerWordsError:  # what is written begins with the number of words, which is known now
        again = read_stream(source)
        _write(target, dataclasses.replace(again, count=again.count - stream.seen.repeated))
    stream.seen.warn()


def _is_folder(path: pathlib.Path) -> bool:
    return path.is_dir() or not path.suffix


def _check_target(path: pathlib.Path) -> None:
    """ValueError, before anything is read, for a target that cannot be written."""
    if _is_folder(path):
        check_free(path)
    else:
        check_ending(path)


def _write(path: Path, stream: Stream) -> None:
    if _is_folder(pathlib.Path(path)):
        save_folder(path, stream)
    else:
        write_stream(path, stream)
