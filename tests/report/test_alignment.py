"""Alignments as pictures, and as tables on a terminal."""

import numpy as np
import pytest

from seqkit.report.alignment import LONGEST, alignment_map
from seqkit.report.alignment_terminal import FROM, SHADES, alignment_table
from tests.report.test_gates import texts

SOURCE, TARGET = ("one", "$x$", " ", "<eos>"), ("uno", "\x1b", "<eos>")
WEIGHTS = np.array([[0.9, 0.1, 0.0, 0.0], [0.2, 0.5, 0.3, 0.0], [0.0, 0.0, 0.0, 1.0]])


def test_every_token_is_named_in_the_picture(tmp_path):
    pytest.importorskip("matplotlib")
    path = tmp_path / "alignment.svg"
    alignment_map(SOURCE, TARGET, WEIGHTS, path, "runs/a: attention")
    words = texts(path)
    assert words.count("<eos>") == 2
    assert {"one", "$x$", "␣", "uno", "\\x1b", "runs/a: attention"} <= set(words)
    assert "attention, share of the row" in words


def test_rows_are_drawn_from_the_top_and_the_source_stands_above(tmp_path, monkeypatch):
    pytest.importorskip("matplotlib")
    from matplotlib.axes import Axes

    drawn, imshow = [], Axes.imshow

    def spy(axes, values, **options):
        drawn.append((axes, values, options))
        return imshow(axes, values, **options)

    monkeypatch.setattr(Axes, "imshow", spy)
    alignment_map(SOURCE, TARGET, WEIGHTS, tmp_path / "alignment.png")
    ((axes, values, options),) = drawn
    np.testing.assert_array_equal(values, WEIGHTS)
    assert (options["vmin"], options["vmax"]) == (0, 1)
    assert axes.yaxis.get_inverted()
    assert [label.get_text() for label in axes.get_xticklabels()] == ["one", "$x$", "␣", "<eos>"]
    assert [label.get_rotation() for label in axes.get_xticklabels()] == [90, 90, 0, 90]
    assert axes.xaxis.get_tick_params()["labeltop"]
    assert not axes.xaxis.get_tick_params()["labelbottom"]


@pytest.mark.parametrize(
    ("source", "target", "message"),
    [
        ((), TARGET, "the source has 0 tokens"),
        (("a",) * (LONGEST + 1), TARGET, f"the source has {LONGEST + 1} tokens, which do not fit"),
        (SOURCE, ("a",) * (LONGEST + 1), "the translation has"),
        (SOURCE, TARGET[:2], r"weights are \(3, 4\), not \(2, 4\)"),
    ],
)
def test_what_cannot_be_drawn(tmp_path, source, target, message):
    with pytest.raises(ValueError, match=message):
        alignment_map(source, target, WEIGHTS, tmp_path / "a.png")
    assert list(tmp_path.iterdir()) == []


def test_shades_grow_with_the_weight():
    lines = alignment_table(["ab"], ["x"] * 5, [[0.04], [0.05], [0.3], [0.5], [0.9]], 80)
    assert lines.split("\n")[1:] == ["x  ·", "x  ░░", "x  ▒▒", "x  ▓▓", "x  ██"]
    assert len(SHADES) == len(FROM) + 1 and list(FROM) == sorted(FROM)


def test_columns_are_as_wide_as_their_words():
    lines = alignment_table(SOURCE, TARGET, WEIGHTS.tolist(), 80).split("\n")
    assert lines == [
        "       one $x$ ␣  <eos>",
        "  uno  ███ ░░░ ·  ·",
        " \\x1b  ░░░ ▓▓▓ ▒▒ ·",
        "<eos>  ·   ·   ·  █████",
    ]


def test_words_are_written_downwards_where_there_is_no_room():
    lines = alignment_table(["one", "b", "名"], ["x"], [[1.0, 0.0, 0.6]], 12).split("\n")
    assert lines == ["   o", "   n", "   e b 名", "x  ██· ▓▓"]
    assert alignment_table(["one", "b", "名"], ["x"], [[1.0, 0.0, 0.6]], 13).startswith("   one b")


def test_wide_letters_take_two_columns():
    lines = alignment_table(["名前", "a"], ["犬"], [[0.0, 1.0]], 80).split("\n")
    assert lines == ["    名前 a", "犬  ·    ██"]
