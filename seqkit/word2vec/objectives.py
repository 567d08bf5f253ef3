"""The objectives of word vectors (W1 to W4) as functions of the rows they touch, in torch.

All are sums over pairs in nats, differentiable, of any floating type and on any device. A row of
the input matrix, or for CBOW a mean of some, is an h; rows of the output matrix are θ.
"""

import torch
from torch import Tensor
from torch.nn.functional import pad, softplus

from seqkit.word2vec.windows import BLOCK


def band_scores(h: Tensor, outputs: Tensor) -> Tensor:
    """θ · h of every output row with all positions near it, (T, K, W).

    `outputs` (T, K, D) are K rows for each word of a chunk, `h` (M + T + M, D) the positions of the
    chunk with M more on each side. Words are taken BLOCK at a time: [t, k, w] is the product with
    h[t - t % BLOCK + w], W being BLOCK + 2M. `Windows.cells` tells where the pairs stand. Rows near
    each other have nearly the same neighbours: so no pair needs a copy of its two rows, neither
    here nor in the gradient.
    """
    T, K, D = outputs.shape
    near = _near(h, T).transpose(1, 2)  # (T / BLOCK, D, W)
    scores = outputs.reshape(T // BLOCK, BLOCK * K, D) @ near  # (T / BLOCK, BLOCK K, W)
    return scores.view(T, K, -1)


def context_means(h: Tensor, cells: Tensor, size: int, divide_gradient: bool) -> Tensor:
    """W4: for each of T = `size` words the mean of the context words' rows, (T, D); 0 for none.

    `h` (M + T + M, D) and `cells` (P,) are as for `band_scores` with K = 1. The rule of word2vec.c
    hands the whole gradient of the mean to every row; `divide_gradient` hands each its share, as
    the mean itself has it.
    """
    near = _near(h, size)  # (T / BLOCK, W, D)
    met = h.new_zeros(size * near.shape[1]).index_fill_(0, cells, 1)
    met = met.view(len(near), BLOCK, -1)  # (T / BLOCK, BLOCK, W)
    sums = (met @ near).view(size, -1)  # (T, D)
    means = sums / met.sum(2).view(size, 1).clamp(min=1)
    return means if divide_gradient else sums + (means - sums).detach()


def noise_loss(positive: Tensor, negative: Tensor, weights: Tensor) -> Tensor:
    """W3: -sum log σ(positive) - sum weights * log σ(-negative).

    positive: θ_t · h of every pair, (P,); negative: θ · h of the noise words, (R, S); weights: how
    often each of them counts, (R, S).
    """
    noise = torch.dot(weights.view(-1), softplus(negative).view(-1))
    return softplus(-positive).sum() + noise


def tree_loss(scores: Tensor, signs: Tensor) -> Tensor:
    """W2: -sum log σ(sign * θ_node · h) over the nodes on the ways of all pairs, both (E,)."""
    return softplus(-signs * scores).sum()


def softmax_loss(logits: Tensor, rows: Tensor, targets: Tensor) -> Tensor:
    """W1: -sum log P(target | row) of pairs: logits θ · h (R, V), rows and targets (P,)."""
    R, V = logits.shape
    met = torch.bincount(rows, minlength=R).to(logits.dtype)  # (R,)
    picked = logits.reshape(-1).index_select(0, rows * V + targets)  # (P,)
    return (met * logits.logsumexp(1)).sum() - picked.sum()


def _near(h: Tensor, size: int) -> Tensor:
    """For each block of `size` words the rows of its words and their M neighbours, (., W, D)."""
    count, width = size // BLOCK, BLOCK + len(h) - size
    blocks = pad(h, (0, 0, 0, -len(h) % BLOCK)).view(-1, BLOCK, h.shape[1])
    # `unfold` would be shorter, but its gradient takes far longer than that of slices.
    parts = [blocks[n : n + count] for n in range(-(-width // BLOCK))]
    return torch.cat(parts, 1)[:, :width]
