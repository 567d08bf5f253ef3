"""Where the tokens of a text stand, so that an explanation can point at them."""

from collections.abc import Iterable, Iterator

from seqkit.tasks.classifying.explanation import Piece
from seqkit.tasks.classifying.features import splitter
from seqkit.text.sentences import words

Place = tuple[int, int]
"""The characters from the first number up to, not including, the second."""


def natural_places(text: str, level: str) -> Iterator[Place]:
    """Yield the places of characters, or of words and marks as people see them, in order.

    Whatever the tokens of a model are, of a text's words these are all but white space.
    """
    if level == "char":
        return ((k, k + 1) for k in range(len(text)))
    return ((word.start, word.stop) for word in words(text))


def token_places(text: str, level: str) -> list[Place]:
    """The place of each token that `features.splitter(level)` finds, in order.

    Two may share a character: the small letters of one are several now and then.
    """
    if level == "char":
        return list(natural_places(text, level))
    # Tokens are all characters but white space, in small letters: end to end they are as long.
    where = [k for k, c in enumerate(text) if not c.isspace() for _ in c.lower()]
    found, at = [], 0
    for token in splitter(level)(text):
        start, at = at, at + len(token)
        found.append((where[start], where[at - 1] + 1))
    return found


def merged(places: Iterable[Place], shares: Iterable[float]) -> tuple[Piece, ...]:
    """The pieces of a text out of its tokens' shares; tokens that share a character are one."""
    pieces: list[Piece] = []
    for (start, stop), share in zip(places, shares, strict=True):
        if pieces and start < pieces[-1].stop:
            last = pieces.pop()
            start, stop, share = last.start, max(stop, last.stop), last.share + share
        pieces.append(Piece(start, stop, share))
    return tuple(pieces)
