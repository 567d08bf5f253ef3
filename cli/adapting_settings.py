"""Reading --cache-settings and --dynamic-settings: three numbers each."""

import contextlib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from seqkit.layers.cache import CacheSettings
    from seqkit.train.dynamic import DynamicSettings


def cache_given(given: Mapping[str, Any]) -> "CacheSettings | None":
    """What --cache-settings says, if anything; ValueError for what is no cache."""
    if not (text := given["cache_settings"]):
        return None
    from seqkit.layers.cache import CacheSettings

    with _naming(f"--cache-settings {text}"):
        size, theta, weight = _numbers(text, whole=0, example="500,0.3,0.1")
        return CacheSettings(int(size), theta, weight)


def dynamic_given(given: Mapping[str, Any]) -> "DynamicSettings | None":
    """What --dynamic-settings says, if anything; ValueError for what is no step."""
    if not (text := given["dynamic_settings"]):
        return None
    from seqkit.train.dynamic import DynamicSettings

    with _naming(f"--dynamic-settings {text}"):
        rate, decay, window = _numbers(text, whole=2, example="0.0004,0.003,20")
        return DynamicSettings(rate, decay, int(window))


@contextlib.contextmanager
def _naming(option: str) -> Iterator[None]:
    """Name the option in what is wrong with it."""
    try:
        yield
    except ValueError as error:
        raise ValueError(f"{option}: {error}") from error


def _numbers(text: str, whole: int, example: str) -> list[float]:
    """Three numbers with commas between, one of them a whole one."""
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) != 3 or not numbers[whole].is_integer():
        raise ValueError(f"write three numbers, such as {example}")
    return numbers
