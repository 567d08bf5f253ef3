"""Measuring nets of images, by the same figures as classifiers of texts (O8)."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from seqkit.tasks.classifying.evaluation import evaluate_texts, quick_scores
from seqkit.tasks.classifying.labels import Array, Labels
from seqkit.tasks.classifying.texts import LabelledTexts
from seqkit.tasks.imaging.data import ANSWERED, Images, tensor_of
from seqkit.tasks.imaging.one_shot import one_shot_accuracy
from seqkit.vision.model import ImageModel
from seqkit.vision.siamese import Siamese
from seqkit.vision.transforms import Normalisation


@torch.no_grad()
def outputs(model: ImageModel, images: Images, normalisation: Normalisation) -> Tensor:
    """What the net gives for each of N images: scores (N, K), or embeddings (N, D)."""
    device, found = next(model.parameters()).device, []
    training = model.training
    model.eval()
    for start in range(0, len(images), ANSWERED):
        pixels = images.pixels[start : start + ANSWERED]
        found.append(model(tensor_of(pixels, normalisation).to(device)).float().cpu())
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
        accuracy = _one_shot(model, images, normalisation)
        return {"loss": 1 - accuracy, "accuracy": accuracy}
    return quick_scores(labels, probabilities(model, images, normalisation), as_texts(images))


def evaluate_images(
    model: ImageModel,
    labels: Labels,
    images: Images,
    normalisation: Normalisation,
    weights: Mapping[str, float] | None = None,
) -> dict[str, Any]:
    """All there is to say of a net on images; of a siamese net, its one-shot recognition."""
    if isinstance(model, Siamese):
        accuracy = _one_shot(model, images, normalisation)
        ways = len(set(images.labels))
        return {"loss": 1 - accuracy, "accuracy": accuracy, "ways": ways, "images": len(images)}
    shares = probabilities(model, images, normalisation)
    metrics = evaluate_texts(labels, shares, as_texts(images), weights)
    metrics["images"] = metrics.pop("texts")
    return metrics


def as_texts(images: Images) -> LabelledTexts:
    """The labels and the places of images, for what measures texts."""
    empty = [""] * len(images)
    return LabelledTexts(images.name, empty, images.labels, images.places, images.warnings)


def _one_shot(model: Siamese, images: Images, normalisation: Normalisation) -> float:
    found = outputs(model, images, normalisation)
    return one_shot_accuracy(found, [label for (label,) in images.labels])
