"""The median rule on histories made by hand."""

import pytest

from seqkit.tasks.tuning.stopping import Point, best_at, share_done, stops_at


def curve(*values, epochs=4):
    """A trial of so many epochs that reached these values after each."""
    best, points = float("inf"), []
    for number, value in enumerate(values, start=1):
        best = min(best, value)
        points.append(Point(number / epochs, best))
    return points


OTHERS = [curve(5, 4, 3, 2), curve(6, 5, 4, 3), curve(7, 6, 5, 4)]
"""Whose medians are 6, 5, 4, 3."""


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ((6, 5, 4, 3), None),  # the median itself
        ((5, 5, 4, 3), None),
        ((6.1,), 0),
        ((6, 5.1, 1), 1),
        ((6, 5, 4.1, 1), 2),
        ((6, 5, 4, 9), None),  # at the end nothing is saved any more
        ((4, 9, 9, 9), None),  # its best so far counts
        ((), None),
    ],
)
def test_a_trial_worse_than_the_median_is_stopped(values, wanted):
    assert stops_at(curve(*values), OTHERS) == wanted


def test_with_few_others_nothing_is_stopped():
    assert stops_at(curve(99), OTHERS[:2]) is None
    short = [*OTHERS[:2], curve(7)]  # that one was stopped after an epoch
    assert stops_at(curve(6.5), short) == 0
    assert stops_at(curve(6, 99), short) is None


def test_trials_are_compared_at_the_same_share_of_their_training():
    """Others of eight epochs: the first of four is compared with their second."""
    others = [curve(9, v, 1, 1, 1, 1, 1, 1, epochs=8) for v in (4, 5, 6)]
    assert stops_at(curve(5), others) is None
    assert stops_at(curve(5.1), others) == 0


def test_at_the_very_beginning_nothing_is_stopped():
    others = [curve(*[1] * 10, epochs=10)] * 3
    assert stops_at(curve(5, epochs=10), others) is None
    assert stops_at(curve(5, 5, epochs=10), others) == 1


def test_an_even_number_of_others_has_the_mean_of_the_middle_two():
    others = [curve(value) for value in (1, 2, 4, 9)]
    assert stops_at(curve(3.0), others) is None
    assert stops_at(curve(3.01), others) == 0


def test_what_was_reached_at_a_share():
    points = [Point(0.3, 5.0), Point(0.6, 4.0), Point(1.0, 4.0)]
    assert [best_at(points, s) for s in (0.2, 0.3, 0.5, 0.6, 1.0)] == [None, 5.0, 5.0, 4.0, 4.0]
    assert best_at(points[:2], 0.7) is None and best_at([], 0.1) is None


@pytest.mark.parametrize(
    ("settings", "wanted"),
    [
        ({"epochs": 8}, 0.25),
        ({"epochs": 8, "max_minutes": None}, 0.25),
        ({"epochs": 8, "max_minutes": 1}, 0.5),
        ({"epochs": 2, "max_minutes": 60}, 1.0),
        ({"epochs": None}, None),
        ({}, None),
    ],
)
def test_the_share_is_that_of_the_epochs_or_the_minutes(settings, wanted):
    assert share_done({"epoch": 2.0, "seconds": 30.0}, settings) == wanted
