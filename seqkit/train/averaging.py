"""Averages of the weights over the steps, which score better than the last weights (O2)."""

from collections.abc import Iterable
from typing import Any, Protocol

import torch
from torch import Tensor, nn


class Average(Protocol):
    """What the loop asks of an average."""

    def update(self) -> None:
        """Take one more step's weights into the average."""
        ...

    def judged(self, badness: float) -> None:
        """Hear how bad the model was on the validation data, after each validation."""
        ...

    def swap(self) -> None:
        """Exchange the model's weights with their average; a second call takes it back."""
        ...

    def state(self) -> dict[str, Any]:
        """What a checkpoint has to keep."""
        ...

    def load(self, state: dict[str, Any]) -> None:
        """Go on from a checkpoint."""
        ...


def build_average(optimizer: str, model: nn.Module, decay: float) -> Average:
    """The average that goes with an optimizer: with "asgd" its own, else the exponential one."""
    return TriggeredAverage(model) if optimizer == "asgd" else WeightAverage(model, decay)


class WeightAverage:
    """An exponential moving average of the weights, w̄ := w̄ + (1 - d) (w - w̄).

    After Polyak & Juditsky 1992. The decay d grows from 0 towards `decay` as (1 + n) / (10 + n)
    over the updates n, so that the random start is soon forgotten. `decay` 0 keeps w̄ = w.
    """

    def __init__(self, model: nn.Module, decay: float) -> None:
        if not 0 <= decay < 1:
            raise ValueError(f"--average must be in [0, 1), got {decay}")
        self.decay, self.updates = decay, 0
        self.parameters: list[Tensor] = list(model.parameters())
        self.weights = [p.detach().clone() for p in self.parameters] if decay else []

    @torch.no_grad()
    def update(self) -> None:
        """Take one more step's weights into the average."""
        self.updates += 1
        if self.weights:
            decay = min(self.decay, (1 + self.updates) / (10 + self.updates))
            torch._foreach_lerp_(self.weights, self.parameters, 1 - decay)

    def judged(self, badness: float) -> None:
        """Nothing: this average does not depend on how the model scores."""

    def swap(self) -> None:
        """Exchange the model's weights with their average; a second call takes it back."""
        if self.weights:
            _exchange(self.parameters, self.weights)

    def state(self) -> dict[str, Any]:
        """What a checkpoint has to keep."""
        return {"updates": self.updates, "weights": self.weights}

    @torch.no_grad()
    def load(self, state: dict[str, Any]) -> None:
        """Go on from a checkpoint."""
        self.updates = state["updates"]
        for average, kept in zip(self.weights, state["weights"], strict=True):
            average.copy_(kept)


class TriggeredAverage:
    """The mean of the weights since validation stalled: with plain steps of SGD, NT-ASGD (O2).

    w̄ = (w_T + ... + w_K) / (K - T + 1) after Merity et al. 2017, section 4 and algorithm 1. T is
    the step at which the non-monotone trigger fires: when a validation is worse than the best of
    all but the last `window` before it. Until then w̄ = w. The paper's steps have a constant rate.
    """

    def __init__(self, model: nn.Module, window: int = 5) -> None:
        if window < 1:
            raise ValueError(f"the trigger must look 1 validation back or more, got {window}")
        self.window = window
        self.parameters: list[Tensor] = list(model.parameters())
        self.weights: list[Tensor] = []  # none before the trigger
        self.count = 0  # of the weights in the mean
        self.logs: list[float] = []  # badness of the validations before the trigger

    @property
    def triggered(self) -> bool:
        """Whether averaging has begun."""
        return self.count > 0

    @torch.no_grad()
    def update(self) -> None:
        """Take one more step's weights into the mean, w̄ := w̄ + (w - w̄) / n."""
        if self.triggered:
            self.count += 1
            torch._foreach_lerp_(self.weights, self.parameters, 1 / self.count)

    def judged(self, badness: float) -> None:
        """Hear of a validation; begin the mean with the weights of now where it stalls."""
        if self.triggered:
            return
        earlier = self.logs[: -self.window]
        if earlier and badness > min(earlier):
            self.weights, self.count = [p.detach().clone() for p in self.parameters], 1
        self.logs.append(badness)

    def swap(self) -> None:
        """Exchange the model's weights with their mean; a second call takes it back."""
        if self.triggered:
            _exchange(self.parameters, self.weights)

    def state(self) -> dict[str, Any]:
        """What a checkpoint has to keep."""
        return {"count": self.count, "weights": self.weights, "logs": self.logs}

    def load(self, state: dict[str, Any]) -> None:
        """Go on from a checkpoint."""
        self.count, self.logs = state["count"], list(state["logs"])
        kept = zip(state["weights"], self.parameters, strict=self.triggered)
        self.weights = [weight.to(parameter) for weight, parameter in kept]


@torch.no_grad()
def _exchange(parameters: Iterable[Tensor], averages: Iterable[Tensor]) -> None:
    for parameter, average in zip(parameters, averages, strict=True):
        kept = parameter.clone()
        parameter.copy_(average)
        average.copy_(kept)
