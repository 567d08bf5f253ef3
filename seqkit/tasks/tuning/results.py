"""How trials ended: their results, the measure they are judged by, and their ranks."""

import dataclasses
import math
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from seqkit.tasks.tuning.search import Values

LOWER_IS_BETTER = (
    *("loss", "perplexity", "bits_per_char", "bits_per_token", "excess"),
    *("weighted_error", "calibration_error"),
)
"""Measures of which less is better; of all others more is."""

METRICS = {
    "train-lm": ("valid.loss",),
    "train-tagger": ("valid.f1", "valid.accuracy"),
    "train-ner": ("valid.f1", "valid.accuracy"),
    "train-classifier": ("valid.accuracy",),
    "train-sentiment": ("valid.accuracy",),
    "train-translator": ("valid.bleu",),
    "train-image": ("valid.accuracy",),
    "train-word2vec": ("train.loss",),
}
"""What the trials of a command are judged by: the first of these that is measured. Word vectors
have another measure only where the user names one, and then --metric does, too.
"""


@dataclass(frozen=True)
class Metric:
    """A measure by its place in metrics.json, such as valid.loss; of several the first there is."""

    names: tuple[str, ...]

    def measured(self, metrics: Mapping[str, Any]) -> tuple[str, float] | None:
        """The measure in a record or in metrics.json, its name before it; None if it is not there,
        or no finite number.
        """
        for name in self.names:
            split, _, key = name.partition(".")
            value = (metrics.get(split) or {}).get(key)
            if isinstance(value, int | float) and math.isfinite(value):
                return name, float(value)
        return None

    def badness(self, figure: float) -> float:
        """The figure so that less is better."""
        return figure if self.lower_is_better else -figure

    @property
    def lower_is_better(self) -> bool:
        """Whether the best trial is the one with the least figure."""
        return self.names[-1].partition(".")[2] in LOWER_IS_BETTER


def metric_of(command: str, asked: str | None) -> Metric:
    """The metric that was asked for, or that of the command; ValueError for a malformed one."""
    if asked is None:
        return Metric(METRICS.get(command, ("valid.loss",)))
    split, dot, name = asked.partition(".")
    if not dot or not name or split not in ("train", "valid", "test"):
        raise ValueError(f"--metric {asked}: write the text and the measure, such as valid.loss")
    if split == "test":
        raise ValueError(f"--metric {asked}: choosing by test text spoils it; take valid.{name}")
    return Metric((asked,))


@dataclass(frozen=True)
class Result:
    """How a trial ended: finished, stopped (worse than the median of the others) or failed.

    metric names the measure and figure is its value, of a stopped trial the best until then; epochs
    and seconds are those of the training; all are None of a trial that failed, and error is the
    line it left.
    """

    trial: int
    values: Values
    status: str
    metric: str | None = None
    figure: float | None = None
    epochs: float | None = None
    seconds: float | None = None
    error: str | None = None

    def as_json(self) -> dict[str, Any]:
        """One line of trials.jsonl."""
        return dataclasses.asdict(self)


def read_result(record: Any) -> Result:
    """A line of trials.jsonl again; ValueError or TypeError where it is none."""
    result = Result(**record)
    sound = isinstance(result.trial, int) and isinstance(result.values, dict)
    if not sound or result.status not in ("finished", "stopped", "failed"):
        raise ValueError(f"trial {result.trial!r} is no trial")
    return result


def badness_of(result: Result, metric: Metric) -> float:
    """How bad a trial was; infinite where it failed."""
    return math.inf if result.figure is None else metric.badness(result.figure)


def ranked(results: Iterable[Result], metric: Metric) -> list[Result]:
    """The trials, best first; of equals the earlier one, and finished ones before stopped ones."""

    def key(result: Result) -> tuple[float, bool, int]:
        return badness_of(result, metric), result.status != "finished", result.trial

    return sorted(results, key=key)


def to_copy(words: Sequence[str]) -> str:
    """A command line as people type it into a shell."""
    return shlex.join(["seqkit", *words])
