"""Timing the steps of a training, whatever is trained, and ending it when all is measured."""

import contextlib
from time import perf_counter
from typing import Any, Protocol

from seqkit.tasks.bench.stopwatch import Stopwatch
from seqkit.train.loop import Hooks, Loop, Record


class Enough(Exception):  # noqa: N818 (it is no error)
    """All is measured: the training ends here."""


class Clock(Hooks):
    """Times every step of the loop but the first of each epoch, before which it validates."""

    def __init__(self, watch: Stopwatch) -> None:
        self._watch = watch
        self._last: tuple[float, int] | None = None

    def on_step(self, loop: Loop) -> None:
        """Note what was done since the step before."""
        now, done = perf_counter(), loop.at.loss_count
        if self._last is not None:
            self._watch.note(now - self._last[0], done - self._last[1])
        self._last = now, done
        if self._watch.full:
            raise Enough

    def on_epoch(self, loop: Loop, record: Record) -> None:
        """Validation, and what is written, is no step."""
        self._last = None


class Job(Protocol):
    """A training by the loop that is ready to run."""

    @property
    def parameter_count(self) -> int: ...  # noqa: D102

    def run_to_end(self, hooks: Hooks | None = None) -> dict[str, Any]: ...  # noqa: D102


def time_steps(held: contextlib.AbstractContextManager[Job], watch: Stopwatch) -> int:
    """Train until all stretches are measured; how many parameters that trains."""
    with held as job:
        with contextlib.suppress(Enough):
            job.run_to_end(Clock(watch))
        return job.parameter_count
