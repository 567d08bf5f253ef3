"""The picture of a confusion matrix."""

import math

import numpy as np
import pytest

from seqkit.metrics.classification import Confusion, confusion
from seqkit.report.confusion import confusion_matrix, shades, short
from tests.report.test_curves import texts

pytest.importorskip("matplotlib")

SMALL = Confusion(("LOC", "ORG", "PER"), np.array([[90, 7, 3], [0, 0, 0], [12, 0, 4321]]))


def drawn(tmp_path, found, **options):
    path = tmp_path / "confusion.svg"
    confusion_matrix(found, path, **options)
    return texts(path)


def test_every_count_and_every_class_is_there(tmp_path):
    words = drawn(tmp_path, SMALL, title="runs/a on b", unit="entities")
    assert "runs/a on b" in words
    for word in ("LOC (100)", "ORG (0)", "PER (4,333)", "LOC", "ORG", "PER"):
        assert words.count(word) == 1
    numbers = sorted(int(word) for word in words if word.isdigit())
    assert numbers == [3, 7, 12, 90, 4321]
    assert "99.5% of 4,433 entities lie on the diagonal" in words
    assert "gold (how many)" in words and "predicted" in words


def test_rows_are_gold_and_columns_predicted(tmp_path, monkeypatch):
    from matplotlib.axes import Axes

    placed, text = {}, Axes.text

    def spy(axes, x, y, word, **options):
        placed[word] = (x, y)
        return text(axes, x, y, word, **options)

    monkeypatch.setattr(Axes, "text", spy)
    confusion_matrix(SMALL, tmp_path / "confusion.png")
    assert placed["3"] == (2, 0) and placed["12"] == (0, 2)  # (column, row)


def test_classes_that_never_occur_are_left_out(tmp_path):
    found = Confusion(("A", "B", "C"), np.array([[2, 0, 1], [0, 0, 0], [0, 0, 5]]))
    words = drawn(tmp_path, found)
    assert "A (3)" in words and "C (5)" in words and not {"B", "B (0)"} & set(words)


def test_a_shade_is_the_logarithm_of_the_share_of_a_row():
    dark = shades(np.array([[990, 10], [0, 5]]))
    assert dark[1, 0] == 0 and dark[1, 1] == pytest.approx(1)
    assert dark[0, 0] == pytest.approx(1, abs=0.01) and 0.12 < dark[0, 1] < 0.4
    # As far apart in share as 100 to 10 and 10 to 1, as far apart in shade.
    steps = np.diff(shades(np.array([[100_000, 40_000, 16_000, 6_400]]))[0])
    np.testing.assert_allclose(steps, steps[0])
    assert steps[0] == pytest.approx(0.88 * math.log(0.4) / -math.log(0.004))
    one_in_a_million = shades(np.array([[10**6, 1]]))[0, 1]
    assert one_in_a_million == pytest.approx(0.12)


def test_forty_five_tags_lie_side_by_side(tmp_path, monkeypatch):
    """No name or number lies over another: boxes of all texts as they are drawn."""
    from matplotlib.figure import Figure

    tags = [f"T{k:02d}$" for k in range(45)]
    draws = np.random.default_rng(0)
    gold = [*tags, *draws.choice(tags, 400)]
    predicted = [*tags, *draws.choice(tags, 400)]
    figures, save = [], Figure.savefig

    def spy(figure, *arguments, **options):
        figures.append(figure)
        return save(figure, *arguments, **options)

    monkeypatch.setattr(Figure, "savefig", spy)
    confusion_matrix(confusion(gold, predicted), tmp_path / "tags.png")
    (axes,) = figures[0].axes
    numbers = axes.texts
    names = [*axes.get_xticklabels(), *axes.get_yticklabels()]
    assert len(names) == 90 and len(numbers) > 350
    for labels in (numbers, names):
        boxes = np.array([label.get_window_extent().extents for label in labels])
        assert not overlaps(boxes)


def overlaps(boxes):
    """Whether two of the boxes (N, 4: left, bottom, right, top) share a point."""
    left, bottom, right, top = boxes.T
    meet = (left[:, None] < right) & (left < right[:, None])
    meet &= (bottom[:, None] < top) & (bottom < top[:, None])
    return bool((meet & ~np.eye(len(boxes), dtype=bool)).any())


@pytest.mark.parametrize(
    ("count", "text"),
    [(7, "7"), (9999, "9999"), (10_000, "10k"), (999_999, "999k"), (2_500_000, "2M")],
)
def test_counts_are_short(count, text):
    assert short(count) == text


def test_names_from_files_cannot_break_the_picture(tmp_path):
    found = Confusion(("$x$", "\x1b[2J"), np.array([[1, 0], [0, 1]]))
    words = drawn(tmp_path, found, title="$$")
    assert {"$x$ (1)", "\\x1b[2J (1)", "$$"} <= set(words)


def test_nothing_to_draw_and_other_endings(tmp_path):
    with pytest.raises(ValueError, match="nothing was counted"):
        confusion_matrix(Confusion(("A",), np.zeros((1, 1), int)), tmp_path / "a.png")
    with pytest.raises(ValueError, match=r"a plot is a \.png or \.svg"):
        confusion_matrix(SMALL, tmp_path / "a.pdf")
