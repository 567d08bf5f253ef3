"""kill -9, at random moments and at every write; resumed, a run ends with the same bytes."""

import pathlib
import random
import signal
from collections.abc import Sequence

from tests.faults.tally import Tally
from tests.faults.trainings import RUN, Training
from tests.faults.writes import count_into, die_at


def places_of(training: Training, only_writes: bool = False) -> list[int]:
    """The places (see `writes`) of a whole training."""
    folder = training.attempt()
    path = folder / "places"
    training.train(folder, count_into(path, only_writes))
    return [int(line) for line in path.read_text().splitlines()]


def at_writes(training: Training, places: Sequence[int], draw: random.Random) -> Tally:
    """Kill a training at each of these places, and what resumes it at a random one."""
    tally = Tally("kill -9 at every write")
    for place in places:
        folder = training.attempt()
        for at in (place, draw.choice(places)):
            if training.train(folder, die_at(at)).code == -signal.SIGKILL:
                tally.injected += 1
        _end(training, folder, tally, f"{training.name} killed at place {place}")
    return tally


def at_random_moments(training: Training, kills: int, draw: random.Random) -> Tally:
    """Kill trainings at random moments, each up to five times, until so many kills are made."""
    tally = Tally("kill -9 at random moments")
    while tally.injected < kills:
        folder, seconds = training.attempt(), training.seconds
        for _ in range(5):
            process = training.begin(folder)
            if process.ended_within(draw.uniform(0, seconds)):
                break
            process.kill()
            tally.injected += process.wait().code == -signal.SIGKILL
        _end(training, folder, tally, f"{training.name} killed at random moments")
    return tally


def _end(training: Training, folder: pathlib.Path, tally: Tally, note: str) -> None:
    """Train to the end in peace; the run must be that of a training left in peace."""
    ended = training.train(folder)
    if ended.code:
        tally.error(ended, False, note)
    same = training.is_whole(folder) and not (folder / RUN / "checkpoint").exists()
    tally.end(same, f"{note} ({folder})")
    training.forget(folder, same)
