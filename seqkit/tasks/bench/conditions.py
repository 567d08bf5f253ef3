"""What a measurement is given: texts, and where and how to compute."""

import math
from dataclasses import dataclass
from typing import Any, Protocol

from seqkit.tasks.checks import check_choices, check_least
from seqkit.tasks.classifying.texts import Sources as Labelled
from seqkit.tasks.devices import choose_device, set_threads
from seqkit.tasks.imaging.data import Sources as Images
from seqkit.tasks.language.data import Sources as Running
from seqkit.tasks.tagging.sentences import Sources as Tagged
from seqkit.tasks.translating.texts import Sources as Pairs
from seqkit.tasks.word2vec.beginning import Source as Words
from seqkit.train.precision import PRECISIONS, choose_precision

ENDLESS = 1_000_000
"""Epochs of a training that the stopwatch ends."""
MOMENT = 1e-6
"""Minutes of a training that is over after a step."""


class Texts(Protocol):
    """Texts and images of every kind, to train on and to answer."""

    @property
    def running(self) -> Running: ...  # noqa: D102

    @property
    def tagged(self) -> Tagged: ...  # noqa: D102

    @property
    def labelled(self) -> Labelled: ...  # noqa: D102

    @property
    def pairs(self) -> Pairs: ...  # noqa: D102

    @property
    def words(self) -> Words: ...  # noqa: D102

    @property
    def images(self) -> Images: ...  # noqa: D102


@dataclass(frozen=True)
class Setup:
    """Where and how to compute, and for how long; make one with `build_setup`."""

    texts: Texts
    seconds: float  # that are measured of each row; the warm-up comes on top
    device: str
    threads: int | None
    precision: str  # fp32 or bf16
    seed: int

    @property
    def endless(self) -> dict[str, Any]:
        """Settings of a training by the loop that goes on until the stopwatch ends it."""
        return {**self._loop, "epochs": ENDLESS}

    def brief(self, seconds: float = 0.0) -> dict[str, Any]:
        """Settings of a training that is over after so many seconds; a step at least."""
        return {**self._loop, "epochs": ENDLESS, "max_minutes": max(seconds / 60, MOMENT)}

    @property
    def _loop(self) -> dict[str, Any]:
        where = {"device": self.device, "threads": self.threads, "seed": self.seed}
        return {**where, "checkpoint_seconds": 1e9}  # what is saved would be measured, too


def build_setup(
    texts: Texts,
    seconds: float = 1.5,
    device: str = "auto",
    threads: int | None = None,
    precision: str = "auto",
    seed: int = 0,
) -> Setup:
    """Check what is asked for, and find out what "auto" is here; sets torch's threads.

    ValueError for what does not exist or is out of range, naming the option.
    """
    if not 0 < seconds < math.inf:
        raise ValueError(f"--seconds must be above 0 and finite, got {seconds:g}")
    chosen = choose_device(device)
    set_threads(threads)
    found = Setup(texts, seconds, str(chosen), threads, precision, seed)
    check_least(found, {"seed": 0})
    check_choices(found, {"precision": ("auto", *PRECISIONS)})
    resolved = choose_precision(precision, chosen)
    return Setup(texts, seconds, str(chosen), threads, resolved, seed)
