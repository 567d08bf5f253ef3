"""Heat maps of gates: what stands in the picture, and the numbers beside it."""

import html

import numpy as np
import pytest

from seqkit.report.gates import LONGEST, gate_maps, saturation
from tests.report import test_curves

TOKENS = ["<eos>", "a", "<unk>", " ", "\x1b", "$x$"]
T, H = len(TOKENS), 5


def rising(*means):
    """Activations (T, H) that are constant in time, one mean a unit."""
    return np.tile(np.array(means), (T, 1))


OUTPUT = np.linspace(-1, 1, T)[:, None] * np.array([0.1, 0.5, 0.3, 0.9, 0.0])
FORGET = rising(0.5, 0.95, 0.2, 0.05, 1.0)


def texts(path):
    """The text of an SVG, tokens such as <eos> too."""
    return [html.unescape(text) for text in test_curves.texts(path)]


def drawn(tmp_path, gates, values, **options):
    pytest.importorskip("matplotlib")
    path = tmp_path / "gates.svg"
    gate_maps(TOKENS, gates, values, path, **options)
    return texts(path)


def units_of(words):
    """The unit numbers along the first panel, from the top."""
    numbers = [word for word in words[: words.index("unit")] if word in {"0", "1", "2", "3", "4"}]
    return [int(number) for number in numbers]


def test_saturation_counts_units_and_positions():
    gate = np.array([[0.05, 0.5, 0.95], [0.0999, 0.1, 0.9]])
    assert saturation(gate) == pytest.approx((2 / 6, 1 / 6))


def test_every_map_and_token_is_named_and_the_shares_stand_there(tmp_path):
    values = {"candidate": OUTPUT, "memory": 9 * OUTPUT, "output": OUTPUT}
    gates = {"update": FORGET, "forget": FORGET, "output": 1 - FORGET}
    words = drawn(tmp_path, gates, values, title="runs/lm: lstm")
    assert words.count("left 20%, right 40%") == 2 and words.count("left 40%, right 20%") == 1
    for title in ("runs/lm: lstm", "update gate Γ$_u$", "tanh of the memory c", "output a"):
        assert title in words
    for token in ("<eos>", "a", "<unk>", "␣", "\\x1b", "$x$"):
        assert words.count(token) == 2, token


@pytest.mark.parametrize(
    ("gates", "order"),
    [
        ({"update": FORGET, "forget": FORGET}, [1, 2, 3]),
        ({"reset": 1 - FORGET, "update": FORGET}, [3, 2, 1]),
        ({}, [2, 3, 1]),
    ],
    ids=["lstm", "gru", "rnn"],
)
def test_the_units_that_move_most_by_what_they_keep(tmp_path, gates, order):
    shifted = OUTPUT + rising(0, -0.2, 0.1, 0, 0.7)  # which moves none of them
    words = drawn(tmp_path, gates, {"output": shifted}, units=3)
    assert units_of(words) == order


def test_colours_are_those_of_the_values(tmp_path, monkeypatch):
    """The memory is shown as tanh c; a scale grows only beyond 1, as a rectifier's output may."""
    pytest.importorskip("matplotlib")
    from matplotlib.axes import Axes

    images, show = [], Axes.imshow

    def spy(self, data, **options):
        images.append((data, options["vmin"], options["vmax"]))
        return show(self, data, **options)

    monkeypatch.setattr(Axes, "imshow", spy)
    drawn(tmp_path, {"forget": FORGET}, {"memory": 3 * OUTPUT, "output": OUTPUT})
    order = [4, 1, 0, 2, 3]
    for (data, low, high), wanted, bounds in zip(
        images, (FORGET, np.tanh(3 * OUTPUT), OUTPUT), [(0, 1), (-1, 1), (-1, 1)], strict=True
    ):
        np.testing.assert_array_equal(data, wanted[:, order].T)
        assert (low, high) == bounds
    images.clear()
    drawn(tmp_path, {}, {"output": 4 * OUTPUT})
    assert images[0][1:] == (-3.6, 3.6)


def test_what_does_not_fit_is_refused(tmp_path):
    long = ["a"] * (LONGEST + 1)
    output = {"output": np.zeros((len(long), H))}
    with pytest.raises(ValueError, match=f"{LONGEST + 1} tokens do not fit"):
        gate_maps(long, {}, output, tmp_path / "gates.svg")
    with pytest.raises(ValueError, match="units must be 1 or more, got 0"):
        gate_maps(TOKENS, {}, {"output": OUTPUT}, tmp_path / "gates.svg", units=0)
    assert not list(tmp_path.iterdir())
