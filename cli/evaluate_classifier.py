"""`seqkit evaluate` of classifiers: accuracy, each label, confusions, calibration, comparison."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import click

from seqkit.cli import labelled_data, options
from seqkit.cli.labels_shown import named
from seqkit.cli.training_options import settings_given

TAKES = (
    *("data", "class_weights", "against", "encoding", "device", "threads"),
    *labelled_data.COLUMNS,
)
"""The options of the command that are for classifiers."""


def measure(
    run: str,
    data: str,
    class_weights: str | None,
    against: str | None,
    encoding: str,
    device: str,
    threads: int | None,
    **columns: Any,
) -> dict[str, Any]:
    """The metrics of a classifier on labelled texts; with another run, a comparison as well.

    `columns` has labelled_data.COLUMNS; what is not given is as it was in training.
    """
    from seqkit.report.terminal import printable
    from seqkit.tasks import classifying
    from seqkit.tasks.classifying.comparison import compare
    from seqkit.tasks.devices import set_threads

    set_threads(threads)
    trained = classifying.load(run, device)
    other = classifying.load(against, device) if against else None
    source = labelled_data.open_data(run, data, settings_given(columns), encoding)
    metrics = trained.evaluate(source, _weights(class_weights, trained.labels.names))
    for warning in [*metrics["warnings"], *_strange(metrics, trained.labels.names)]:
        options.note(f"warning: {printable(warning)}")
    if other and against:
        metrics["against"] = {"run": against, **compare(trained, other, source)}
    return metrics


def _strange(metrics: dict[str, Any], known: Sequence[str]) -> Iterator[str]:
    """A warning of labels that training never saw."""
    if count := metrics["unknown_labels"]:
        names = sorted(set(metrics["by_label"]) - set(known))
        few = ", ".join(names[:5]) + (", …" if len(names) > 5 else "")
        yield (
            f"{count:,} of the {metrics['texts']:,} texts count as wrong: the run was not trained "
            f"on their labels ({few})"
        )


def _weights(given: str | None, known: Sequence[str]) -> dict[str, float] | None:
    """How dear an error is on each label, as --class-weights of training has it."""
    from seqkit.tasks.classifying import ClassifierSettings

    if given is None:
        return None
    weights = ClassifierSettings(class_weights=given).weights_by_label()
    if not weights:
        raise ValueError("--class-weights balanced is for training: give LABEL=NUMBER here")
    for name in weights:
        if name not in known:
            raise ValueError(
                f"--class-weights {name}: no such label; there are: {', '.join(known[:20])}"
            )
    return weights


def show(metrics: dict[str, Any]) -> None:
    """Print the metrics as tables."""
    show_answers(metrics, "texts", "nats a text")
    if "against" in metrics:
        _show_comparison(metrics["against"])


def show_answers(metrics: dict[str, Any], what: str, unit: str) -> None:
    """Print how good answers to `what`, texts or images, are; their loss is in `unit`."""
    _show_figures(metrics, what, unit)
    _show_labels(metrics["by_label"])
    _show_confusions(metrics)
    _show_reliability(metrics["reliability"])
    if metrics["worst"]:
        click.echo("\nmost confident errors")
        for error in metrics["worst"]:
            said = f"{named(error['predicted'])} {error['confidence']:.4f}"
            _show_text(error, f"{said}, in truth {named(error['gold'])}")


def _show_figures(metrics: dict[str, Any], what: str, unit: str) -> None:
    low, high = metrics["accuracy_interval"]
    between = f"(95 %: {low:.4f} to {high:.4f}, bootstrap over {what})"
    click.echo(f"{'accuracy':<17}  {metrics['accuracy']:.4f}  {between}")
    units = {
        "loss": unit,
        **dict.fromkeys(("precision", "recall", "f1"), "mean over the labels"),
        "micro_f1": "over all labels together",
        "weighted_error": f"of the weight of the {what}",
        "calibration_error": "of confidence",
    }
    for name, of in units.items():
        if name in metrics:
            click.echo(f"{name:<17}  {metrics[name]:.4f}  {of}")
    for name in (f"{what}_per_second", what):
        if name in metrics:
            click.echo(f"{name:<17}  {metrics[name]:,.0f}")


def _show_labels(scores: Mapping[str, Mapping[str, float]]) -> None:
    from seqkit.report.terminal import table

    shares = ("precision", "recall", "specificity", "f1")
    counts = ("correct", "predicted", "gold")
    rows: list[list[str | float]] = [
        [label, *(f"{score[name]:.4f}" for name in shares), *(score[name] for name in counts)]
        for label, score in scores.items()
    ]
    click.echo("\n" + table(rows, ("label", *shares, *counts)))


def _show_confusions(metrics: dict[str, Any]) -> None:
    """The whole table where it fits a terminal, else the most frequent mistakes."""
    from seqkit.report.terminal import table

    matrix = metrics.get("confusion_matrix")
    if matrix and len(matrix["labels"]) <= WIDEST:
        rows = [[a, *row] for a, row in zip(matrix["labels"], matrix["counts"], strict=True)]
        click.echo("\n" + table(rows, ("gold \\ predicted", *matrix["labels"])))
    elif metrics.get("confusions"):
        rows = [list(row) for row in metrics["confusions"]]
        click.echo("\nmost frequent mistakes\n" + table(rows, ("gold", "predicted", "count")))


WIDEST = 12
"""Labels of a table of confusions that a terminal can show."""


def _show_reliability(bins: Sequence[Mapping[str, float]]) -> None:
    """How often answers are right that are said to be so sure."""
    from seqkit.report.terminal import table

    rows = [
        (
            f"{one['low']:.1f} to {one['high']:.1f}",
            int(one["count"]),
            f"{one['confidence']:.4f}",
            f"{one['right']:.4f}",
        )
        for one in bins
        if one["count"]
    ]
    click.echo("\n" + table(rows, ("confidence", "answers", "mean", "right")))


def _show_comparison(found: Mapping[str, Any]) -> None:
    """Two runs beside each other, and whether chance can be what tells them apart."""
    from seqkit.report.terminal import printable

    click.echo(f"\nagainst {printable(found['run'])}")
    for name, which in (("this run", "first"), ("the other", "second")):
        low, high = found[which]["accuracy_interval"]
        accuracy = found[which]["accuracy"]
        click.echo(f"{name:<17}  {accuracy:.4f}  (95 %: {low:.4f} to {high:.4f})")
    for name in ("both", "only_first", "only_second", "neither"):
        click.echo(f"{name:<17}  {found[name]:,} right")
    click.echo(f"{'p_value':<17}  {found['p_value']:.4g}  (McNemar: chance alone is as uneven)")
    if found["differing"]:
        click.echo("\ntexts that one of them alone has right")
    for one in found["differing"]:
        first, second, gold = (named(one[name]) for name in ("first", "second", "gold"))
        _show_text(one, f"this run {first}, the other {second}, in truth {gold}")


def _show_text(one: Mapping[str, Any], what: str) -> None:
    from seqkit.report.terminal import printable

    click.echo(printable(f"{one['place']}: {what}"))
    if one["text"]:
        click.echo(f"  {printable(' '.join(one['text'].split()))}")
