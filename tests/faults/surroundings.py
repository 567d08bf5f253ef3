"""What goes wrong around a training: a clock that jumps, a second one beside it, no memory."""

import json
import pathlib
import random
import resource
import time
from collections.abc import Callable, Sequence

import numpy as np
import torch

from tests.faults.processes import Ended
from tests.faults.tally import Tally
from tests.faults.trainings import RUN, Training
from tests.faults.writes import watch

DAY = 86_400.0


def jumping_clock(seed: int) -> None:
    """The clock on the wall shows another day whenever it is looked at."""
    true, draw = time.time, random.Random(seed)

    def jumped() -> float:
        return true() + draw.uniform(-30 * DAY, 30 * DAY)

    broken = time.gmtime, time.localtime
    time.time = jumped
    time.time_ns = lambda: int(jumped() * 1e9)
    time.gmtime, time.localtime = (
        lambda at=None, shown=shown: shown(jumped() if at is None else at) for shown in broken
    )


def clocks(training: Training, count: int) -> Tally:
    """Train while the clock jumps: the same bytes."""
    tally = Tally("clock jumps by days")
    for seed in range(count):
        folder = training.attempt()
        ended = training.train(folder, lambda seed=seed: jumping_clock(seed))
        tally.injected += 1
        tally.end(not ended.code and training.is_whole(folder), f"{training.name}, clock {seed}")
        training.forget(folder)
    return tally


def clocks_with_budget(training: Training, minutes: float, count: int) -> Tally:
    """Train for so long while the clock jumps: it takes that long by its own account, as in peace.

    `training` must be one that takes far longer than the budget.
    """
    tally = Tally("clock jumps, --max-minutes")
    for seed in range(count):
        folder = training.attempt()
        begin = time.monotonic()
        ended = training.begin(
            folder, lambda seed=seed: jumping_clock(seed), "--max-minutes", f"{minutes}"
        ).wait()
        taken = time.monotonic() - begin
        tally.injected += 1
        metrics = json.loads((folder / RUN / "metrics.json").read_text())
        well = not ended.code and 30 * minutes <= metrics["seconds"] <= taken
        tally.end(well, f"{training.name}, budget {60 * minutes} s, took {metrics['seconds']} s")
        training.forget(folder)
    return tally


def beside(training: Training, count: int, draw: random.Random) -> Tally:
    """Begin a second training in the folder of one that runs, or begin two at once."""
    tally = Tally("two trainings on one folder")
    for number in range(count):
        folder = training.attempt()
        first = training.begin(folder)
        time.sleep(draw.uniform(0, training.seconds) if number % 4 else 0)
        second = training.train(folder)
        ends = [first.wait(), second]
        tally.injected += 1
        for ended in ends:
            if ended.code:
                tally.error(ended, ended.clear and ended.code == 2, training.name)
        well = any(not ended.code for ended in ends) and training.is_whole(folder)
        tally.end(well, f"{training.name} beside another: {ends}")
        training.forget(folder)
    return tally


FAILURES: tuple[Callable[[], object], ...] = (
    lambda: torch.empty(1 << 46),
    lambda: np.empty(1 << 46),
    lambda: bytearray(1 << 62),
)
"""What no machine has memory for, so that the error is that of the library itself."""


def short_of_memory_at(place: int) -> Callable[[], None]:
    """What lets a process want more memory than there is, at a place (see `writes`)."""

    def strike(number: int, name: str, before: bool) -> None:
        if number == place:
            FAILURES[place % len(FAILURES)]()

    return lambda: watch(strike)


def memory(training: Training, places: Sequence[int]) -> Tally:
    """Let memory run out at each of these places, then resume."""
    tally = Tally("out of memory")
    for place in places:
        folder, note = training.attempt(), f"{training.name} without memory at place {place}"
        ended = training.train(folder, short_of_memory_at(place))
        tally.injected += 1
        if ended.code or not training.is_whole(folder):
            tally.error(ended, _tells_of_memory(ended), note)
        training.train(folder)
        tally.end(training.is_whole(folder), note)
        training.forget(folder)
    return tally


TOO_LARGE = {
    **dict.fromkeys(("train-lm", "train-tagger", "train-classifier"), ("--hidden", "60000")),
    "train-translator": ("--hidden", "60000"),
    "train-image": ("--layers", "flatten, dense 60000, relu, dense 60000, relu, dense 4"),
}
"""What makes a model of gigabytes; word vectors of a small text are always small."""


def too_large(training: Training) -> Tally:
    """Train a model for which the process has no memory; nothing of it may be left."""
    tally, folder = Tally("model larger than memory"), training.attempt()
    more = TOO_LARGE[training.kind.command]
    ended = training.begin(folder, little_memory, *more).wait()
    tally.injected += 1
    tally.error(ended, _tells_of_memory(ended) and not (folder / RUN).exists(), training.name)
    training.train(folder)
    tally.end(training.is_whole(folder), training.name)
    return tally


def _tells_of_memory(ended: Ended) -> bool:
    return ended.clear and ended.code == 1 and "out of memory" in ended.err


def little_memory() -> None:
    """Let this process have 512 MiB more than it has now, and no more."""
    pages = int(pathlib.Path("/proc/self/statm").read_text().split()[0])
    limit = pages * resource.getpagesize() + (1 << 29)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
