"""A search from its beginning to its end: trials begun, watched, stopped and written down (O9)."""

import contextlib
import dataclasses
import os
import time
from collections.abc import Iterator, Sequence

from seqkit.tasks.tuning.folder import Folder, Settings
from seqkit.tasks.tuning.results import Result, badness_of, metric_of, ranked
from seqkit.tasks.tuning.search import build_search
from seqkit.tasks.tuning.space import Parameter
from seqkit.tasks.tuning.stopping import Point
from seqkit.tasks.tuning.trials import PROGRAM, Trial, curve_of, words_of
from seqkit.train.interrupt import Interrupt, deferred_interrupt

PAUSE = 0.1
"""Seconds between two looks at the trials."""
GIVE_UP = 3
"""So many trials that fail at the beginning, all in the same way, end a search."""


class Hooks:
    """What a caller may want to do while it searches; does nothing by itself."""

    def on_wait(self, number: int) -> None:
        """Before a trial is waited for that a killed search has left running."""

    def on_end(self, result: Result) -> None:
        """After every trial that has ended and is written down."""


class Tuning:
    """One search that is ready to run, its folder locked. Make one with `tuning`."""

    def __init__(
        self,
        folder: Folder,
        settings: Settings,
        parameters: Sequence[Parameter],
        program: Sequence[str] = PROGRAM,
    ) -> None:
        self.folder, self.settings, self.parameters = folder, settings, parameters
        self.metric = metric_of(settings.command, settings.metric)
        trials, seed = settings.trials, settings.seed
        self.search = build_search(settings.method, parameters, trials, seed)
        self.results = folder.read_results()
        self._program, self._hooks = program, Hooks()
        self._running: dict[int, Trial] = {}
        self._curves = {number: self._kept_curve(r) for number, r in self.results.items()}

    @property
    def ranked(self) -> list[Result]:
        """The trials that have ended, best first."""
        return ranked(self.results.values(), self.metric)

    def run_to_end(self, jobs: int = 1, hooks: Hooks | None = None) -> list[Result]:
        """Run all trials that have not ended, `jobs` at a time; returns all, best first.

        KeyboardInterrupt passes through after each running trial has saved itself. RuntimeError
        where all trials failed, or the first few did in the same way.
        """
        if jobs < 1:
            raise ValueError(f"--jobs must be 1 or more, got {jobs}")
        self._hooks = hooks or self._hooks
        with deferred_interrupt() as interrupt:
            try:
                self._wait_for_orphans(interrupt)
                while self._begin_trials(jobs):
                    self._look()
                    if interrupt.requested:
                        raise KeyboardInterrupt
                    time.sleep(PAUSE)
            finally:
                self._stop_all()
        self._check_success(len(self.results))
        return self.ranked

    def _begin_trials(self, jobs: int) -> bool:
        """Start trials until `jobs` are running; False where all have ended."""
        done = {n: (r.values, badness_of(r, self.metric)) for n, r in self.results.items()}
        for number in range(1, self.search.size + 1):
            if len(self._running) >= jobs:
                break
            if number in self.results or number in self._running:
                continue
            values = self.search.values(number, done)
            if values is None:  # a round that others must end first
                break
            trial = Trial(self.folder, self.settings, number, values, self.metric)
            self._running[number] = trial
            if not trial.is_poor(self._others(number)):  # a search killed while it stopped it
                trial.begin(words_of(self.settings, self.parameters, values), self._program)
        return bool(self._running)

    def _look(self) -> None:
        """Ask poor trials to stop, and write down those that have ended."""
        for number, trial in list(self._running.items()):
            had_ended = trial.ended
            if trial.is_poor(self._others(number)):
                trial.interrupt()
            if had_ended:
                self._write_down(trial)

    def _write_down(self, trial: Trial) -> None:
        result = trial.result()
        del self._running[trial.number]
        self.results[trial.number] = result
        self._curves[trial.number] = [] if result.status == "failed" else trial.curve()
        self.folder.write_results(self.results)
        if not trial.log.exists() or not trial.log.stat().st_size:
            trial.log.unlink(missing_ok=True)
        self._hooks.on_end(result)
        self._check_success(GIVE_UP)

    def _others(self, number: int) -> list[list[Point]]:
        """The curves of all other trials."""
        running = {n: trial.curve() for n, trial in self._running.items()}
        return [curve for n, curve in {**self._curves, **running}.items() if n != number]

    def _kept_curve(self, result: Result) -> list[Point]:
        """The curve of a trial that ended in an earlier life of this search."""
        if result.status == "failed":
            return []
        run = self.folder.run(result.trial)
        if result.status == "finished":
            return curve_of(run, self.metric)
        kept = [r for r in run.read_history() if r["epoch"] <= (result.epochs or 0)]
        return curve_of(run, self.metric)[: len(kept)]

    def _wait_for_orphans(self, interrupt: Interrupt) -> None:
        """Let trainings that outlived a killed search end by themselves."""
        for number in range(1, self.search.size + 1):
            if number not in self.results and self.folder.is_training(number):
                self._hooks.on_wait(number)
                while self.folder.is_training(number):
                    if interrupt.requested:
                        raise KeyboardInterrupt
                    time.sleep(PAUSE)

    def _stop_all(self) -> None:
        """Have the trials that still run save themselves."""
        for trial in self._running.values():
            trial.interrupt()
        for trial in self._running.values():
            trial.end()

    def _check_success(self, least: int) -> None:
        """RuntimeError if at least so many trials ended and all failed, in the same way or at the
        end of the search.
        """
        errors = [result.error for result in self.results.values()]
        if len(errors) < least or not all(errors):
            return
        if len(errors) == self.search.size:
            raise RuntimeError(f"all {len(errors)} trials failed; the first: {errors[0]}")
        if len(set(errors)) == 1:
            raise RuntimeError(f"the first {len(errors)} trials failed alike: {errors[0]}")


@contextlib.contextmanager
def tuning(
    settings: Settings,
    parameters: Sequence[Parameter],
    out: str | os.PathLike[str],
    program: Sequence[str] = PROGRAM,
) -> Iterator[Tuning]:
    """Hold the folder `out` for a new search; ValueError where it is not free.

    `parameters` are those of the settings, read by `read_parameter`; `program` is what runs the
    command.
    """
    folder = Folder(out)
    build_search(settings.method, parameters, settings.trials, settings.seed)
    metric_of(settings.command, settings.metric)
    folder.begin(settings)
    with folder.locked():
        yield Tuning(folder, settings, parameters, program)


@contextlib.contextmanager
def resumed_tuning(
    settings: Settings,
    parameters: Sequence[Parameter],
    out: str | os.PathLike[str],
    program: Sequence[str] = PROGRAM,
) -> Iterator[Tuning]:
    """Hold the folder of a search to go on with it, or to see its results again.

    `settings` are those of the folder; a random search may have more trials.
    """
    folder = Folder(out)
    began = folder.read_settings()
    if dataclasses.replace(settings, trials=began.trials) != began:
        raise ValueError(f"--resume {folder.path}: that search began with other settings")
    with folder.locked():
        yield Tuning(folder, settings, parameters, program)
