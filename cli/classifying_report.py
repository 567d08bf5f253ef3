"""What a person sees of a classifier's training: before it, after each epoch, at its end."""

import contextlib
import dataclasses
from typing import Any

import click

from seqkit.cli import figures_shown, reporting
from seqkit.cli.classifying_facts import announce, announce_baselines
from seqkit.cli.labels_shown import answer, named
from seqkit.cli.options import echo_json, note
from seqkit.report.card import model_card
from seqkit.report.terminal import printable
from seqkit.tasks import classifying
from seqkit.tasks.classifying.texts import Source
from seqkit.tasks.runs import Run
from seqkit.train.loop import Hooks, Loop, Record

LONGEST = 200
"""Characters of a sample that are shown."""
LABELS = 36
"""Up to so many labels the scores of each are shown."""
_LIMITS = (
    "It knows the kind of text it was trained on; text of another kind (domain, time, spelling) "
    "is classified worse than the figures above say.",
    "It gives every text one of its labels, also a text that none of them fits.",
    "What those who labelled that text left out or got wrong, slants too, the classifier does as "
    "well.",
    "A probability is right on average on text like that of its validation, and not on other text.",
)
_LIMITS_OF_MANY = (_LIMITS[0], *_LIMITS[2:])


def follow(job: classifying.Training, quiet: bool, as_json: bool) -> None:
    """Announce a training, run it to its end, and report."""
    watcher = _Watcher(job, quiet)
    with reporting.telling_how_to_go_on("train-classifier", job.run), contextlib.closing(watcher):
        if not quiet:
            announce(job)
        baselines = job.baselines()
        if not quiet:
            announce_baselines(job, baselines["valid"])
        metrics = job.run_to_end(watcher)
    watcher.tell_of_the_end()
    for name, values in baselines.items():
        metrics[name]["baselines"] = values
    job.run.write_card(_card(job, metrics, watcher.sample()))
    job.finish(metrics)
    _report(job.config, metrics, quiet, as_json)


def resume(out: str, given: dict[str, Any], quiet: bool, as_json: bool) -> None:
    """Go on with the run in `out`; options that differ from those it began with are errors."""
    run = Run(out)
    reporting.check_unchanged(run, classifying.read_settings(run), given)
    if metrics := reporting.finished_metrics(run, quiet):
        _report(run.read_config(), metrics, quiet, as_json)
        return
    with classifying.resumed_training(out) as job:
        follow(job, quiet, as_json)


def dry_run(settings: classifying.ClassifierSettings, train: Source, as_json: bool) -> None:
    """Show the settings, the number of parameters and the memory; train nothing."""
    reporting.show_settings(settings, classifying.estimate(settings, train), as_json)


class _Watcher(Hooks):
    """Shows a bar on a terminal, and one line and one sample an epoch."""

    def __init__(self, job: classifying.Training, quiet: bool) -> None:
        self.job, self.quiet = job, quiet
        self.bar = reporting.Bar(quiet, "steps")
        self.close = self.bar.close
        self.classifier = job.classifier if job.net else None
        self.number = _telling_text(job)

    def on_step(self, loop: Loop) -> None:
        self.bar.follow(loop)

    def on_epoch(self, loop: Loop, record: Record) -> None:
        self.bar.close()
        if not self.quiet:
            self._tell(record, loop.progress)

    def tell_of_the_end(self) -> None:
        """From now on the finished model answers; one that was fitted in one go has its line."""
        self.classifier = classifying.load(self.job.run.path, self.job.settings.device)
        if self.quiet:
            return
        if self.job.net is None:
            self._tell(self.job.run.read_history()[-1], 1.0)
        elif self.job.settings.wide:
            note("with the linear model added:")
            reporting.note_sample(self.sample())

    def sample(self) -> str:
        """The same validation text each time, as it is classified now; cut where it is long."""
        valid = self.job.data.texts["valid"]
        text, gold = valid.texts[self.number], valid.labels[self.number]
        assert self.classifier is not None
        (found,) = self.classifier.classify([text])
        shown = text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
        label, share = answer(found, self.classifier.labels)
        truth = "" if set(gold) == set(found.labels) else f", in truth {named(gold)}"
        return printable(f"{' '.join(shown.split())} -> {label} ({share}{truth})")

    def _tell(self, record: Record, progress: float) -> None:
        reporting.tell_epoch(record, "accuracy", "texts", progress, self.sample())


def _telling_text(job: classifying.Training) -> int:
    """The number of a validation text that fills a line but not much more, if there is one."""
    valid = job.data.texts["valid"].texts
    return min(range(len(valid)), key=lambda n: abs(len(valid[n]) - 80))


def _report(config: dict[str, Any], metrics: dict[str, Any], quiet: bool, as_json: bool) -> None:
    if as_json:
        echo_json(metrics)
    else:
        splits = figures_shown.splits_of(metrics)
        beside = config["settings"]["model"] != "linear"
        for name in splits[1:]:
            click.echo(f"{name:<6} {_figures(metrics[name], beside)}")
        by_label = metrics[splits[-1]]["by_label"]
        if len(by_label) <= LABELS:
            click.echo(f"\n{figures_shown.by_kind(splits[-1], by_label)}")
    note(f"next: seqkit classify {metrics['run']} -", quiet)


def _figures(split: dict[str, Any], beside: bool) -> str:
    """Figures of a split, with the baseline beside them."""
    linear = f"linear baseline {split['baselines']['linear']:.4f}" if beside else ""
    text = figures_shown.with_interval(split, "accuracy", linear)
    others = ("f1", "micro_f1", "loss", "calibration_error")
    return ", ".join([text, *(f"{name} {split[name]:.4f}" for name in others if name in split)])


def _card(job: classifying.Training, metrics: dict[str, Any], sample: str) -> str:
    last = metrics[figures_shown.splits_of(metrics)[-1]]
    by_label, baselines = last["by_label"], last["baselines"]
    few = len(by_label) <= LABELS
    card = figures_shown.card_of(job.run, job.config, metrics, ("texts", "characters"))
    return model_card(
        dataclasses.replace(
            card,
            task=f"classifier of texts ({len(job.data.labels.names):,} labels)",
            metrics=figures_shown.card_figures(metrics, by_label if few else {}),
            baselines={
                "the commonest label": {"accuracy": baselines["majority"]},
                "a linear model of n-grams": {"accuracy": baselines["linear"]},
            },
            parameters=job.parameter_count or None,
            sample=sample,
            sample_title="A text it classified",
            loss_unit="nats a text",
            commands=("seqkit classify RUN -", "seqkit evaluate RUN FILE"),
            limits=_LIMITS_OF_MANY if job.data.labels.many else _LIMITS,
        )
    )
