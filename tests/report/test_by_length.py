"""The picture of BLEU by source length."""

import pytest

from seqkit.report.by_length import bleu_by_length
from tests.report.test_curves import texts

pytest.importorskip("matplotlib")

CURVES = {"runs/dot": [(5.5, 41.0), (12.0, 38.0)], "runs/none": [(5.5, 39.0), (12.0, 21.5)]}


def test_runs_and_axes_are_named(tmp_path):
    path = tmp_path / "length.svg"
    bleu_by_length(CURVES, path, "BLEU by source length")
    words = texts(path)
    assert {*CURVES, "BLEU", "BLEU by source length"} <= set(words)
    assert "length of the source, tokens (mean of each group)" in words


def test_points_are_drawn_as_they_are(tmp_path, monkeypatch):
    from matplotlib.axes import Axes

    drawn, plot = [], Axes.plot

    def spy(axes, x, y, *rest, **options):
        drawn.append((list(zip(x, y, strict=True)), options["color"]))
        return plot(axes, x, y, *rest, **options)

    monkeypatch.setattr(Axes, "plot", spy)
    bleu_by_length(CURVES, tmp_path / "length.png")
    assert [points for points, _ in drawn] == list(CURVES.values())
    assert len({colour for _, colour in drawn}) == 2


@pytest.mark.parametrize("curves", [{}, {"a": []}])
def test_nothing_is_not_drawn(tmp_path, curves):
    with pytest.raises(ValueError, match="needs a point or more"):
        bleu_by_length(curves, tmp_path / "a.png")


def test_a_single_point_of_zero(tmp_path):
    bleu_by_length({"a": [(3.0, 0.0)]}, tmp_path / "a.svg")
    assert "a" in texts(tmp_path / "a.svg")
