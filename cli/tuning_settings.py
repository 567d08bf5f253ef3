"""What `seqkit tune` was asked for, checked against the training command it is for."""

import dataclasses
import difflib
import os
from collections.abc import Mapping, Sequence
from typing import Any

import click

from seqkit.cli.options import typed
from seqkit.tasks.tuning import Folder, Known, Parameter, Settings, read_parameter

OF_TUNE = ("out", "force", "resume", "dry-run", "json", "quiet")
"""Options of training commands that a search gives its trials itself, or that make no sense."""


def new(
    training: Sequence[str], jobs: int, given: Mapping[str, Any]
) -> tuple[Settings, list[Parameter]]:
    """The settings of a new search, and its parameters."""
    if not training:
        raise ValueError("name what to tune, such as: seqkit tune train-lm my.txt --param ...")
    if jobs < 1:
        raise ValueError(f"--jobs must be 1 or more, got {jobs}")
    settings = Settings(
        command=training[0],
        arguments=tuple(training[1:]),
        method=given["method"] or "random",
        parameters=given["param"],
        trials=given["trials"],
        seed=given["seed"],
        metric=given["metric"],
        prune=given["prune"],
        threads=max(_cores() // jobs, 1),
    )
    return settings, _parameters(settings)


def kept(
    out: str | None, training: Sequence[str], given: Mapping[str, Any]
) -> tuple[Settings, list[Parameter]]:
    """The settings of the search in `out`; ValueError where an option differs from them."""
    if out is None:
        raise ValueError("--resume needs --out FOLDER, the folder of the search to go on with")
    settings = Folder(out).read_settings()
    asked = typed("method", "param", "seed", "metric", "prune", "trials")
    trials = asked.pop("trials", settings.trials)
    if training:
        asked |= {"command": training[0], "arguments": tuple(training[1:])}
    for name, value in asked.items():
        began = getattr(settings, _FIELDS.get(name, name))
        if value != began:
            raise ValueError(
                f"{_NAMES.get(name, f'--{name}')} {_shown(value)}: the search in {out} began with "
                f"{_shown(began)}; leave it out to go on with that"
            )
    if trials != settings.trials and (settings.method != "random" or trials < settings.trials):
        raise ValueError(
            f"--trials {trials}: the search in {out} began with {settings.trials}; only one drawn "
            "at --random can grow, and none can shrink"
        )
    settings = dataclasses.replace(settings, trials=trials)
    return settings, _parameters(settings)


_FIELDS = {"param": "parameters"}
_NAMES = {"command": "COMMAND", "arguments": "the arguments"}


def _shown(value: Any) -> str:
    return " ".join(value) or "none" if isinstance(value, tuple) else str(value)


def _cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _parameters(settings: Settings) -> list[Parameter]:
    """The parameters read, each value of theirs and all arguments known to the command."""
    training = _training_command(settings.command)
    _check_arguments(training, settings)
    known = _known(training)
    parameters = [read_parameter(text, known) for text in settings.parameters]
    for text, parameter in zip(settings.parameters, parameters, strict=True):
        if parameter.name not in known.names:
            hint = _near(f"--{parameter.name}", [f"--{name}" for name in known.names])
            raise ValueError(f"--param {text}: {settings.command} has no such option{hint}")
        for value in parameter.grid():
            words = [*settings.arguments, *parameter.words(value)]
            training.make_context(f"seqkit {settings.command}", words).close()
    return parameters


def _training_command(name: str) -> click.Command:
    """A training command by its name."""
    ctx = click.get_current_context().find_root()
    assert isinstance(ctx.command, click.Group)
    known = [command for command in ctx.command.list_commands(ctx) if command.startswith("train-")]
    if name.startswith("-"):
        raise ValueError(f"{name}: the training command comes first, such as: seqkit tune train-lm")
    if name not in known:
        hint = _near(name, known) or f"; there are: {', '.join(known)}"
        raise ValueError(f"COMMAND {name}: no training command{hint}")
    command = ctx.command.get_command(ctx, name)
    assert command is not None
    return command


def _check_arguments(training: click.Command, settings: Settings) -> None:
    """ValueError or click's own error for arguments that the command could not run with."""
    if "-" in settings.arguments:
        raise ValueError("-: every trial reads its data anew; name a file, not standard input")
    try:
        words = list(settings.arguments)
        context = training.make_context(f"seqkit {settings.command}", words)
    except click.NoSuchOption as error:
        own = [opt for p in click.get_current_context().command.params for opt in p.opts]
        both = [*own, *(opt for p in training.params for opt in (*p.opts, *p.secondary_opts))]
        name = error.option_name
        raise ValueError(
            f"{name}: no option of tune, nor of {settings.command}{_near(name, both)}"
        ) from error
    for parameter in training.params:
        name = parameter.opts[0].removeprefix("--")
        source = context.get_parameter_source(str(parameter.name))
        if name in OF_TUNE and source is not click.core.ParameterSource.DEFAULT:
            raise ValueError(f"--{name}: a search sees to that itself; leave it out")
    context.close()


def _known(training: click.Command) -> Known:
    """What can be searched: the command's options, but for those that a search gives itself."""
    found = [
        (parameter.opts[0].removeprefix("--"), parameter)
        for parameter in training.params
        if isinstance(parameter, click.Option) and parameter.opts[0].startswith("--")
    ]
    tunable = {name: option for name, option in found if name not in (*OF_TUNE, "config")}
    whole = [n for n, o in tunable.items() if isinstance(o.type, click.types.IntParamType)]
    flags = {
        name: (option.opts[0], option.secondary_opts[0] if option.secondary_opts else "")
        for name, option in tunable.items()
        if option.is_flag
    }
    return Known(list(tunable), whole, flags)


def _near(name: str, known: Sequence[str]) -> str:
    """The names that are near to one, as the end of a message."""
    near = difflib.get_close_matches(name, known, 3)
    return f"; did you mean {' or '.join(near)}?" if near else ""
