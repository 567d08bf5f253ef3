"""The folder of a search: tune.json says what is searched, trials.jsonl how each trial ended.

Each trial is a run folder of its own in trials/, and what it said on stderr lies beside it.
"""

import contextlib
import dataclasses
import json
import os
import pathlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import filelock

from seqkit.files import atomic_write, write_json
from seqkit.tasks.runs import Run, read_json
from seqkit.tasks.tuning.results import Result, read_result

FORMAT = {"format": "seqkit-tune", "version": 1}


@dataclass(frozen=True)
class Settings:
    """What is searched, and how.

    command and arguments: the training, as on the command line. parameters: as `read_parameter`
    takes them. metric: what trials are judged by (None: the measure of the command). threads: of
    each trial.
    """

    command: str
    arguments: tuple[str, ...]
    method: str
    parameters: tuple[str, ...]
    trials: int = 20
    seed: int = 0
    metric: str | None = None
    prune: bool = True
    threads: int = 1


class Folder:
    """The folder of a search by its path."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = pathlib.Path(path)

    @property
    def exists(self) -> bool:
        """Whether a search has begun here."""
        return (self.path / "tune.json").exists()

    def run(self, number: int) -> Run:
        """The run of a trial, numbered from 1."""
        return Run(self.path / "trials" / f"{number:03}")

    def log(self, number: int) -> pathlib.Path:
        """What a trial said on stderr; there only if it said something."""
        return self.path / "trials" / f"{number:03}.log"

    def begin(self, settings: Settings) -> None:
        """Make the folder for a new search; ValueError unless it is new or empty."""
        if self.path.exists() and not self.path.is_dir():
            raise ValueError(f"--out {self.path}: is a file; name a folder")
        if self.exists:
            raise ValueError(
                f"--out {self.path}: holds another search; add --resume to go on with it, or "
                "name another folder"
            )
        if self.path.exists() and any(self.path.iterdir()):
            raise ValueError(f"--out {self.path}: holds other files; name a new or empty folder")
        (self.path / "trials").mkdir(parents=True)
        write_json(self.path / "tune.json", {**FORMAT, **dataclasses.asdict(settings)})

    def read_settings(self) -> Settings:
        """What is searched here; ValueError where there is no search, or a damaged one."""
        path = self.path / "tune.json"
        if not self.exists:
            raise ValueError(f"--resume {self.path}: holds no search (it has no tune.json)")
        kept = read_json(path)
        if not isinstance(kept, dict) or {k: kept.get(k) for k in FORMAT} != FORMAT:
            raise ValueError(f"{path}: not a search of this version of seqkit")
        try:
            values: dict[str, Any] = {f.name: kept[f.name] for f in dataclasses.fields(Settings)}
            lists = {name: tuple(values[name]) for name in ("arguments", "parameters")}
            return Settings(**{**values, **lists})
        except (KeyError, TypeError) as error:
            raise ValueError(f"{path}: damaged ({error})") from error

    def read_results(self) -> dict[int, Result]:
        """The trials that have ended, by number."""
        path = self.path / "trials.jsonl"
        if not path.exists():
            return {}
        try:
            lines = path.read_text("utf-8").splitlines()
            return {result.trial: result for result in map(read_result, map(json.loads, lines))}
        except (ValueError, TypeError) as error:
            raise ValueError(f"{path}: damaged ({error})") from error

    def write_results(self, results: dict[int, Result]) -> None:
        """Write trials.jsonl, one line a trial that has ended, by number."""
        with atomic_write(self.path / "trials.jsonl") as file:
            file.writelines(_line(results[number].as_json()) for number in sorted(results))

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder for one search; a second process gets a ValueError."""
        lock = filelock.FileLock(self.path / "lock")
        try:
            lock.acquire(timeout=0)
        except filelock.Timeout as error:
            raise ValueError(f"--out {self.path}: another search is using this folder") from error
        try:
            yield
        finally:
            lock.release()

    def is_training(self, number: int) -> bool:
        """Whether a process, such as one that outlived a killed search, still trains a trial."""
        path = self.run(number).checkpoint / "lock"
        if not path.exists():
            return False
        try:
            with filelock.FileLock(path, timeout=0):
                return False
        except filelock.Timeout:
            return True


def _line(record: dict[str, Any]) -> bytes:
    return json.dumps(record, ensure_ascii=False).encode() + b"\n"
