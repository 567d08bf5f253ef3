"""The batches of an epoch (O1): images in random order, moved at random, normalised (O4, O5)."""

from collections.abc import Sequence

import numpy as np
import torch

from seqkit.tasks.imaging.data import ImagingData
from seqkit.train.distribution import bounds
from seqkit.vision.model import ImageBatch
from seqkit.vision.transforms import Flip, Shift, to_pixels


class EpochOfImages:
    """The batches of one epoch, in random order and moved at random, by seed and epoch alone."""

    def __init__(
        self,
        data: ImagingData,
        size: int,
        moves: Sequence[Shift | Flip],
        device: torch.device,
        seed: Sequence[int],
    ) -> None:
        self.data, self.size, self.moves, self.device = data, size, moves, device
        self.seed = list(seed)
        part = data.parts["train"]
        self.targets = torch.from_numpy(data.labels.targets(part.labels))  # (N,)
        self.pixels = to_pixels(part.pixels)  # (N, C, Y, X)
        order = np.random.default_rng(self.seed).permutation(len(part))
        self.order = torch.from_numpy(order)
        # A last batch of one image has no variance to normalise by, so it joins the one before.
        self.count = max(1, -(-len(part) // size) - (len(part) % size == 1))

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, k: int) -> ImageBatch:
        stop = len(self.order) if k == self.count - 1 else (k + 1) * self.size
        chosen = self.order[k * self.size : stop]
        pixels = self.pixels[chosen]  # (B, C, Y, X)
        generator = torch.Generator().manual_seed(
            int(np.random.SeedSequence([*self.seed, k]).generate_state(1)[0])
        )
        for move in self.moves:
            pixels = move(pixels, generator)
        images = self.data.normalisation(pixels)
        return ImageBatch(images, self.targets[chosen]).to(self.device)

    def share(self, k: int, part: int, parts: int) -> ImageBatch | None:
        """One of `parts` parts of batch k, moved as in the whole; None where it is empty."""
        batch = self[k]
        chosen = slice(*bounds(len(batch.labels), part, parts))
        return batch.part(chosen) if chosen.stop > chosen.start else None
