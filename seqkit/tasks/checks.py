"""Checks that the settings of every task make; each error names the option."""

import math
import re
from collections.abc import Collection, Mapping
from typing import Protocol

from seqkit.train.optimizers import OPTIMIZERS
from seqkit.train.schedules import SCHEDULES, build_schedule

_NUMBER = re.compile(r"\d+(\.\d*)?|\.\d+")


def option(name: str) -> str:
    """How a setting is spelled on the command line: batch_size is --batch-size."""
    return "--" + name.replace("_", "-")


def check_choices(settings: object, choices: Mapping[str, Collection[str | None]]) -> None:
    """ValueError unless each of these settings is a name there is for it, or allowed to be None."""
    for name, known in choices.items():
        value = getattr(settings, name)
        if value not in known:
            names = ", ".join(filter(None, known))
            raise ValueError(f"unknown {option(name)} {value!r}; there are: {names}")


def check_least(settings: object, least: Mapping[str, float]) -> None:
    """ValueError unless each of these settings is None, or finite and at least so much."""
    for name, bound in least.items():
        value = getattr(settings, name)
        if value is not None and not bound <= value < math.inf:
            raise ValueError(f"{option(name)} must be {bound} or more, got {value}")


def check_positive(settings: object, names: Collection[str]) -> None:
    """ValueError unless each of these settings is None, or above zero and finite."""
    for name in names:
        value = getattr(settings, name)
        if value is not None and not 0 < value < math.inf:
            raise ValueError(f"{option(name)} must be above 0, got {value}")


def check_rates(settings: object, names: Collection[str]) -> None:
    """ValueError unless each of these settings is at least zero and below one."""
    for name in names:
        value = getattr(settings, name)
        if not 0 <= value < 1:
            raise ValueError(f"{option(name)} must be in [0, 1), got {value}")


class LoopSettings(Protocol):
    """Some of the settings that every training by the loop has."""

    @property
    def schedule(self) -> str: ...  # noqa: D102

    @property
    def decay_rate(self) -> float | None: ...  # noqa: D102


def check_loop(settings: LoopSettings) -> None:
    """ValueError unless the settings of a training by the loop, which all of them have, are sound.

    Those are the options of `training_options.steps` and `length`, batch size, threads and seed.
    """
    check_choices(settings, {"optimizer": OPTIMIZERS, "schedule": SCHEDULES})
    names = ("batch_size", "accumulate", "epochs", "threads")
    least = dict.fromkeys(("patience", "seed", "weight_decay", "l1"), 0)
    check_least(settings, {**dict.fromkeys(names, 1), **least})
    positive = ("lr", "decay_rate", "clip", "max_minutes", "checkpoint_seconds")
    check_positive(settings, positive)
    check_rates(settings, ("average",))
    build_schedule(settings.schedule, 1, settings.decay_rate)


def read_weights(given: str, form: str, example: str) -> dict[str, float]:
    """--class-weights as numbers by name; ValueError says the `form`, such as TYPE=NUMBER."""
    weights: dict[str, float] = {}
    for part in given.split(","):
        name, _, number = part.strip().rpartition("=")
        if not name or not _NUMBER.fullmatch(number) or not 0 < float(number) < math.inf:
            raise ValueError(
                f"--class-weights {given}: write {form}, NUMBER above 0, with commas between, "
                f"such as {example}"
            )
        weights[name] = float(number)
    return weights
