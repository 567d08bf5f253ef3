"""From ids to vectors: by look-up, or by the product with one-hot vectors that it stands for."""

import torch
from torch import Tensor, nn


class Embedding(nn.Module):
    """e_w = E @ o_w, computed as a look-up (T3): ids (B, T) -> (B, T, D)."""

    def __init__(self, vocabulary_size: int, width: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(vocabulary_size, width))  # (V, D), E transposed
        nn.init.uniform_(self.weight, -0.1, 0.1)

    def forward(self, ids: Tensor) -> Tensor:
        """The rows of the matrix."""
        return nn.functional.embedding(ids, self.weight)


class OneHotEmbedding(nn.Module):
    """e_w = E @ o_w, computed as it is written (T2): ids (B, T) -> o (B, T, V) -> (B, T, D).

    The same numbers and the same gradients as `Embedding`, V times the work.
    """

    def __init__(self, vocabulary_size: int, width: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(vocabulary_size, width))  # (V, D), E transposed
        nn.init.uniform_(self.weight, -0.1, 0.1)

    def forward(self, ids: Tensor) -> Tensor:
        """One-hot vectors times the matrix."""
        one_hot = nn.functional.one_hot(ids, len(self.weight)).to(self.weight.dtype)  # (B, T, V)
        return one_hot @ self.weight


INPUTS: dict[str, type[Embedding] | type[OneHotEmbedding]] = {
    "embedding": Embedding,
    "one-hot": OneHotEmbedding,
}
"""The ways from ids to vectors, by the name users type."""
