"""The picture of the architecture: the way of a text above, who imports whom below.

The folders and the arrows between them are read from the code; only their columns are chosen here.
"""

import pathlib
import tempfile
from typing import TYPE_CHECKING

import imports

from seqkit.report.figure import save_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH, HEIGHT = 11.2, 7.2
INK, FAINT, EDGE = "#222222", "#4F5B66", "#8A97A3"
FILLS = ("#E9EEF2", "#CFE4F5", "#FBDDC4", "#E5DCF2", "#F6D0DE")  # by row, the lowest first

STEPS = (
    ("text", "corpora", "the king was old ."),
    ("tokens", "text", "the|king|was|old|."),
    ("ids", "text", "4 17 9 88 2"),
    ("batches", "text, tasks", "(B, T)"),
    ("model", "models, layers", "(B, T, H)"),
    ("loss", "layers", "nats a token"),
    ("metric", "metrics", "perplexity 4.0"),
    ("report", "report, cli", "curves, tables"),
)
"""What a text becomes, the folders that make it so, and how it looks."""

COLUMNS = {
    **{"cli": 4.65, "corpora": 1.55, "tasks": 4.65, "serve": 6.2, "report": 9.3},
    **{"word2vec": 0.0, "models": 1.55, "vision": 3.1, "train": 4.65, "decode": 6.2},
    **{"vectors": 7.75, "metrics": 9.3, "text": 0.78, "layers": 2.33},
}
"""The left edge of the box of each folder; a new folder must be given one."""
BOX = (1.3, 0.46)
FLOOR, STOREY = 0.35, 1.0


def drawn() -> bytes:
    """The picture as SVG, the same bytes every time."""
    with tempfile.TemporaryDirectory() as scratch:
        path = pathlib.Path(scratch) / "architecture.svg"
        save_figure(path, draw, (WIDTH, HEIGHT))
        return path.read_bytes()


def draw(figure: "Figure") -> None:
    """Fill a figure with both halves."""
    figure.set_layout_engine("none")  # every place is said
    axes = figure.add_axes((0, 0, 1, 1), xlim=(-0.3, WIDTH - 0.3), ylim=(0, HEIGHT))
    axes.axis("off")
    draw_steps(axes)
    draw_folders(axes)


def draw_steps(axes: "Axes") -> None:
    """The way of a text, from left to right."""
    title(axes, HEIGHT - 0.3, "What becomes of a text, and where")
    width, y = (WIDTH - 0.6) / len(STEPS), HEIGHT - 1.35
    for number, (name, folders, looks) in enumerate(STEPS):
        x = number * width
        box(axes, (x, y), (width - 0.3, 0.5), FILLS[1])
        center = x + (width - 0.3) / 2
        write(axes, center, y + 0.25, name, 12)
        write(axes, center, y - 0.22, looks, 8)
        write(axes, center, y + 0.68, folders, 9, FAINT)
        if number:
            arrow(axes, (x - 0.27, y + 0.25), (x - 0.02, y + 0.25))


def draw_folders(axes: "Axes") -> None:
    """The folders, each as high as those that import it let it stand, with arrows downward."""
    title(axes, HEIGHT - 2.15, "Who imports whom (what leads through a third folder is left out)")
    graph = imports.imported()
    depths = imports.depths(graph)
    rows = {name: max(depths.values()) - depth for name, depth in depths.items()}
    for name, others in imports.direct(graph).items():
        for other in sorted(others):
            arrow(axes, middle(name, rows[name]), middle(other, rows[other], BOX[1] + 0.03))
    for name, row in rows.items():
        x, y = middle(name, row)
        box(axes, (COLUMNS[name], y), BOX, FILLS[row])
        write(axes, x, y + BOX[1] / 2, name, 11)


def middle(name: str, row: int, above: float = 0.0) -> tuple[float, float]:
    """The middle of the lower side of a folder's box, or a point so far above it."""
    return COLUMNS[name] + BOX[0] / 2, FLOOR + STOREY * row + above


def box(axes: "Axes", corner: tuple[float, float], size: tuple[float, float], fill: str) -> None:
    """A rounded rectangle."""
    from matplotlib.patches import FancyBboxPatch

    style = "round,pad=0,rounding_size=0.09"
    axes.add_patch(FancyBboxPatch(corner, *size, style, fc=fill, ec=INK, lw=1, zorder=3))


def arrow(axes: "Axes", start: tuple[float, float], end: tuple[float, float]) -> None:
    """A straight arrow, below all boxes."""
    from matplotlib.patches import FancyArrowPatch

    style = {"arrowstyle": "-|>", "mutation_scale": 11, "shrinkA": 0, "shrinkB": 0}
    axes.add_patch(FancyArrowPatch(start, end, color=EDGE, lw=1.2, zorder=2, **style))


def title(axes: "Axes", y: float, text: str) -> None:
    """A line above a half."""
    axes.text(0, y, text, size=11, weight="bold", va="center", color=INK, zorder=5)


def write(axes: "Axes", x: float, y: float, text: str, size: float, colour: str = INK) -> None:
    """A short text, its middle at a point."""
    axes.text(x, y, text, size=size, ha="center", va="center", color=colour, zorder=5)
