"""Damaged files of runs are refused in one clear line, whatever bit it is that has changed."""

import random

import pytest

from tests.faults import damage, kills
from tests.faults.trainings import Training


def part(folder, name):
    """Four flipped bits and one file cut short, in finished and in unfinished runs."""
    training, draw = Training(name, folder), random.Random(2)
    middle = kills.places_of(training)[-1] * 3 // 4
    return [
        tally
        for cut, count in ((False, 4), (True, 1))
        for tally in (
            damage.of_finished(training, count, draw, cut),
            damage.of_unfinished(training, count, draw, cut, middle),
        )
    ]


@pytest.mark.parametrize("name", ["language", "tagger"])
def test_damage_is_found(campaign, name):
    tallies = campaign(part, name)
    assert sum(tally.injected for tally in tallies) == 10
    assert sum(tally.errors for tally in tallies) >= 7
