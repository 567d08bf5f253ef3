"""The folder of word vectors: vocabulary.json and model.safetensors, opened as a memory map.

There are two kinds. One holds vectors alone, as `save_folder` writes it. The other is the run
folder of a training of word vectors or of a language model, whose first types are no words.
"""

import json
import os
import pathlib
import shutil
from collections.abc import Iterator
from typing import Any

from seqkit import sums
from seqkit.files import atomic_write, parse_json, read_plain
from seqkit.vectors.blocks import Stream
from seqkit.vectors.search import Array
from seqkit.vectors.tensor_file import map_tensor, write_tensor
from seqkit.vectors.vectors import WordVectors

FORMAT, VERSION = "seqkit vectors", 1
OF_RUNS = "seqkit vocabulary"
TENSORS = {"word2vec": ("inputs",), "language": ("embedding.weight", "output_weight")}
"""The tensor with a vector for each type, by the task of a run; the first of the names there is.

A language model whose output shares the embedding's matrix has it under the name of the output.
"""
SPECIAL = ("<unk>", "<eos>", "<pad>")
"""The first types of a run, the last of them not always; they are no words."""
WORDS, NUMBERS = "vocabulary.json", "model.safetensors"


def open_folder(path: str | os.PathLike[str], limit: int | None = None) -> WordVectors:
    """The first `limit` words of a folder, or all, with their vectors mapped into memory.

    ValueError names the file that is missing, damaged or of another kind, and what to do.
    """
    folder = pathlib.Path(path)
    form, tensors = _form(folder)
    if (folder / "metrics.json").exists():  # a finished run, which has sums
        sums.check_sums(folder / sums.NAME, folder)
    words, counts = _read_words(folder, form)
    special = sum(word in SPECIAL for word in words[:3]) if form == OF_RUNS else 0
    if not (folder / NUMBERS).exists():
        raise ValueError(
            f"{folder / NUMBERS}: no such file; finish the training with --resume, or convert again"
        )
    vectors = map_tensor(folder / NUMBERS, *tensors)  # (V, D)
    if len(vectors) != len(words):
        raise ValueError(
            f"{folder}: {WORDS} has {len(words):,} types, {NUMBERS} {len(vectors):,} rows; "
            "convert or train the vectors again"
        )
    part = slice(special, None if limit is None else special + limit)
    if not words[part]:
        raise ValueError(f"{folder / WORDS}: holds no words; train or convert again")
    try:
        return WordVectors(words[part], vectors[part], None if counts is None else counts[part])
    except ValueError as error:
        raise ValueError(f"{folder / WORDS}: {error}; convert or train again") from error


def _read_words(folder: pathlib.Path, form: str) -> tuple[list[str], list[int] | None]:
    """The types and the counts in vocabulary.json, checked."""
    path = folder / WORDS
    if not path.exists():
        raise ValueError(f"{path}: no such file; {folder} is no folder of word vectors")
    value = _read_json(path)
    if value.get("format") != form or value.get("version") != VERSION:
        raise ValueError(
            f"{path}: of format {value.get('format')!r}, version {value.get('version')!r}; this "
            f"seqkit reads word vectors of version {VERSION}"
        )
    words, counts = value.get("types"), value.get("counts")
    if not isinstance(words, list) or not all(type(word) is str and word for word in words):
        raise ValueError(f"{path}: damaged, 'types' is not a list of words; convert or train again")
    if counts is not None and not (
        isinstance(counts, list) and all(type(n) is int and n >= 0 for n in counts)
    ):
        raise ValueError(f"{path}: damaged, 'counts' is no list of counts; convert or train again")
    return words, counts


def _form(folder: pathlib.Path) -> tuple[str, tuple[str, ...]]:
    """Of which format vocabulary.json must be, and the names that the tensor may have."""
    if not (folder / "config.json").exists():
        return FORMAT, ("vectors",)
    task = _read_json(folder / "config.json").get("task")
    if not isinstance(task, str) or task not in TENSORS:
        raise ValueError(f"{folder}: a run of the task {task!r} holds no word vectors")
    return OF_RUNS, TENSORS[task]


def _read_json(path: pathlib.Path) -> dict[str, Any]:
    data = read_plain(path)
    try:
        value = parse_json(data)
    except ValueError as error:
        raise ValueError(
            f"{path}: damaged ({error}); convert or train the vectors again"
        ) from error
    if not isinstance(value, dict):
        raise ValueError(f"{path}: damaged (no JSON object); convert or train the vectors again")
    return value


def check_free(path: str | os.PathLike[str]) -> None:
    """ValueError where something lies at `path` that is not an empty folder or one of vectors."""
    folder = pathlib.Path(path)
    if not folder.exists():
        return
    if not folder.is_dir():
        raise ValueError(f"{folder}: is a file, not a folder; name another target")
    # A name that begins with a dot is what a killed writer left (see atomic_write).
    found = {p.name for p in folder.iterdir() if not p.name.startswith(".")}
    if found and (found != {WORDS, NUMBERS} or _read_json(folder / WORDS).get("format") != FORMAT):
        raise ValueError(f"{folder}: holds other files; name a new or empty folder")


def save_folder(path: str | os.PathLike[str], stream: Stream) -> None:
    """Write a folder of vectors, block by block; an earlier one of this kind is replaced.

    ValueError where something else lies there. A new folder vanishes if it cannot be finished.
    """
    folder = pathlib.Path(path)
    check_free(folder)
    new = not folder.exists()
    folder.mkdir(exist_ok=True)
    words: list[str] = []
    try:
        with atomic_write(folder / NUMBERS) as file:
            write_tensor(file, "vectors", (stream.count, stream.width), _rows(stream, words))
            text = _words_json(words, stream)
            # The words and the numbers of two conversions must never lie together.
            (folder / WORDS).unlink(missing_ok=True)
        with atomic_write(folder / WORDS) as file:
            file.write(text)
    except BaseException:
        if new:
            shutil.rmtree(folder, ignore_errors=True)
        raise


def _rows(stream: Stream, words: list[str]) -> Iterator[Array]:
    """The vectors of a stream; its words are put into `words`."""
    for some, vectors in stream:
        words.extend(some)
        yield vectors


def _words_json(words: list[str], stream: Stream) -> bytes:
    counts = None if stream.counts is None else list(stream.counts)
    value = {"format": FORMAT, "version": VERSION, "types": words, "counts": counts}
    return json.dumps(value, ensure_ascii=False).encode() + b"\n"
