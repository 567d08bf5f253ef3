"""What a person sees of a net of images in training: before it, after each epoch, at its end."""

import contextlib
import dataclasses
from typing import Any

import click

from seqkit.cli import figures_shown, reporting
from seqkit.cli.options import echo_json, note
from seqkit.report.card import model_card
from seqkit.report.terminal import printable
from seqkit.tasks import imaging
from seqkit.tasks.imaging.images import Source
from seqkit.tasks.runs import Run
from seqkit.train.loop import Hooks, Loop, Record
from seqkit.vision.shapes import shown, table

LABELS = 36
"""Up to so many classes the scores of each are shown."""
COUNTED = 12
"""Classes whose counts are shown."""
_LIMITS = (
    "It knows the kind of images it was trained on; others (camera, light, size of what they show) "
    "are classified worse than the figures above say.",
    "It gives every image one of its classes, also an image that none of them fits.",
    "What those who labelled the images got wrong, the net does as well.",
)
_LIMITS_OF_SIAMESE = (
    _LIMITS[0],
    "The accuracy above is for as many classes as stand there; among more it is lower.",
    "It gives every image a class of the gallery, also an image that none of them fits.",
)


def follow(job: imaging.Training, quiet: bool, as_json: bool) -> None:
    """Announce a training, run it to its end, and report."""
    watcher = _Watcher(job, quiet)
    with reporting.telling_how_to_go_on("train-image", job.run), contextlib.closing(watcher):
        if not quiet:
            _announce(job)
        metrics = job.run_to_end(watcher)
    baselines = job.baselines()
    for name, values in baselines.items():
        metrics[name]["baselines"] = values
    job.run.write_card(_card(job, metrics, watcher.sample()))
    job.finish(metrics)
    _report(job.config, metrics, quiet, as_json)


def resume(out: str, given: dict[str, Any], quiet: bool, as_json: bool) -> None:
    """Go on with the run in `out`; options that differ from those it began with are errors."""
    run = Run(out)
    reporting.check_unchanged(run, imaging.read_settings(run), given)
    if metrics := reporting.finished_metrics(run, quiet):
        _report(run.read_config(), metrics, quiet, as_json)
        return
    with imaging.resumed_training(out) as job:
        follow(job, quiet, as_json)


def dry_run(settings: imaging.ImageSettings, train: Source, as_json: bool) -> None:
    """Show the settings, the layers, the number of parameters and the memory; train nothing."""
    found, layers = imaging.estimate(settings, train)
    rows = [
        {"layer": str(row.layer), "output": list(row.after), "parameters": row.parameters}
        for row in layers
    ]
    reporting.show_settings(settings, {**found, "table": rows} if as_json else found, as_json)
    if not as_json:
        click.echo(f"\n{table(layers)}")


class _Watcher(Hooks):
    """Shows a bar on a terminal, and one line and one sample an epoch."""

    def __init__(self, job: imaging.Training, quiet: bool) -> None:
        self.job, self.quiet = job, quiet
        self.bar = reporting.Bar(quiet, "steps")
        self.close = self.bar.close
        self.unit = "triplets" if job.classifier.is_siamese else "images"

    def on_step(self, loop: Loop) -> None:
        self.bar.follow(loop)

    def on_epoch(self, loop: Loop, record: Record) -> None:
        self.bar.close()
        if not self.quiet:
            reporting.tell_epoch(record, "accuracy", self.unit, loop.progress, self.sample())

    def sample(self) -> str:
        """The same validation image each time, as it is classified now."""
        valid, classifier = self.job.data.parts["valid"], self.job.classifier
        if not classifier.is_siamese:
            asked = valid.first(1)
            (found,) = classifier.classify(asked)
            said = f"{found.label} ({max(found.probabilities):.4f}"
        else:
            asked, known = valid.question()
            (found,) = classifier.recognise(known, asked)
            said = f"{found.label} (distance {found.distance:.4f} to one image of it"
        ((gold,),) = asked.labels
        truth = "" if found.label == gold else f", in truth {gold}"
        return printable(f"{found.place} -> {said}{truth})")


def _announce(job: imaging.Training) -> None:
    """Tell what is trained on what, and what users should know of it."""
    corpus, settings = job.config["corpus"], job.settings
    reporting.note_facts(
        {
            "corpus": reporting.corpus_line(job.config, "images"),
            "sha256": f"{corpus['train']['sha256']} (train)",
            "images": f"{shown(job.data.shape)} (channels x rows x columns)",
            "classes": _counts(corpus["train"]["labels"]),
            **_held_out(job),
            "model": f"{_model(job)}: {job.parameter_count:,} parameters",
            "device": f"{job.describe_device()}, {job.config['precision']}, seed {settings.seed}",
            "memory": reporting.gigabytes(job.memory()),
            "run": printable(str(job.run.path)),
            **_baseline(job),
        }
    )
    for warning in job.warnings:
        note(f"warning     {printable(warning)}")


def _counts(counts: dict[str, int]) -> str:
    """How many classes there are, and how many images have the commonest of them."""
    commonest = sorted(counts, key=lambda name: -counts[name])[:COUNTED]
    few = ", ".join(f"{name} {counts[name]:,}" for name in commonest)
    return f"{len(counts):,}: {printable(few)}" + (", …" if len(counts) > COUNTED else "")


def _held_out(job: imaging.Training) -> dict[str, str]:
    if not job.settings.held_out:
        return {}
    counts = job.config["corpus"]["valid"]["labels"]
    return {"held out": f"{_counts(counts)} (valid), never seen in training"}


def _baseline(job: imaging.Training) -> dict[str, str]:
    """What can be had without a net."""
    valid = job.baselines()["valid"]
    if "chance" in valid:
        return {"chance": f"valid accuracy {valid['chance']:.4f}, any class of the gallery"}
    return {"majority": f"valid accuracy {valid['majority']:.4f}, the commonest class for all"}


def _model(job: imaging.Training) -> str:
    settings = job.settings
    begun = f", its trunk from {settings.begin_from}" if settings.begin_from else ""
    if settings.begin_from and settings.freeze is None:
        begun += " and frozen"
    elif settings.begin_from and settings.freeze:
        begun += f" and frozen for {settings.freeze} epoch{'s' * (settings.freeze > 1)}"
    return printable(settings.model + begun)


def _report(config: dict[str, Any], metrics: dict[str, Any], quiet: bool, as_json: bool) -> None:
    if as_json:
        echo_json(metrics)
    else:
        splits = figures_shown.splits_of(metrics)
        for name in splits[1:]:
            click.echo(f"{name:<6} {_figures(metrics[name])}")
        by_label = metrics[splits[-1]].get("by_label", {})
        if 0 < len(by_label) <= LABELS:
            click.echo(f"\n{figures_shown.by_kind(splits[-1], by_label)}")
    gallery = " --gallery FOLDER" if config["settings"]["model"] == "siamese" else ""
    note(f"next: seqkit classify-image {metrics['run']} FILE{gallery}", quiet)


def _figures(split: dict[str, Any]) -> str:
    """Figures of a split, with the baseline beside them."""
    (baseline,) = split["baselines"].items()
    ways = f"{split['ways']}-way one-shot; " if "ways" in split else ""
    text = figures_shown.with_interval(split, "accuracy", f"{ways}{baseline[0]} {baseline[1]:.4f}")
    others = ("f1", "loss", "calibration_error")
    return ", ".join([text, *(f"{name} {split[name]:.4f}" for name in others if name in split)])


def _card(job: imaging.Training, metrics: dict[str, Any], sample: str) -> str:
    last = metrics[figures_shown.splits_of(metrics)[-1]]
    by_label = last.get("by_label", {})
    siamese = job.settings.model == "siamese"
    kind = "siamese net, one-shot recognition of images" if siamese else "classifier of images"
    card = figures_shown.card_of(job.run, job.config, metrics, ("images",))
    ((name, value),) = last["baselines"].items()
    gallery = " --gallery FOLDER" if siamese else ""
    return model_card(
        dataclasses.replace(
            card,
            task=f"{kind} ({len(job.data.labels.names):,} classes)",
            metrics=figures_shown.card_figures(
                metrics, by_label if len(by_label) <= LABELS else {}
            ),
            baselines={f"{_BASELINES[name]}": {"accuracy": value}},
            parameters=job.parameter_count,
            sample=sample,
            sample_title="An image it recognised",
            loss_unit="squared distance a triplet" if siamese else "nats an image",
            commands=(f"seqkit classify-image RUN FILE{gallery}", "seqkit evaluate RUN FILE"),
            limits=_LIMITS_OF_SIAMESE if siamese else _LIMITS,
        )
    )


_BASELINES = {"majority": "the commonest class", "chance": "a class drawn at random"}
