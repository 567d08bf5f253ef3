"""Attention: a weighted mean of a source, by how well each of its positions answers a query (G4).

    alpha<t,s> = softmax over s of score(a<t>, m<s>);   context<t> = sum_s alpha<t,s> m<s>

The classes differ in the score alone. Nothing is remembered between calls: what is computed once a
source, its keys, comes in a `Memory`.
"""

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn


class Memory(NamedTuple):
    """What can be looked at: S positions of each of B sources."""

    values: Tensor  # (B, S, M)
    keys: Tensor  # (B, S, A): what queries are compared with
    real: Tensor | None  # (B, S): False at padding; None: there is none


class Attention(nn.Module):
    """Queries (B, T, Q) over a memory (B, S, M) -> contexts (B, T, M) and weights (B, T, S)."""

    def keys(self, values: Tensor) -> Tensor:
        """What a score needs of each position, whatever the query: (B, S, M) -> (B, S, A)."""
        raise NotImplementedError

    def scores(self, queries: Tensor, keys: Tensor) -> Tensor:
        """How well each position answers each query: (B, T, Q), (B, S, A) -> (B, T, S)."""
        raise NotImplementedError

    def remember(self, values: Tensor, real: Tensor | None = None) -> Memory:
        """Make the memory of values (B, S, M), of which real (B, S) says what is no padding."""
        return Memory(values, self.keys(values), real)

    def forward(self, queries: Tensor, memory: Memory) -> tuple[Tensor, Tensor]:
        """Return the contexts (B, T, M) and the weights (B, T, S), which are 0 at padding."""
        scores = self.scores(queries, memory.keys)  # (B, T, S)
        if memory.real is not None:
            scores = scores.masked_fill(~memory.real[:, None], -math.inf)
        weights = scores.softmax(dim=2)
        return weights @ memory.values, weights

    def look(
        self, queries: Tensor, memory: Memory, owner: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """One query of each of R rows (R, Q) -> contexts (R, M) and weights (R, S).

        owner: which source each row looks at, (R,); None: each its own. Rows of one source ask
        together, so that however many they are, nothing of the memory is copied.
        """
        sources = len(memory.values)
        if owner is None or _is_each_its_own(owner, sources):
            contexts, weights = self(queries[:, None], memory)
            return contexts[:, 0], weights[:, 0]
        place = _places(owner)  # (R,)
        asked = queries.new_zeros(sources, int(place.max()) + 1, queries.shape[1])
        asked[owner, place] = queries
        contexts, weights = self(asked, memory)
        return contexts[owner, place], weights[owner, place]


class DotAttention(Attention):
    """score(a, m) = a^T W m (Luong et al. 2015, equation 8, "general")."""

    def __init__(self, query_size: int, memory_size: int) -> None:
        super().__init__()
        self.key = nn.Linear(memory_size, query_size, bias=False)
        nn.init.xavier_uniform_(self.key.weight)

    def keys(self, values: Tensor) -> Tensor:
        """W m, (B, S, Q)."""
        return nn.functional.linear(values, self.key.weight.to(values.dtype))

    def scores(self, queries: Tensor, keys: Tensor) -> Tensor:
        """a^T (W m) for all pairs, (B, T, S)."""
        return queries @ keys.transpose(1, 2)


class AdditiveAttention(Attention):
    """score(a, m) = v^T tanh(W a + U m) (Bahdanau et al. 2015, appendix A.1.2)."""

    def __init__(self, query_size: int, memory_size: int) -> None:
        super().__init__()
        self.key = nn.Linear(memory_size, query_size, bias=False)
        self.query = nn.Linear(query_size, query_size, bias=False)
        self.judge = nn.Parameter(torch.empty(query_size))  # v
        for linear in (self.key, self.query):
            nn.init.xavier_uniform_(linear.weight)
        bound = math.sqrt(3 / query_size)
        nn.init.uniform_(self.judge, -bound, bound)

    def keys(self, values: Tensor) -> Tensor:
        """U m, (B, S, Q)."""
        return nn.functional.linear(values, self.key.weight.to(values.dtype))

    def scores(self, queries: Tensor, keys: Tensor) -> Tensor:
        """v^T tanh(W a + U m) for all pairs, (B, T, S)."""
        asked = nn.functional.linear(queries, self.query.weight.to(queries.dtype))  # (B, T, Q)
        both = torch.tanh(asked[:, :, None] + keys[:, None])  # (B, T, S, Q)
        return both @ self.judge.to(both.dtype)


def _is_each_its_own(owner: Tensor, sources: int) -> bool:
    """Whether row r looks at source r, and there are as many of both."""
    if len(owner) != sources:
        return False
    return sources == 1 or torch.equal(owner, torch.arange(sources, device=owner.device))


def _places(owner: Tensor) -> Tensor:
    """For each row of (R,), how many rows before it look at the same source: (R,)."""
    order = owner.argsort(stable=True)
    ordered = owner[order]
    places = torch.empty_like(owner)
    places[order] = torch.arange(len(owner), device=owner.device) - torch.searchsorted(
        ordered, ordered
    )
    return places


ATTENTIONS: dict[str, type[DotAttention] | type[AdditiveAttention]] = {
    "dot": DotAttention,
    "additive": AdditiveAttention,
}
"""The attentions there are, by the name users type."""
