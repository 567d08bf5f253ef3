"""Made-up text of any size, fast: words as frequent as in a language, and ever new ones.

The rank of each word is drawn from a Lomax law: word r comes about as often as (r + SHIFT)^-1.5,
without end. So the larger the text the more types it has (about as its size to the power of 2/3),
most of them once or twice. Lines have WORDS words. The same size and seed give the same bytes.
"""

import pathlib

import numpy as np
from numba import njit

SHIFT = 20.0
WORDS = 20
BLOCK = 1 << 24
LETTERS = np.frombuffer(b"tnsraeio", np.uint8).reshape(2, 4)  # a word is a number of base four


@njit(cache=True)
def fill(text: np.ndarray, state: np.ndarray, letters: np.ndarray) -> int:
    """Fill a block with whole lines; return how many bytes they have."""
    end, place = 0, 0
    while place < text.size - 34 * WORDS:
        for _ in range(WORDS):
            state[0] += np.uint64(0x9E3779B97F4A7C15)  # splitmix64 (Steele et al. 2014)
            z = state[0]
            z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
            uniform = np.float64((z ^ (z >> np.uint64(31))) >> np.uint64(11)) * 2.0**-53
            drawn = SHIFT * ((uniform + 2.0**-54) ** -2 - 1)
            rank = np.int64(min(drawn, 2.0**60)) + 1
            kind = 0
            while rank > 0:
                text[place] = letters[kind, rank & 3]
                rank >>= 2
                kind = 1 - kind
                place += 1
            text[place] = 32
            place += 1
        text[place - 1] = 10
        end = place
    return end


def write_text(path: pathlib.Path, size: int, seed: int = 0) -> None:
    """Write a text of about `size` bytes, whole lines."""
    text, state = np.empty(BLOCK, np.uint8), np.array([seed], np.uint64)
    with path.open("wb") as file:
        while (left := size - file.tell()) > 1 << 12:
            end = fill(text[: min(BLOCK, left)], state, LETTERS)
            file.write(text[:end].data)
