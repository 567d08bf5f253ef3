"""Measuring rows one after another, each in a temporary folder of its own."""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from seqkit.tasks.bench.conditions import Setup
from seqkit.tasks.bench.row import Row, Subject
from seqkit.tasks.bench.stopwatch import Speed, Stopwatch


@dataclass(frozen=True)
class Measured:
    """A row, what was measured, and how fast it was."""

    row: Row
    subject: Subject
    speed: Speed


def measure(rows: Sequence[Row], setup: Setup) -> Iterator[Measured]:
    """Measure one row after another, in this process; nothing is left on disk.

    Each is warmed up, then measured for about `setup.seconds`; the median of several stretches
    counts. What a training does besides its steps (reading text, validation, saving) is left out.
    """
    for row in rows:
        watch = Stopwatch(setup.seconds)
        with tempfile.TemporaryDirectory(prefix="seqkit-bench-") as folder:
            subject = row.measure(setup, f"{folder}/run", watch)
        yield Measured(row, subject, watch.speed)
