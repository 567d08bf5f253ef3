"""Running text that comes in pieces, in blocks that end where sentences do.

So a text of any length, or a pipe that never ends, can be read in bounded memory, and what came
can be worked on before more does.
"""

import re
from collections.abc import Iterable, Iterator

from seqkit.text.sentences import sentences

LONGEST = 1 << 16
"""Characters: a text without blank lines is cut about every so many of them."""

_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")
_AHEAD = 64  # characters behind a full stop that may decide whether it ends a sentence


def blocks(pieces: Iterable[str], longest: int = LONGEST) -> Iterator[tuple[int, str]]:
    """Yield blocks of a text with the character that each begins at; together they are all of it.

    Pieces may be cut anywhere. A block ends behind the last blank line that has come. Where
    `longest` characters come without one it ends where a sentence does, or, where none does, at
    white space, or anywhere. So the sentences of the blocks are those of the whole text, but for
    one longer than `longest`. Memory is that of `longest` characters and a piece.
    """
    begin, held = 0, ""
    for piece in pieces:
        line = max(held.rfind("\n"), 0)  # a blank line may begin here and end in the piece
        held += piece
        stop = max((blank.end() for blank in _BLANK_LINE.finditer(held, line)), default=0)
        while stop or len(held) >= longest:
            stop = stop or _last_cut(held)
            yield begin, held[:stop]
            begin, held, stop = begin + stop, held[stop:], 0
    if held:
        yield begin, held


def _last_cut(text: str) -> int:
    """Return where a text that goes on is best cut."""
    known = len(text) - _AHEAD
    starts = [start for start, _ in sentences(text) if 0 < start <= known]
    if starts:
        return starts[-1]
    space = max(text.rfind(" "), text.rfind("\n"), text.rfind("\t"))
    return space + 1 or len(text)
