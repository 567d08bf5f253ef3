"""`seqkit evaluate` of taggers: entities as conlleval counts them, or classes of words."""

from collections.abc import Mapping, Sequence
from typing import Any

import click

from seqkit.cli import options
from seqkit.cli.worst_sentences import show_worst

TAKES = ("data", "column", "comments", "encoding", "device", "threads")
"""The options of the command that are for taggers."""


def measure(
    run: str,
    data: str,
    column: int | None,
    comments: bool | None,
    encoding: str,
    device: str,
    threads: int | None,
) -> dict[str, Any]:
    """The metrics of a tagger on tagged data, whose columns are those of its training data.

    Which entities were seen in training is told where that can be read again.
    """
    from seqkit.cli.tagged_data import open_data, training_text
    from seqkit.tasks import tagging
    from seqkit.tasks.devices import set_threads

    set_threads(threads)
    tagger = tagging.load(run, device)
    source = open_data(run, data, column, comments, encoding)
    train = None
    if tagger.types:
        try:
            train = training_text(run)
        except (ValueError, OSError) as error:
            options.note(f"not told which entities are new: {error}")
    metrics = tagger.evaluate(source, train)
    for warning in metrics["warnings"]:
        options.note(f"warning: {warning}")
    return metrics


def show(metrics: dict[str, Any]) -> None:
    """Print the metrics as tables; each kind of tagger has its own."""
    if "f1" in metrics:
        _show_entities(metrics)
    else:
        _show_classes(metrics)
    if metrics["worst"]:
        click.echo("\nsentences with most errors")
        show_worst(metrics["worst"])


def _show_entities(metrics: dict[str, Any]) -> None:
    for name in ("f1", "precision", "recall"):
        click.echo(f"{name:<17}  {metrics[name]:.4f}{_between(metrics, name)}")
    _show_common(metrics)
    click.echo(f"{'entities':<17}  {metrics['entities']:,}\n")
    _show_scores("type", metrics["by_type"])
    if metrics.get("familiarity"):
        click.echo("\nby whether its words were an entity in training")
        _show_scores("entity", metrics["familiarity"])
    _show_outcomes(metrics["outcomes"])
    _show_confusions(metrics["confusions"])


def _show_classes(metrics: dict[str, Any]) -> None:
    from seqkit.report.terminal import table

    click.echo(f"{'accuracy':<17}  {metrics['accuracy']:.4f}{_between(metrics, 'accuracy')}")
    click.echo(f"{'unknown_accuracy':<17}  {metrics['unknown_accuracy']:.4f} on unknown words")
    _show_common({name: value for name, value in metrics.items() if name != "accuracy"})
    click.echo()
    _show_scores("tag", metrics["by_tag"])
    if metrics["confusions"]:
        rows = [tuple(row) for row in metrics["confusions"]]
        click.echo("\nmost frequent mistakes\n" + table(rows, ("gold", "predicted", "count")))


def _show_common(metrics: dict[str, Any]) -> None:
    """What both kinds of taggers have."""
    if "accuracy" in metrics:
        click.echo(f"{'accuracy':<17}  {metrics['accuracy']:.4f} of the tags")
    click.echo(f"{'loss':<17}  {metrics['loss']:.6f} nats a token")
    click.echo(f"{'calibration_error':<17}  {metrics['calibration_error']:.4f} of confidence")
    click.echo(f"{'unknown_share':<17}  {metrics['unknown_share']:.4f} of the words")
    click.echo(f"{'tokens_per_second':<17}  {metrics['tokens_per_second']:,.0f}")
    click.echo(f"{'tokens':<17}  {metrics['tokens']:,} in {metrics['sentences']:,} sentences")


def _between(metrics: dict[str, Any], name: str) -> str:
    if f"{name}_interval" not in metrics:
        return ""
    low, high = metrics[f"{name}_interval"]
    return f"  (95 %: {low:.4f} to {high:.4f}, bootstrap over sentences)"


def _show_scores(title: str, scores: Mapping[str, Mapping[str, float]]) -> None:
    """Precision, recall and F1 of each kind, and the counts they are made of."""
    from seqkit.report.terminal import table

    shares, counts = ("precision", "recall", "f1"), ("correct", "predicted", "gold")
    rows: list[list[str | float]] = [
        [kind, *(f"{score[name]:.4f}" for name in shares), *(score[name] for name in counts)]
        for kind, score in scores.items()
    ]
    click.echo(table(rows, (title, *shares, *counts)))


def _show_outcomes(outcomes: Mapping[str, int]) -> None:
    """What became of the entities, and the share of each error among all errors."""
    from seqkit.report.terminal import table

    errors = sum(outcomes.values()) - outcomes["exact"]
    shares = {kind: count / errors for kind, count in outcomes.items() if errors}
    rows = [
        (kind, count, "" if kind == "exact" else f"{shares.get(kind, 0):.1%}")
        for kind, count in outcomes.items()
    ]
    click.echo("\n" + table(rows, ("outcome", "count", "of errors")))


def _show_confusions(confusions: Sequence[Sequence[Any]]) -> None:
    """Gold types by predicted ones, boundaries aside; what has no partner is missed or spurious."""
    from seqkit.report.terminal import table

    counts = {(gold, predicted): count for gold, predicted, count in confusions}
    types = sorted({kind for pair in counts for kind in pair if kind})
    rows = [
        [kind or "(spurious)", *(counts.get((kind, other), 0) for other in (*types, ""))]
        for kind in (*types, "")
    ]
    click.echo("\n" + table(rows, ("gold \\ predicted", *types, "(missed)")))
