"""Dropout for recurrent nets: masks that stay the same over time or over a word (O4).

All are inverted (what is kept is divided by the share kept), so nothing changes at test time.
"""

import torch
from torch import Tensor, nn


class LockedDropout(nn.Module):
    """Drop features with one mask for all positions of a sequence (Gal & Ghahramani 2016).

    x (B, T, D) -> x * m / (1 - rate), m (B, 1, D) in {0, 1}; the identity outside training.
    """

    def __init__(self, rate: float) -> None:
        super().__init__()
        self.rate = checked_rate(rate)

    def forward(self, x: Tensor) -> Tensor:
        """Apply a fresh mask to x (B, T, D)."""
        if not self.training or not self.rate:
            return x
        return x * keep_mask(x.new_empty(x.shape[0], 1, x.shape[2]), self.rate)


class WordDropout(nn.Module):
    """Drop whole words: one mask a window over the vocabulary (Merity et al. 2017, section 4.3).

    Every occurrence of a dropped word becomes the zero vector; the others grow by 1 / (1 - rate).
    """

    def __init__(self, vocabulary_size: int, rate: float) -> None:
        super().__init__()
        self.vocabulary_size, self.rate = vocabulary_size, checked_rate(rate)

    def forward(self, embedded: Tensor, ids: Tensor) -> Tensor:
        """Mask embedded (B, T, D) by the words ids (B, T) they came from."""
        if not self.training or not self.rate:
            return embedded
        mask = keep_mask(embedded.new_empty(self.vocabulary_size), self.rate)  # (V,)
        return embedded * mask[ids].unsqueeze(-1)


def keep_mask(like: Tensor, rate: float) -> Tensor:
    """A mask in the shape, type and place of `like`: 0 for a share `rate`, else 1 / (1 - share).

    One random 64-bit number serves eight entries, ten times faster than one draw for each; so the
    share is `rate` to the nearest 1/256, and the scale is that of this share.
    """
    words = torch.empty(like.numel() // 8 + 1, dtype=torch.int64, device=like.device)
    bytes_ = words.random_(-(2**63), None).view(torch.uint8)[: like.numel()]
    dropped = min(max(round(rate * 256), 1), 255)
    return (bytes_ >= dropped).view(like.shape).to(like.dtype).mul_(256 / (256 - dropped))


def checked_rate(rate: float) -> float:
    """A dropout rate in [0, 1), or a ValueError."""
    if not 0 <= rate < 1:
        raise ValueError(f"a dropout rate must be in [0, 1), got {rate}")
    return rate
