"""Trials as processes: one run of the training command each, begun, watched and stopped."""

import math
import pathlib
import subprocess
import sys
from collections.abc import Sequence

from seqkit.tasks.runs import Run, read_json
from seqkit.tasks.tuning.folder import Folder, Settings
from seqkit.tasks.tuning.results import Metric, Result
from seqkit.tasks.tuning.search import Values
from seqkit.tasks.tuning.space import Parameter
from seqkit.tasks.tuning.stopping import Point, share_done, stops_at

PROGRAM = (sys.executable, "-m", "seqkit")
"""What runs a command of seqkit."""


def words_of(
    settings: Settings, parameters: Sequence[Parameter], values: Values, threads: bool = True
) -> list[str]:
    """The training command with these values. Its own arguments come behind what the search gives
    by itself, and the last of two options counts: so they win.
    """
    given = ["--threads", str(settings.threads)] if threads else []
    words = [word for p in parameters for word in p.words(values[p.name])]
    return [settings.command, *given, "--seed", str(settings.seed), *settings.arguments, *words]


class Trial:
    """One trial of a search, and the process that trains it."""

    def __init__(
        self, folder: Folder, settings: Settings, number: int, values: Values, metric: Metric
    ) -> None:
        self.number, self.values, self.metric = number, values, metric
        self.run, self.log = folder.run(number), folder.log(number)
        self._prune = settings.prune
        self._process: subprocess.Popen[bytes] | None = None
        self._stopped_at: int | None = None
        self._written: int | None = None  # when the history was, and the curve in it
        self._curve: list[Point] = []

    def begin(self, words: Sequence[str], program: Sequence[str] = PROGRAM) -> None:
        """Start the training, or go on with it, unless it is finished.

        It has a session of its own: Ctrl-C on the terminal reaches the search alone, which then
        asks each trial once to save itself.
        """
        if self.run.finished:
            return
        own = ["--out", str(self.run.path), "--resume", "--quiet", "--json"]
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [*program, *words, *own],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
                start_new_session=True,
            )

    def interrupt(self) -> None:
        """Ask the training to save itself and end."""
        if self._process is not None and not self.ended:
            self._process.terminate()  # SIGINT might be ignored, as under nohup

    def end(self) -> None:
        """Wait until the process has ended; a second Ctrl-C meanwhile ends it at once."""
        if self._process is None:
            return
        try:
            self._process.wait()
        except BaseException:
            self._process.kill()
            self._process.wait()
            raise

    @property
    def ended(self) -> bool:
        """Whether no process trains this trial (any longer)."""
        return self._process is None or self._process.poll() is not None

    def curve(self) -> list[Point]:
        """The best it has reached after each epoch that ended."""
        path = self.run.path / "history.jsonl"
        written = path.stat().st_mtime_ns if path.exists() else None
        if written != self._written:
            self._written, self._curve = written, curve_of(self.run, self.metric)
        return self._curve if self._stopped_at is None else self._curve[: self._stopped_at + 1]

    def is_poor(self, others: Sequence[Sequence[Point]]) -> bool:
        """Whether the median rule stops this trial, now or at an epoch that has ended before."""
        if self._prune and self._stopped_at is None:
            self._stopped_at = stops_at(self.curve(), others)
        return self._stopped_at is not None

    def result(self) -> Result:
        """How the trial ended.

        One that was stopped counts by what it had reached where the rule stopped it, even if it
        went on a little before the signal came: so the result does not hang on the clock.
        """
        if self._stopped_at is not None:
            return self._stopped_result(self._stopped_at)
        if not self.run.finished:
            return self._failed(_error_line(self.log, self._process))
        metrics = read_json(self.run.path / "metrics.json")
        found = self.metric.measured(metrics)
        if found is None:
            names = [f"{s}.{n}" for s in ("valid", "train") for n in _numbers(metrics.get(s))]
            wanted = " or ".join(self.metric.names)
            return self._failed(f"it has no {wanted}; --metric can be {', '.join(names)}")
        ended = (metrics.get("epochs"), metrics.get("seconds"))
        return Result(self.number, self.values, "finished", *found, *ended)

    def _stopped_result(self, at: int) -> Result:
        records = self.run.read_history()[: at + 1]
        found = [m for record in records if (m := self.metric.measured(record)) is not None]
        if not found:
            return self._failed(f"no {' or '.join(self.metric.names)} in {at + 1} epochs")
        best = min(found, key=lambda m: self.metric.badness(m[1]))
        ended = (records[-1]["epoch"], records[-1].get("seconds"))
        return Result(self.number, self.values, "stopped", *best, *ended)

    def _failed(self, error: str) -> Result:
        return Result(self.number, self.values, "failed", error=error)


def curve_of(run: Run, metric: Metric) -> list[Point]:
    """The best a run had reached after each epoch; empty where its length is not known."""
    if not run.exists:
        return []
    settings, best, found = run.read_config()["settings"], math.inf, []
    for record in run.read_history():
        measured, share = metric.measured(record), share_done(record, settings)
        if share is None:
            return []
        best = min(best, math.inf if measured is None else metric.badness(measured[1]))
        found.append(Point(share, best))
    return found


def _numbers(measured: object) -> list[str]:
    """The names of the numbers among some measures."""
    found = measured.items() if isinstance(measured, dict) else ()
    return [name for name, value in found if isinstance(value, int | float)]


def _error_line(log: pathlib.Path, process: subprocess.Popen[bytes] | None) -> str:
    """Why a training failed: the last line it wrote, or how its process ended."""
    text = log.read_text("utf-8", "replace") if log.exists() else ""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if lines:
        return lines[-1].removeprefix("Error: ")
    code = process.returncode if process else None
    return f"signal {-code} ended it" if code and code < 0 else f"it ended with code {code}"
