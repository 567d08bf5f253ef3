"""From scores of tags to a loss and to tags: a CRF, or a softmax at every position (G1)."""

import torch
from torch import Tensor, nn

from seqkit.layers.chain import Moves
from seqkit.layers.crf import CRF


class CRFHead(nn.Module):
    """Tags scored as a whole: the loss is that of the CRF.

    `weights` (K,) make errors on some tags dearer: in training, all other tags than the true one
    get log w of the true one on top of their score, so that it must win by more (softmax-margin,
    Gimpel & Smith 2010). With weights of 1 it is the plain loss.
    """

    def __init__(self, forbidden: Moves, weights: Tensor) -> None:
        super().__init__()
        self.chain = CRF(len(forbidden.start), forbidden)
        self.register_buffer("margins", weights.log(), persistent=False)

    margins: Tensor

    def loss(self, emissions: Tensor, tags: Tensor, lengths: Tensor | None) -> Tensor:
        """-log P(tags) summed over the batch, in nats: emissions (B, T, K), tags (B, T)."""
        if self.training and self.margins.any():
            handicap = self.margins[tags].unsqueeze(2)  # (B, T, 1)
            emissions = emissions + handicap - handicap * one_hot(tags, emissions)
        return self.chain.loss(emissions, tags, lengths)

    def scores(self, emissions: Tensor) -> Tensor:
        """What the chain adds up: the emissions as they are, (B, T, K)."""
        return emissions

    def shares(self, emissions: Tensor, lengths: Tensor | None) -> Tensor:
        """P of each tag at each token, (B, T, K), 0 at padding; no gradient."""
        return self.chain.marginals(emissions, lengths)


class SoftmaxHead(nn.Module):
    """Each tag by itself, -sum_t w log softmax(emissions<t>)[y<t>]; decoded to legal tags only.

    The chain has no scores of its own, only what is forbidden. `weights` (K,) count each error in
    training as the true tag weighs.
    """

    def __init__(self, forbidden: Moves, weights: Tensor) -> None:
        super().__init__()
        self.chain = CRF(len(forbidden.start), forbidden).requires_grad_(False)
        for parameter in self.chain.parameters():
            nn.init.zeros_(parameter)
        self.register_buffer("weights", weights, persistent=False)

    weights: Tensor

    def loss(self, emissions: Tensor, tags: Tensor, lengths: Tensor | None) -> Tensor:
        """The cross-entropy summed over all real tokens, in nats."""
        weights = self.weights.to(emissions.dtype) if self.training else None
        losses = nn.functional.cross_entropy(
            emissions.flatten(0, 1), tags.flatten(), weights, reduction="none"
        ).view_as(tags)  # (B, T)
        if lengths is None:
            return losses.sum()
        real = torch.arange(tags.shape[1], device=tags.device) < lengths[:, None]  # (B, T)
        return losses.where(real, 0).sum()

    def scores(self, emissions: Tensor) -> Tensor:
        """What the chain adds up: log-probabilities, (B, T, K)."""
        return emissions.log_softmax(dim=2)

    def shares(self, emissions: Tensor, lengths: Tensor | None) -> Tensor:
        """P of each tag at each token as the loss has it, (B, T, K), 0 at padding."""
        shares = emissions.softmax(dim=2)
        if lengths is None:
            return shares
        real = torch.arange(shares.shape[1], device=shares.device) < lengths[:, None]  # (B, T)
        return shares.where(real[:, :, None], 0)


def one_hot(tags: Tensor, like: Tensor) -> Tensor:
    """tags (B, T) as 1 among zeros, in the shape and type of `like` (B, T, K)."""
    return torch.zeros_like(like).scatter_(2, tags.unsqueeze(2), 1)
