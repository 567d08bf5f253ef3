"""Options that training commands share; in brackets what holds where none is given."""

import os
import pathlib
from collections.abc import Callable, Sequence
from typing import Any

import click

from seqkit.cli.options import F, note

Option = Callable[[F], F]


def all_of(many: Sequence[Option[Any]]) -> Option[Any]:
    """Put several options on a command, in their order."""

    def decorate(function: F) -> F:
        for option in reversed(many):
            function = option(function)
        return function

    return decorate


def held_out(train: str = "TRAIN", what: str = "text") -> Option[Any]:
    """--valid and --test of such `what`; `train` is what the help calls the training text."""
    return all_of(
        (
            click.option(
                "--valid", help=f"Validation {what}: a corpus, or a share such as 0.1 of {train}."
            ),
            click.option("--test", help=f"Test {what}: a corpus, or a share of {train}."),
        )
    )


def run_folder(kind: str) -> Option[Any]:
    """--out, --force, --resume and --dry-run; `kind` names the folder that --out begins with."""
    return all_of(
        (
            click.option(
                "--out", help=f"Run folder (runs/{kind}, or the next free runs/{kind}-N)."
            ),
            click.option("--force", is_flag=True, help="Overwrite a finished run."),
            click.option(
                "--resume", is_flag=True, help="Go on exactly where the run in --out stopped."
            ),
            click.option("--dry-run", is_flag=True, help="Show what would be trained, and stop."),
        )
    )


def unfinished_folder(out: str | None, resume: bool, quiet: bool) -> str | None:
    """The run that --resume goes on with; None where a new one begins.

    Where torchrun starts the command again, as a process of it has died, it resumes by itself.
    """
    again = os.environ.get("TORCHELASTIC_RESTART_COUNT", "0") != "0"
    if not resume and not (again and out):
        return None
    if out is None:
        raise ValueError("--resume needs --out RUN, the folder of the run to go on with")
    if (pathlib.Path(out) / "config.json").exists():
        return out
    note(f"{out} holds no run yet; a new one begins", quiet)
    return None


def settings_given(options: dict[str, Any]) -> dict[str, Any]:
    """Those options of the settings that the user gave; the others keep their defaults."""
    return {name: value for name, value in options.items() if value not in (None, ())}


def steps(lr: str, clip: str, average: str, schedule: str = "cosine") -> tuple[Option[Any], ...]:
    """How each step of the loop changes the weights, with the defaults that differ by task."""
    return (
        click.option(
            "--accumulate",
            type=int,
            help="Work on each batch in so many pieces: less memory, same step (1).",
        ),
        click.option("--optimizer", help="adam, adamw, sgd, momentum, rmsprop or asgd (adamw)."),
        click.option("--lr", type=float, help=f"Learning rate at its peak ({lr})."),
        click.option(
            "--schedule",
            help=f"cosine, one-cycle, step, 1/t, exponential or constant ({schedule}).",
        ),
        click.option(
            "--decay-rate",
            type=float,
            help="1/t: lr / (1 + rate * epoch); exponential: lr * rate ^ epoch (none).",
        ),
        click.option("--weight-decay", type=float, help="L2 on matrices (0)."),
        click.option("--l1", type=float, help="L1 on matrices (0)."),
        click.option("--clip", type=float, help=f"Largest global norm of the gradient ({clip})."),
        click.option(
            "--average",
            type=float,
            help=f"Decay of the weight average, 0: none; asgd has its own ({average}).",
        ),
    )


def length(epochs: str) -> tuple[Option[Any], ...]:
    """When a training ends, and how often it saves itself."""
    return (
        click.option("--epochs", type=int, help=f"Passes over the training data ({epochs})."),
        click.option(
            "--max-minutes", type=float, help="Wall-clock budget the schedule fits into (none)."
        ),
        click.option(
            "--patience", type=int, help="Stop after so many epochs without gain, 0: never (0)."
        ),
        click.option("--checkpoint-seconds", type=float, help="Save so often, to resume (30)."),
    )


CELL = click.option(
    "--cell",
    help="rnn, rnn-relu, gru-simple, gru, gru-reset-after, lstm, lstm-peephole or "
    "lstm-peephole-diagonal (lstm).",
)
DEVICE = click.option("--device", help="auto, cpu, cuda[:N] or mps (auto).")
THREADS = click.option("--threads", type=int, help="CPU threads (one a core).")
SEED = click.option("--seed", type=int, help="Same seed, same machine, same result (0).")
