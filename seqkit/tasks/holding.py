"""Holding a run folder for one training, whatever is trained: begin, go on, end."""

import contextlib
import dataclasses
import os
import pathlib
import platform
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NoReturn, Protocol, TypeVar

import numpy as np
import torch

import seqkit
from seqkit.tasks.runs import Run
from seqkit.tasks.typed import Dataclass, from_json
from seqkit.train.distribution import team


class Ready(Protocol):
    """A training that is ready to run."""

    def run_to_end(self) -> Any:
        """Train; under torchrun all processes but the first end with that."""
        ...


Job = TypeVar("Job", bound=Ready)
"""A training that is ready to run, of any task."""
GoOn = Callable[[Run, dict[str, Any]], Job]
"""Opens the training in a run again, given its config.json."""
S = TypeVar("S", bound=Dataclass)
"""The settings of a task."""


def new_training(
    out: str | os.PathLike[str], force: bool, begin: Callable[[Run], Job], go_on: GoOn[Job]
) -> contextlib.AbstractContextManager[Job]:
    """Hold the run folder `out` for the training that `begin` makes ready in it.

    Under torchrun the first process does so; the others open that with `go_on`, take part in the
    training, and end (SystemExit).

    ValueError where the folder is not free. Where `begin` fails nothing of it is left behind; what
    it needs of an earlier run there it clears itself, as late as it can.
    """
    return _together(_new(out, force, begin), out, go_on)


def unfinished_training(
    out: str | os.PathLike[str], go_on: GoOn[Job]
) -> contextlib.AbstractContextManager[Job]:
    """Hold an unfinished run folder; `go_on` reopens its training, given its config.json.

    ValueError where there is no run, or a finished one.
    """
    return _together(_unfinished(out, go_on), out, go_on)


@contextlib.contextmanager
def _together(
    held: contextlib.AbstractContextManager[Job], out: str | os.PathLike[str], go_on: GoOn[Job]
) -> Iterator[Job]:
    """Hold a training in the first process; the others follow it and never come back."""
    if not team().leads:
        _take_part(go_on)
    with contextlib.ExitStack() as stack:
        try:
            job = stack.enter_context(held)
        except BaseException:
            team().agree(None)
            raise
        team().agree(str(pathlib.Path(out).absolute()))
        yield job


def _take_part(go_on: GoOn[Job]) -> NoReturn:
    """Train along with the first process in the folder that it names, if it has made one ready."""
    if folder := team().agree(None):
        run = Run(folder)
        go_on(run, run.read_config()).run_to_end()
    raise SystemExit(0)


@contextlib.contextmanager
def _new(out: str | os.PathLike[str], force: bool, begin: Callable[[Run], Job]) -> Iterator[Job]:
    run = Run(out)
    run.check_free(force)
    is_new, was_unfinished = not run.path.exists(), run.checkpoint.exists()
    with run.locked():
        try:
            job = begin(run)
        except BaseException:
            if not was_unfinished:
                run.discard(everything=is_new)
            raise
        yield job
    _end(run)


@contextlib.contextmanager
def _unfinished(out: str | os.PathLike[str], go_on: GoOn[Job]) -> Iterator[Job]:
    run = Run(out)
    config = run.read_config()
    if run.finished:
        raise ValueError(f"--resume {run.path}: the run is finished")
    with run.locked():
        yield go_on(run, config)
    _end(run)


def read_settings(run: Run, kind: type[S]) -> S:
    """The settings a run was trained with, as the dataclass `kind`; JSON's lists are tuples.

    Settings that came later than the run have their defaults.
    """
    kept = run.read_config()["settings"]
    try:
        names = [field.name for field in dataclasses.fields(kind) if field.name in kept]
        return from_json(kind, {name: kept[name] for name in names})
    except ValueError as error:
        raise ValueError(f"{run.path / 'config.json'}: damaged settings ({error})") from error


def run_config(
    task: str,
    settings: Dataclass,
    model: Mapping[str, Any],
    corpus: Mapping[str, Any],
    precision: str = "fp32",
) -> dict[str, Any]:
    """What config.json says of a run, but for the caller's notes."""
    return {
        "seqkit": seqkit.__version__,
        "task": task,
        "settings": dataclasses.asdict(settings),
        "model": dict(model),
        "precision": precision,
        "corpus": dict(corpus),
        "versions": versions(),
    }


def versions() -> dict[str, str]:
    """What a run was made with, for its config.json."""
    return {
        "python": platform.python_version(),
        "torch": torch.__version__,
        "numpy": np.__version__,
    }


def _end(run: Run) -> None:
    """Drop the checkpoint once metrics.json is there, the last act of a training."""
    if run.finished:
        run.finish()
