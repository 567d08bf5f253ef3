"""A training killed at any moment, or at any write, and resumed ends with the bytes of one never
stopped."""

import random

import pytest

from tests.faults import kills
from tests.faults.disks import spread
from tests.faults.trainings import KINDS, Training


def part(folder, name, seed):
    """Two kills at writes, each resumed and killed again, and two at random moments."""
    draw, training = random.Random(seed), Training(name, folder / "a")
    places = spread(kills.places_of(training), 2, draw)
    often = Training(name, folder / "b", checkpoint_seconds=0.01)
    return [kills.at_writes(training, places, draw), kills.at_random_moments(often, 2, draw)]


@pytest.mark.parametrize("name", KINDS)
def test_killed_it_ends_with_the_same_bytes(campaign, name):
    at_writes, at_random = campaign(part, name, 4)
    assert at_writes.injected >= 2 and at_random.injected >= 2


def one_in_eight(folder):
    """Kill at every eighth place of the shortest training."""
    training = Training("word2vec", folder, epochs=1)
    return [kills.at_writes(training, kills.places_of(training)[::8], random.Random(0))]


def test_at_one_write_in_eight_of_one_training(campaign):
    (tally,) = campaign(one_in_eight)
    assert tally.injected > 15
