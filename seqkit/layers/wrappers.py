"""What can be put around any cell, in any order: dropout of several kinds, layer normalisation.

A wrapper is a cell again. Three of them change the weights of a pass, one the step itself.
"""

import dataclasses

import torch
from torch import Tensor, nn

from seqkit.layers.cell import Cell
from seqkit.layers.dropout import checked_rate, keep_mask
from seqkit.layers.state import State
from seqkit.layers.unroll import run
from seqkit.layers.weights import Weights


class Wrapper(nn.Module):
    """A cell inside another one that does the same; each subclass changes one thing."""

    def __init__(self, cell: "Cell | Wrapper") -> None:
        super().__init__()
        self.cell = cell
        self.input_size: int = cell.input_size
        self.hidden_size: int = cell.hidden_size

    @property
    def output_size(self) -> int:
        """The width of the outputs, H."""
        return self.hidden_size

    @property
    def core(self) -> Cell | None:
        """The cell whose equation a step follows to the letter; None where it is changed."""
        return self.cell.core

    def initial(self, batch: int) -> State:
        """The state before the first step."""
        return self.cell.initial(batch)

    def weights(self, batch: int) -> Weights:
        """The weights for one pass over a batch of so many sequences."""
        return self.cell.weights(batch)

    def step(self, projected: Tensor, state: State, weights: Weights) -> State:
        """One step of the cell inside."""
        return self.cell.step(projected, state, weights)

    def forward(
        self, x: Tensor, state: State | None = None, lengths: Tensor | None = None
    ) -> tuple[Tensor, State]:
        """Run over x (B, T, D) -> outputs (B, T, H), last state; as a cell does."""
        return run(self, x, state, lengths)


class WeightDrop(Wrapper):
    """Drop single recurrent weights, one mask a pass (Merity et al. 2017, section 2).

    W_a becomes W_a * m / (1 - rate), m in {0, 1}, in training. It costs the fast paths nothing.
    """

    def __init__(self, cell: Cell | Wrapper, rate: float) -> None:
        super().__init__(cell)
        self.rate = checked_rate(rate)

    def weights(self, batch: int) -> Weights:
        """The weights of the cell inside, some of the recurrent ones 0."""
        weights = self.cell.weights(batch)
        if not self.training or not self.rate:
            return weights
        kept = weights.recurrent * keep_mask(weights.recurrent, self.rate)  # (G, H)
        return dataclasses.replace(weights, recurrent=kept)


class RecurrentDropout(Wrapper):
    """Drop units of a<t-1> where products see it, one mask a sequence (Gal & Ghahramani 2016).

    W_a @ a<t-1> becomes W_a @ (a<t-1> * m / (1 - rate)), m (B, H) in {0, 1} the same at every step,
    in training. What a cell carries on by itself (the memory of a GRU) is not dropped.
    """

    def __init__(self, cell: Cell | Wrapper, rate: float) -> None:
        super().__init__(cell)
        self.rate = checked_rate(rate)

    def weights(self, batch: int) -> Weights:
        """The weights of the cell inside, with a mask for a<t-1>."""
        weights = self.cell.weights(batch)
        if not self.training or not self.rate:
            return weights
        like = weights.recurrent.new_empty(batch, self.hidden_size)
        keep = keep_mask(like, self.rate)  # (B, H)
        return dataclasses.replace(
            weights, keep=keep if weights.keep is None else keep * weights.keep
        )


class LayerNorm(Wrapper):
    """Normalise what goes into every gate (after Ba, Kiros & Hinton 2016).

    W_x @ x<t> and W_a @ a<t-1> are each brought, gate by gate, to mean 0 and variance 1 over the H
    units and multiplied by a gain that is learned; the cell's bias is added to their sum. The
    memory c<t> of an LSTM and its peepholes stay as they are.
    """

    def __init__(self, cell: Cell | Wrapper) -> None:
        super().__init__(cell)
        rows = len(cell.weights(1).bias)
        self.input_gain = nn.Parameter(torch.ones(rows))
        self.recurrent_gain = nn.Parameter(torch.ones(rows))

    def weights(self, batch: int) -> Weights:
        """The weights of the cell inside, with gains that switch the normalisation on."""
        return dataclasses.replace(
            self.cell.weights(batch),
            input_gain=self.input_gain,
            recurrent_gain=self.recurrent_gain,
        )


class Zoneout(Wrapper):
    """Keep some units of the state as they were (Krueger et al. 2017, equations 3 and 4).

    `rates` has one share for each tensor of the state, (a,) or (a, c). In training every unit of
    every step is kept with that probability; otherwise the state is the mean of both cases,
    rate * s<t-1> + (1 - rate) * s<t>.
    """

    def __init__(self, cell: Cell | Wrapper, *rates: float) -> None:
        super().__init__(cell)
        if len(rates) != len(cell.initial(1)):
            raise ValueError(
                f"zoneout takes a rate for each of the {len(cell.initial(1))} tensors of the "
                f"state, got {len(rates)}"
            )
        self.rates = tuple(checked_rate(rate) for rate in rates)

    @property
    def core(self) -> Cell | None:
        """None: a step is not that of the cell inside, unless all rates are 0."""
        return None if any(self.rates) else self.cell.core

    def step(self, projected: Tensor, state: State, weights: Weights) -> State:
        """One step of the cell inside, partly taken back."""
        after = self.cell.step(projected, state, weights)
        return tuple(map(self._mix, self.rates, state, after))

    def _mix(self, rate: float, before: Tensor, after: Tensor) -> Tensor:
        if not rate:
            return after
        if not self.training:
            return rate * before + (1 - rate) * after
        return torch.where(torch.rand_like(after) < rate, before, after)
