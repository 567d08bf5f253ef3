"""The continuous cache: what came when the state was alike (Grave et al. 2017, section 3).

    p<t>(w) = (1 - weight) p_model(w) + weight p_cache(w)
    p_cache(w) = sum_i [y<i> = w] exp(theta h<t>·h<i>) / sum_i exp(theta h<t>·h<i>)

h<t> is the top output that predicts the token y<t>, and i runs over the `size` positions before t;
so a token sees neither itself nor what follows. With theta 0 it is a plain cache of counts.
"""

import math
from dataclasses import dataclass
from typing import NamedTuple, Self

import torch
from torch import Tensor


@dataclass(frozen=True)
class CacheSettings:
    """How far a cache looks back, how sharply it compares, and how much it counts."""

    size: int = 500  # positions
    theta: float = 0.3  # 0: all positions alike
    weight: float = 0.1  # 0: no cache; below 1

    def __post_init__(self) -> None:
        """Reject what is no cache."""
        if self.size < 1:
            raise ValueError(f"the size of a cache must be 1 or more, got {self.size}")
        if not 0 <= self.theta < math.inf:
            raise ValueError(f"the theta of a cache must be 0 or more, got {self.theta}")
        if not 0 <= self.weight < 1:
            raise ValueError(f"the weight of a cache must be in [0, 1), got {self.weight}")


class Positions(NamedTuple):
    """Positions of one text, in order: what predicted each, and what came."""

    hidden: Tensor  # (T, H)
    tokens: Tensor  # (T,)

    def then(self, later: Self) -> "Positions":
        """These and those that follow them."""
        return Positions(
            torch.cat([self.hidden, later.hidden]), torch.cat([self.tokens, later.tokens])
        )

    def last(self, number: int) -> "Positions":
        """The last so many of them, or all where there are fewer."""
        start = max(len(self.tokens) - number, 0)
        return Positions(self.hidden[start:], self.tokens[start:])


class Comparison:
    """T positions compared with each other and with the M before them, in one product.

    It serves caches of any setting whose size is no more than M, or any where the text begins M
    positions before.
    """

    def __init__(self, before: Positions, now: Positions) -> None:
        hidden, tokens = before.then(now)  # (M + T, H), (M + T,)
        self._products = now.hidden @ hidden.T  # (T, M + T)
        self._other = tokens != now.tokens[:, None]  # (T, M + T)
        places = torch.arange(len(tokens), device=tokens.device)
        self._ago = places[len(before.tokens) :, None] - places  # (T, M + T), 1: just before

    def log_probs(self, size: int, theta: float) -> Tensor:
        """log p_cache of the T tokens in nats, (T,); -inf for one that the cache does not hold.

        It is nan where the cache is empty: at the first position of a text.
        """
        unseen = (self._ago < 1) | (self._ago > size)
        scores = (theta * self._products).masked_fill_(unseen, -math.inf)  # (T, M + T)
        total = scores.logsumexp(dim=1)  # (T,)
        return scores.masked_fill_(self._other, -math.inf).logsumexp(dim=1) - total


def mixed_losses(losses: Tensor, cached: Tensor, weight: float) -> Tensor:
    """-log p of each token in nats, (T,), from the model's -log p and the cache's log p, (T,).

    An empty cache (nan) leaves the model alone.
    """
    share = torch.tensor(weight, dtype=losses.dtype, device=losses.device).log()
    log_p = torch.logaddexp(math.log1p(-weight) - losses, share + cached)
    return torch.where(cached.isnan(), losses, -log_p)
