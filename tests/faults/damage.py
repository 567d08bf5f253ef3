"""Files of runs with a bit flipped, or cut short: read to the same result, or refused clearly."""

import pathlib
import random
import shutil
import signal

from tests.faults.processes import Ended
from tests.faults.tally import Tally
from tests.faults.trainings import RUN, Training
from tests.faults.writes import die_at

MEMORY = 256
"""MiB that a command may take beyond those of the training."""


def damage(folder: pathlib.Path, draw: random.Random, cut: bool) -> str:
    """Flip a bit of a file of a run, or cut one short; the card is only for people. Says what."""
    files = sorted(p for p in folder.rglob("*") if p.is_file() and p.stat().st_size)
    path = draw.choice([p for p in files if p.name not in ("README.md", "lock")])
    data = bytearray(path.read_bytes())
    place = draw.randrange(len(data))
    name = path.relative_to(folder)
    if cut:
        path.write_bytes(data[:place])
        return f"{name} cut at byte {place}"
    bit = draw.randrange(8)
    data[place] ^= 1 << bit
    path.write_bytes(data)
    return f"{name}, bit {bit} of byte {place} of {len(data)} flipped"


def of_finished(training: Training, count: int, draw: random.Random, cut: bool) -> Tally:
    """Damage finished runs, and use them."""
    tally = Tally("finished run, " + ("file cut short" if cut else "bit flipped"))
    for _ in range(count):
        folder = training.attempt()
        shutil.copytree(training.peace / RUN, folder / RUN)
        note = f"{training.name}: {damage(folder / RUN, draw, cut)}"
        tally.injected += 1
        for use, answer in zip(training.uses, training.answers, strict=True):
            ended = training.use(folder, use)
            if (ended.code, ended.out) != (0, answer.out):
                _refused(training, ended, tally, f"{note}, {use[0]}")
        training.forget(folder)
    return tally


def of_unfinished(training: Training, count: int, draw: random.Random, cut: bool, at: int) -> Tally:
    """Damage runs killed at a place, and resume them."""
    tally = Tally("unfinished run, " + ("file cut short" if cut else "bit flipped"))
    killed = training.attempt()
    if training.train(killed, die_at(at)).code != -signal.SIGKILL:
        raise ValueError(f"{training.name} ends before place {at}")
    for _ in range(count):
        folder = training.attempt()
        shutil.copytree(killed / RUN, folder / RUN)
        note = f"{training.name}: {damage(folder / RUN, draw, cut)}"
        tally.injected += 1
        ended = training.train(folder)
        if ended.code:
            _refused(training, ended, tally, note)
        else:
            tally.end(training.is_whole(folder), note)
        training.forget(folder)
    return tally


def _refused(training: Training, ended: Ended, tally: Tally, note: str) -> None:
    """Bad input: one line, and no more memory than a training takes."""
    tally.error(ended, ended.clear and ended.code == 2, note)
    if ended.peak > training.peak + MEMORY:
        tally.notes.append(f"{note}: took {ended.peak} MiB")
