"""How the compiled loops read a text: which words survive, and what lies around each."""

from typing import Any, NamedTuple

import numpy as np

from seqkit.word2vec.draws import below, compiled, draw
from seqkit.word2vec.frequencies import SPECIAL

SENTENCE = 4096
"""Words that are looked at together; a longer line is cut there, and nothing is left out."""

EOS = 1
_ALWAYS, _HALF = np.uint64(0xFFFFFFFF), np.uint64(32)


class Text(NamedTuple):
    """A text, or a stretch of it, and how it is read."""

    ids: np.ndarray  # (n,) uint16 or uint32
    keep: np.ndarray  # (V,) uint64: a word survives unless 32 random bits are above it (W5)
    window: int  # N


@compiled
def read_sentence(text: Any, state: Any, sentence: Any, position: Any) -> Any:
    """Fill `sentence` with the words from `position` on that survive: (their number, new position).

    <unk> is passed over as if it were not there.
    """
    count = 0
    ids, keep = text.ids, text.keep
    while position < ids.size and count < sentence.size:
        word = np.int64(ids[position])
        position += 1
        if word < SPECIAL:
            if word == EOS:
                break
            continue
        bound = keep[word]
        if bound < _ALWAYS and draw(state) >> _HALF > bound:
            continue
        sentence[count] = word
        count += 1
    return count, position


@compiled
def surroundings(text: Any, state: Any, sentence: Any, i: Any, count: Any, around: Any) -> Any:
    """Write the words around word i into `around`, its reach drawn from 1..N; their number."""
    reach = 1 + below(state, text.window)
    found = 0
    for j in range(max(0, i - reach), min(count, i + reach + 1)):
        if j != i:
            around[found] = sentence[j]
            found += 1
    return found
