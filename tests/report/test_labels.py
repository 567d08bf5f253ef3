"""Labels beside dots: none over another, none over a dot while there is room, the first best."""

import itertools
import random

import numpy as np
import pytest

from seqkit.report.labels import DOT, RINGS, place_labels

FRAME = (400.0, 300.0)
NOTHING = np.empty((0, 2))


def scattered(count, seed):
    """Dots in the frame, and labels of different lengths for them."""
    draw = random.Random(seed).uniform
    dots = np.array([(draw(30, FRAME[0] - 30), draw(20, FRAME[1] - 20)) for _ in range(count)])
    sizes = np.array([(draw(8, 70), 11.0) for _ in range(count)])
    return dots, sizes


def box(place, size):
    """Left, bottom, right and top of a label."""
    (x, y), (width, height) = place, size
    return x - width / 2, y - height / 2, x + width / 2, y + height / 2


def meet(one, other):
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def around(dot):
    """What a dot keeps free."""
    return dot[0] - DOT, dot[1] - DOT, dot[0] + DOT, dot[1] + DOT


@pytest.mark.parametrize(("count", "seed"), [(1, 0), (20, 1), (60, 2), (300, 3)])
def test_no_label_lies_over_another_or_leaves_the_frame(count, seed):
    dots, sizes = scattered(count, seed)
    places = place_labels(dots, sizes, FRAME, NOTHING)
    assert len(places) == count
    boxes = [box(p, size) for p, size in zip(places, sizes, strict=True) if p is not None]
    assert not any(meet(a, b) for a, b in itertools.combinations(boxes, 2))
    for left, bottom, right, top in boxes:
        assert left >= 0 and bottom >= 0 and right <= FRAME[0] and top <= FRAME[1]
    assert (len(boxes) == count) is (count <= 60)


@pytest.mark.parametrize("seed", range(5))
def test_where_there_is_room_no_dot_is_hidden_and_every_label_is_near(seed):
    dots, sizes = scattered(25, seed)
    places = place_labels(dots, sizes, FRAME, NOTHING)
    boxes = [box(place, size) for place, size in zip(places, sizes, strict=True)]
    assert not any(meet(b, around(dot)) for b in boxes for dot in dots)
    for (left, bottom, right, top), (x, y) in zip(boxes, dots, strict=True):
        away = np.hypot(max(left - x, 0, x - right), max(bottom - y, 0, y - top))
        assert DOT < away <= RINGS[-1] + 1e-9


@pytest.mark.parametrize("seed", [0, 1, 3, 4, 6, 7])
def test_the_way_from_a_dot_to_its_label_crosses_no_other_label(seed):
    """Among dots so close together that labels have to move away from them."""
    draw = random.Random(seed).uniform
    dots = np.array([(draw(175, 225), draw(130, 170)) for _ in range(8)])
    sizes = np.array([(draw(15, 40), 11.0) for _ in dots])
    places = place_labels(dots, sizes, FRAME, NOTHING)
    boxes = [box(place, size) for place, size in zip(places, sizes, strict=True)]
    ways = []
    for (x, y), (left, bottom, right, top) in zip(dots, boxes, strict=True):
        end = np.array([min(max(x, left), right), min(max(y, bottom), top)])
        ways.append(np.linspace((x, y), end, 50))
    assert max(np.hypot(*(way[-1] - way[0])) for way in ways) > RINGS[0] + 1
    for own, way in enumerate(ways):
        for other, b in enumerate(boxes):
            assert own == other or not any(meet(b, (x, y, x, y)) for x, y in way)


def test_a_label_keeps_off_the_way_to_an_earlier_one():
    """What lies around the first dot sends its label up, past the best place of the second."""
    dots = np.array([[200.0, 150.0], [180.0, 157.0]])
    sizes = np.array([[30.0, 10.0], [35.0, 4.0]])
    above, beside = [(187, 163)], [(230, 150), (170, 150)]
    aslant = [(225, 161), (175, 161), (225, 139), (175, 139), (213, 137)]
    around_it = np.array([*above, *beside, *aslant], float)
    (alone,) = place_labels(dots[1:], sizes[1:], FRAME, np.concatenate([around_it, dots[:1]]))
    assert alone == pytest.approx((180 + RINGS[0] + 17.5, 157))
    first, second = place_labels(dots, sizes, FRAME, around_it)
    assert first == pytest.approx((200, 150 + RINGS[2] + 5))
    assert not any(meet(box(second, sizes[1]), (200, y, 200, y)) for y in range(150, 171))


def test_a_lonely_label_stands_right_of_its_dot():
    (place,) = place_labels(np.array([[100.0, 50.0]]), np.array([[30.0, 10.0]]), FRAME, NOTHING)
    assert place == pytest.approx((100 + RINGS[0] + 15, 50))


def test_at_the_right_edge_it_stands_left():
    dot, size = np.array([[FRAME[0] - 10, 50.0]]), np.array([[30.0, 10.0]])
    (place,) = place_labels(dot, size, FRAME, NOTHING)
    assert place == pytest.approx((FRAME[0] - 10 - RINGS[0] - 15, 50))


def test_the_first_label_has_the_best_place():
    dots, sizes = np.array([[100.0, 50.0], [110.0, 50.0]]), np.array([[30.0, 10.0]] * 2)
    for order in ([0, 1], [1, 0]):
        first, second = place_labels(dots[order], sizes, FRAME, NOTHING)
        alone = place_labels(dots[order][:1], sizes[:1], FRAME, dots[order][1:])[0]
        assert first == alone and second is not None


def test_obstacles_are_left_free_while_there_is_another_place():
    dot, size = np.array([[200.0, 150.0]]), np.array([[30.0, 10.0]])
    wall = np.array([[215.0, y] for y in np.arange(0, 300, 3.0)])
    (place,) = place_labels(dot, size, FRAME, wall)
    assert place[0] + 15 < 215 - DOT
    everywhere = np.array([[x, y] for x in range(0, 400, 5) for y in range(0, 300, 5)], float)
    assert place_labels(dot, size, FRAME, everywhere)[0] is not None


def test_a_label_without_room_is_left_out():
    assert place_labels(np.array([[20.0, 20.0]]), np.array([[50.0, 9.0]]), (40, 40), NOTHING) == [
        None
    ]
    heap = np.zeros((300, 2)) + 150
    places = place_labels(heap, np.array([[40.0, 10.0]] * 300), FRAME, NOTHING)
    assert 10 < sum(place is not None for place in places) < 300
    assert places[0] is not None


def test_the_same_labels_go_to_the_same_places():
    dots, sizes = scattered(50, 7)
    assert place_labels(dots, sizes, FRAME, NOTHING) == place_labels(dots, sizes, FRAME, NOTHING)
