"""What any training takes of memory; each task adds what is its own.

benchmarks/estimates.py measures how right the estimates are.
"""

from typing import Protocol

from seqkit.layers import CELLS

FIXED = 375_000_000
"""Bytes that Python, torch, numba and what else is imported take, whatever is trained."""
STATES = {"sgd": 0, "momentum": 1, "rmsprop": 1, "adam": 2, "adamw": 2, "asgd": 1}
"""How many numbers an optimizer keeps for each parameter; of asgd, the average."""


class Steps(Protocol):
    """How the settings of every task say what a step does."""

    @property
    def optimizer(self) -> str: ...  # noqa: D102

    @property
    def average(self) -> float: ...  # noqa: D102


def of_weights(settings: Steps, parameters: int) -> int:
    """Bytes of what there is of every weight, 4 each.

    Itself, its gradient, the best one so far, the optimizer's numbers and an average.
    """
    return 4 * (3 + STATES[settings.optimizer] + bool(settings.average)) * parameters


def of_layer(cell: str, width: int, inputs: int) -> int:
    """Numbers that a layer keeps of each position for the way back.

    Gates and their gradients, outputs and inputs, their gradients and dropout.
    """
    return 2 * CELLS[cell].gates * width + 4 * width + 2 * inputs
