"""Holding images out, the classes in the same shares, drawn by a fixed seed."""

from collections.abc import Mapping
from itertools import accumulate, pairwise

import numpy as np

from seqkit.corpora.images import LabelledImages
from seqkit.corpora.splitting import known_shares, too_short

SEED = 2026


def hold_out_images(
    images: LabelledImages, shares: Mapping[str, float | None]
) -> list[LabelledImages]:
    """Return what remains of `images` and a part for each of `shares` (None: a tenth) (O6).

    Within its class image j of n, in random order, has the rank (j + 1) / n; those of the lowest
    ranks are held out, so a part has exactly the size asked for, of each class its share give or
    take an image, and the last of each class stays for training. The order is drawn by a fixed
    seed: the same images give the same parts. Raises ValueError for shares outside (0, 0.5), parts
    that come out empty, and where too few images remain for every class.
    """
    size, classes = len(images), images.classes
    sizes = [int(size * share) for share in known_shares(shares).values()]
    if 0 in sizes or sum(sizes) > size - len(classes):
        what = f"{' and '.join(shares)} images from its {size:,} of {len(classes):,} classes"
        raise too_short(images, shares, what, "other shares")
    numbers = {name: number for number, name in enumerate(classes)}
    of = np.array([numbers[label] for label in images.labels])  # (N,)
    keys = np.random.PCG64(SEED).random_raw(size)  # (N,); raw, as other draws may change in NumPy
    counts = np.bincount(of)  # (K,)
    starts = np.cumsum(counts) - counts  # (K,)
    order = np.lexsort((keys, of))  # (N,), by class
    ranks = np.empty(size)  # (N,)
    ranks[order] = (np.arange(size) - starts[of[order]] + 1) / counts[of[order]]
    chosen = np.lexsort((keys, ranks))  # (N,)
    ends = [0, *accumulate(sizes)]
    parts = [
        images.part(np.sort(chosen[start:stop]), label)
        for label, (start, stop) in zip(shares, pairwise(ends), strict=True)
    ]
    return [images.part(np.sort(chosen[ends[-1] :]), "train"), *parts]
