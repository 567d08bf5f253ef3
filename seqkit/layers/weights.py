"""What a cell computes with during one pass: its weights, or what wrappers have made of them."""

import dataclasses
from dataclasses import dataclass
from typing import Self

import torch
from torch import Tensor, nn


@dataclass(frozen=True, kw_only=True)
class Weights:
    """What one pass over a batch computes with: the trained weights, or what is left of them.

    Wrappers change them between passes (weight drop, recurrent dropout, layer normalisation), so
    that no equation knows about regularization. The gates of a cell lie one below the other, H
    rows each (G rows in all).
    """

    input: Tensor  # (G, D), W_x
    recurrent: Tensor  # (G, H), W_a
    bias: Tensor  # (G,)
    keep: Tensor | None = None  # (B, H), the share of a<t-1> that the products see
    input_gain: Tensor | None = None  # (G,), layer normalisation of W_x @ x
    recurrent_gain: Tensor | None = None  # (G,), layer normalisation of W_a @ a

    @property
    def plain(self) -> bool:
        """Whether products are just products, which is what the fast paths compute."""
        return self.keep is None and self.input_gain is None

    def to(self, dtype: torch.dtype) -> Self:
        """The same weights as numbers of another type."""
        held = {name: w for name, w in vars(self).items() if w is not None}
        if all(w.dtype == dtype for w in held.values()):
            return self
        return dataclasses.replace(self, **{name: w.to(dtype) for name, w in held.items()})

    def project(self, x: Tensor) -> Tensor:
        """W_x @ x<t> + b for every position in one product: (..., D) -> (..., G)."""
        if self.input_gain is None:
            return nn.functional.linear(x, self.input, self.bias)
        return self._normalized(x @ self.input.T) * self.input_gain + self.bias

    def product(self, a: Tensor, rows: slice = slice(None)) -> Tensor:
        """W_a @ a<t-1> for the gates in `rows`: (B, H) -> (B, rows)."""
        seen = a if self.keep is None else a * self.keep
        product = seen @ self.recurrent[rows].T
        if self.recurrent_gain is None:
            return product
        return self._normalized(product) * self.recurrent_gain[rows]

    def _normalized(self, product: Tensor) -> Tensor:
        """Every gate's H numbers with mean 0 and variance 1 (Ba et al. 2016, equation 4)."""
        hidden = self.recurrent.shape[1]
        gates = product.view(*product.shape[:-1], -1, hidden)  # (..., gates, H)
        return nn.functional.layer_norm(gates, (hidden,)).flatten(-2)


@dataclass(frozen=True, kw_only=True)
class ResetAfterWeights(Weights):
    """The weights of a `ResetAfterGRU`."""

    recurrent_bias: Tensor  # (H,), b_cc


@dataclass(frozen=True, kw_only=True)
class PeepholeWeights(Weights):
    """The weights of an LSTM with peepholes."""

    peephole: Tensor  # (3H, H), or (3H,) where it is diagonal: rows Γ_u, Γ_f, Γ_o
