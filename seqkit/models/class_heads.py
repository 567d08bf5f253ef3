"""From scores of classes to a loss and to probabilities: one class a text, or many labels (G2)."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn


class OneClassHead(nn.Module):
    """Each text has one class: the loss is -w[y] log softmax(z)[y], `weights` w (K,).

    Weights make errors dearer in training; outside training all texts count alike.
    """

    weights: Tensor

    def __init__(self, weights: Tensor) -> None:
        super().__init__()
        self.register_buffer("weights", weights, persistent=False)

    def loss(self, scores: Tensor, labels: Tensor) -> tuple[Tensor, int]:
        """scores (B, K) and classes (B,) -> the loss in nats summed, and its B targets."""
        weights = self.weights.to(scores.dtype) if self.training else None
        losses = nn.functional.cross_entropy(scores, labels, weights, reduction="none")  # (B,)
        return losses.sum(), len(labels)

    def probabilities(self, scores: Tensor) -> Tensor:
        """scores (B, K) -> how likely each class is, 1 in all for each text."""
        return scores.softmax(dim=1)


class ManyLabelsHead(nn.Module):
    """Each label holds or not by itself: -(w y log σ(z) + (1 - y) log(1 - σ(z))), w (K,).

    Weights make it dearer to miss a label that holds, in training only.
    """

    weights: Tensor

    def __init__(self, weights: Tensor) -> None:
        super().__init__()
        self.register_buffer("weights", weights, persistent=False)

    def loss(self, scores: Tensor, labels: Tensor) -> tuple[Tensor, int]:
        """scores and labels (B, K) of 0 and 1 -> the loss in nats summed, and its B K targets."""
        weights = self.weights.to(scores.dtype) if self.training else None
        loss = nn.functional.binary_cross_entropy_with_logits(
            scores, labels.to(scores.dtype), pos_weight=weights, reduction="sum"
        )
        return loss, labels.numel()

    def probabilities(self, scores: Tensor) -> Tensor:
        """scores (B, K) -> how likely each label is to hold."""
        return scores.sigmoid()


def balanced_weights(counts: Sequence[int]) -> Tensor:
    """N / (K n_k) for classes of n_k texts, N in all: every class weighs the same in all, (K,).

    Raises ValueError for a class without texts.
    """
    if not counts or min(counts) < 1:
        raise ValueError(f"classes of {list(counts)} texts have no balance: leave empty ones out")
    number = torch.tensor(counts, dtype=torch.float64)  # (K,)
    return (number.sum() / (len(counts) * number)).float()
