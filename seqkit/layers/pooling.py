"""From one vector a position to one a sequence: last state, mean, max, attention (G2)."""

import torch
from torch import Tensor, nn

from seqkit.layers.unroll import check_input, real_positions


class Pooling(nn.Module):
    """outputs (B, T, H) of a layer, lengths (B,) or None where all is real -> (B, H').

    Padded positions have no part in it, whatever they hold. Of the `width` H, the first `forward`
    come from a cell that reads from left to right, the others from one that reads from right to
    left. H' is `output_size`. A pooling says in `pool` how it works.
    """

    def __init__(self, width: int, forward: int) -> None:
        super().__init__()
        if not 0 <= forward <= width or width < 1:
            raise ValueError(f"of {width} outputs {forward} cannot come from the forward direction")
        self.input_size = self.output_size = width
        self.forward_size = forward

    def forward(self, outputs: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Pool; ValueError for outputs of another width and lengths that do not fit."""
        return self.pool(outputs, self._real(outputs, lengths))

    def pool(self, outputs: Tensor, real: Tensor) -> Tensor:
        """outputs (B, T, H) and which positions are real (B, T) -> (B, H')."""
        raise NotImplementedError

    def _real(self, outputs: Tensor, lengths: Tensor | None) -> Tensor:
        check_input(outputs, self.input_size)
        real = None if lengths is None else real_positions(lengths, outputs)
        return outputs.new_ones(outputs.shape[:2], dtype=torch.bool) if real is None else real


class LastState(Pooling):
    """[a→<T>, a←<1>]: each direction after the last word that it reads."""

    def pool(self, outputs: Tensor, real: Tensor) -> Tensor:
        """Take the outputs of one direction at the end, of the other at the beginning."""
        rows = torch.arange(len(outputs), device=outputs.device)
        last = outputs[rows, real.sum(1) - 1]  # (B, H)
        size = self.forward_size
        return torch.cat([last[:, :size], outputs[:, 0, size:]], dim=1)


class Mean(Pooling):
    """sum_t a<t> / T."""

    def pool(self, outputs: Tensor, real: Tensor) -> Tensor:
        """Average over the real positions."""
        return outputs.where(real[..., None], 0).sum(1) / real.sum(1, keepdim=True)


class Max(Pooling):
    """max_t a<t>, for each feature by itself (Collobert & Weston 2008)."""

    def pool(self, outputs: Tensor, real: Tensor) -> Tensor:
        """Take the largest of the real positions."""
        return outputs.where(real[..., None], -torch.inf).amax(1)


class Attention(Pooling):
    """sum_t α<t> a<t>, α = softmax_t(q^T tanh(W a<t> + b)), q learnt (Yang et al. 2016)."""

    def __init__(self, width: int, forward: int) -> None:
        super().__init__(width, forward)
        self.keys = nn.Linear(width, width)
        self.query = nn.Parameter(torch.empty(width))  # (H,)
        nn.init.uniform_(self.query, -0.1, 0.1)

    def pool(self, outputs: Tensor, real: Tensor) -> Tensor:
        """Average the real positions by their weights."""
        outputs = outputs.where(real[..., None], 0)  # 0 * nan would be nan
        return (self._weights(outputs, real)[..., None] * outputs).sum(1)

    def weights(self, outputs: Tensor, lengths: Tensor | None = None) -> Tensor:
        """How much each position counts, α: (B, T), 0 on padding, 1 in all for each sequence."""
        real = self._real(outputs, lengths)
        return self._weights(outputs.where(real[..., None], 0), real)

    def _weights(self, outputs: Tensor, real: Tensor) -> Tensor:
        scores = torch.tanh(self.keys(outputs)) @ self.query  # (B, T)
        return scores.where(real, -torch.inf).softmax(1)


POOLINGS: dict[str, type[Pooling]] = {
    "last": LastState,
    "mean": Mean,
    "max": Max,
    "attention": Attention,
}
"""Every pooling, by the name users type."""
