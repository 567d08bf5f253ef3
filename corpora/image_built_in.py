"""The built-in images, and the IDX files of them."""

import gzip
from collections.abc import Iterator
from typing import TYPE_CHECKING

from seqkit.corpora.corpus import Split

if TYPE_CHECKING:  # NumPy comes where images are asked for: the catalogue of texts reads this file
    from seqkit.corpora.images import LabelledImages

IMAGES = ("shapes",)
"""The built-in corpora of images."""


def open_built_in_images(
    name: str, split: Split, size: int | None = None, seed: int = 0
) -> "LabelledImages":
    """Return the images of one of IMAGES; `size` (how many) and `seed` as it takes them."""
    assert name in IMAGES
    from seqkit.corpora.shapes import draw_shapes

    return draw_shapes(split, size, seed)


def idx_files(images: "LabelledImages", label: str) -> dict[str, Iterator[bytes]]:
    """Return the IDX files, gzip, of grey images and their labels by the names they have.

    IDX knows numbers alone: the label of a class is its place among `images.classes`, from 0.
    """
    import numpy as np

    from seqkit.corpora.idx import idx_blocks

    numbers = {name: number for number, name in enumerate(images.classes)}
    labels = np.array([numbers[name] for name in images.labels], np.uint8)  # (N,)
    return {
        f"{label}-images-idx3-ubyte.gz": _packed(idx_blocks(images.pixels[..., 0])),
        f"{label}-labels-idx1-ubyte.gz": _packed(idx_blocks(labels)),
    }


def _packed(blocks: Iterator[bytes]) -> Iterator[bytes]:
    yield gzip.compress(b"".join(blocks), compresslevel=6, mtime=0)
