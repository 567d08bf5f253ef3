"""Opening word vectors, choosing words, and telling what vectors hold, for several commands."""

import contextlib
import difflib
import pathlib
import warnings
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

import click

from seqkit.cli import options

if TYPE_CHECKING:
    from seqkit.vectors import WordVectors

F = TypeVar("F", bound=Callable[..., Any])

LARGE = 500_000_000
"""Bytes from which reading a file takes so long that there is something to tell."""


def questions_file(name: str) -> str:
    """The path of a file of questions; that of a downloaded corpus by its name."""
    from seqkit.corpora.downloadable import files_of, is_download

    return files_of(name, "questions", "test")[0] if is_download(name) else name


def limit(function: F) -> F:
    """--limit."""
    return click.option(
        "--limit", type=click.IntRange(1), help="Read the first N words alone (all)."
    )(function)


def top(function: F) -> F:
    """--top."""
    return click.option(
        "--top", type=click.IntRange(1), default=10, show_default=True, help="How many words."
    )(function)


def restrict_vocab(function: F) -> F:
    """--restrict-vocab."""
    return click.option(
        "--restrict-vocab",
        type=click.IntRange(1),
        help="Answer with one of the first N words, the most frequent (all).",
    )(function)


def task_of(path: str) -> str | None:
    """The task of a run folder; None for what is no run, or one whose config.json is damaged."""
    from seqkit.files import read_json

    try:
        config = read_json(pathlib.Path(path) / "config.json")
    except (OSError, ValueError):
        return None
    task = config.get("task") if isinstance(config, dict) else None
    return task if isinstance(task, str) else None


def holds_vectors(path: str) -> bool:
    """Whether a path is finished word vectors: a file, a folder of vectors or a word2vec run."""
    folder = pathlib.Path(path)
    if (folder / "config.json").exists():
        return task_of(path) == "word2vec"
    return folder.is_file() or (folder / "model.safetensors").exists()


def open_vectors(path: str, limit: int | None = None) -> "WordVectors":
    """The vectors of a file or folder, or the embedding of a language model's words.

    ValueError names what is missing or damaged.
    """
    from seqkit.vectors.files import load

    place = pathlib.Path(path)
    if not place.exists():
        raise ValueError(f"{path}: no such file or folder{_near(place)}")
    if place.is_file() and place.stat().st_size >= LARGE and limit is None:
        options.note(
            f"reading {place.stat().st_size / 1e9:.1f} GB; a folder made of it by "
            "`seqkit vectors convert` opens at once"
        )
    with noted_warnings():
        return load(path, limit)


@contextlib.contextmanager
def noted_warnings() -> Iterator[None]:
    """Show what the library warns of in vector files as one line on stderr, at once."""
    from seqkit.report.terminal import printable
    from seqkit.vectors.blocks import RepeatedWords

    def show(message: Warning | str, *_: object) -> None:
        options.note(f"Warning: {printable(str(message))}")

    with warnings.catch_warnings():
        warnings.simplefilter("always", RepeatedWords)
        warnings.showwarning = show  # type: ignore[assignment]
        yield


def _near(place: pathlib.Path) -> str:
    """What lies beside a path that does not exist and has nearly its name."""
    beside = [path.name for path in place.parent.iterdir()] if place.parent.is_dir() else []
    near = [str(place.parent / name) for name in difflib.get_close_matches(place.name, beside)]
    return f"; did you mean {' or '.join(near)}?" if near else ""


def read_words(vectors: "WordVectors", source: str) -> list[str]:
    """The words in a file, or on standard input (-), that have a vector, each once.

    A line on stderr tells of the others, so that one rare word does not spoil the answers for a
    whole file. ValueError where no word has a vector, and for what is no text.
    """
    from seqkit.corpora.readers import read_path, read_stdin
    from seqkit.report.terminal import printable

    text = read_stdin() if source == "-" else read_path(source)
    words = dict.fromkeys(word for line in text for word in line.text.split())
    missing = [word for word in words if word not in vectors]
    some = printable(", ".join(missing[:5])) + (", ..." if len(missing) > 5 else "")
    if len(missing) == len(words):
        raise ValueError(f"{text.source}: none of its {len(words):,} words has a vector ({some})")
    if missing:
        options.note(f"{text.source}: {len(missing):,} of {len(words):,} have no vector: {some}")
    return [word for word in words if word in vectors]


def facts(vectors: "WordVectors", first: int) -> dict[str, Any]:
    """How many words there are, how long their vectors, and the first of them, with their norms."""
    norms = vectors.norms
    counts = vectors.counts
    return {
        "words": len(vectors),
        "dimension": vectors.vector_size,
        "tokens": None if counts is None else sum(counts),
        "norm": {
            "least": float(norms.min()),
            "mean": float(norms.mean()),
            "greatest": float(norms.max()),
        },
        "first": [
            [word, None if counts is None else counts[row], float(norms[row])]
            for row, word in enumerate(vectors.index_to_key[:first])
        ],
    }


def show_facts(found: dict[str, Any]) -> None:
    """Print `facts`."""
    from seqkit.report.terminal import table

    norm = found["norm"]
    click.echo(f"words      {found['words']:,}")
    click.echo(f"dimension  {found['dimension']}")
    if found["tokens"] is not None:
        click.echo(f"tokens     {found['tokens']:,}")
    click.echo(f"norm       {norm['least']:.4g} to {norm['greatest']:.4g}, mean {norm['mean']:.4g}")
    rows = [(row, *word) for row, word in enumerate(found["first"])]
    click.echo("\n" + table(rows, ("row", "word", "count", "norm")))
