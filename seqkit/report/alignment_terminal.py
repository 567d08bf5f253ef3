"""An alignment on a terminal: words of the target in rows, of the source in columns, as shades."""

from collections.abc import Sequence

from seqkit.report.terminal import display_width, printable

SHADES = "·░▒▓█"
FROM = (0.05, 0.25, 0.5, 0.75)
"""Weights from which the next darker shade is taken."""

_GAP = "  "


def alignment_table(
    source: Sequence[str], target: Sequence[str], weights: Sequence[Sequence[float]], width: int
) -> str:
    """Weights, a row of S for each of T target tokens, as shades in lines; none ends the last.

    The source stands above, each token in a column as wide as it is; where that takes more than
    `width` columns of a terminal, the tokens are written downwards, in columns of two.
    """
    columns, rows = [_shown(token) for token in source], [_shown(token) for token in target]
    side = max(map(display_width, rows), default=0)
    widths = [max(2, display_width(name)) for name in columns]
    if side + len(_GAP) + sum(widths) + len(widths) <= width:
        head, gap = [columns], " "
    else:
        widths, head, gap = [2] * len(columns), _downwards(columns), ""
    lines = [(" " * side, row) for row in head]
    for name, row in zip(rows, weights, strict=True):
        bars = [_bar(weight, wide) for weight, wide in zip(row, widths, strict=True)]
        lines.append((" " * (side - display_width(name)) + name, bars))
    return "\n".join(_line(name, cells, widths, gap) for name, cells in lines)


def _line(name: str, cells: Sequence[str], widths: Sequence[int], gap: str) -> str:
    padded = [
        cell + " " * (wide - display_width(cell)) for cell, wide in zip(cells, widths, strict=True)
    ]
    return f"{name}{_GAP}{gap.join(padded)}".rstrip()


def _downwards(names: Sequence[str]) -> list[list[str]]:
    """Names letter below letter, their ends on one line."""
    longest = max(map(len, names), default=0)
    return [list(row) for row in zip(*(name.rjust(longest) for name in names), strict=True)]


def _bar(weight: float, wide: int) -> str:
    """A shade as wide as the column; of next to nothing a dot, so that columns can be followed."""
    darkness = sum(weight >= bound for bound in FROM)
    return SHADES[darkness] * (wide if darkness else 1)


def _shown(token: str) -> str:
    """A token that can be seen: a space is a mark."""
    return printable(token).replace(" ", "␣")
