"""Options that several commands share, and the configuration file that any command takes."""

import difflib
import json
import pathlib
import sys
import tomllib
from collections.abc import Callable
from typing import Any, TypeVar

import click
from click.core import ParameterSource

F = TypeVar("F", bound=Callable[..., Any])


class Command(click.Command):
    """A command with --config: its keys are the option names; an option beats the file."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params.append(
            click.Option(
                ["--config"],
                type=click.Path(exists=True, dir_okay=False, path_type=pathlib.Path),
                is_eager=True,
                expose_value=False,
                callback=_read_config,
                help="Read options from a TOML file; the command line beats it.",
            )
        )


def _read_config(
    ctx: click.Context, param: click.Parameter, path: pathlib.Path | None
) -> pathlib.Path | None:
    if path is None:
        return None
    try:
        given = tomllib.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise ValueError(f"--config {path}: not TOML ({error})") from error
    known = _keys(ctx.command)
    values = {}
    for key, value in given.items():
        name = key.replace("_", "-")
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise ValueError(f"--config {path}: unknown key {key!r}{hint}")
        values[known[name]] = value
    ctx.default_map = values
    return path


def _keys(command: click.Command) -> dict[str, str]:
    """The keys of a configuration file, such as batch-size, and the parameter that each one is."""
    return {
        opt.lstrip("-"): param.name
        for param in command.params
        for opt in param.opts
        if param.name is not None and param.name != "config"
    }


def typed(*names: str) -> dict[str, Any]:
    """Those parameters of the running command that the user gave, by hand or in --config."""
    ctx = click.get_current_context()
    unasked = ParameterSource.DEFAULT
    return {n: ctx.params[n] for n in names if ctx.get_parameter_source(n) is not unasked}


def device(function: F) -> F:
    """--device."""
    return click.option(
        "--device", default="auto", show_default=True, help="auto, cpu, cuda[:N] or mps."
    )(function)


def threads(function: F) -> F:
    """--threads."""
    return click.option("--threads", type=int, help="CPU threads (default: one a core).")(function)


def seed(function: F) -> F:
    """--seed."""
    return click.option(
        "--seed", type=int, default=0, show_default=True, help="Same seed, same result."
    )(function)


def as_json(function: F) -> F:
    """--json."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(function)


def quiet(function: F) -> F:
    """--quiet."""
    return click.option("--quiet", is_flag=True, help="Print the result only.")(function)


def encoding(function: F) -> F:
    """--encoding."""
    return click.option(
        "--encoding", default="utf-8", show_default=True, help="Encoding of the text files."
    )(function)


def free_folder(kind: str) -> str:
    """runs/KIND, or the first of runs/KIND-2, runs/KIND-3, ... that is free."""
    folder = pathlib.Path("runs", kind)
    number = 1
    while folder.exists():
        number += 1
        folder = pathlib.Path("runs", f"{kind}-{number}")
    return str(folder)


def echo_json(value: Any) -> None:
    """Print one JSON object on one line of stdout."""
    click.echo(json.dumps(value, ensure_ascii=False))


def note(text: str, quiet: bool = False) -> None:
    """Print a line for the person who watches, on stderr; what a terminal would obey is escaped."""
    if not quiet:
        from seqkit.report.terminal import printable

        click.echo(printable(text, keep="\n\t"), err=True)


def shown(text: str, keep: str = "") -> str:
    """Text out of a file or a model, for stdout: escaped on a terminal, else as it is.

    A terminal obeys control characters; a file or a pipe gets every byte. keep: characters that
    are left alone, such as "\\n\\t".
    """
    if text.isprintable() or not sys.stdout.isatty():
        return text
    from seqkit.report.terminal import printable

    return printable(text, keep)
