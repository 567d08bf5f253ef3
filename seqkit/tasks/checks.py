"""Checks that the settings of every task make; each error names the option."""

import math
from collections.abc import Collection, Mapping


def option(name: str) -> str:
    """How a setting is spelled on the command line: batch_size is --batch-size."""
    return "--" + name.replace("_", "-")


def check_choices(settings: object, choices: Mapping[str, Collection[str]]) -> None:
    """ValueError unless each of these settings is one of the names there are for it."""
    for name, known in choices.items():
        value = getattr(settings, name)
        if value not in known:
            raise ValueError(f"unknown {option(name)} {value!r}; there are: {', '.join(known)}")


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
