"""Disks that are full, quotas that are used up, folders that cannot be written to."""

import errno
import itertools
import pathlib
import random
import signal
from collections.abc import Sequence

from tests.faults.mounts import apart, resize, small_disk
from tests.faults.processes import Ended
from tests.faults.tally import Tally
from tests.faults.trainings import RUN, Training
from tests.faults.writes import die_at, full_from

CODES = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EFBIG)
PAGE, PLENTY = 4096, 1 << 26


def full_at_writes(training: Training, places: Sequence[int]) -> Tally:
    """Let all writes fail from each of these places on; then give space back and resume."""
    tally = Tally("disk full, quota used up, at a write")
    for number, place in enumerate(places):
        folder, code = training.attempt(), CODES[number % len(CODES)]
        ended = training.train(folder, full_from(place, code))
        note = f"{training.name}, error {code} from place {place} on"
        tally.injected += 1
        _full(training, folder, ended, tally, note)
        training.forget(folder, not tally.notes)
    return tally


def small_disks(training: Training, pages: Sequence[int]) -> Tally:
    """Train on file systems of so many pages, until one is large enough."""
    tally = Tally("disk full, a file system of its own")
    for count in pages:
        folder = training.attempt()
        note = f"{training.name} on a disk of {count} pages"

        def small(
            folder: pathlib.Path = folder, count: int = count, note: str = note
        ) -> dict[str, object]:
            return _on_small_disk(training, folder, count, note, tally)

        try:
            counts = apart(small)
        except OSError as error:
            tally.skipped = str(error)
            break
        for name, value in counts.items():
            setattr(tally, name, value)
    return tally


def _on_small_disk(
    training: Training, folder: pathlib.Path, count: int, note: str, tally: Tally
) -> dict[str, object]:
    """In a process of its own: the counts as they are afterwards."""
    small_disk(folder, count * PAGE)
    ended = training.train(folder)
    if ended.code:
        tally.injected += 1
        resize(folder, PLENTY)
        _full(training, folder, ended, tally, note)
    return vars(tally)


def _full(training: Training, folder: pathlib.Path, ended: Ended, tally: Tally, note: str) -> None:
    """The error is clear, nothing is half written, and with space the training goes on."""
    if ended.code or not training.is_whole(folder):
        tally.error(ended, ended.clear, note)
    half = [path.name for path in (folder / RUN).rglob(".*")]
    if half:
        tally.notes.append(f"{note}: {half} was left behind")
    again = training.train(folder)
    if again.code:
        tally.error(again, False, f"{note}, resumed")
    tally.end(training.is_whole(folder), note)


def read_only(training: Training, places: Sequence[int]) -> Tally:
    """Runs on a file system that turns read-only: new, unfinished (killed at a place), finished."""
    tally = Tally("read-only output")

    def on_read_only() -> dict[str, object]:
        for place in places:
            _turned_read_only(training, place, tally)
        return vars(tally)

    try:
        for name, value in apart(on_read_only).items():
            setattr(tally, name, value)
    except OSError as error:
        tally.skipped = str(error)
    return tally


def _turned_read_only(training: Training, place: int, tally: Tally) -> None:
    """Place 0 is a run that has not begun; one that comes to its end is used."""
    folder, note = training.attempt(), f"{training.name}, read-only from place {place} on"
    small_disk(folder, PLENTY)
    ended = training.train(folder, die_at(place)) if place else None
    resize(folder, PLENTY, read_only=True)
    tally.injected += 1
    if ended and ended.code != -signal.SIGKILL:
        if not training.answers_as_ever(folder):
            tally.notes.append(f"{note}: the finished run is of no use")
    else:
        refused = training.train(folder)
        if refused.code:  # else it was killed when all was done but the tidying
            tally.error(refused, refused.clear, note)
    resize(folder, PLENTY)
    training.train(folder)
    tally.end(training.is_whole(folder), note)


def spread(places: Sequence[int], count: int, draw: random.Random) -> list[int]:
    """So many of the places, spread evenly, each at random in its stretch."""
    count = min(count, len(places))
    edges = [len(places) * k // count for k in range(count + 1)]
    return [places[draw.randrange(a, b)] for a, b in itertools.pairwise(edges)]
