"""What to work on next, told from the errors that a finished run has measured (O7)."""

import dataclasses
import math
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from seqkit.metrics.diagnosis import BIAS, BOTH, Errors, Gap, diagnose, widest
from seqkit.tasks.runs import Run, read_json

Metrics = Mapping[str, Any]

SHARES = {
    "classifying": ("accuracy",),
    "imaging": ("accuracy",),
    "tagging": ("f1", "accuracy"),
    "language": (),
    "translating": (),
}
"""Which shares of right answers each task may have measured, the most telling first."""
UNITS = {
    "classifying": "nats a text",
    "imaging": "nats an image",
    "tagging": "nats a token",
    "language": "nats a token",
    "translating": "nats a token of the target",
}
"""What a loss is measured in, where there are no such shares."""
TEXTS = {"train": "train", "train_dev": "train_dev", "dev": "valid", "test": "test"}
"""The texts of a diagnosis, and what metrics.json calls them."""
LOSS = "loss"


@dataclass(frozen=True, slots=True)
class Finding:
    """A gap between two texts, and half of its interval of 95 % (None: not known)."""

    gap: Gap
    margin: float | None

    @property
    def is_sure(self) -> bool:
        """Whether the gap is more than the chance of so few texts."""
        return abs(self.gap.size) > (self.margin or 0.0)


@dataclass(frozen=True, slots=True)
class Report:
    """The errors of a run and the gaps between them.

    `measure` is what an error is one less: accuracy or f1; or it is "loss", and the error itself in
    `unit`. `notes` are lines for people: what limits the findings.
    """

    run: str
    task: str
    measure: str
    unit: str
    errors: Errors
    findings: tuple[Finding, ...]
    notes: tuple[str, ...]

    @property
    def first(self) -> Finding | None:
        """What to work on first: the widest of the gaps that are sure; None without one."""
        gap = widest([finding.gap for finding in self.findings if finding.is_sure])
        return next((finding for finding in self.findings if finding.gap is gap), None)

    def to_dict(self) -> dict[str, Any]:
        """All of it by name, fit for JSON."""
        first = self.first
        return {
            **{name: getattr(self, name) for name in ("run", "task", "measure", "unit")},
            "errors": dataclasses.asdict(self.errors),
            "gaps": [
                {**dataclasses.asdict(f.gap), "margin": f.margin, "sure": f.is_sure}
                for f in self.findings
            ],
            "first": first.gap.name if first else None,
            "remedies": list(first.gap.remedies) if first else [],
            "notes": list(self.notes),
        }


def diagnose_run(
    path: str | os.PathLike[str],
    human: float | None = None,
    measured: Mapping[str, Metrics] | None = None,
) -> Report:
    """Diagnose a finished run from its metrics.json.

    `human` is the error of a person, from 0 to 1 (in the unit of the loss where only that is
    known); left out, the least possible error is taken to be 0, and the least loss to be unknown.
    `measured` adds or replaces the metrics of texts by name ("train", "train_dev", "valid",
    "test"), as an evaluation gives them. ValueError for a folder without a finished run, a run of
    a task without errors, and an error that cannot be.
    """
    run = Run(path)
    config = run.read_config()
    task = config["task"]
    if task not in SHARES:
        raise ValueError(f"{run.path}: a run of the task {task!r} has no errors to diagnose")
    metrics = {**_comparable(_read_metrics(run), config["model"]), **(measured or {})}
    measure = _choose_measure(task, metrics, human)
    found = {name: _error(metrics, split, measure) for name, split in TEXTS.items()}
    if (dev := found["dev"]) is None:
        raise ValueError(f"{run.path / 'metrics.json'}: damaged, valid has no {measure}")
    if human is None and measure != LOSS:
        human = 0.0
    elif human is not None and measure != LOSS and not 0 <= human <= 1:
        raise ValueError(f"--human {human}: a share from 0 to 1, 8 % is 0.08")
    errors = Errors(found["train"], dev, found["train_dev"], found["test"], human)
    findings = tuple(Finding(gap, _margin(gap, metrics, measure)) for gap in diagnose(errors))
    unit = UNITS[task] if measure == LOSS else "share of errors"
    notes = list(_notes(findings, metrics, measure, errors))
    if measure == LOSS:
        notes += _notes_of_loss(errors, "train" in (measured or {}))
    return Report(str(run.path), task, measure, unit, errors, findings, tuple(notes))


def _read_metrics(run: Run) -> dict[str, Any]:
    """What metrics.json says; ValueError for a run that has not come to its end."""
    if not run.finished:
        raise ValueError(f"{run.path}: the run is not finished; go on with it by --resume first")
    metrics = read_json(run.path / "metrics.json")
    if not isinstance(metrics, dict) or not all(
        isinstance(metrics.get(split, {}), dict) for split in TEXTS.values()
    ):
        raise ValueError(f"{run.path / 'metrics.json'}: damaged, not the metrics of a run")
    return metrics


def _comparable(metrics: Metrics, model: Metrics) -> Metrics:
    """The metrics, less a training loss of smoothed labels, which is no -log P of the right ones.

    Translators are trained so; it is far above the loss of any other text.
    """
    return {**metrics, "train": {}} if model.get("smoothing") else metrics


def _choose_measure(task: str, metrics: Metrics, human: float | None) -> str:
    """A share that train and valid have both; else the loss, unless people are told by a share."""
    shares = [name for name in SHARES[task] if name in metrics.get("valid", {})]
    common = [name for name in shares if name in metrics.get("train", {})]
    if common or (shares and human is not None):
        return (common or shares)[0]
    return LOSS


def _error(metrics: Metrics, split: str, measure: str) -> float | None:
    value = metrics.get(split, {}).get(measure)
    if not isinstance(value, int | float):
        return None
    return value if measure == LOSS else 1 - value


def _margin(gap: Gap, metrics: Metrics, measure: str) -> float | None:
    """Half the interval of a difference of two texts, each by chance as far off as it is."""
    halves = [_half_interval(metrics, text, measure) for text in (gap.lower, gap.upper)]
    return None if None in halves else math.hypot(*(half for half in halves if half is not None))


def _half_interval(metrics: Metrics, text: str, measure: str) -> float | None:
    if text == "human":
        return 0.0
    ends = metrics.get(TEXTS[text.replace("-", "_")], {}).get(f"{measure}_interval")
    return (ends[1] - ends[0]) / 2 if ends else None


def _notes(
    findings: Sequence[Finding], metrics: Metrics, measure: str, errors: Errors
) -> Iterator[str]:
    """What limits the findings, a line each."""
    names = {finding.gap.name for finding in findings}
    if not errors.human and names & {BIAS, BOTH}:
        yield "the least possible error is taken to be 0; where people err, too, give --human"
    if errors.train_dev is None:
        yield (
            "no train-dev text was measured: where dev is another kind of text than the training "
            "text, that is part of the variance"
        )
    if measure == "accuracy":
        for name, value in metrics["valid"].get("baselines", {}).items():
            if value >= 1 - errors.dev:
                yield f"on dev the baseline {name!r} is as good or better: accuracy {value:.4f}"


def _notes_of_loss(errors: Errors, anew: bool) -> Iterator[str]:
    """What limits a diagnosis by the loss; `anew`: that of the training text was measured again."""
    if errors.human is None:
        yield "how far the training loss is from the least possible is not known: --human tells it"
    if errors.train is None:
        yield "the loss of training is that of smoothed labels, so it tells no bias and no variance"
    elif not anew:
        yield (
            "the training loss is that of training: with dropout, over a whole epoch; so the "
            "variance is larger than it looks"
        )
