"""`seqkit classify`."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, cast

import click

from seqkit.cli import classify_output, labelled_data, options
from seqkit.cli.classify_output import Show

if TYPE_CHECKING:
    from seqkit.corpora.labelled_columns import Form
    from seqkit.tasks.classifying import TrainedClassifier

TEXTS, CHARACTERS = 1_000, 1 << 22
"""What is waited for at most before texts of a file are answered together."""

METHODS = ("exact", "occlusion", "gradient")


@click.command(cls=options.Command, name="classify")
@click.argument("run")
@click.argument("file", default="-")
@labelled_data.file_format("What FILE is (by its ending, or lines, a text each).")
@labelled_data.text_column()
@click.option(
    "--top", type=click.IntRange(1), metavar="N", help="Show the N likeliest labels of each text."
)
@click.option("--explain", is_flag=True, help="Show what each token adds to the label's score.")
@click.option("--html", metavar="PAGE", help="Write the explained texts to PAGE, in colours.")
@click.option(
    "--method",
    type=click.Choice(METHODS),
    help="With --explain or --html: how (exact if the run is linear, else occlusion).",
)
@click.option("--label", help="With --explain or --html: explain this label (the likeliest).")
@options.encoding
@options.device
@options.threads
@options.as_json
def command(run: str, file: str, **given: Any) -> None:
    """Tell the label of each text, and how likely it is.

    FILE has a text a line, and line k of the output answers line k, an empty one too: label,
    probability and text, set off by tabs. What comes through a pipe is answered as it comes. CSV,
    TSV and JSON lines are told by the ending of FILE, or by --format; their text is the column that
    the run was trained on, or --text-column. Where a text can have many labels, commas stand
    between them and between their probabilities. --json prints one object a text, with the
    probability of every label.

    \b
    Examples:
      echo "the plot was not at all dull ." | seqkit classify runs/classifier
      seqkit classify runs/classifier reviews.csv --text-column review --json
      seqkit classify runs/classifier letters.txt --top 3
      seqkit classify runs/classifier letters.txt --html letters.html
    """
    from seqkit.tasks import classifying
    from seqkit.tasks.devices import set_threads

    _check(given)
    set_threads(given["threads"])
    trained = classifying.load(run, given["device"])
    if given["html"]:
        from seqkit.report.explanation_html import explanation_page

        title = f"{'standard input' if file == '-' else file}, classified by {run}"
        with explanation_page(given["html"], title) as page:
            explained = _explainer(trained, given)

            def add(texts: Sequence[str]) -> None:
                for one in explained(texts):
                    page.add(one)

            _answer(run, file, given, add)
        click.echo(given["html"])
    else:
        show = _show(trained, given)

        def tell(texts: Sequence[str]) -> None:
            for part in show(texts):
                click.echo(part, nl=False)

        _answer(run, file, given, tell)


def _check(given: dict[str, Any]) -> None:
    """ValueError for options that do not go together."""
    if given["html"] and (given["as_json"] or given["top"]):
        other = "--json" if given["as_json"] else "--top"
        raise ValueError(f"--html is a page of explained texts: leave {other} out")
    if given["explain"] and given["top"]:
        raise ValueError("--explain is for one label: leave --top out, or name one with --label")
    for option in options.typed("method", "label"):
        if not (given["explain"] or given["html"]):
            raise ValueError(f"--{option} goes with --explain or --html")


def _answer(
    run: str, file: str, given: dict[str, Any], answer: Callable[[Sequence[str]], None]
) -> None:
    """Hand on the texts of a file, those of a pipe before more of it is waited for."""
    from seqkit.corpora.labelled_columns import LabelColumns
    from seqkit.corpora.labelled_streaming import ArrivingText, arriving_form, read_arriving

    waiting: list[str] = []

    def hand_on() -> None:
        if waiting:
            answer(waiting)
            waiting.clear()

    text = ArrivingText(file, given["encoding"], hand_on)
    columns = LabelColumns(given["text_column"], None)
    form = arriving_form(text, columns, cast("Form", given["format"]))
    if not columns.text and form != "lines":
        columns = LabelColumns(tuple(labelled_data.notes_of(run)["text_column"]), None)
    characters = 0
    for record in read_arriving(text, columns, form):
        waiting.append(record.text)
        characters += len(record.text)
        if len(waiting) >= TEXTS or characters >= CHARACTERS:
            hand_on()
            characters = 0
    hand_on()


def _show(trained: "TrainedClassifier", given: dict[str, Any]) -> Show:
    """What writes down the answers for texts, in parts that are printed when they are there."""
    if given["explain"]:
        return classify_output.explanations(_explainer(trained, given), given["as_json"])
    form = classify_output.json_of if given["as_json"] else classify_output.line_of

    def show(texts: Sequence[str]) -> list[str]:
        found = trained.classify(texts, len(texts))
        return ["".join(form(one, trained.labels, given["top"]) for one in found)]

    return show


def _explainer(trained: "TrainedClassifier", given: dict[str, Any]) -> classify_output.Explainer:
    from seqkit.tasks.classifying.explaining import explain

    explain(trained, (), given["method"], given["label"])  # refuses before anything is read
    return lambda texts: explain(trained, texts, given["method"], given["label"])
