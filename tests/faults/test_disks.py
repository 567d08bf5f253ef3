"""Full disks, quotas, read-only folders: one clear line, nothing half written, and it goes on."""

import random

import pytest

from tests.faults import disks, kills
from tests.faults.trainings import Training


def at_writes(folder, name):
    """Four writes from which on all fail."""
    training = Training(name, folder)
    places = kills.places_of(training, only_writes=True)
    return [disks.full_at_writes(training, disks.spread(places, 4, random.Random(1)))]


@pytest.mark.parametrize("name", ["language", "classifier"])
def test_a_write_that_fails(campaign, name):
    (tally,) = campaign(at_writes, name)
    assert (tally.injected, tally.ended) == (4, 4) and tally.errors


def on_small_disks(folder):
    """Disks of 8 and of 32 KiB."""
    return [disks.small_disks(Training("language", folder), (2, 8))]


def test_a_disk_that_is_full(campaign):
    (tally,) = campaign(on_small_disks)
    assert tally.injected == tally.errors == tally.identical == 2


def turned_read_only(folder):
    """A new run, an unfinished and a finished one."""
    training = Training("image", folder)
    places = kills.places_of(training)
    return [disks.read_only(training, (0, places[len(places) // 2], places[-1] + 1))]


def test_a_folder_that_cannot_be_written_to(campaign):
    (tally,) = campaign(turned_read_only)
    assert (tally.injected, tally.errors, tally.identical) == (3, 2, 3)
