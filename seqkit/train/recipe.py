"""What a training is made of: batches, the rule of its steps, and when it ends."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from seqkit.train.averaging import Average
from seqkit.train.schedules import Schedule


class Batches(Protocol):
    """The batches of one epoch, in order."""

    def __len__(self) -> int:
        """How many there are."""
        ...

    def __getitem__(self, k: int, /) -> Any:
        """Batch k, the same whenever asked for."""
        ...

    def share(self, k: int, part: int, parts: int) -> Any | None:
        """One of `parts` parts of batch k, cut by `distribution.bounds`; None where it is empty."""
        ...


def _all_train(epoch: int) -> None:
    """Nothing is frozen and nothing thawed."""


@dataclass
class Recipe:
    """The parts of one training: what is trained, and by what rule each step changes it.

    `before_epoch` is told the number of each epoch, from 0, before it begins, also before one that
    a resumed training goes on with; it may freeze and thaw parameters, by that number alone.
    """

    model: nn.Module
    optimizer: torch.optim.Optimizer  # the "factor" of a group multiplies its rate
    schedule: Schedule
    clip: Callable[[list[nn.Parameter]], Tensor]
    average: Average
    before_epoch: Callable[[int], None] = _all_train
    pieces: int = 1  # of a batch, one after another in each process: gradient accumulation


@dataclass(frozen=True)
class Limits:
    """When a training ends, and how often it saves itself."""

    epochs: int
    minutes: float | None = None  # wall-clock budget, validation included
    patience: int = 0  # epochs without a better validation loss; 0 never gives up
    checkpoint_seconds: float = 30.0

    def __post_init__(self) -> None:
        """Reject limits that allow no training."""
        if self.epochs < 1:
            raise ValueError(f"--epochs must be 1 or more, got {self.epochs}")
        if self.minutes is not None and self.minutes <= 0:
            raise ValueError(f"--max-minutes must be above 0, got {self.minutes}")
        if self.patience < 0:
            raise ValueError(f"--patience must be 0 or more, got {self.patience}")
