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
    ValueError where a class has one image alone, or there is one class.
    """
    places: dict[str, list[int]] = {}
    for k, label in enumerate(labels):
        places.setdefault(label, []).append(k)
    if len(places) < 2:
        raise ValueError("one-shot recognition needs images of two classes or more")
    for label, own in places.items():
        if len(own) < 2:
            raise ValueError(f"class {label} has one image; a gallery and a question need two")
    generator = np.random.default_rng(seed)
    right = 0
    for _ in range(trials):
        drawn = [generator.choice(own, 2, replace=False) for own in places.values()]
        known, asked = np.array(drawn).T  # (K,) each
        gallery = Gallery(embeddings[torch.from_numpy(known)], torch.arange(len(places)))
        found, _ = gallery.recognise(embeddings[torch.from_numpy(asked)])
        right += int((found == torch.arange(len(places))).sum())
    return right / (trials * len(places))
