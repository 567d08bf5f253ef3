"""The picture of a reliability table."""

import pytest

from seqkit.metrics.calibration import calibration_error
from seqkit.metrics.reliability import reliability_table
from seqkit.report.reliability import reliability_diagram
from tests.report.test_curves import texts

pytest.importorskip("matplotlib")

SURE = [0.12, 0.55, 0.58, 0.91, 0.95, 0.99, 1.0]
RIGHT = [False, True, False, True, True, False, True]


def test_the_counts_and_the_error_are_told(tmp_path):
    path = tmp_path / "reliability.svg"
    reliability_diagram(reliability_table(SURE, RIGHT), path, "runs/a on b", "texts")
    words = texts(path)
    assert "runs/a on b" in words
    assert f"calibration error {calibration_error(SURE, RIGHT):.4f} over 7 texts" in words
    named = ("right", "gap to the confidence", "right as often as said")
    for word in ("confidence", "right, share of 1", "share of texts", *named):
        assert word in words
    assert [word for word in words if word in ("1", "2", "4")] == ["1", "2", "4"]


def test_bars_stand_where_the_bins_are(tmp_path, monkeypatch):
    from matplotlib.axes import Axes

    drawn, bar = [], Axes.bar

    def spy(axes, x, height, width, bottom=0, **options):
        drawn.append((x, height, width, bottom))
        return bar(axes, x, height, width, bottom, **options)

    monkeypatch.setattr(Axes, "bar", spy)
    reliability_diagram(reliability_table(SURE, RIGHT), tmp_path / "reliability.png")
    assert (tmp_path / "reliability.png").read_bytes().startswith(b"\x89PNG")
    near = pytest.approx
    assert drawn[:2] == [near((0.1, 0, 0.1, 0)), near((0.1, 0.12, 0.1, 0))]
    assert drawn[2:4] == [near((0.5, 0.5, 0.1, 0)), near((0.5, 0.065, 0.1, 0.5))]
    assert drawn[4:6] == [near((0.9, 0.75, 0.1, 0)), near((0.9, 0.2125, 0.1, 0.75))]
    assert [one[1] for one in drawn[6:]] == near([1 / 7, 2 / 7, 4 / 7])


def test_what_cannot_be_drawn(tmp_path):
    with pytest.raises(ValueError, match="nothing was counted"):
        reliability_diagram(reliability_table([], []), tmp_path / "a.png")
    with pytest.raises(ValueError, match=r"a\.jpg: a plot is a \.png or \.svg file"):
        reliability_diagram(reliability_table(SURE, RIGHT), tmp_path / "a.jpg")
    assert list(tmp_path.iterdir()) == []
