"""The run that a training begins from (--from): what it hands down, read from its config.json."""

import pathlib
from typing import Any

from seqkit.tasks.checks import option
from seqkit.tasks.runs import Run

DEFAULT_LIMIT = 10_000
"""Types of a vocabulary of words or subwords unless another limit is given (T1)."""
MODEL = ("cell", "layers", "hidden", "embed", "tie")
CHANGEABLE = (
    *("vocab_size", "min_count"),
    *("dropout", "dropout_input", "dropout_output", "dropout_words", "weight_drop", "reset_state"),
)


def shape_of(path: str) -> dict[str, Any]:
    """The settings that a training from this run cannot change: its tokens, sizes and direction.

    ValueError names a folder that is no run of a language model.
    """
    config = _config(path)
    settings, model = config["settings"], config["model"]
    try:
        shape = {"level": settings["level"], "tokenizer": settings["tokenizer_name"]}
        shape |= {"direction": settings["direction"], **{name: model[name] for name in MODEL}}
        if shape["level"] == "subword":  # its pieces are the vocabulary
            shape["vocab_size"] = settings["vocab_size"] or DEFAULT_LIMIT
    except KeyError as error:
        config_path = pathlib.Path(path, "config.json")
        raise ValueError(f"--from {config_path}: damaged, without {error}") from error
    return shape


def handed_down(path: str) -> dict[str, Any]:
    """Its shape; and the size of its vocabulary and its dropout, which a training may change."""
    settings = _config(path)["settings"]
    changeable = {name: settings[name] for name in CHANGEABLE if name in settings}
    return {**changeable, **shape_of(path)}


def check_shape(path: str, chosen: dict[str, Any]) -> None:
    """ValueError unless what was chosen has the shape of the run, naming the option."""
    for name, value in shape_of(path).items():
        if chosen[name] != value:
            typed = option(name) if chosen[name] is True else f"{option(name)} {chosen[name]}"
            typed = option(f"no_{name}") if chosen[name] is False else typed
            raise ValueError(f"{typed}: the run of --from {path} has {value}; leave it out")


def _config(path: str) -> dict[str, Any]:
    try:
        config = Run(path).read_config()
    except ValueError as error:
        raise ValueError(f"--from {error}") from error
    if config["task"] != "language":
        raise ValueError(
            f"--from {path}: a run of the task {config['task']!r}; name one of train-lm"
        )
    return config
