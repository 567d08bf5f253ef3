"""Curves of how far gradients reach."""

import math

import pytest

from seqkit.report.reach import FLOOR, reach_curves
from tests.report.test_curves import texts

HALVING = [0.5**k for k in range(41)]


def test_every_run_is_named_and_the_levels_too(tmp_path):
    pytest.importorskip("matplotlib")
    curves = {"runs/rnn": HALVING, "runs/$x$\x1b": [1.0] * 41}
    reach_curves(curves, tmp_path / "reach.svg", "title")
    words = texts(tmp_path / "reach.svg")
    for word in ("runs/rnn", "runs/$x$\\x1b", "1/2", "1/100", "title"):
        assert word in words


def test_what_is_lost_or_not_finite_is_a_gap(tmp_path, monkeypatch):
    pytest.importorskip("matplotlib")
    from matplotlib.axes import Axes

    lines, plot = [], Axes.plot

    def spy(self, x, y, *rest, **options):
        lines.append((list(x), list(y)))
        return plot(self, x, y, *rest, **options)

    monkeypatch.setattr(Axes, "plot", spy)
    exploded = [1.0, 3.0, math.inf, math.nan, *[0.0] * 37]
    reach_curves({"a": HALVING, "b": exploded}, tmp_path / "reach.png")
    (x, halving), (_, other) = lines
    assert x == list(range(41))
    assert [y for y in halving if not math.isnan(y)] == [y for y in HALVING if y >= FLOOR]
    assert other[:2] == [1.0, 3.0] and all(map(math.isnan, other[2:]))


def test_ten_runs_look_different(tmp_path, monkeypatch):
    pytest.importorskip("matplotlib")
    from matplotlib.axes import Axes

    looks, plot = [], Axes.plot

    def spy(self, x, y, style, **options):
        looks.append((style, options["color"]))
        return plot(self, x, y, style, **options)

    monkeypatch.setattr(Axes, "plot", spy)
    reach_curves({str(n): HALVING for n in range(10)}, tmp_path / "reach.png")
    assert len(set(looks)) == 10


@pytest.mark.parametrize("curves", [{}, {"a": []}, {"a": [1.0], "b": [1.0, 0.5]}])
def test_curves_that_do_not_fit_are_refused(tmp_path, curves):
    with pytest.raises(ValueError, match="the same distances"):
        reach_curves(curves, tmp_path / "reach.png")
    assert not list(tmp_path.iterdir())
