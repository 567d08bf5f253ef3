"""Clocks that jump change nothing; of two trainings one is refused; a lack of memory is told."""

import random

from tests.faults import disks, kills, surroundings
from tests.faults.trainings import Training


def clocks(folder):
    """A training by epochs, and one by the clock, which would take hours."""
    training, long = Training("image", folder / "a"), Training("language", folder / "b")
    long.settings["epochs"] = 100_000
    return [surroundings.clocks(training, 1), surroundings.clocks_with_budget(long, 0.02, 1)]


def test_a_clock_that_jumps_by_days(campaign):
    assert [tally.identical for tally in campaign(clocks)] == [1, 1]


def beside(folder):
    """Three attempts to train twice in one folder."""
    return [surroundings.beside(Training("language", folder), 3, random.Random(3))]


def test_a_second_training_in_a_folder(campaign):
    (tally,) = campaign(beside)
    assert tally.identical == 3 and tally.errors


def memory(folder):
    """Four places without memory, and a model that no process of that size can hold."""
    training = Training("language", folder)
    places = disks.spread(kills.places_of(training), 4, random.Random(5))
    return [surroundings.memory(training, places), surroundings.too_large(training)]


def test_a_lack_of_memory(campaign):
    scarce, large = campaign(memory)
    assert scarce.errors >= 3 and large.errors == 1
