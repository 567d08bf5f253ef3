"""A made-up explanation, for the tests of what shows it."""

from typing import NamedTuple


class Piece(NamedTuple):
    start: int
    stop: int
    share: float


class Explained(NamedTuple):
    text: str
    pieces: tuple[Piece, ...]
    label: str = "good"
    probability: float = 0.932
    score: float = 1.25
    bias: float = 0.5
    method: str = "occlusion"


def explained(text, *shares, **changes):
    """A text whose words, between single spaces, have these shares."""
    pieces, at = [], 0
    for word, share in zip(text.split(" "), shares, strict=True):
        pieces.append(Piece(at, at + len(word), share))
        at += len(word) + 1
    return Explained(text, tuple(pieces), **changes)
