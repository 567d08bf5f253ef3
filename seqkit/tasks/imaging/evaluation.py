"""Measuring nets of images, by the same figures as classifiers of texts (O8)."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from seqkit.tasks.classifying.evaluation import evaluate_texts, quick_scores
from seqkit.tasks.classifying.labels import Array, Labels
from seqkit.tasks.classifying.texts import LabelledTexts
from seqkit.tasks.imaging.images import Images
from seqkit.tasks.imaging.one_shot import galleries, one_shot_accuracy
from seqkit.vision.model import ImageModel
from seqkit.vision.siamese import Siamese
from seqkit.vision.transforms import Normalisation, to_pixels
from seqkit.vision.triplets import semi_hard, triplet_loss

ANSWERED = 512
"""Images that are classified at once."""
COMPARED = 128
"""Images among which triplets are looked for to measure the loss of a siamese net."""


@torch.no_grad()
def outputs(model: ImageModel, images: Images, normalisation: Normalisation) -> Tensor:
    """What the net gives for each of N images: scores (N, K), or embeddings (N, D)."""
    device, found = next(model.parameters()).device, []
    training = model.training
    model.eval()
    for start in range(0, len(images), ANSWERED):
        pixels = images.pixels[start : start + ANSWERED]
        found.append(model(_tensor_of(pixels, normalisation).to(device)).float().cpu())
    model.train(training)
    return torch.cat(found)


def probabilities(model: ImageModel, images: Images, normalisation: Normalisation) -> Array:
    """P of each class (N, K)."""
    scores = outputs(model, images, normalisation)
    return np.asarray(scores.double().softmax(dim=1).numpy())


def quick(
    model: ImageModel, labels: Labels, images: Images, normalisation: Normalisation
) -> dict[str, float]:
    """What is looked at after each epoch."""
    if isinstance(model, Siamese):
        return _recognition(model, images, normalisation)
    return quick_scores(labels, probabilities(model, images, normalisation), as_texts(images))


def evaluate_images(
    model: ImageModel,
    labels: Labels,
    images: Images,
    normalisation: Normalisation,
    weights: Mapping[str, float] | None = None,
    ways: int | None = None,
) -> dict[str, Any]:
    """All there is to say of a net on images; of a siamese net, its one-shot recognition.

    That is among all classes of the images, or so many `ways`, drawn again and again.
    """
    if isinstance(model, Siamese):
        classes = len(galleries(images.plain_labels))
        ways = min(ways or classes, classes)
        found = _recognition(model, images, normalisation, ways)
        return {**found, "ways": ways, "images": len(images)}
    _check_known(labels, images)
    shares = probabilities(model, images, normalisation)
    metrics = evaluate_texts(labels, shares, as_texts(images), weights)
    metrics["images"] = metrics.pop("texts")
    return metrics


def as_texts(images: Images) -> LabelledTexts:
    """The labels and the places of images, for what measures texts."""
    empty = [""] * len(images)
    return LabelledTexts(images.name, empty, images.labels, images.places, images.warnings)


def _tensor_of(pixels: NDArray[np.uint8], normalisation: Normalisation) -> Tensor:
    """Pixels (B, Y, X, C) as a net reads them: float32 (B, C, Y, X)."""
    return normalisation(to_pixels(np.ascontiguousarray(pixels)))


def _check_known(labels: Labels, images: Images) -> None:
    """ValueError where no image is of a class of the training."""
    found = images.counts()
    if not found.keys() & set(labels.names):
        here, there = (", ".join(list(names)[:5]) for names in (found, labels.names))
        raise ValueError(
            f"{images.name}: no image is of a class of the training: here they are {here}, "
            f"there {there}"
        )


def _recognition(
    model: Siamese, images: Images, normalisation: Normalisation, ways: int | None = None
) -> dict[str, float]:
    """The triplet loss of images, and how often one known image of its class is the nearest."""
    found = outputs(model, images, normalisation)  # (N, D)
    labels = images.plain_labels
    loss = _triplet_loss(found, labels, model.config.margin)
    return {"loss": loss, "accuracy": one_shot_accuracy(found, labels, ways)}


def _triplet_loss(embeddings: Tensor, labels: Sequence[str], margin: float) -> float:
    """The mean over the semi-hard triplets of embeddings (N, D), some images at a time (N6)."""
    names = sorted(set(labels))
    classes = torch.tensor([names.index(label) for label in labels])  # (N,)
    total, count = 0.0, 0
    for f, own in zip(
        torch.split(embeddings, COMPARED), torch.split(classes, COMPARED), strict=True
    ):
        anchors, positives, negatives = semi_hard(f, own)
        total += float(triplet_loss(f[anchors], f[positives], f[negatives], margin).sum())
        count += len(anchors)
    return total / max(count, 1)
