"""Parallel texts for commands: opened as the options of a training say."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from seqkit.cli import training_data
from seqkit.cli.training_options import all_of

if TYPE_CHECKING:
    from seqkit.corpora.corpus import Splits
    from seqkit.corpora.parallel import ParallelCorpus
    from seqkit.tasks.translating.texts import TextPairs

HELD_OUT = ("valid", "valid_share", "test", "test_share")
"""The parameters that say what is held out."""

held_out = all_of(
    (
        click.option(
            "--valid",
            nargs=2,
            metavar="SOURCE TARGET",
            help="Validation text: two files (a tenth of the training text).",
        ),
        click.option(
            "--test",
            nargs=2,
            metavar="SOURCE TARGET",
            help="Test text: two files (a tenth of the training text, or none with --valid).",
        ),
        click.option("--valid-share", help="Hold out a share such as 0.1 as validation text."),
        click.option("--test-share", help="Hold out a share such as 0.1 as test text."),
    )
)
"""--valid and --test, and the shares that may stand for them."""


def open_splits(given: Mapping[str, Any]) -> "Splits[ParallelCorpus]":
    """The training, validation and test pairs that options name."""
    from seqkit.corpora.parallel_catalogue import open_parallel_splits

    return open_parallel_splits(
        given["source"],
        given["target"],
        _held_out("valid", given),
        _held_out("test", given),
        given["encoding"],
    )


def training_pairs(run: str) -> "TextPairs":
    """The pairs a run was trained on; ValueError if they cannot be had again, or have changed."""
    from seqkit.tasks.runs import Run
    from seqkit.tasks.translating import read_settings
    from seqkit.tasks.translating.data import read_training

    unknown = {"source": "-", "target": None, **dict.fromkeys(HELD_OUT), "encoding": "utf-8"}
    notes = training_data.notes_of(run, unknown)
    texts = [notes["source"], notes["target"], *(notes["valid"] or ()), *(notes["test"] or ())]
    read_once = "-" if "-" in texts else ""
    with training_data.reading_again(run, {**notes, "train": read_once}):
        splits = open_splits(notes)
    pairs, _ = read_training(read_settings(Run(run)), splits.train)
    if pairs.sha256() != Run(run).read_config()["corpus"]["train"]["sha256"]:
        raise ValueError(f"{splits.train.name}: no longer the text that {run} was trained on")
    return pairs


def _held_out(name: str, given: Mapping[str, Any]) -> tuple[str, str] | str | None:
    """Two files, or a share; ValueError for both, and for what is no share."""
    from seqkit.corpora.splitting import parse_share

    files, share = given[name], given[f"{name}_share"]
    if share is None:
        return tuple(files) if files else None
    if files:
        raise ValueError(f"--{name} and --{name}-share both say what the text is: give one")
    number = parse_share(share)
    if number is None or not 0 < number < 0.5:
        raise ValueError(f"--{name}-share {share}: give one between 0 and 0.5, such as 0.1 or 10%")
    return str(share)
