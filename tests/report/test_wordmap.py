"""Maps of words: what stands in the picture, and whether it can be read."""

import itertools
import random

import numpy as np
import pytest

from seqkit.report.wordmap import MOST, word_map
from tests.report.test_gates import texts

pytest.importorskip("matplotlib")

WORDS = ["king", "queen", "man", "woman", "apple"]
POINTS = np.array([[1.0, 2.0], [3.0, 2.5], [0.5, 0.5], [2.5, 1.0], [-3.0, -1.0]])


def many(count, seed=0):
    """Invented words and their points, some close together."""
    draw = random.Random(seed)
    words = ["".join(draw.choices("abdeilmnorstu", k=draw.randint(2, 11))) for _ in range(count)]
    points = [(draw.gauss(0, 3), draw.gauss(0, 2)) for _ in range(count)]
    return [f"{word}{i}" for i, word in enumerate(words)], np.array(points)


@pytest.fixture
def figure(monkeypatch):
    """The figures that are written, as they were when they had been."""
    from matplotlib.figure import Figure

    figures, save = [], Figure.savefig

    def spy(self, *arguments, **options):
        figures.append(self)
        return save(self, *arguments, **options)

    monkeypatch.setattr(Figure, "savefig", spy)
    return lambda: figures[-1]


def labels_of(figure):
    """The labels of a map and the box of each in a picture of 150 dots an inch."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    figure.set_dpi(150)
    renderer = FigureCanvasAgg(figure).get_renderer()
    (axes,) = figure.axes
    shown = [text for text in axes.texts if text.get_text()]
    return {text.get_text(): text.get_window_extent(renderer) for text in shown}, axes


def dots_of(axes):
    """Where the dots are, in the picture."""
    (dots,) = [line for line in axes.get_lines() if line.get_marker() == "o"]
    return axes.transData.transform(dots.get_xydata())


def test_words_title_and_axes_stand_in_the_picture(tmp_path):
    path = tmp_path / "map.svg"
    hidden = word_map(WORDS, POINTS, path, "runs/words", ("first component", "second component"))
    assert hidden == []
    assert {*WORDS, "runs/words", "first component", "second component"} == set(texts(path))


@pytest.mark.parametrize("count", [5, 80, 250])
def test_labels_overlap_neither_each_other_nor_the_frame(tmp_path, figure, count):
    words, points = many(count)
    hidden = word_map(words, points, tmp_path / "map.png")
    boxes, axes = labels_of(figure())
    assert set(boxes) == set(words) - set(hidden)
    assert len(hidden) < count / 10
    for one, other in itertools.combinations(boxes.values(), 2):
        assert not one.overlaps(other)
    frame = axes.get_window_extent()
    for box in boxes.values():
        assert frame.x0 <= box.x0 and box.x1 <= frame.x1
        assert frame.y0 <= box.y0 and box.y1 <= frame.y1


def test_no_label_hides_a_dot_and_each_is_near_its_own(tmp_path, figure):
    words, points = many(40, seed=3)
    assert word_map(words, points, tmp_path / "map.png") == []
    boxes, axes = labels_of(figure())
    dots = dots_of(axes)
    for word, own in zip(words, dots, strict=True):
        box = boxes[word]
        assert not any(box.contains(*dot) for dot in dots)
        near = np.clip(own, (box.x0, box.y0), (box.x1, box.y1))
        assert np.hypot(*(near - own)) < 45 * 150 / 72


@pytest.mark.parametrize("stretch", [(1, 1), (30, 1), (1, 30), (1e-9, 1e-9), (1e9, 1e8)])
def test_distances_are_those_of_the_points(tmp_path, figure, stretch):
    """Both axes have one scale, however the points are spread."""
    points = POINTS * stretch
    word_map(WORDS, points, tmp_path / "map.png")
    _, axes = labels_of(figure())
    dots = dots_of(axes)
    pairs = list(itertools.combinations(range(len(WORDS)), 2))
    scales = [np.hypot(*(dots[i] - dots[j])) / np.hypot(*(points[i] - points[j])) for i, j in pairs]
    np.testing.assert_allclose(scales, scales[0], rtol=1e-6)
    assert all(axes.get_window_extent().contains(*dot) for dot in dots)


def test_pairs_are_joined_from_the_first_to_the_second(tmp_path, figure):
    word_map(WORDS, POINTS, tmp_path / "map.png", pairs=[(2, 3), (0, 1)])
    _, axes = labels_of(figure())
    dots = dots_of(axes)
    arrows = [text for text in axes.texts if not text.get_text()]
    ends = [axes.transData.transform([arrow.xyann, arrow.xy]) for arrow in arrows]
    np.testing.assert_allclose(ends, [dots[[2, 3]], dots[[0, 1]]])


def test_labels_keep_off_the_arrows(tmp_path, figure):
    """The middle word would stand right of its dot, were there no arrow."""
    words, points = ["left", "middle", "right"], np.array([[-2.0, 0], [0, 0], [2.0, 0]])
    for pairs, to_the_right in ([], True), ([(1, 2)], False):
        word_map(words, points, tmp_path / "map.png", pairs=pairs)
        boxes, axes = labels_of(figure())
        assert bool(boxes["middle"].x0 > dots_of(axes)[1][0]) is to_the_right


def test_a_label_that_stands_off_has_a_line_to_its_dot(tmp_path, figure):
    words = [f"word{i}" for i in range(14)]
    points = np.concatenate([np.zeros((12, 2)), [[-5.0, -3], [5, 3]]])
    word_map(words, points, tmp_path / "map.png")
    _, axes = labels_of(figure())
    leaders = [line for line in axes.get_lines() if line.get_marker() != "o"]
    assert 0 < len(leaders) < 14
    word_map(WORDS, POINTS, tmp_path / "map.png")
    _, axes = labels_of(figure())
    assert len(axes.get_lines()) == 1


def test_words_without_room_are_returned_and_not_written(tmp_path):
    words = [f"word{i:03}" for i in range(200)]
    points = np.concatenate([np.zeros((198, 2)), [[-1.0, -1], [1, 1]]])
    path = tmp_path / "map.svg"
    hidden = word_map(words, points, path)
    assert 50 < len(hidden) < 198 and "word000" not in hidden
    assert set(texts(path)) == set(words) - set(hidden)


@pytest.mark.parametrize("points", [POINTS * 0, POINTS * [1, 0], POINTS * [0, 1]])
def test_points_on_a_line_or_on_one_spot_are_drawn(tmp_path, points):
    assert word_map(WORDS, points, tmp_path / "map.svg") == []
    assert set(WORDS) <= set(texts(tmp_path / "map.svg"))


def test_text_is_literal_in_any_script(tmp_path):
    words = ["$x_1$", "\x1b[31m", "naïve", "κόσμος", "слово", "言葉", "مرحبا", "🙂"]
    points = np.array([[i, i * i % 5] for i in range(len(words))], float)
    word_map(words, points, tmp_path / "map.svg", title="$\\frac$")
    found = texts(tmp_path / "map.svg")
    assert {"$x_1$", "\\x1b[31m", "naïve", "слово", "$\\frac$"} <= set(found)


def test_the_same_map_gives_the_same_bytes(tmp_path):
    words, points = many(60)
    for name in ("a.svg", "b.svg", "a.png", "b.png"):
        word_map(words, points, tmp_path / name, pairs=[(0, 5)])
    for ending in ("svg", "png"):
        first, second = tmp_path / f"a.{ending}", tmp_path / f"b.{ending}"
        assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize(
    ("words", "points", "message"),
    [
        ([], np.empty((0, 2)), "0 words do not fit into a map"),
        (["w"] * (MOST + 1), np.zeros((MOST + 1, 2)), f"{MOST + 1} words do not fit"),
        (WORDS, POINTS[:3], "as many pairs of finite numbers"),
        (WORDS, POINTS * np.nan, "as many pairs of finite numbers"),
        (WORDS, POINTS[:, :1], "as many pairs of finite numbers"),
    ],
)
def test_what_does_not_fit_is_refused(tmp_path, words, points, message):
    with pytest.raises(ValueError, match=message):
        word_map(words, points, tmp_path / "map.png")
    assert not list(tmp_path.iterdir())
