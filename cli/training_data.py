"""What a run was trained on, as the command that trained it noted, and reading that again."""

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

UNTOLD = {"train": "-", "valid": None, "test": None, "encoding": "utf-8"}
"""What holds of any text where a run has no notes, as it was trained by a program."""


def notes_of(run: str, untold: Mapping[str, Any]) -> dict[str, Any]:
    """What the command that trained a run noted of its data; `untold` where it did not."""
    from seqkit.tasks.runs import Run

    return {**untold, **(Run(run).read_config().get("notes") or {})}


@contextlib.contextmanager
def reading_again(run: str, notes: Mapping[str, Any]) -> Iterator[None]:
    """ValueError where the texts that were noted cannot be opened again."""
    if "-" in (notes["train"], notes["valid"], notes["test"]):
        raise ValueError(f"{run}: its training data cannot be read again (it was not a file)")
    try:
        yield
    except OSError as error:
        place = error.filename or error
        raise ValueError(f"{run}: its training data cannot be read again ({place})") from error


@contextlib.contextmanager
def wanting_text() -> Iterator[None]:
    """Say that another text can be named where that of the training cannot be had."""
    try:
        yield
    except ValueError as error:
        raise ValueError(f"{error}; name a text with --text") from error
