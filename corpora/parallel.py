"""Parallel text out of two files: line n of one is the translation of line n of the other."""

import pathlib
from collections.abc import Iterator
from itertools import zip_longest
from typing import Protocol

from seqkit.corpora.corpus import Described
from seqkit.corpora.labelled_lines import read_lines
from seqkit.corpora.readers import TextFiles, read_path, read_stdin
from seqkit.corpora.records import Pair


class ParallelCorpus(Described, Protocol):
    """Pairs that can be read again and again."""

    def __iter__(self) -> Iterator[Pair]:
        """Yield the pairs in order; neither side of one is empty."""

    def place(self, pair: Pair) -> str:
        """Say where a pair stands, for errors."""

    def warnings(self) -> list[str]:
        """Say, one line each, what users should know of how the text was read."""


class ParallelFiles:
    """The pairs of two files; can be read again and again, one pair in memory.

    White space around lines is left out, and so are pairs of which one side is blank. Both files
    are read once at the beginning, so that all errors come early.

    Args:
        sources: the file of source lines.
        targets: the file of their translations.

    Raises:
        ValueError: files with different numbers of lines, or without a pair; a line that is too
            long. The files are named.
    """

    description = "parallel text, a pair a line"

    def __init__(self, sources: TextFiles, targets: TextFiles) -> None:
        self.sources, self.targets = sources, targets
        self._blank, self._first_blank, lines = 0, 0, 0
        for lines, source, target in self._lines():
            if not source or not target:
                self._blank += 1
                self._first_blank = self._first_blank or lines
        if self._blank == lines:
            raise ValueError(
                f"{self.source}: none of the {lines:,} lines has text in both files; is each line "
                "the translation of the same line of the other?"
            )

    @property
    def name(self) -> str:
        """The names of the files."""
        return f"{self.sources.name} and {self.targets.name}"

    @property
    def source(self) -> str:
        """Where the files are."""
        return f"{self.sources.source} and {self.targets.source}"

    @property
    def synthetic(self) -> bool:
        """Whether a program made the text up."""
        return self.sources.synthetic

    def __iter__(self) -> Iterator[Pair]:
        """Yield the pairs in order; neither side of one is empty."""
        return (
            Pair(source, target, number)
            for number, source, target in self._lines()
            if source and target
        )

    def place(self, pair: Pair) -> str:
        """Say where a pair stands, for errors."""
        return f"{self.source}, line {pair.line}"

    def warnings(self) -> list[str]:
        """Say how many lines were left out."""
        if not self._blank:
            return []
        many = f"{self._blank:,} lines are" if self._blank > 1 else "1 line is"
        return [
            f"{self.source}: {many} blank on one side or both and left out, the first is line "
            f"{self._first_blank}"
        ]

    def _lines(self) -> Iterator[tuple[int, str, str]]:
        """Yield line numbers and both lines, blank ones too."""
        sources, targets = read_lines(self.sources), read_lines(self.targets)
        for source, target in zip_longest(sources, targets):
            if source is None or target is None:
                number, _ = source or target
                longer = number + sum(1 for _ in (targets if source is None else sources))
                counts = (number - 1, longer) if source is None else (longer, number - 1)
                raise ValueError(self._uneven(counts))
            yield source[0], source[1].strip(), target[1].strip()

    def _uneven(self, counts: tuple[int, int]) -> str:
        source, target = (f"{n:,} line{'s' * (n != 1)}" for n in counts)
        return (
            f"{self.sources.source} has {source} and {self.targets.source} {target}: each line "
            "must be the translation of the same line of the other file"
        )


def read_parallel(source: str, target: str, encoding: str = "utf-8") -> ParallelFiles:
    """Return the pairs of two files, plain or gzip; `-` for one of them is standard input.

    Raises ValueError or an OSError such as FileNotFoundError that says in one line what is wrong.
    """
    if source == target == "-":
        raise ValueError("standard input (-) is one text: give two files, or one and -")
    return ParallelFiles(_read(source, encoding), _read(target, encoding))


def _read(source: str, encoding: str) -> TextFiles:
    if source == "-":
        return read_stdin(encoding)
    path = pathlib.Path(source)
    if path.is_dir():
        raise ValueError(f"{source} is a folder: name one file of lines in it")
    if path.is_file():  # not `read_path`, to which names such as train.fa are no text: Persian is
        return TextFiles((path,), path.name, source, encoding)
    return read_path(source, encoding)
