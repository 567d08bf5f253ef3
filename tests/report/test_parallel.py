"""Parallel coordinates: where values stand, what is written beside them, and the files."""

import itertools
import xml.etree.ElementTree as ET

import pytest

pytest.importorskip("matplotlib")

from seqkit.report.parallel import Axis, _heights, _marks, parallel_coordinates
from tests.report.test_curves import texts

LR = Axis("lr", [1e-3, 1e-4, 1e-1, 1e-2], "log")
CELL = Axis("cell", ["gru", "rnn", "gru", "rnn"], "choice", ("rnn", "lstm", "gru"))
AVERAGE = Axis("average", [0.9, 0.99, 0.999, 0.9], "1-log")
LOSS = Axis("valid.loss", [1.0, 2.0, 4.0, 5.0], downwards=True)


def test_values_stand_at_their_place_on_the_scale():
    assert _heights(LR) == pytest.approx([1 / 3, 0, 1, 2 / 3])
    assert _heights(AVERAGE) == pytest.approx([0, 0.5, 1, 0])
    assert _heights(CELL) == [1, 0, 1, 0]
    assert _heights(LOSS) == [1, 0.75, 0.25, 0]
    assert _heights(Axis("hidden", [64, 64])) == [0.5, 0.5]


def test_ends_and_round_values_between_are_written():
    assert _marks(CELL) == ["rnn", "lstm", "gru"]
    assert _marks(LOSS) == [1.0, 2.0, 3.0, 4.0, 5.0]
    assert _marks(Axis("hidden", [64, 64])) == [64]
    assert _marks(Axis("lr", [0.0123, 0.07], "log")) == [0.0123, 0.02, 0.05, 0.07]
    assert _marks(Axis("average", [0.93, 0.996], "1-log")) == [0.93, 0.95, 0.98, 0.99, 0.996]


@pytest.mark.parametrize("values", [(1e-9, 1e3), (1.0, 1.0000001), (3e4, 8e4)])
@pytest.mark.parametrize("scale", ["lin", "log"])
def test_what_is_written_keeps_its_distance(values, scale):
    axis = Axis("x", list(values), scale)
    marks = _marks(axis)
    assert marks[0] == values[0] and marks[-1] == values[1] and marks == sorted(marks)
    places = _heights(Axis("x", marks, scale))
    assert all(b - a > 0.07 for a, b in itertools.pairwise(places))


def test_the_picture_names_axes_and_values(tmp_path):
    path = tmp_path / "trials.svg"
    parallel_coordinates([LR, CELL, AVERAGE, LOSS], path, "train-lm", [False, True, False, False])
    words = texts(path)
    assert {"train-lm", "lr", "cell", "average", "valid.loss"} <= set(words)
    assert {"0.0001", "0.001", "0.1", "lstm", "0.999", "5"} <= set(words)
    lines = [n for n in ET.parse(path).iter() if "stroke-dasharray" in n.get("style", "")]
    assert len(lines) == 1
    again = tmp_path / "again.svg"
    parallel_coordinates([LR, CELL, AVERAGE, LOSS], again, "train-lm", [False, True, False, False])
    assert again.read_bytes() == path.read_bytes()


def test_a_name_from_outside_is_no_formula(tmp_path):
    parallel_coordinates([Axis("$x$", ["$a", "b$"], "choice", ("$a", "b$"))], tmp_path / "a.svg")
    assert {"$x$", "$a", "b$"} <= set(texts(tmp_path / "a.svg"))


@pytest.mark.parametrize(
    ("axes", "part"),
    [
        ([], "need a trial"),
        ([Axis("lr", [])], "need a trial"),
        ([LOSS, Axis("lr", [1.0])], "a value on every axis"),
        ([Axis("lr", [0.0, 1.0], "log")], "'lr': 0.0 cannot stand on the scale log"),
        ([Axis("average", [0.5, 1.0], "1-log")], "'average': 1.0 cannot stand"),
    ],
)
def test_what_cannot_be_drawn_is_refused(tmp_path, axes, part):
    with pytest.raises(ValueError, match=part):
        parallel_coordinates(axes, tmp_path / "x.png")
    assert not list(tmp_path.iterdir())
