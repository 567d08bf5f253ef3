"""Squared distances, the triplet loss, and which triplets of a batch to learn from (N6)."""

from typing import NamedTuple

import torch
from torch import Tensor


class Triplets(NamedTuple):
    """N triplets, by the place of each image in its batch."""

    anchors: Tensor  # (N,)
    positives: Tensor  # (N,), of the anchor's class
    negatives: Tensor  # (N,), of other classes


def squared_distances(one: Tensor, other: Tensor) -> Tensor:
    """|f(x1) - f(x2)|^2 (N6) of each of one (A, D) to each of other (G, D): (A, G)."""
    squares = (one**2).sum(1)[:, None] + (other**2).sum(1)  # (A, G)
    return (squares - 2 * one @ other.T).clamp(min=0)  # rounding can leave less than nothing


def triplet_loss(anchor: Tensor, positive: Tensor, negative: Tensor, alpha: float) -> Tensor:
    """max(|f(A) - f(P)|^2 - |f(A) - f(N)|^2 + α, 0) of embeddings (B, D) each: (B,) (N6)."""
    nearer = ((anchor - positive) ** 2).sum(1)  # (B,)
    farther = ((anchor - negative) ** 2).sum(1)  # (B,)
    return (nearer - farther + alpha).clamp(min=0)


@torch.no_grad()
def semi_hard(embeddings: Tensor, labels: Tensor) -> Triplets:
    """One triplet for every two images of one class in a batch, with a semi-hard negative.

    embeddings (B, D), labels (B,). The negative is the nearest of those farther from the anchor
    than the positive is; where none is, the farthest of all. Harder ones, nearer than the positive,
    tend to collapse all embeddings into one point. No triplets where the batch has one class, or no
    two images of any. Source: Schroff et al. 2015, section 3.2 and equation 4.
    """
    distances = squared_distances(embeddings, embeddings)  # (B, B)
    same = labels[:, None] == labels  # (B, B)
    pairs = same & ~same.all(1)[:, None]
    pairs.fill_diagonal_(False)
    anchors, positives = pairs.nonzero(as_tuple=True)  # (N,)
    others, from_anchor = ~same[anchors], distances[anchors]  # (N, B)
    semi = others & (from_anchor > distances[anchors, positives][:, None])  # (N, B)
    nearest = from_anchor.where(semi, torch.inf).argmin(1) if len(anchors) else anchors
    farthest = from_anchor.where(others, -torch.inf).argmax(1) if len(anchors) else anchors
    return Triplets(anchors, positives, nearest.where(semi.any(1), farthest))
