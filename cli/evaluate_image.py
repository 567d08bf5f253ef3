"""`seqkit evaluate` of nets of images: accuracy, each class, confusions, calibration, mistakes."""

from collections.abc import Sequence
from typing import Any

import click

from seqkit.cli import evaluate_classifier, image_data, options

TAKES = ("data", "labels", "class_weights", "device", "threads")
"""The options of the command that are for nets of images."""


def measure(
    run: str,
    data: str,
    labels: str | None,
    class_weights: str | None,
    device: str,
    threads: int | None,
) -> dict[str, Any]:
    """The metrics of a net on labelled images."""
    from seqkit.report.terminal import printable
    from seqkit.tasks import imaging
    from seqkit.tasks.devices import set_threads

    set_threads(threads)
    trained = imaging.load(run, device)
    weights = None
    if class_weights is not None:
        if trained.is_siamese:
            raise ValueError(f"--class-weights goes with nets that know their classes, not {run}")
        weights = _weights(class_weights, trained.labels.names)
    metrics = trained.evaluate(image_data.open_data(run, data, labels), weights)
    for warning in metrics["warnings"]:
        options.note(f"warning: {printable(warning)}")
    if count := metrics.get("unknown_labels"):
        options.note(
            f"warning: {count:,} of the {metrics['images']:,} images count as wrong: the run was "
            "not trained on their classes"
        )
    return metrics


def _weights(given: str, known: Sequence[str]) -> dict[str, float]:
    """How dear an error is on each class; ValueError for a class that the net does not know."""
    from seqkit.tasks.checks import read_weights

    weights = read_weights(given, "CLASS=NUMBER", "7=2,1=1.5")
    for name in weights:
        if name not in known:
            raise ValueError(
                f"--class-weights {name}: no such class; there are: {', '.join(known[:20])}"
            )
    return weights


def show(metrics: dict[str, Any]) -> None:
    """Print the metrics as tables."""
    if "ways" in metrics:
        ways = f"{metrics['ways']}-way one-shot, one known image a class"
        click.echo(f"{'accuracy':<17}  {metrics['accuracy']:.4f}  {ways}")
        click.echo(f"{'loss':<17}  {metrics['loss']:.4f}  of triplets")
        for name in ("images_per_second", "images"):
            click.echo(f"{name:<17}  {metrics[name]:,.0f}")
    else:
        evaluate_classifier.show_answers(metrics, "images", "nats an image")
