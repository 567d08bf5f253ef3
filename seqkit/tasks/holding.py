"""Holding a run folder for one training, whatever is trained: begin, go on, end."""

import contextlib
import dataclasses
import os
import platform
from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar, Protocol, TypeVar

import numpy as np
import torch

import seqkit
from seqkit.tasks.runs import Run


class Dataclass(Protocol):
    """What every dataclass is."""

    __dataclass_fields__: ClassVar[dict[str, Any]]


Job = TypeVar("Job")
"""A training that is ready to run, of any task."""
S = TypeVar("S", bound=Dataclass)
"""The settings of a task."""


@contextlib.contextmanager
def new_training(
    out: str | os.PathLike[str], force: bool, begin: Callable[[Run], Job]
) -> Iterator[Job]:
    """Hold the run folder `out` for the training that `begin` makes ready in it.

    ValueError where the folder is not free. Where `begin` fails nothing of it is left behind; what
    it needs of an earlier run there it clears itself, as late as it can.
    """
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
def unfinished_training(
    out: str | os.PathLike[str], go_on: Callable[[Run, dict[str, Any]], Job]
) -> Iterator[Job]:
    """Hold an unfinished run folder; `go_on` reopens its training, given its config.json.

    ValueError where there is no run, or a finished one.
    """
    run = Run(out)
    config = run.read_config()
    if run.finished:
        raise ValueError(f"--resume {run.path}: the run is finished")
    with run.locked():
        yield go_on(run, config)
    _end(run)


def read_settings(run: Run, kind: type[S]) -> S:
    """The settings a run was trained with, as the dataclass `kind`; JSON's lists are tuples."""
    kept = run.read_config()["settings"]
    try:
        values = {field.name: kept[field.name] for field in dataclasses.fields(kind)}
        return kind(**{n: tuple(v) if isinstance(v, list) else v for n, v in values.items()})
    except (KeyError, TypeError, ValueError) as error:
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
