"""Siamese nets: one net f for all images, and recognition by least distance (N6)."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from seqkit.vision.model import ImageBatch, ImageModel
from seqkit.vision.triplets import semi_hard, squared_distances, triplet_loss


@dataclass(frozen=True)
class SiameseConfig:
    """What is put upon a trunk, and how it learns."""

    embedding: int = 64  # D
    unit_length: bool = True  # |f(x)| = 1
    margin: float = 0.2  # α

    def __post_init__(self) -> None:
        """Reject sizes and margins that teach nothing."""
        if self.embedding < 1:
            raise ValueError(f"embedding must be 1 or more numbers, got {self.embedding}")
        if self.margin <= 0:
            raise ValueError(
                f"the margin must be above 0, got {self.margin}: without one, "
                "a net that maps all images to one point has no loss"
            )


class Siamese(ImageModel):
    """f(x): the trunk of another model, a layer of D units, and a vector of length 1 (N6).

    The trunk is shared with the model, not copied.
    """

    def __init__(self, config: SiameseConfig, model: ImageModel) -> None:
        head = nn.Sequential(nn.Linear(width_of(model), config.embedding))
        if config.unit_length:
            head.append(UnitLength())
        super().__init__(model.shape, model.trunk, head)
        self.config = config

    def loss(self, batch: ImageBatch, carry: None = None) -> tuple[Tensor, int, None]:
        """The triplet loss summed over the semi-hard triplets of a batch, and their number.

        A batch without triplets has no loss, and counts as one.
        """
        f = self(batch.images)  # (B, D)
        anchors, positives, negatives = semi_hard(f, batch.labels)
        losses = triplet_loss(f[anchors], f[positives], f[negatives], self.config.margin)  # (N,)
        return losses.sum(), max(len(losses), 1), None


class UnitLength(nn.Module):
    """x / |x|, computed in float32 or better."""

    def forward(self, x: Tensor) -> Tensor:
        """x (B, D) -> (B, D) of length 1."""
        return nn.functional.normalize(x.to(torch.promote_types(x.dtype, torch.float32)), dim=1)


class Gallery:
    """Known images, one or a few a class, and whose a new one is (one-shot recognition, N6).

    embeddings (G, D), labels (G,).
    """

    def __init__(self, embeddings: Tensor, labels: Tensor) -> None:
        if embeddings.dim() != 2 or len(embeddings) != len(labels) or not len(labels):
            raise ValueError(
                f"a gallery needs one label for each of its images and at least one, got "
                f"{len(labels)} labels for embeddings of shape {tuple(embeddings.shape)}"
            )
        self.embeddings, self.labels = embeddings, labels

    def recognise(self, embeddings: Tensor) -> tuple[Tensor, Tensor]:
        """The label of the nearest known image, and its squared distance: (B,) and (B,)."""
        nearest = squared_distances(embeddings, self.embeddings).min(1)
        return self.labels[nearest.indices], nearest.values


@torch.no_grad()
def width_of(model: ImageModel) -> int:
    """D, the width of what the trunk of a model gives."""
    training = model.training
    first = next(model.parameters())
    features = model.eval().features(first.new_zeros(1, *model.shape))  # (1, D)
    model.train(training)
    if features.dim() != 2:
        raise ValueError("the trunk must end in a vector an image; put flatten at its end")
    return features.shape[1]
