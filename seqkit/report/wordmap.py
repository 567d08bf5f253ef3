"""A map of words: a dot for each at its place, and the word beside it."""

import math
import os
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from seqkit.report.figure import BLUE, GREY, ORANGE, save_figure
from seqkit.report.labels import DOT, RINGS, place_labels
from seqkit.report.terminal import printable

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Text

Pair = tuple[int, int]
"""The places of two words in their list."""

MOST = 1000
"""So many words can be shown in one picture; the labels of some will have no room."""

_FONTS = (
    *("DejaVu Sans", "Noto Sans CJK SC", "Noto Sans CJK JP", "Noto Sans Arabic"),
    *("Noto Sans Hebrew", "Noto Sans Devanagari", "Noto Sans Thai", "Hiragino Sans"),
    *("PingFang SC", "Microsoft YaHei", "Yu Gothic", "Malgun Gothic", "Arial Unicode MS"),
)
"""The first comes with matplotlib; those of the others that are installed know more letters."""

# All lengths are in points, 72 to an inch.
_FONT_SIZE = 9.0
_SIDE, _WIDEST = 576.0, 1600.0  # the width for up to 60 words, and for as many as there may be
_BESIDE = np.array([50.0, 20.0])  # room within the frame for the labels of the outermost dots
_LEFT, _BELOW, _RIGHT, _ABOVE = 24.0, 24.0, 10.0, 28.0  # room around the frame


def word_map(
    words: Sequence[str],
    points: np.ndarray,
    path: str | os.PathLike[str],
    title: str = "",
    names: tuple[str, str] = ("", ""),
    pairs: Sequence[Pair] = (),
) -> list[str]:
    """Draw N words at their points (N, 2) to a .png or .svg file, both axes on one scale.

    names: what the two axes are. pairs: words to be joined by an arrow. The first words have the
    best places for their labels; returned are those that found none and are dots alone. A letter
    that no installed font knows is drawn as a box.

    Raises ValueError for no word or more than MOST, for points that do not fit or are not finite,
    and for another ending of the file.
    """
    points = np.asarray(points, np.float64)  # (N, 2)
    if not 1 <= len(words) <= MOST:
        raise ValueError(f"{len(words)} words do not fit into a map; give 1 to {MOST}")
    if points.shape != (len(words), 2) or not np.isfinite(points).all():
        raise ValueError(f"a map of {len(words)} words needs as many pairs of finite numbers")
    frame = _frame(points)
    dots = _fit(points, frame)  # (N, 2)
    hidden: list[str] = []

    def draw(figure: "Figure") -> None:
        axes = _empty_map(figure, frame)
        axes.set_title(printable(title), loc="left", parse_math=False, weight="bold", fontsize=10)
        axes.set_xlabel(printable(names[0]), parse_math=False, color=GREY, fontsize=8)
        axes.set_ylabel(printable(names[1]), parse_math=False, color=GREY, fontsize=8)
        axes.plot(*dots.T, "o", color=BLUE, markersize=3.5)
        for one, other in pairs:
            _join(axes, dots[one], dots[other])
        texts = [_write(axes, word) for word in words]
        sizes = _sizes(figure, texts)  # (N, 2)
        places = place_labels(dots, sizes, frame, _lines(dots, pairs))
        for text, dot, size, place in zip(texts, dots, sizes, places, strict=True):
            _move(axes, text, dot, size, place)
        hidden.extend(word for word, place in zip(words, places, strict=True) if place is None)

    size = ((frame[0] + _LEFT + _RIGHT) / 72, (frame[1] + _BELOW + _ABOVE) / 72)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph |Matplotlib currently does not", UserWarning)
        save_figure(path, draw, size)
    return hidden


def _frame(points: np.ndarray) -> tuple[float, float]:
    """The width and height of the frame: larger for many words, shaped as the points spread."""
    width = min(_WIDEST, _SIDE * math.sqrt(max(1.0, len(points) / 60)))
    across, up = np.ptp(points, axis=0)
    return width, width * float(np.clip(up / across if across else 1.0, 0.5, 1.0))


def _fit(points: np.ndarray, frame: tuple[float, float]) -> np.ndarray:
    """Points (N, 2), scaled alike along both axes, in the middle of the frame."""
    low, spread = points.min(axis=0), np.ptp(points, axis=0)
    room = np.array(frame) - 2 * _BESIDE
    scale = (room / np.maximum(spread, 1e-30)).min()
    fitted: np.ndarray = (points - low - spread / 2) * scale + np.array(frame) / 2
    return fitted


def _empty_map(figure: "Figure", frame: tuple[float, float]) -> "Axes":
    """Axes whose unit is a point, 72 to an inch, so that dots and labels are measured alike."""
    figure.set_layout_engine("none")
    width, height = frame
    whole, high = width + _LEFT + _RIGHT, height + _BELOW + _ABOVE
    axes = figure.add_axes((_LEFT / whole, _BELOW / high, width / whole, height / high))
    axes.set(xlim=(0, width), ylim=(0, height), xticks=[], yticks=[])
    axes.spines[:].set_visible(True)
    return axes


def _join(axes: "Axes", start: np.ndarray, end: np.ndarray) -> None:
    """An arrow from one dot to another."""
    look = {"arrowstyle": "->", "color": ORANGE, "linewidth": 1, "shrinkA": 4, "shrinkB": 4}
    axes.annotate("", xy=tuple(end), xytext=tuple(start), arrowprops=look, zorder=1)


def _lines(dots: np.ndarray, pairs: Sequence[Pair]) -> np.ndarray:
    """Points on the arrows, so close to each other that no label fits between them: (M, 2)."""
    ends = [(dots[one], dots[other]) for one, other in pairs]
    lines = [np.linspace(a, b, 2 + int(math.dist(a, b) / DOT)) for a, b in ends]
    return np.concatenate([np.empty((0, 2)), *lines])


def _write(axes: "Axes", word: str) -> "Text":
    """A word that has yet to find its place."""
    from matplotlib.font_manager import get_font_names

    installed = get_font_names()
    return axes.text(
        0,
        0,
        printable(word),
        ha="center",
        va="center",
        parse_math=False,
        fontsize=_FONT_SIZE,
        family=[font for font in _FONTS if font in installed],
    )


def _sizes(figure: "Figure", texts: Sequence["Text"]) -> np.ndarray:
    """The width and height of each text: (N, 2)."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    renderer = FigureCanvasAgg(figure).get_renderer()  # type: ignore[no-untyped-call]
    boxes = [text.get_window_extent(renderer) for text in texts]
    return np.array([(box.width, box.height) for box in boxes]) * 72 / figure.dpi


def _move(
    axes: "Axes",
    text: "Text",
    dot: np.ndarray,
    size: np.ndarray,
    place: tuple[float, float] | None,
) -> None:
    """Put a label at its place, with a thin line to its dot if that is not right beside it."""
    if place is None:
        text.remove()
        return
    text.set_position(place)
    near = np.clip(dot, place - size / 2, place + size / 2)
    if math.dist(near, dot) > RINGS[0] + 1:
        axes.plot(*zip(dot, near, strict=True), color=GREY, linewidth=0.5, zorder=1)
