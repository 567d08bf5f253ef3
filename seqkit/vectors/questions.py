"""Files of analogy questions and of word pairs with the similarity that people gave them."""

import math
import os
import pathlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True)
class Section:
    """The questions of one section: a is to b as c is to d."""

    name: str
    questions: list[tuple[str, str, str, str]]


class Pair(NamedTuple):
    """Two words, and how alike people find them (on any scale)."""

    one: str
    other: str
    score: float


def read_analogies(path: str | os.PathLike[str]) -> list[Section]:
    """Read a file of questions: `: name` begins a section, every other line has four words.

    ValueError names the line that has not, and a file without questions.
    """
    sections: list[Section] = []
    for number, line in _lines(path):
        if line.startswith(":"):
            sections.append(Section(line[1:].strip(), []))
            continue
        words = line.split()
        if len(words) != 4:
            raise ValueError(f"{path}: line {number:,} has {len(words)} words, not 4")
        if not sections:
            sections.append(Section("questions", []))
        sections[-1].questions.append((words[0], words[1], words[2], words[3]))
    if not any(section.questions for section in sections):
        raise ValueError(f"{path}: holds no analogy questions (four words a line)")
    return sections


def read_pairs(path: str | os.PathLike[str]) -> list[Pair]:
    """Read a file of word pairs and scores, apart by tabs, spaces or commas.

    Lines that begin with # are remarks, and a first line without a number is a heading. What
    follows the score is not looked at. ValueError names the line that is not two words and a
    number, and a file without pairs.
    """
    lines = [(number, line) for number, line in _lines(path) if not line.startswith("#")]
    pairs = []
    for place, (number, line) in enumerate(lines):
        pair = _pair(line)
        if pair is not None:
            pairs.append(pair)
        elif place:
            raise ValueError(f"{path}: line {number:,} is not two words and a number")
    if not pairs:
        raise ValueError(f"{path}: holds no word pairs (two words and a number a line)")
    return pairs


def _pair(line: str) -> Pair | None:
    """The pair of a line, by the first separator that gives two words and a finite number."""
    for separator in ("\t", ",", None):
        one, other, score, *_ = [*line.split(separator), "", "", ""]
        try:
            number = float(score)
        except ValueError:
            continue
        if one.strip() and other.strip() and math.isfinite(number):
            return Pair(one.strip(), other.strip(), number)
    return None


def _lines(path: str | os.PathLike[str]) -> Iterator[tuple[int, str]]:
    """The lines of a file that are not blank, with their numbers; ValueError for one not UTF-8."""
    for number, line in enumerate(pathlib.Path(path).read_bytes().splitlines(), start=1):
        try:
            text = line.decode().removeprefix("\ufeff").strip()
        except UnicodeDecodeError as error:
            raise ValueError(f"{path}: line {number:,} is not UTF-8") from error
        if text:
            yield number, text
