"""What a person sees of a search: a line a trial, the table, the picture and the best command."""

import importlib.util
from typing import Any

import click

from seqkit.cli.options import echo_json, note
from seqkit.report.parallel import Axis, parallel_coordinates
from seqkit.report.terminal import printable, table
from seqkit.tasks import tuning
from seqkit.tasks.tuning.space import Choices, Parameter


def follow(search: tuning.Tuning, jobs: int, quiet: bool, as_json: bool) -> None:
    """Announce a search, run it to its end, and report."""
    settings, path = search.settings, search.folder.path
    note(f"{'search':<11} {settings.method}, {search.search.size} trials, {jobs} at a time", quiet)
    note(f"{'parameters':<11} {'  '.join(map(str, search.parameters))}", quiet)
    note(f"{'folder':<11} {path}", quiet)
    if search.results:
        note(f"{'done':<11} {len(search.results)} trials", quiet)
    try:
        results = search.run_to_end(jobs, _Watcher(search, quiet))
    except KeyboardInterrupt:
        note(f"\nstopped and saved; go on with: seqkit tune --resume --out {path}")
        raise
    picture = _draw(search, results)
    _report(search, results, quiet, as_json)
    note(f"picture: {picture}" if picture else "no picture: matplotlib is not installed", quiet)
    note(f"best run: {search.folder.run(results[0].trial).path}", quiet)
    note(f"next: {_next(search, results[0])}", quiet)


class _Watcher(tuning.Hooks):
    """A line a trial on stderr."""

    def __init__(self, search: tuning.Tuning, quiet: bool) -> None:
        self._search, self._quiet = search, quiet

    def on_wait(self, number: int) -> None:
        text = f"trial {number} is still being trained by an earlier search; waiting for it"
        note(text, self._quiet)

    def on_end(self, result: tuning.Result) -> None:
        size = self._search.search.size
        values = "  ".join(f"{name} {value}" for name, value in result.values.items())
        note(
            printable(
                f"trial {result.trial:>{len(str(size))}}/{size}  {values}  {self._of(result)}"
            ),
            self._quiet,
        )

    def _of(self, result: tuning.Result) -> str:
        if result.figure is None:
            return f"failed: {result.error}"
        best = "*" if self._search.ranked[0] is result else ""
        reached = f"{result.metric} {result.figure:.4f}{best}"
        if result.status == "stopped":
            return f"{reached}  stopped after epoch {result.epochs:g}"
        return f"{reached}  {result.seconds or 0:.0f} s"


def _report(
    search: tuning.Tuning, results: list[tuning.Result], quiet: bool, as_json: bool
) -> None:
    if not as_json:
        click.echo(_table(search, results))
        return
    best = results[0]
    echo_json(
        {
            "folder": str(search.folder.path),
            "command": [search.settings.command, *search.settings.arguments],
            "metric": best.metric,
            "best": {**best.as_json(), "run": str(search.folder.run(best.trial).path)},
            "trials": [result.as_json() for result in results],
            "next": _next(search, best),
        }
    )


def _table(search: tuning.Tuning, results: list[tuning.Result]) -> str:
    """All trials, best first."""
    names = [parameter.name for parameter in search.parameters]
    rows = [
        (
            result.trial,
            None if result.figure is None else f"{result.figure:.4f}",
            *(str(result.values[name]) for name in names),
            result.epochs,
            None if result.seconds is None else f"{result.seconds:.0f}",
            result.status,
        )
        for result in results
    ]
    return table(rows, ("trial", str(results[0].metric), *names, "epochs", "seconds", "end"))


def _next(search: tuning.Tuning, best: tuning.Result) -> str:
    """The command that trains with the best values."""
    words = tuning.words_of(search.settings, search.parameters, best.values, threads=False)
    return tuning.to_copy(words)


def _draw(search: tuning.Tuning, results: list[tuning.Result]) -> str | None:
    """Draw the trials that did not fail; the picture's path, None without matplotlib."""
    if importlib.util.find_spec("matplotlib") is None:
        return None
    shown = [result for result in results if result.figure is not None]
    reached = [result.figure for result in shown if result.figure is not None]
    axes = [
        *(_axis(parameter, shown) for parameter in search.parameters),
        Axis(str(shown[0].metric), reached, downwards=search.metric.lower_is_better),
    ]
    settings, path = search.settings, search.folder.path / "trials.png"
    title = f"{settings.command}: {len(shown)} trials, the best the darkest; dashed: stopped"
    parallel_coordinates(axes, path, title, [result.status == "stopped" for result in shown])
    return str(path)


def _axis(parameter: Parameter, shown: list[tuning.Result]) -> Axis:
    values: list[Any] = [result.values[parameter.name] for result in shown]
    if isinstance(parameter, Choices):
        return Axis(parameter.name, values, "choice", parameter.values)
    return Axis(parameter.name, values, {"int": "lin"}.get(parameter.scale, parameter.scale))
