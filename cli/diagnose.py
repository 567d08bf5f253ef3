"""`seqkit diagnose`."""

import dataclasses
from typing import TYPE_CHECKING, Any

import click

from seqkit.cli import options

if TYPE_CHECKING:
    from seqkit.tasks.diagnosis import Finding, Report


PAIRS = 2_000
"""Training pairs that the loss of a translator is measured on."""


@click.command(cls=options.Command, name="diagnose")
@click.argument("run")
@click.option(
    "--human",
    type=float,
    metavar="ERROR",
    help="The error of people, the least possible, such as 0.08 (0).",
)
@click.option(
    "--train-dev",
    metavar="TEXT",
    help="Text like the training text that was not trained on; not of translators.",
)
@options.device
@options.threads
@options.as_json
def command(
    run: str,
    human: float | None,
    train_dev: str | None,
    device: str,
    threads: int | None,
    as_json: bool,
) -> None:
    """Tell bias from variance, and what to try next.

    From the errors that a finished run has measured: the error of people or the least possible, of
    the training text, of a part like it that was not trained on (--train-dev), of the validation
    text and of the test text. Where the error grows most from one to the next there is most to
    win: avoidable bias, variance, data mismatch, or over-fitting to dev. Language models and
    translators are told by their loss, translators on some of their training text, read again.

    \b
    Examples:
      seqkit diagnose runs/classifier
      seqkit diagnose runs/classifier --human 0.05 --train-dev more.csv
    """
    from seqkit.cli.vector_files import task_of
    from seqkit.tasks.diagnosis import diagnose_run

    measured = {"train_dev": _measure(run, train_dev, device, threads)} if train_dev else {}
    if task_of(run) == "translating":
        measured |= _training_loss(run, device, threads)
    report = diagnose_run(run, human, measured)
    if as_json:
        options.echo_json(report.to_dict())
    else:
        _show(report)


def _measure(run: str, text: str, device: str, threads: int | None) -> dict[str, Any]:
    """The metrics of a run on a text, read as its training text was."""
    from seqkit.cli import image_data, labelled_data, tagged_data
    from seqkit.cli.vector_files import task_of
    from seqkit.corpora.catalogue import open_corpus
    from seqkit.tasks import classifying, imaging, language, tagging
    from seqkit.tasks.devices import set_threads

    set_threads(threads)
    task = task_of(run)
    if task == "classifying":
        labelled = labelled_data.open_data(run, text, {})
        return classifying.load(run, device).evaluate(labelled)
    if task == "imaging":
        return imaging.load(run, device).evaluate(image_data.open_data(run, text))
    if task == "tagging":
        return tagging.load(run, device).evaluate(tagged_data.open_data(run, text))
    if task == "language":
        return language.load(run, device).evaluate(open_corpus(text))
    raise ValueError(
        f"--train-dev is for a classifier, a net of images, a tagger or a language model, and "
        f"{run} is none"
    )


def _training_loss(run: str, device: str, threads: int | None) -> dict[str, dict[str, float]]:
    """The loss of a finished translator on training pairs, with neither dropout nor smoothing.

    Nothing, and a warning, where they cannot be read again.
    """
    from seqkit.cli.parallel_data import training_pairs
    from seqkit.report.terminal import printable
    from seqkit.tasks import translating
    from seqkit.tasks.devices import set_threads
    from seqkit.tasks.translating.encoding import encode
    from seqkit.tasks.translating.evaluation import mean_loss

    set_threads(threads)
    trained = translating.load(run, device)
    try:
        pairs = training_pairs(run).first(PAIRS)
    except ValueError as error:
        options.note(f"warning: {printable(str(error))}")
        return {}
    loss, _ = mean_loss(trained.model, encode(trained.sides, pairs.sources, pairs.targets))
    return {"train": {"loss": loss}}


def _show(report: "Report") -> None:
    """The errors, the gaps between them, and what to try against the widest."""
    from seqkit.report.terminal import printable, table

    kind = "error" if report.measure == "loss" else f"1 - {report.measure}"
    errors = dataclasses.asdict(report.errors)
    click.echo(f"{printable(report.run)}: {kind}, {report.unit}\n")
    texts = [(name.replace("_", "-"), error) for name, error in errors.items()]
    order = ("human", "train", "train-dev", "dev", "test")
    known = sorted((one for one in texts if one[1] is not None), key=lambda x: order.index(x[0]))
    click.echo(table([(name, f"{error:.4f}") for name, error in known], ("text", "error")))
    rows = [_row(finding) for finding in report.findings]
    click.echo("\n" + table(rows, ("from", "to", "gap", "give or take", "what it is")))
    first = report.first
    if first is None:
        click.echo("\nno gap is above 0 and more than chance; longer texts would tell more")
    else:
        click.echo(f"\nmost to win: {first.gap.name}; try")
        for remedy in first.gap.remedies:
            click.echo(f"  {remedy}")
    for line in report.notes:
        click.echo(f"\nnote: {line}")


def _row(finding: "Finding") -> tuple[str, str, str, str, str]:
    gap, margin = finding.gap, finding.margin
    chance = "" if finding.is_sure else " (may be chance)"
    near = "-" if margin is None else f"{margin:.4f}"
    return gap.lower, gap.upper, f"{gap.size:+.4f}", near, gap.name + chance
