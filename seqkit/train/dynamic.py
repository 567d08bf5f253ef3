"""Dynamic evaluation: weights that go on learning from a text while it is scored.

The rule of Krause et al. 2018 ("Dynamic evaluation of neural sequence models", section 5): after
each window of the text, with the gradient g of its mean loss,

    w := w - rate g / (RMS + epsilon) + min(decay RMS / mean(RMS), 1) (w_trained - w)

where RMS is the root of the mean of the squared gradients of each weight on another text. So a
weight that matters moves no further than the others, and comes back faster. Here epsilon is
mean(RMS), over all weights, so that a rate means the same to any model.
"""

import contextlib
import math
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class DynamicSettings:
    """How far each step goes, how fast the weights come back, and after how many tokens."""

    rate: float  # above 0
    decay: float  # 0: they never come back
    window: int  # tokens

    def __post_init__(self) -> None:
        """Reject what is no step."""
        if not 0 < self.rate < math.inf:
            raise ValueError(f"the rate of dynamic evaluation must be above 0, got {self.rate}")
        if not 0 <= self.decay < math.inf:
            raise ValueError(f"the decay of dynamic evaluation must be 0 or more, got {self.decay}")
        if self.window < 1:
            raise ValueError(
                f"the window of dynamic evaluation must be 1 or more, got {self.window}"
            )


class DynamicStep:
    """The rule above for some parameters, whose gradients it takes from their `.grad`."""

    def __init__(
        self, parameters: Sequence[nn.Parameter], rms: Sequence[Tensor], settings: DynamicSettings
    ) -> None:
        typical = sum(float(r.sum()) for r in rms) / sum(r.numel() for r in rms)
        typical = max(typical, sys.float_info.min)  # where no text has ever moved the model
        self._parameters = parameters
        self._trained = [parameter.detach().clone() for parameter in parameters]
        self._rates = [settings.rate / (r + typical) for r in rms]
        self._pulls = [(settings.decay / typical * r).clamp(max=1) for r in rms]

    @torch.no_grad()
    def __call__(self) -> None:
        """Take one step."""
        parts = zip(self._parameters, self._trained, self._rates, self._pulls, strict=True)
        for parameter, trained, rate, pull in parts:
            assert parameter.grad is not None
            parameter.lerp_(trained, pull).addcmul_(parameter.grad, rate, value=-1)


def root_mean_squares(
    parameters: Sequence[nn.Parameter], windows: Iterable[object]
) -> list[Tensor]:
    """The RMS of the gradient of each weight over windows, each of which leaves its gradients."""
    sums, count = [torch.zeros_like(parameter) for parameter in parameters], 0
    for _ in windows:
        count += 1
        for total, parameter in zip(sums, parameters, strict=True):
            assert parameter.grad is not None
            total.addcmul_(parameter.grad, parameter.grad)
    return [(total / count).sqrt() for total in sums]


@contextlib.contextmanager
def restored(parameters: Sequence[nn.Parameter]) -> Iterator[None]:
    """Give the parameters back as they were, without gradients, whatever happens meanwhile."""
    before = [parameter.detach().clone() for parameter in parameters]
    try:
        yield
    finally:
        with torch.no_grad():
            for parameter, old in zip(parameters, before, strict=True):
                parameter.copy_(old)
                parameter.grad = None
