"""The fault campaign: what goes wrong on real machines is done to trainings of every kind.

    python -m tests.faults [--kills 500] [--flips 200] [--full 100] [--seed 0] [--json]

Prints a table of the faults: how many, runs lost, runs that ended with the bytes of one that
nothing happened to, errors that were one clear line. Exits with 1 unless nothing was lost.
"""

import argparse
import json
import math
import os
import pathlib
import random
import sys
import tempfile
from collections.abc import Iterator

from tests.faults import damage, disks, kills, surroundings
from tests.faults.processes import import_everything
from tests.faults.tally import Tally, table
from tests.faults.trainings import KINDS, Training


class Campaign:
    """All faults, of each about as many as asked for, on the trainings of some kinds."""

    def __init__(self, folder: pathlib.Path, given: argparse.Namespace) -> None:
        self.folder, self.given, self.draw = folder, given, random.Random(given.seed)
        self.trainings = [Training(name, folder / name) for name in given.kinds]

    def tallies(self) -> Iterator[Tally]:
        """One of each part of the campaign; those of one fault are to be added up."""
        for training in self.trainings:
            places = kills.places_of(training)
            yield from self._kills(training, places)
            yield from self._disks(training, places)
            yield from self._damage(training, places)
            yield surroundings.clocks(training, 3)
            yield surroundings.beside(training, self._share(40), self.draw)
            scarce = disks.spread(places, self._share(60), self.draw)
            yield surroundings.memory(training, scarce)
            if training.kind.command in surroundings.TOO_LARGE:
                yield surroundings.too_large(training)
        long = Training("language", self.folder / "long", epochs=2)
        long.settings["epochs"] = 100_000
        yield surroundings.clocks_with_budget(long, 0.02, 5)

    def _share(self, count: float) -> int:
        return math.ceil(count / len(self.trainings))

    def _kills(self, training: Training, places: list[int]) -> Iterator[Tally]:
        count, draw = self._share(self.given.kills / 2), self.draw
        chosen = places if self.given.every else disks.spread(places, count, draw)
        yield kills.at_writes(training, chosen, draw)
        often = Training(
            training.name, self.folder / f"{training.name} often", checkpoint_seconds=0.01
        )
        yield kills.at_random_moments(often, count, draw)

    def _disks(self, training: Training, places: list[int]) -> Iterator[Tally]:
        count, draw = self._share(self.given.full / 2), self.draw
        writes = kills.places_of(training, only_writes=True)
        yield disks.full_at_writes(training, disks.spread(writes, count, draw))
        yield disks.small_disks(training, range(1, 1 + count))
        some = disks.spread(places, 3, draw)
        yield disks.read_only(training, [0, *some, places[-1] + 1])

    def _damage(self, training: Training, places: list[int]) -> Iterator[Tally]:
        count, draw = self._share(self.given.flips / 2), self.draw
        for cut in (False, True):
            yield damage.of_finished(training, count, draw, cut)
            yield damage.of_unfinished(training, count, draw, cut, places[-1] * 3 // 4)


def added_up(tallies: Iterator[Tally]) -> list[Tally]:
    """One tally a fault; each part is told as it ends."""
    faults: dict[str, Tally] = {}
    for tally in tallies:
        told = ["   ".join(tally.row), *tally.notes, *filter(None, [tally.skipped])]
        sys.stderr.write("\n  ".join(told) + "\n")
        faults.setdefault(tally.fault, Tally(tally.fault)).add(tally)
    return list(faults.values())


def main() -> int:
    """Run the campaign; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=500, help="kill -9, half at writes (500)")
    parser.add_argument("--every", action="store_true", help="kill at every write, however many")
    parser.add_argument("--flips", type=int, default=200, help="flipped bits; as many cuts (200)")
    parser.add_argument("--full", type=int, default=100, help="full disks (100)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    given = parser.parse_args()
    os.environ["OMP_NUM_THREADS"] = "1"
    import_everything()
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        tallies = added_up(Campaign(pathlib.Path(folder), given).tallies())
    shown = json.dumps([vars(tally) for tally in tallies]) if given.json else table(tallies)
    sys.stdout.write(shown + "\n")
    return int(not all(tally.sound for tally in tallies))


if __name__ == "__main__":
    sys.exit(main())
