"""Opening the runs of a playground: each becomes a panel with a card and a name of its own."""

import pathlib
import re
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

from seqkit.serve.card import card_of
from seqkit.serve.limits import LIMITS, Limits
from seqkit.serve.panel import Panel
from seqkit.tasks.runs import Run

T = TypeVar("T")
ReadImage = Callable[[bytes, int | None], Any]


@dataclass(frozen=True)
class Opened:
    """A run as it was typed, what answers for it, and what it holds."""

    path: str
    panel: Panel
    card: dict[str, Any]
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def alone(self, work: Callable[[], T]) -> Callable[[], T]:
        """The same work, done while no other of this run is: models may keep what they learn."""

        def run() -> T:
            with self._lock:
                return work()

        return run

    def taking_turns(self, pieces: Iterator[T]) -> Iterator[T]:
        """The same pieces, each made while nothing else of this run is."""
        while True:
            with self._lock:
                piece = next(pieces, None)
            if piece is None:
                return
            yield piece


def open_runs(
    paths: Iterable[str], device: str, read_image: ReadImage, limits: Limits = LIMITS
) -> dict[str, Opened]:
    """Runs and files of word vectors by name, in order.

    read_image: from the bytes of an image's file to its pixels (Y, X, C). ValueError for what is
    damaged, foreign, or cannot be asked by a page.
    """
    found: dict[str, Opened] = {}
    for path in paths:
        panel = open_panel(path, device, read_image, limits)
        found[_free_name(path, found)] = Opened(path, panel, card_of(path, panel))
    return found


def open_panel(path: str, device: str, read_image: ReadImage, limits: Limits = LIMITS) -> Panel:
    """The panel of one run, made for its task; errors as in `open_runs`."""
    folder = pathlib.Path(path)
    is_vectors = folder.is_file() or (folder / "model.safetensors").exists()
    if is_vectors and not (folder / "config.json").exists():
        return _vectors(path, limits)
    match Run(path).read_config()["task"]:
        case "language":
            from seqkit.serve.generating import GeneratePanel
            from seqkit.tasks import language

            return GeneratePanel(path, language.load(path, device), limits)
        case "tagging":
            from seqkit.serve.tagging import TagPanel
            from seqkit.tasks import tagging

            return TagPanel(path, tagging.load(path, device), limits)
        case "classifying":
            from seqkit.serve.classifying import ClassifyPanel
            from seqkit.tasks import classifying

            return ClassifyPanel(path, classifying.load(path, device), limits)
        case "translating":
            from seqkit.serve.translating import TranslatePanel
            from seqkit.tasks import translating

            return TranslatePanel(path, translating.load(path, device), limits)
        case "imaging":
            from seqkit.serve.imaging import ImagePanel
            from seqkit.tasks import imaging

            return ImagePanel(path, imaging.load(path, device), read_image, limits)
        case "word2vec":
            return _vectors(path, limits)
        case other:
            raise ValueError(f"{path}: a run of the task {other!r}, for which there is no page")


def _vectors(path: str, limits: Limits) -> Panel:
    from seqkit.serve.looking_up import VectorsPanel
    from seqkit.vectors import load

    return VectorsPanel(path, load(path), limits)


def _free_name(path: str, taken: Iterable[str]) -> str:
    """The last part of a path in letters that an address takes as they are, told from others."""
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", pathlib.Path(path).resolve().name).strip(".-") or "run"
    name, number, others = plain, 1, set(taken) | {"runs"}
    while name in others:
        number += 1
        name = f"{plain}-{number}"
    return name
