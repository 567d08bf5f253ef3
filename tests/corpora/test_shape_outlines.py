"""Drawn outlines: their areas, by geometry, and where they lie."""

import math

import numpy as np
import pytest

from seqkit.corpora.shape_outlines import SHAPES, Poses, draw


def one(shape, x=14.0, y=14.0, radius=10.0, angle=0.0, thickness=0.3):
    row = (np.array([value], np.float32) for value in (x, y, radius, angle, thickness))
    return draw(shape, Poses(*row))[0]


AREAS = {  # of a radius of 1 and a thickness of 0.3
    "circle": math.pi,
    "ring": math.pi * (1 - 0.7**2),
    "square": 2,
    "frame": 2 - (2 * (math.sqrt(0.5) - 0.24)) ** 2,
    "triangle": 3 * math.sqrt(3) / 4,
    "cross": 2 * 2 * 0.95 * 0.42 - 0.42**2,
    "star": 5 * 0.42 * math.sin(math.pi / 5),  # ten triangles of sides 1 and 0.42
    "arrow": 0.7 + 0.24 * 0.95,
}


@pytest.mark.parametrize("shape", AREAS)
@pytest.mark.parametrize("angle", [0.0, 0.4, 2.0])
def test_areas(shape, angle):
    """The mean over places is the area, whatever the grid of points."""
    rng = np.random.default_rng(3)
    x, y = rng.uniform(13, 15, (2, 40)).astype(np.float32)
    same = np.ones(40, np.float32)
    covered = draw(shape, Poses(x, y, 10 * same, angle * same, 0.3 * same))
    assert covered.min() == 0 and covered.max() == 1
    assert covered.sum((1, 2)).mean() == pytest.approx(100 * AREAS[shape], rel=0.006)


def test_a_circle_by_hand():
    """A radius of 1 around the middle of a pixel: it whole, and parts of its neighbours."""
    covered = one("circle", x=10.5, y=5.5, radius=1.0)
    assert covered[5, 10] == 1 and covered[:, 13:].sum() == 0 and covered[:4].sum() == 0
    assert covered.sum() == pytest.approx(math.pi, rel=0.05)
    fine = (np.arange(-6, 6) + 0.5) / 4  # 12 points across 3 pixels
    counts = [sum(u * u + v * v < 1 for u in fine[:4] for v in fine[k : k + 4]) for k in (0, 4)]
    assert covered[5, 9] == covered[4, 10] == counts[1] / 16
    assert covered[4, 9] == covered[6, 11] == counts[0] / 16


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("thickness", [0.25, 0.45])
def test_nothing_lies_beyond_the_radius(shape, thickness):
    side = np.linspace(-2, 2, 401, dtype=np.float32)
    u, v = np.meshgrid(side, side)
    inside = SHAPES[shape](u, v, np.float32(thickness))
    assert inside.any() and np.hypot(u, v)[inside].max() <= 1


@pytest.mark.parametrize("shape", SHAPES)
def test_places_and_angles(shape):
    """A shape moved by whole pixels is its picture moved; turned by a right angle, turned."""
    drawn = one(shape, radius=7)
    assert (one(shape, x=17, y=12, radius=7)[:26, 3:] == drawn[2:, :25]).all()
    turned = one(shape, radius=7, angle=math.pi / 2)
    assert abs(turned - np.rot90(drawn, -1)).mean() < 0.01


def test_many_at_once_are_each_alone():
    rng = np.random.default_rng(2)
    values = rng.uniform([8, 8, 5, 0, 0.25], [20, 20, 9, 6, 0.45], (70, 5)).astype(np.float32)
    together = draw("heart", Poses(*values.T))
    for k in (0, 15, 16, 69):
        assert (together[k] == one("heart", *values[k])).all()
