"""Labelled texts for commands: opened as options say, or as a run was trained on them."""

import pathlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

import click

from seqkit.cli import training_data
from seqkit.cli.training_options import Option, all_of

if TYPE_CHECKING:
    from seqkit.corpora.corpus import Splits
    from seqkit.corpora.labelled import LabelledCorpus
    from seqkit.corpora.labelled_columns import Form, LabelColumns

FORMS = ("auto", "csv", "tsv", "jsonl", "lines")
COLUMNS = ("text_column", "label_column", "label_separator", "format")
"""The parameters that say where in a file text and labels stand."""

_UNTOLD = {
    **training_data.UNTOLD,
    "text_column": (),
    "label_column": None,
    "label_separator": None,
    "format": "auto",
}
"""What holds where a run has no notes."""


def text_column(where: str = "") -> Option[Any]:
    """--text-column; `where` is what its help begins with."""
    text = "The column or key of the text: a name, or a number from 1 where there is no header"
    return click.option("--text-column", multiple=True, help=f"{where}{text}; repeatable.")


def label_columns(where: str = "") -> Option[Any]:
    """--label-column and --label-separator."""
    return all_of(
        (
            click.option("--label-column", help=f"{where}That of the label."),
            click.option(
                "--label-separator",
                metavar="MARK",
                help=f"{where}What stands between the labels of a text, where it has many.",
            ),
        )
    )


def file_format(text: str, default: str | None = "auto") -> Option[Any]:
    """--format, with the text of its help."""
    return click.option("--format", type=click.Choice(FORMS), default=default, help=text)


def columns_of(given: Mapping[str, Any]) -> "LabelColumns":
    """The columns that options, or the notes of a run, name; what they leave out is guessed."""
    from seqkit.corpora.labelled_columns import LabelColumns

    label = given["label_column"]
    return LabelColumns(
        tuple(given["text_column"]), "" if label is None else label, given["label_separator"]
    )


def notes_of(run: str) -> dict[str, Any]:
    """What the command that trained a run noted of its data."""
    return training_data.notes_of(run, _UNTOLD)


def open_splits(given: Mapping[str, Any]) -> "Splits[LabelledCorpus]":
    """The training, validation and test texts that options, or the notes of a run, name."""
    from seqkit.corpora.labelled_catalogue import open_labelled_splits

    texts = (given["train"], given["valid"], given["test"])
    form = cast("Form", given["format"])
    return open_labelled_splits(*texts, columns_of(given), given["encoding"], form)


def open_data(
    run: str, data: str, typed: Mapping[str, Any], encoding: str = "utf-8"
) -> "LabelledCorpus":
    """The labelled texts to measure a run on.

    `typed` has those of COLUMNS that the user gave; the others are as they were in training, where
    the data is a file as it was there.
    """
    from seqkit.corpora.labelled_catalogue import open_labelled

    place = pathlib.Path(data)
    known = notes_of(run) if data == "-" or place.is_file() else _UNTOLD
    found = {**known, **typed}
    if not typed.keys() & {"format"} and _tells_its_form(place):
        found["format"] = "auto"
    form = cast("Form", found["format"])
    return open_labelled(data, columns_of(found), "test", encoding, form)


def _tells_its_form(place: pathlib.Path) -> bool:
    from seqkit.corpora.labelled import form_by_name

    return form_by_name(place.name) is not None


def validation_data(run: str) -> "LabelledCorpus":
    """The texts by which a run chose its best epoch; ValueError if they cannot be had again."""
    with training_data.wanting_text():
        return training_splits(run).valid


def training_splits(run: str) -> "Splits[LabelledCorpus]":
    """The texts of a training, opened as they were then; ValueError if they cannot be had again."""
    notes = notes_of(run)
    with training_data.reading_again(run, notes):
        return open_splits(notes)
