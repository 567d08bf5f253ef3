"""Batches of texts of like lengths: for training in random order, for answers the longest last."""

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

import numpy as np
import torch

from seqkit.models.classifier import LabelledBatch
from seqkit.text.batching import Ints, groups_of_like_length
from seqkit.train.distribution import bounds

NEAR = 50
"""Batches whose texts are sorted by length together."""
TOKENS = 16_000
"""Tokens of a batch of texts to be classified, padding included."""


class Encoded(Protocol):
    """Encoded texts, whatever reads them."""

    def __len__(self) -> int:
        """How many there are."""
        ...

    @property
    def lengths(self) -> Ints:
        """How many tokens each has."""
        ...

    def texts(self, chosen: Ints) -> Any:
        """Some of them as the input of a model; it has `to(device)`."""
        ...


class EpochOfTexts:
    """The batches of one epoch, in random order that depends on seed and epoch alone.

    Texts of a batch have like lengths, so that little is padded; which come together still changes
    from epoch to epoch.
    """

    def __init__(
        self, encoded: Encoded, targets: Ints, size: int, device: torch.device, seed: Sequence[int]
    ) -> None:
        self.encoded, self.targets, self.device = encoded, targets, device
        generator = np.random.default_rng(seed)
        order, lengths = generator.permutation(len(encoded)), encoded.lengths
        groups = []
        for start in range(0, len(order), NEAR * size):
            near = order[start : start + NEAR * size]
            near = near[np.argsort(lengths[near], kind="stable")]
            groups += [near[k : k + size] for k in range(0, len(near), size)]
        self.groups = [groups[k] for k in generator.permutation(len(groups))]

    def __len__(self) -> int:
        return len(self.groups)

    def __getitem__(self, k: int) -> LabelledBatch:
        return self._batch(self.groups[k])

    def share(self, k: int, part: int, parts: int) -> LabelledBatch | None:
        """One of `parts` parts of batch k; None where it is empty."""
        first, last = bounds(len(self.groups[k]), part, parts)
        return self._batch(self.groups[k][first:last]) if last > first else None

    def _batch(self, chosen: Ints) -> LabelledBatch:
        labels = torch.from_numpy(self.targets[chosen])  # (B,) or (B, K)
        texts = self.encoded.texts(chosen).to(self.device)
        return LabelledBatch(texts, labels.to(self.device))


def by_length(encoded: Encoded) -> Iterator[Ints]:
    """Yield the numbers of texts of like lengths, about TOKENS of tokens in all, at least one."""
    return groups_of_like_length(encoded.lengths, TOKENS)
