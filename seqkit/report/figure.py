"""A blank figure and how it becomes a file: PNG or SVG, whole or not at all, without a display."""

import os
import pathlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from seqkit.files import atomic_write

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Colours that people with any colour vision tell apart (Okabe and Ito's palette).
BLUE, ORANGE, GREEN = "#0072B2", "#D55E00", "#009E73"
GREY = "#666666"

_FORMATS = {".png": "png", ".svg": "svg"}
# Without these an SVG would hold the time of day and random ids: the same data, other bytes.
_SVG_METADATA = {"Date": None}
_SETTINGS: Any = {  # matplotlib's type for it spells out every setting there is
    "svg.hashsalt": "seqkit",
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#E4E4E4",
    "grid.linewidth": 0.6,
    "axes.edgecolor": "#888888",
}


def save_figure(
    path: str | os.PathLike[str], draw: Callable[["Figure"], None], size: tuple[float, float]
) -> None:
    """Let `draw` fill a figure of `size` (inches) and write it, atomically, to a .png or .svg.

    Raises ValueError for another ending and RuntimeError where matplotlib is not installed.
    """
    file_format = _FORMATS.get(pathlib.Path(path).suffix.lower())
    if file_format is None:
        raise ValueError(f"{path}: a plot is a .png or .svg file; choose one by the ending")
    try:
        import matplotlib
        from matplotlib.figure import Figure
    except ImportError as error:
        raise RuntimeError('plots need matplotlib: pip install "seqkit[plots]"') from error
    with matplotlib.rc_context(_SETTINGS):
        figure = Figure(figsize=size, layout="constrained")
        draw(figure)
        metadata = _SVG_METADATA if file_format == "svg" else None
        with atomic_write(path) as file:
            figure.savefig(file, format=file_format, dpi=150, metadata=metadata)
