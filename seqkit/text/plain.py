"""What kernels.py does in compiled loops, in Python: for where numba cannot be imported."""

from collections.abc import Callable

import numpy as np

from seqkit.text.lines import LONGEST
from seqkit.text.tally import Tally
from seqkit.text.vocabulary import EOS

SPACES = (b" ", b"\t", b"\n", b"\r", b"\v", b"\f")
"""ASCII white space, which is what bytes.split() splits at."""
_EOS = EOS.encode()

Find = Callable[[bytes], tuple[list[bytes], int]]


def find_words(data: bytes) -> tuple[list[bytes], int]:
    """Find what stands between ASCII white space; return (tokens, number of bytes used up).

    The end of a line is `<eos>`. An unfinished word at the end is left for the next piece; nothing
    is used up from a word of more than LONGEST bytes on.
    """
    used = max(data.rfind(space) for space in SPACES) + 1
    *whole, last = data[:used].split(b"\n")
    tokens = [token for line in whole for token in (*line.split(), _EOS)] + last.split()
    if max(map(len, tokens), default=0) > LONGEST:
        used = data.index(next(token for token in tokens if len(token) > LONGEST))
    return tokens, used


def find_characters(data: bytes) -> tuple[list[bytes], int]:
    """Find the UTF-8 characters, a line feed being `<eos>`; otherwise as `find_words`."""
    try:
        used, text = len(data), data.decode()
    except UnicodeDecodeError as error:  # the text is valid: a character is cut off at the end
        used, text = error.start, data[: error.start].decode()
    return [_EOS if character == "\n" else character.encode() for character in text], used


class PlainInterner:
    """Gives tokens provisional ids in the order of their first appearance; id 0 is `<eos>`."""

    def __init__(self, find: Find) -> None:
        """Take the function that finds tokens: `find_words` or `find_characters`."""
        self._find = find
        self._numbers = {_EOS: 0}
        self._counts = np.zeros(1, np.int64)

    def feed(self, data: bytes) -> tuple[np.ndarray, int]:
        """Return (ids of the tokens that end in `data`, int32, number of bytes used up)."""
        tokens, used = self._find(data)
        numbers = self._numbers
        ids = np.array([numbers.setdefault(token, len(numbers)) for token in tokens], np.int32)
        self._counts = add_counts(self._counts, ids, len(numbers))
        return ids, used

    @property
    def size(self) -> int:
        """How many types there are."""
        return len(self._numbers)

    def add(self, tally: Tally) -> np.ndarray:
        """Return the id of each type, (K,) int32, entering new ones and adding the counts."""
        numbers = self._numbers
        ids = np.array([numbers.setdefault(t, len(numbers)) for t in _types(tally)], np.int32)
        self._counts = add_counts(self._counts, ids[:0], len(numbers))
        self._counts[ids] += tally.counts
        return ids

    def find(self, tally: Tally) -> np.ndarray:
        """Return the id of each type, (K,) int32, -1 for those never added."""
        return np.array([self._numbers.get(token, -1) for token in _types(tally)], np.int32)

    def tally(self) -> Tally:
        """Return how often each type came, in the order of provisional ids."""
        ends = np.cumsum([0, *map(len, self._numbers)], dtype=np.int64)
        return Tally(np.frombuffer(b"".join(self._numbers), np.uint8), ends, self._counts)


def _types(tally: Tally) -> list[bytes]:
    text = tally.letters.tobytes()
    return [text[start:stop] for start, stop in tally.bounds.tolist()]


def add_counts(counts: np.ndarray, ids: np.ndarray, types: int) -> np.ndarray:
    """Return the counts of `types` ids, (types,): those so far, (types or fewer,), and `ids`."""
    total: np.ndarray = np.bincount(ids, minlength=types)
    total[: counts.size] += counts
    return total
