"""Recognition from one image a class, of classes that training may never have seen (N6)."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from seqkit.vision.siamese import Gallery

TRIALS = 400
"""Galleries that are drawn to measure with."""


def one_shot_accuracy(
    embeddings: Tensor, labels: Sequence[str], seed: int = 0, trials: int = TRIALS
) -> float:
    """The share of images (N, D) that are nearest to the one known image of their own class.

    In each trial a gallery of one image a class and another image of each class are drawn.
    ValueError as in `galleries`.
    """
    places = galleries(labels)
    generator = np.random.default_rng(seed)
    right = 0
    for _ in range(trials):
        drawn = [generator.choice(own, 2, replace=False) for own in places.values()]
        known, asked = np.array(drawn).T  # (K,) each
        gallery = Gallery(embeddings[torch.from_numpy(known)], torch.arange(len(places)))
        found, _ = gallery.recognise(embeddings[torch.from_numpy(asked)])
        right += int((found == torch.arange(len(places))).sum())
    return right / (trials * len(places))


def galleries(labels: Sequence[str]) -> dict[str, list[int]]:
    """The places of the images of each class that has two or more: one known and one to ask for.

    ValueError where fewer than two classes have.
    """
    places: dict[str, list[int]] = {}
    for k, label in enumerate(labels):
        places.setdefault(label, []).append(k)
    found = {label: own for label, own in places.items() if len(own) > 1}
    if len(found) < 2:
        raise ValueError(
            f"one-shot recognition needs two images or more of two classes or more, but "
            f"{len(found)} of {len(places)} classes have as many; give more images"
        )
    return found
