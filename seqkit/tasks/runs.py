"""The run folder: where a training leaves everything needed to use, judge and resume it.

config.json (settings, versions, seed), vocabulary.json, model.safetensors, history.jsonl,
metrics.json, and checkpoint/ while the training is unfinished. Loading one runs no code from it.
SHA256SUMS tells whether a file has changed since; that in checkpoint/ is of what a training begins
with.
"""

import contextlib
import json
import os
import pathlib
import shutil
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import filelock
import torch
from torch import nn

from seqkit import sums
from seqkit.files import atomic_write, json_bytes, read_json, read_plain
from seqkit.tasks.weights import built, check_sizes, fill, read_tensors
from seqkit.train.tensors import write_tensors

__all__ = ["FILES", "FORMAT", "PARTS", "Run", "read_json"]

M = TypeVar("M", bound=nn.Module)

FORMAT = {"format": "seqkit-run", "version": 1}
FILES = (
    "config.json",
    "metrics.json",
    "model.safetensors",
    "vocabulary.json",
    "symbols.json",
    "tokenizer.json",
    "source.vocabulary.json",
    "source.tokenizer.json",
    "target.vocabulary.json",
    "target.tokenizer.json",
    "ngrams.json",
    "linear.safetensors",
    "averaged.safetensors",
    "history.jsonl",
    "README.md",
    sums.NAME,
)
"""The files of a run; config.json comes last when one is begun and first when one is cleared."""

PARTS = {"task": str, "settings": dict, "model": dict, "corpus": dict, "precision": str}
"""What every config.json has, and of which type."""


class Run:
    """A run folder by its path; readers check what they read and name the file that is bad."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = pathlib.Path(path)

    @property
    def checkpoint(self) -> pathlib.Path:
        """What a resumed training needs; there only while the training is unfinished."""
        return self.path / "checkpoint"

    @property
    def encoders(self) -> pathlib.Path:
        """Trained language models that the model reads with, a numbered folder each."""
        return self.path / "encoders"

    @property
    def exists(self) -> bool:
        """Whether a training has begun here."""
        return (self.path / "config.json").exists()

    @property
    def finished(self) -> bool:
        """Whether a training has ended here."""
        return self.exists and (self.path / "metrics.json").exists()

    def create(self, config: dict[str, Any]) -> None:
        """Make the folder and write config.json; the folder must be new or cleared."""
        self.checkpoint.mkdir(parents=True, exist_ok=True)
        self._seal(self.checkpoint, "config.json", {**FORMAT, **config})

    def check_free(self, force: bool) -> None:
        """ValueError unless a new training may begin in this folder."""
        if not self.path.exists():
            return
        if not self.path.is_dir():
            raise ValueError(f"--out {self.path}: is a file; name a folder")
        if self.finished and not force:
            raise ValueError(
                f"--out {self.path}: holds a finished run; name another folder, or add --force"
            )
        if self.exists and not force:
            raise ValueError(
                f"--out {self.path}: holds an unfinished run; add --resume to go on with it, "
                "or --force to start anew"
            )
        # A name that begins with a dot is what a killed writer left (see atomic_write).
        found = {p.name for p in self.path.iterdir() if not p.name.startswith(".")}
        if not self.exists and found - {*FILES, "checkpoint", "encoders"}:
            raise ValueError(f"--out {self.path}: holds other files; name a new or empty folder")

    def clear(self) -> None:
        """Remove the files of an earlier run from the folder, and nothing else."""
        for name in FILES:
            (self.path / name).unlink(missing_ok=True)
        for path in self.checkpoint.glob("*.*"):  # all but the lock and the scratch folder
            path.unlink()
        if self.encoders.is_symlink():  # what lies behind it is not ours
            self.encoders.unlink()
        shutil.rmtree(self.encoders, ignore_errors=True)

    @contextlib.contextmanager
    def scratch(self) -> Iterator[pathlib.Path]:
        """An empty folder for the files of a training that may yet be refused."""
        folder = self.checkpoint / "scratch"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        try:
            yield folder
        finally:
            shutil.rmtree(folder)

    def adopt(self, folder: pathlib.Path) -> None:
        """Move the files in a scratch folder to the checkpoint."""
        for path in folder.iterdir():
            path.replace(self.checkpoint / path.name)

    def discard(self, everything: bool) -> None:
        """Take back a training that never began: its checkpoint, or the whole new folder."""
        shutil.rmtree(self.path if everything else self.checkpoint, ignore_errors=True)

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder for one training; a second process gets a ValueError."""
        if self.checkpoint.is_symlink():
            raise ValueError(f"--out {self.checkpoint}: is a link to another folder; remove it")
        self.checkpoint.mkdir(parents=True, exist_ok=True)
        lock = filelock.FileLock(self.checkpoint / "lock")
        try:
            lock.acquire(timeout=0)
        except filelock.Timeout as error:
            raise ValueError(f"--out {self.path}: another training is using this folder") from error
        try:
            self._sweep()
            yield
        finally:
            lock.release()

    def _sweep(self) -> None:
        """Remove what a process killed while writing has left: temporary names of our own files."""
        for name in FILES:
            for path in self.path.glob(f".{name}.*"):
                path.unlink()
        for path in self.checkpoint.glob(".*"):
            path.unlink()

    def finish(self) -> None:
        """Drop what only an unfinished training needs."""
        shutil.rmtree(self.checkpoint, ignore_errors=True)

    def read_config(self, task: str | None = None) -> dict[str, Any]:
        """config.json, checked to be a run of this format with all its parts, and of the task.

        ValueError, too, where a file of the run is not as it was written.
        """
        if not self.exists:
            raise ValueError(f"{self.path}: not a run folder (it has no config.json)")
        config = read_json(self.path / "config.json")
        if not isinstance(config, dict) or config.get("format") != FORMAT["format"]:
            raise ValueError(f"{self.path / 'config.json'}: not the configuration of a seqkit run")
        if config.get("version") != FORMAT["version"]:
            version, made_by = config.get("version"), config.get("seqkit")
            raise ValueError(
                f"{self.path}: a run of format version {version!r:.40}, this seqkit reads version "
                f"{FORMAT['version']}; use the seqkit that made it ({made_by!r:.40})"
            )
        for name, kind in PARTS.items():
            if not isinstance(config.get(name), kind):
                raise ValueError(f"{self.path / 'config.json'}: damaged, without a sound {name!r}")
        if task not in (None, config["task"]):
            raise ValueError(f"{self.path}: a run of the task {config['task']!r}, not {task!r}")
        place = self.path if self.finished else self.checkpoint
        sums.check_sums(place / sums.NAME, self.path)
        return config

    def write_metrics(self, metrics: dict[str, Any]) -> None:
        """metrics.json; a run that has it is finished."""
        self._seal(self.path, "metrics.json", metrics)

    def _seal(self, place: pathlib.Path, name: str, value: dict[str, Any]) -> None:
        """Write the JSON file that makes a run begun or finished, after the sums of all its files.

        What only an unfinished run has is left out of those that lie beside metrics.json.
        """
        data = json_bytes(value)
        kept = [path for path in sums.plain_files(self.path) if self._stays(path, place)]
        with atomic_write(place / sums.NAME) as file:
            file.write(sums.sums_of(self.path, kept, {name: data}))
        with atomic_write(self.path / name) as file:
            file.write(data)

    def _stays(self, path: pathlib.Path, place: pathlib.Path) -> bool:
        """Whether a file is to be the same as long as the sums in `place` hold."""
        if path.name in ("lock", "README.md", sums.NAME) or path.name.startswith("."):
            return False
        return place == self.checkpoint or self.checkpoint not in path.parents

    def write_card(self, text: str) -> None:
        """README.md, the model card."""
        with atomic_write(self.path / "README.md") as file:
            file.write(text.encode())

    def write_history(self, history: list[dict[str, Any]]) -> None:
        """history.jsonl, one line an epoch."""
        with atomic_write(self.path / "history.jsonl") as file:
            file.writelines(json.dumps(record).encode() + b"\n" for record in history)

    def read_history(self) -> list[dict[str, Any]]:
        """The history, one dict an epoch; empty if the first epoch has not ended."""
        path = self.path / "history.jsonl"
        if not path.exists():
            return []
        try:
            # A perplexity may be infinite, so this is read as Python writes it.
            history = [json.loads(line) for line in read_plain(path).splitlines()]
        except (ValueError, RecursionError) as error:
            raise ValueError(f"{path}: damaged ({error})") from error
        for number, record in enumerate(history, start=1):
            if not _is_epoch(record):
                raise ValueError(f"{path}: damaged (line {number} is no record of an epoch)")
        return history

    def write_weights(self, model: nn.Module) -> None:
        """model.safetensors; a shared (tied) tensor is stored once."""
        self.write_tensors({name: p.detach().cpu() for name, p in model.named_parameters()})

    def write_tensors(self, tensors: dict[str, torch.Tensor]) -> None:
        """model.safetensors, of tensors by name."""
        with atomic_write(self.path / "model.safetensors") as file:
            write_tensors(file, tensors, {"format": str(FORMAT["format"])})

    def read_tensors(self) -> dict[str, torch.Tensor]:
        """The tensors in model.safetensors by name."""
        path = self.path / "model.safetensors"
        if not path.exists():
            remedy = "finish it with --resume" if self.checkpoint.exists() else "train it again"
            raise ValueError(f"{path}: no such file; the run is incomplete, {remedy}")
        return read_tensors(path)

    def build(self, make: Callable[[], M]) -> M:
        """The model that `make` builds as config.json says, with the weights of the run.

        ValueError names the file that is damaged; see `weights.built`.
        """
        tensors = self.read_tensors()
        check_sizes(self.read_config()["model"], tensors, self.path / "config.json")
        return built(make, tensors, self.path)

    def read_weights(self, model: nn.Module) -> None:
        """Load model.safetensors into `model`, which must have exactly these tensors."""
        fill(model, self.read_tensors(), self.path / "model.safetensors")


def _is_epoch(record: Any) -> bool:
    """Whether a line of a history has what every epoch has: its number, and measures by name."""
    return (
        isinstance(record, dict)
        and type(record.get("epoch")) in (int, float)
        and all(_is_measures(record.get(part)) for part in ("train", "valid"))
    )


def _is_measures(value: Any) -> bool:
    return isinstance(value, dict) and all(type(x) in (int, float) for x in value.values())
