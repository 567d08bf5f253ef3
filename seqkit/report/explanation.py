"""What is shown of an explanation, on a terminal or a page: how strongly each token is coloured."""

from collections.abc import Iterator, Sequence
from typing import Protocol

STEPS = 4
"""How many strengths of a colour there are."""
FAINT = 0.1
"""Where no token moves the score by more, none is coloured as strongly as can be."""


class Piece(Protocol):
    """The characters from `start` up to, not including, `stop`, and what they add to the score."""

    @property
    def start(self) -> int: ...  # noqa: D102

    @property
    def stop(self) -> int: ...  # noqa: D102

    @property
    def share(self) -> float: ...  # noqa: D102


class Explained(Protocol):
    """A text, the label explained, its probability and score, and what each piece adds to it."""

    @property
    def text(self) -> str: ...  # noqa: D102

    @property
    def label(self) -> str: ...  # noqa: D102

    @property
    def probability(self) -> float: ...  # noqa: D102

    @property
    def score(self) -> float: ...  # noqa: D102

    @property
    def bias(self) -> float: ...  # noqa: D102

    @property
    def pieces(self) -> Sequence[Piece]: ...  # noqa: D102

    @property
    def method(self) -> str: ...  # noqa: D102


def steps(pieces: Sequence[Piece]) -> list[int]:
    """How strongly to colour each piece: from -STEPS, against the label, over 0 to STEPS, for it.

    The piece with the largest share is coloured as strongly as can be, unless it is below FAINT.
    """
    largest = max([FAINT, *(abs(piece.share) for piece in pieces)])
    return [round(STEPS * piece.share / largest) for piece in pieces]


def runs(explained: Explained) -> Iterator[tuple[str, Piece | None, int]]:
    """Yield all of the text in order, each part with its piece and step; None and 0 between them.

    ValueError for a piece that is empty, overlaps another or leaves the text.
    """
    text, at = explained.text, 0
    for piece, step in zip(explained.pieces, steps(explained.pieces), strict=True):
        if not at <= piece.start < piece.stop <= len(text):
            raise ValueError(
                f"the piece {piece.start}..{piece.stop} is empty, overlaps another or leaves the "
                f"text of {len(text)} characters"
            )
        if at < piece.start:
            yield text[at : piece.start], None, 0
        yield text[piece.start : piece.stop], piece, step
        at = piece.stop
    if at < len(text):
        yield text[at:], None, 0
