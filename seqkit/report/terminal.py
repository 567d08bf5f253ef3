"""Plain text for a terminal: sparklines, aligned tables, and untrusted text made harmless."""

import math
import unicodedata
from collections.abc import Iterable, Sequence

Cell = str | int | float | None

_BLOCKS = "▁▂▃▄▅▆▇█"
_NOT_FINITE = "×"
# Marks that change the direction of the text around them, so that it reads as what it is not.
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Controls, lone surrogates (which no terminal can encode), line and paragraph separators.
_UNPRINTABLE = frozenset({"Cc", "Cs", "Zl", "Zp"})


def printable(text: str, keep: str = "") -> str:
    r"""`text` with controls (C0, C1), bidi marks and lone surrogates as \x1b or \u202e.

    A terminal obeys such characters: text from a file could clear the screen or hide itself.
    keep: characters to leave alone, such as "\n\t".
    """
    return "".join(_escaped(c) if c not in keep and _is_unprintable(c) else c for c in text)


def _is_unprintable(character: str) -> bool:
    return character in _BIDI or unicodedata.category(character) in _UNPRINTABLE


def _escaped(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def sparkline(values: Iterable[float], width: int = 40) -> str:
    """One character a value from ▁ (least) to █ (most); × where a value is NaN or infinite.

    More than `width` values are drawn as the means of `width` runs of them. Equal values are all
    drawn low; no values give an empty line.
    """
    if width < 1:
        raise ValueError(f"width must be 1 or more, got {width}")
    points = _means(list(values), width)
    finite = [point for point in points if math.isfinite(point)]
    low, high = min(finite, default=0.0), max(finite, default=0.0)
    return "".join(_block(point, low, high) for point in points)


def _means(values: Sequence[float], width: int) -> Sequence[float]:
    """`values`, or the means of `width` runs of them whose lengths differ by at most one."""
    count = len(values)
    if count <= width:
        return values
    runs = [values[i * count // width : (i + 1) * count // width] for i in range(width)]
    return [sum(run) / len(run) for run in runs]


def _block(value: float, low: float, high: float) -> str:
    if not math.isfinite(value):
        return _NOT_FINITE
    share = (value - low) / (high - low) if high > low else 0.0
    return _BLOCKS[min(int(share * len(_BLOCKS)), len(_BLOCKS) - 1)]


def table(rows: Iterable[Sequence[Cell]], headers: Sequence[str]) -> str:
    """An aligned table: headers, a rule, one line a row; no newline at the end.

    Columns that hold only numbers stand to the right. Floats show four significant digits (give a
    string for another form), None shows as "-". Text is made printable. Raises ValueError if a row
    has not one cell a header.
    """
    cells = [list(row) for row in rows]
    for number, row in enumerate(cells, start=1):
        if len(row) != len(headers):
            raise ValueError(f"row {number} has {len(row)} cells for {len(headers)} headers")
    lines = [[printable(header) for header in headers], *([_shown(c) for c in r] for r in cells)]
    columns = list(zip(*lines, strict=True))
    widths = [max(map(display_width, column)) for column in columns]
    right = [_is_numeric([row[i] for row in cells]) for i in range(len(headers))]
    lines.insert(1, ["-" * width for width in widths])
    return "\n".join(_line(line, widths, right) for line in lines)


def _line(cells: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    padded = []
    for cell, width, to_right in zip(cells, widths, right, strict=True):
        space = " " * (width - display_width(cell))
        padded.append(space + cell if to_right else cell + space)
    return "  ".join(padded).rstrip()


def _shown(cell: Cell) -> str:
    if cell is None:
        return "-"
    return f"{cell:.4g}" if isinstance(cell, float) else printable(str(cell))


def _is_numeric(column: Sequence[Cell]) -> bool:
    """Whether a column has numbers, and nothing else but gaps."""
    present = [cell for cell in column if cell is not None]
    return bool(present) and all(isinstance(cell, int | float) for cell in present)


def display_width(text: str) -> int:
    """The columns `text` takes on a terminal: East Asian wide characters 2, combining marks 0."""
    return sum(_columns(character) for character in text)


def _columns(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
