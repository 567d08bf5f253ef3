"""Explanations on a terminal: the text with its tokens coloured, or a line for each token."""

import os
import re
from typing import TextIO

from seqkit.report.explanation import STEPS, Explained, Piece, runs
from seqkit.report.terminal import printable

# Backgrounds of the 256 colours, the weakest first, all of a middle lightness: black letters can
# be read on each, and each stands out from a light and from a dark screen.
FOR = (151, 114, 77, 40)
AGAINST = (181, 174, 167, 203)

_UNDERLINED = ";4"  # tells against from for where red and green look alike
_RESET = "\x1b[0m"
_SPACE = re.compile(r"\s+")


def wants_colour(stream: TextIO) -> bool:
    """Whether to write colours to a stream: a terminal that has them, and no NO_COLOR is set."""
    plain = "NO_COLOR" in os.environ or os.environ.get("TERM") == "dumb"
    return not plain and stream.isatty()


def legend(colour: bool) -> str:
    """One line that says how to read what `explanation_text` gives; no line feed at the end."""
    if not colour:
        return "each token with what it adds to the score of the label"
    against = "".join(_coloured(" - ", -step) for step in range(STEPS, 0, -1))
    in_favour = "".join(_coloured(" + ", step) for step in range(1, STEPS + 1))
    return f"against the label {against} {in_favour} for it"


def explanation_text(explained: Explained, colour: bool) -> str:
    """Several lines: the label and its score, then the text in colours or a line for each token.

    What a terminal would obey in the text is shown as an escape.
    """
    tokens = explained.score - explained.bias
    head = f"{printable(explained.label)} {explained.probability:.1%}  (score "
    head += f"{explained.score:+.2f}: tokens {tokens:+.2f}, rest {explained.bias:+.2f}; "
    head += f"{explained.method})"
    body = _in_colours(explained) if colour else _in_lines(explained)
    return f"{head}\n{body}\n"


def _in_colours(explained: Explained) -> str:
    if not explained.text.strip():
        return "(no text)"
    return "".join(
        printable(part, keep="\n\t") if piece is None else _coloured(_shown(part), step)
        for part, piece, step in runs(explained)
    ).strip("\n")


def _in_lines(explained: Explained) -> str:
    if not explained.pieces:
        return "(no token)"
    return "\n".join(_line(explained, piece) for piece in explained.pieces)


def _line(explained: Explained, piece: Piece) -> str:
    return f"{piece.share:+8.2f}  {_shown(explained.text[piece.start : piece.stop])}"


def _shown(surface: str) -> str:
    """A token in one line; white space, where it is no token itself, is one space."""
    return printable(_SPACE.sub(" ", surface))


def _coloured(text: str, step: int) -> str:
    if not step:
        return text
    background = (FOR if step > 0 else AGAINST)[abs(step) - 1]
    return f"\x1b[38;5;16;48;5;{background}{_UNDERLINED if step < 0 else ''}m{text}{_RESET}"
