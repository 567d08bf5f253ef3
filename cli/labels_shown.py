"""Labels and their probabilities as commands print them."""

from collections.abc import Sequence
from math import prod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from seqkit.tasks.classifying import Classification, Labels

NONE = "(none)"
"""Stands for no label at all, where a text can have many."""


def named(labels: Sequence[str]) -> str:
    """The labels of a text in one word."""
    return ",".join(labels) or NONE


def answer(found: "Classification", labels: "Labels") -> tuple[str, str]:
    """The label of a text and its probability; of many each; of none that there is none."""
    if not found.labels:
        return NONE, f"{prod(1 - share for share in found.probabilities):.4f}"
    chances = dict(zip(labels.names, found.probabilities, strict=True))
    return named(found.labels), ",".join(f"{chances[label]:.4f}" for label in found.labels)


def likeliest(found: "Classification", labels: "Labels", top: int) -> list[tuple[str, float]]:
    """So many labels and their probabilities, the likeliest first."""
    pairs = zip(labels.names, found.probabilities, strict=True)
    return sorted(pairs, key=lambda pair: -pair[1])[:top]
