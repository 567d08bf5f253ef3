"""A row of the table: what is measured, and how."""

from collections.abc import Callable
from dataclasses import dataclass

from torch import nn

from seqkit.tasks.bench.conditions import Setup
from seqkit.tasks.bench.stopwatch import Stopwatch


@dataclass(frozen=True)
class Subject:
    """What was measured: its numbers that are trained, the path of its cells, its precision."""

    parameters: int
    path: str
    precision: str


def size_of(model: nn.Module) -> int:
    """How many numbers of a model are trained; running averages are not."""
    return sum(p.numel() for p in model.parameters() if p.requires_grad)


@dataclass(frozen=True)
class Row:
    """What `--only` calls it, what it is, what is counted, and how it is measured.

    `measure` gets a folder that it may fill with a run.
    """

    name: str
    what: str
    unit: str
    measure: Callable[[Setup, str, Stopwatch], Subject]
