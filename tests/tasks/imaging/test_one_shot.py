"""One-shot recognition against all galleries there are, one by one."""

import itertools

import pytest
import torch

from seqkit.tasks.imaging.one_shot import galleries, one_shot_accuracy

POINTS = torch.tensor([[0.0, 0], [3, 0], [1, 0], [2, 2], [0, 2.1], [5, 5], [2.2, 0]]).double()
LABELS = ["a", "b", "a", "c", "c", "b", "a"]


def every_gallery(ways):
    """The mean over all classes to choose among, all galleries of them, and all other images."""
    places = {name: [k for k, own in enumerate(LABELS) if own == name] for name in "abc"}
    means = []
    for classes in itertools.combinations("abc", ways):
        for name in classes:
            rights = []
            for known in itertools.product(*(places[own] for own in classes)):
                for asked in {*places[name]}.difference(known):
                    squares = [float(((POINTS[asked] - POINTS[k]) ** 2).sum()) for k in known]
                    rights.append(classes[squares.index(min(squares))] == name)
            means.append(sum(rights) / len(rights))
    return sum(means) / len(means)


@pytest.mark.parametrize("ways", [2, 3])
def test_many_trials_come_near_the_mean_over_all_galleries(ways):
    found = one_shot_accuracy(POINTS, LABELS, ways, trials=3_000)
    assert found == pytest.approx(every_gallery(ways), abs=0.02)


def test_all_classes_are_told_apart_unless_said_otherwise():
    assert one_shot_accuracy(POINTS, LABELS) == one_shot_accuracy(POINTS, LABELS, 3)
    assert one_shot_accuracy(POINTS, LABELS) == one_shot_accuracy(POINTS, LABELS, 9)
    assert one_shot_accuracy(POINTS, LABELS, seed=1) != one_shot_accuracy(POINTS, LABELS)


def test_far_classes_are_always_told_and_equal_ones_by_chance():
    labels = ["a", "b"] * 20
    far = torch.tensor([[0.0], [9.0]]).repeat(20, 1) + torch.rand(40, 1)
    assert one_shot_accuracy(far, labels) == 1
    mixed = torch.rand(40, 4, generator=torch.Generator().manual_seed(1))
    assert one_shot_accuracy(mixed, labels, trials=2_000) == pytest.approx(0.5, abs=0.08)


def test_a_class_with_one_image_is_left_out():
    assert galleries(["a", "b", "a", "c", "b"]) == {"a": [0, 2], "b": [1, 4]}
    with pytest.raises(ValueError, match="1 of 3 classes have as many; give more images"):
        galleries(["a", "b", "a", "c"])
