"""Ten outlines, each the test whether points lie in it, and their anti-aliased drawing.

A shape has its own coordinates: u to the right, v down, its centre at 0, nothing of it farther than
1 from there.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
Inside = NDArray[np.bool_]
SIDE = 28
"""Rows and columns of an image."""
_FINE = 4  # points across and down a pixel
_CHUNK = 16  # images at a time, which the cache of a processor holds


def _circle(u: Array, v: Array, thickness: Array) -> Inside:
    return u * u + v * v < 1


def _ring(u: Array, v: Array, thickness: Array) -> Inside:
    square = u * u + v * v
    return np.logical_and(square < 1, square > (1 - thickness) ** 2)


def _crescent(u: Array, v: Array, thickness: Array) -> Inside:
    """A disc without a slightly smaller one that lies 1.6 thicknesses to its right."""
    cut = u - 1.6 * thickness
    left: Inside = (u * u + v * v < 1) & (cut * cut + v * v > 0.9)
    return left


def _square(u: Array, v: Array, thickness: Array) -> Inside:
    return np.maximum(abs(u), abs(v)) < math.sqrt(0.5)


def _frame(u: Array, v: Array, thickness: Array) -> Inside:
    far = np.maximum(abs(u), abs(v))
    return (far < math.sqrt(0.5)) & (far > math.sqrt(0.5) - 0.8 * thickness)


def _triangle(u: Array, v: Array, thickness: Array) -> Inside:
    """The equilateral one: below 1/2 along three directions 120 degrees apart."""
    return (v < 0.5) & (math.sqrt(0.75) * abs(u) - 0.5 * v < 0.5)


def _star(u: Array, v: Array, thickness: Array) -> Inside:
    """Five points; all edges are folded upon the one from a point to the next notch."""
    tenth, notch = math.pi / 5, 0.42
    distance, angle = np.hypot(u, v), np.arctan2(v, u)
    folded = abs((angle + tenth) % (2 * tenth) - tenth)
    along, across = distance * np.cos(folded), distance * np.sin(folded)
    x, y = notch * math.cos(tenth), notch * math.sin(tenth)
    return (1 - along) * y > across * (1 - x)


def _cross(u: Array, v: Array, thickness: Array) -> Inside:
    longer, shorter = np.maximum(abs(u), abs(v)), np.minimum(abs(u), abs(v))
    return (longer < 0.95) & (shorter < 0.7 * thickness)


def _arrow(u: Array, v: Array, thickness: Array) -> Inside:
    shaft = (abs(v) < 0.4 * thickness) & (u > -0.95) & (u < 0.2)
    return shaft | ((u > 0) & (abs(v) < 0.7 * (1 - u)))


def _heart(u: Array, v: Array, thickness: Array) -> Inside:
    """(x^2 + y^2 - 1)^3 < x^2 y^3, turned upright and made smaller."""
    x, y = 1.33 * u, 0.14 - 1.33 * v
    bulge = x * x + y * y - 1
    inside: Inside = bulge * bulge * bulge < x * x * y * y * y
    return inside


SHAPES: dict[str, Callable[[Array, Array, Array], Inside]] = {
    "arrow": _arrow, "circle": _circle, "crescent": _crescent, "cross": _cross, "frame": _frame,
    "heart": _heart, "ring": _ring, "square": _square, "star": _star, "triangle": _triangle,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Poses:
    """How n shapes lie, an array (n,) each: centre and radius in pixels, angle in radians.

    `x` counts columns and `y` rows from the left upper corner of the image. `thickness` is the
    share of the radius that a line is wide, where a shape has lines.
    """

    x: Array
    y: Array
    radius: Array
    angle: Array
    thickness: Array

    def of(self, some: "slice | Inside") -> "Poses":
        """Return the poses of some of the shapes."""
        return Poses(
            self.x[some], self.y[some], self.radius[some], self.angle[some], self.thickness[some]
        )


def draw(shape: str, poses: Poses) -> Array:
    """Return (n, SIDE, SIDE): which share of each pixel the shape covers, by points inside."""
    drawn = np.empty((len(poses.x), SIDE, SIDE), np.float32)  # (n, Y, X)
    for start in range(0, len(drawn), _CHUNK):
        some = slice(start, start + _CHUNK)
        drawn[some] = _covered(shape, poses.of(some))
    return drawn


def _covered(shape: str, poses: Poses) -> Array:
    points = ((np.arange(SIDE * _FINE) + 0.5) / _FINE).astype(np.float32)  # (P,), in pixels
    scale, angle = poses.radius[:, None], poses.angle[:, None]  # (n, 1)
    x: Array = (points - poses.x[:, None]) / scale  # (n, P)
    y: Array = (points - poses.y[:, None]) / scale  # (n, P)
    cos, sin = np.cos(angle), np.sin(angle)  # (n, 1)
    u = (cos * x)[:, None, :] + (sin * y)[:, :, None]  # (n, P, P)
    v = (cos * y)[:, :, None] - (sin * x)[:, None, :]  # (n, P, P)
    inside = SHAPES[shape](u, v, poses.thickness[:, None, None])  # (n, P, P)
    fine = inside.reshape(-1, SIDE, _FINE, SIDE, _FINE)  # (n, Y, _FINE, X, _FINE)
    covered: Array = fine.mean((2, 4), dtype=np.float32)  # (n, Y, X)
    return covered
