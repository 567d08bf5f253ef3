"""How the picture of a cell is drawn: boxes, circles and wires; `pictures.py` says which."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Point = tuple[float, float]

INCHES = 0.72  # a unit of the coordinates
MATHS = "stix"
INK, PAPER, FRAME_EDGE = "#222222", "#F4F6F8", "#C3CBD3"
FILLS = {"σ": "#CFE4F5", "tanh": "#FBDDC4", "ReLU": "#FBDDC4", "": "#E2E2E2"}
COLOURS = {"signal": INK, "memory": "#0072B2", "peephole": "#00805F"}
WIDTHS = {"signal": 1.5, "memory": 3.0, "peephole": 1.5}
HALO = 4.5  # points by which a wire cuts those it crosses
TURN = 0.16  # radius of a wire's corners


@dataclass(frozen=True)
class Box:
    """A function with its weights: what goes in is multiplied by them, and a bias is added."""

    x: float
    y: float
    function: Literal["σ", "tanh", "ReLU", ""]
    weights: str = ""
    value: str = ""  # what leaves it, written beside its top
    half: Point = (0.47, 0.4)

    def draw(self, axes: "Axes") -> None:
        """A rounded rectangle with the function above its weights."""
        from matplotlib.patches import FancyBboxPatch

        (w, h), style = self.half, "round,pad=0,rounding_size=0.1"
        corner = (self.x - w, self.y - h)
        fill = FILLS[self.function]
        patch = FancyBboxPatch(corner, 2 * w, 2 * h, style, fc=fill, ec=INK, lw=1.2, zorder=4)
        axes.add_patch(patch)
        both = bool(self.function and self.weights)
        if self.function:
            size = 19 if self.function == "σ" else 15
            name = rf"$\mathrm{{{self.function}}}$"
            write(axes, (self.x, self.y + 0.13 * both), name, size)
        if self.weights:
            write(axes, (self.x, self.y - 0.21 * both), self.weights, 11 if both else 13)
        if self.value:
            write(axes, (self.x + 0.13, self.y + h + 0.27), self.value, 14, "left")


@dataclass(frozen=True)
class Circle:
    """An operation unit by unit: ×, + or 1 −; or a product with one weight a unit."""

    x: float
    y: float
    sign: str
    value: str = ""  # written to its right
    half: Point = (0.23, 0.23)

    def draw(self, axes: "Axes") -> None:
        """A circle with the sign in it."""
        from matplotlib.patches import Circle as Disc

        radius = self.half[0]
        axes.add_patch(Disc((self.x, self.y), radius, fc="white", ec=INK, lw=1.2, zorder=4))
        write(axes, (self.x, self.y), self.sign, 13 if len(self.sign) == 1 else 10)
        if self.value:
            write(axes, (self.x + radius + 0.06, self.y), self.value, 10.5, "left")


@dataclass(frozen=True)
class Join:
    """Two vectors, one after the other: [a, x]."""

    x: float
    y: float
    value: str = ""  # written below, to its right
    half: Point = (0.25, 0.17)

    def draw(self, axes: "Axes") -> None:
        """A white pill with brackets in it."""
        from matplotlib.patches import FancyBboxPatch

        (w, h), style = self.half, "round,pad=0,rounding_size=0.16"
        corner = (self.x - w, self.y - h)
        patch = FancyBboxPatch(corner, 2 * w, 2 * h, style, fc="white", ec=INK, lw=1.2, zorder=4)
        axes.add_patch(patch)
        write(axes, (self.x, self.y + 0.01), "[ , ]", 10)
        if self.value:
            write(axes, (self.x + 0.33, self.y - 0.28), self.value, 11, "left")


@dataclass(frozen=True)
class Port:
    """What comes into the cell or leaves it."""

    x: float
    y: float
    value: str
    half: Point = (0.48, 0.2)

    def draw(self, axes: "Axes") -> None:
        """The name of the vector."""
        write(axes, (self.x, self.y), self.value, 15)


Node = Box | Circle | Join | Port
Style = Literal["signal", "memory", "peephole"]


@dataclass(frozen=True)
class Wire:
    """A line with right angles through names of nodes and points, an arrow at its end.

    One that begins at a point branches off there, and gets a dot.
    """

    path: Sequence[str | Point]
    style: Style = "signal"


@dataclass(frozen=True)
class Picture:
    """A cell: its nodes by name, and its wires; a later wire crosses over an earlier one."""

    size: Point
    nodes: Mapping[str, Node]
    wires: Sequence[Wire]
    described: str  # in words, for those who do not see it

    @property
    def inches(self) -> Point:
        """The size of the figure."""
        return self.size[0] * INCHES, self.size[1] * INCHES

    def draw(self, figure: "Figure") -> None:
        """Fill a figure with the frame of the cell, its nodes and its wires."""
        from matplotlib.patches import FancyBboxPatch

        width, height = self.size
        figure.set_layout_engine("none")  # every place is said
        axes = figure.add_axes((0, 0, 1, 1), xlim=(0, width), ylim=(0, height))
        axes.axis("off")
        inner = (width - 2.55 - self._room_right(), height - 0.3)
        style = "round,pad=0,rounding_size=0.25"
        axes.add_patch(FancyBboxPatch((1.15, 0.15), *inner, style, fc=PAPER, ec=FRAME_EDGE, lw=1.2))
        for order, wire in enumerate(self.wires):
            draw_wire(axes, wire, self.nodes, 2 + order / 100)
        for node in self.nodes.values():
            node.draw(axes)

    def _room_right(self) -> float:
        """How much wider than the left margin the right one is, for the label that leaves."""
        return max(2 * n.half[0] - 0.96 for n in self.nodes.values() if isinstance(n, Port))


def draw_wire(axes: "Axes", wire: Wire, nodes: Mapping[str, Node], order: float) -> None:
    """One wire with rounded corners, its arrow, and a dot where it branches off."""
    from matplotlib.patches import PathPatch, Polygon
    from matplotlib.patheffects import Normal, Stroke

    colour, width = COLOURS[wire.style], WIDTHS[wire.style]
    points = corners(wire, nodes)
    size = 0.17 + 0.02 * (width - 1.5)
    tip, before = points[-1], points[-2]
    dx, dy = direction(before, tip)
    neck = (tip[0] - dx * size * 0.8, tip[1] - dy * size * 0.8)
    halo = [Stroke(linewidth=width + HALO, foreground=PAPER, capstyle="butt"), Normal()]
    line = rounded([*points[:-1], neck])
    patch = PathPatch(line, fc="none", ec=colour, lw=width, capstyle="butt", zorder=order)
    patch.set_path_effects(halo)
    axes.add_patch(patch)
    base = (tip[0] - dx * size, tip[1] - dy * size)
    wings = [(base[0] + s * dy * size * 0.5, base[1] + s * dx * size * 0.5) for s in (1, -1)]
    axes.add_patch(Polygon([tip, *wings], closed=True, fc=colour, ec="none", zorder=3))
    if not isinstance(wire.path[0], str):
        axes.plot(*points[0], "o", color=colour, markersize=7, zorder=3.5)


def corners(wire: Wire, nodes: Mapping[str, Node]) -> list[Point]:
    """The points of a wire, those at its ends moved to the edges of the nodes there."""
    points = [(nodes[p].x, nodes[p].y) if isinstance(p, str) else p for p in wire.path]
    for end, inner in ((0, 1), (-1, -2)):
        name = wire.path[end]
        if isinstance(name, str):
            points[end] = edge(nodes[name], points[inner])
    return points


def edge(node: Node, other: Point) -> Point:
    """Where a straight wire between a node and another point meets the node's edge."""
    (x, y), (w, h) = other, node.half
    if abs(x - node.x) < w:
        return x, node.y + (h if y > node.y else -h)
    return node.x + (w if x > node.x else -w), y


def direction(start: Point, end: Point) -> Point:
    """The unit vector from one point to another, along an axis."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = abs(dx) + abs(dy)
    return dx / length, dy / length


def rounded(points: Sequence[Point]):  # type: ignore[no-untyped-def]
    """A matplotlib path through the points that turns its corners in curves."""
    from matplotlib.path import Path

    vertices, codes = [points[0]], [Path.MOVETO]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        (ax, ay), (bx, by) = direction(before, corner), direction(corner, after)
        start = (corner[0] - ax * TURN, corner[1] - ay * TURN)
        end = (corner[0] + bx * TURN, corner[1] + by * TURN)
        vertices += [start, corner, end]
        codes += [Path.LINETO, Path.CURVE3, Path.CURVE3]
    return Path([*vertices, points[-1]], [*codes, Path.LINETO])


def write(axes: "Axes", at: Point, text: str, size: float, align: str = "center") -> None:
    """A short text, its middle (or left end) at a point."""
    axes.text(
        *at,
        text,
        size=size,
        ha=align,
        va="center",
        color=INK,
        math_fontfamily=MATHS,
        zorder=5,
    )
