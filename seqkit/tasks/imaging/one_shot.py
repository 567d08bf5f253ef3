"""Recognition from one image a class, of classes that training may never have seen (N6)."""

from collections.abc import Sequence

import numpy as np
from torch import Tensor

TRIALS = 400
"""Galleries that are drawn to measure with."""


def one_shot_accuracy(
    embeddings: Tensor,
    labels: Sequence[str],
    ways: int | None = None,
    seed: int = 0,
    trials: int = TRIALS,
) -> float:
    """The share of images (N, D) that are nearest to the one known image of their own class.

    In each trial a gallery of one image a class and another image of each class are drawn; of all
    classes, or of so many `ways` of them. ValueError as in `galleries`.
    """
    places = list(galleries(labels).values())
    ways = min(ways or len(places), len(places))
    f = embeddings.double().numpy()  # (N, D)
    squares = (f**2).sum(1)  # (N,)
    generator, right = np.random.default_rng(seed), 0
    for _ in range(trials):
        classes = generator.permutation(len(places))[:ways]
        drawn = [generator.choice(places[k], 2, replace=False) for k in classes]
        known, asked = np.array(drawn).T  # (ways,) each
        # |f(x) - f(k)|^2, less |f(x)|^2, which is the same for every known image k
        distances = squares[known] - 2 * f[asked] @ f[known].T  # (ways, ways)
        right += int((distances.argmin(1) == np.arange(ways)).sum())
    return right / (trials * ways)


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
