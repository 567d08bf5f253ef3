"""What can be seen of a word itself: its letters, its shape, its ends; as numbers for a net (G1).

Each distinct form of a text is worked out once; sentences then hold places in the table of forms.
"""

import re
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from seqkit.text.vocabulary import Vocabulary

Ints = npt.NDArray[np.int64]

LONGEST = 40
"""Characters of a word that are looked at: of a longer one its first and its last 20."""
SHAPES = 10
"""How many shapes of words there are."""
PARTS = ("word", "small", "outline", *(f"prefix {n}" for n in (1, 2, 3, 4)), *(
    f"suffix {n}" for n in (1, 2, 3, 4)
))  # fmt: skip
"""What of a word is hashed: as it is, in small letters, its outline, its beginnings and ends."""

_DIGIT = re.compile(r"\d")
_RUNS = [
    (re.compile(run), letter) for run, letter in (("[A-Z]+", "A"), ("[a-z]+", "a"), (r"\d+", "0"))
]


class WordForms(NamedTuple):
    """F distinct word forms as numbers; C is the most characters, borders included."""

    characters: Ints  # (F, C), with the id of `<eos>` at both ends, then padding
    shapes: Ints  # (F,)
    hashes: Ints  # (F, 11), as PARTS, each below 2 ** 32

    def select(self, rows: Ints) -> "WordForms":
        """These forms alone, without needless padding."""
        characters = self.characters[rows]
        width = int((characters != _PAD).sum(axis=1).max(initial=1))
        return WordForms(characters[:, :width], self.shapes[rows], self.hashes[rows])


_PAD = 2  # of every vocabulary that pads


class FormReader:
    """Works out word forms, and remembers them: most words of a text come again.

    `characters` must have `<pad>`.
    """

    MOST = 1 << 16
    """So many forms are remembered, none longer than LONGEST."""

    def __init__(self, characters: Vocabulary) -> None:
        self.characters = characters
        self._known: dict[str, Ints] = {}

    def read(self, forms: Sequence[str]) -> WordForms:
        """The letters, shapes and hashed parts of word forms."""
        if not forms:
            return WordForms(*(np.zeros(s, np.int64) for s in ((0, 2), (0,), (0, len(PARTS)))))
        rows = [self._row(form) for form in forms]
        table = np.full((len(rows), max(map(len, rows))), self.characters.pad, np.int64)
        for place, row in zip(table, rows, strict=True):
            place[: len(row)] = row
        parts = len(PARTS)
        columns = table[:, parts + 1 :], table[:, parts], table[:, :parts]
        return WordForms(*(column.copy() for column in columns))

    def _row(self, form: str) -> Ints:
        """Hashes, shape and characters of a form, one after the other."""
        row = self._known.get(form)
        if row is None:
            ends = (self.characters.eos,)
            spelled = (*ends, *self.characters.ids(_shortened(form)), *ends)
            row = np.array((*hashes(form), shape(form), *spelled), np.int64)
            if len(form) <= LONGEST and len(self._known) < self.MOST:
                self._known[form] = row
        return row


def count_characters(forms: Iterable[str]) -> Counter[str]:
    """How many of these forms have each character, as often as it stands in them."""
    counts: Counter[str] = Counter()
    for form in forms:
        counts.update(_shortened(form))
    return counts


def normal(word: str) -> str:
    """A word as the vocabulary has it: in small letters, every digit as 0."""
    return _DIGIT.sub("0", word.lower())


def shape(word: str) -> int:
    """The class of a word by the kinds of its characters: 0 to SHAPES - 1."""
    if word.isdigit():
        return 0
    if any(map(str.isdigit, word)):
        return 1 if any(map(str.isalpha, word)) else 2
    if not any(map(str.isalnum, word)):
        return 3
    if word.islower():
        return 4
    if word.isupper():
        return 5 if len(word) > 1 else 6
    if word[0].isupper():
        return 7 if word[1:].islower() else 8
    return 9


def outline(word: str) -> str:
    """A word with each run of capitals as A, of small letters as a, of digits as 0."""
    for run, letter in _RUNS:
        word = run.sub(letter, word)
    return word


def hashes(word: str) -> list[int]:
    """Numbers below 2 ** 32 that stand for the parts of a word, in the order of PARTS."""
    word = _shortened(word)
    ends = [word[:n] for n in (1, 2, 3, 4)] + [word[-n:] for n in (1, 2, 3, 4)]
    parts = (word, word.lower(), outline(word), *ends)
    return [zlib.crc32(part.encode(errors="surrogatepass")) for part in parts]


def _shortened(word: str) -> str:
    """A word cut out in the middle if it is long: links and noise have no end."""
    return word if len(word) <= LONGEST else word[: LONGEST // 2] + word[-LONGEST // 2 :]
