"""Averages of the weights over the steps, which score better than the last weights (O2)."""

import torch
from torch import Tensor, nn


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

    @torch.no_grad()
    def swap(self) -> None:
        """Exchange the model's weights with their average; a second call takes it back."""
        for parameter, average in zip(self.parameters, self.weights, strict=False):
            kept = parameter.clone()
            parameter.copy_(average)
            average.copy_(kept)

    def state(self) -> dict[str, int | list[Tensor]]:
        """What a checkpoint has to keep."""
        return {"updates": self.updates, "weights": self.weights}

    @torch.no_grad()
    def load(self, state: dict[str, int | list[Tensor]]) -> None:
        """Go on from a checkpoint."""
        updates, weights = state["updates"], state["weights"]
        assert isinstance(updates, int) and isinstance(weights, list)
        self.updates = updates
        for average, kept in zip(self.weights, weights, strict=True):
            average.copy_(kept)
