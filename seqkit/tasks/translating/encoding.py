"""Pairs as ids, and the batches they come in: sources of one length together (G4)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from seqkit.models.translator import PairBatch
from seqkit.tasks.translating.sides import Sides
from seqkit.text.batching import Ints
from seqkit.train.distribution import bounds

NEAR = 5
"""Targets whose lengths differ by less may be padded to one."""


@dataclass(frozen=True)
class Encoded:
    """N pairs of ids, each source and target with `<eos>` at its end."""

    sources: list[list[int]]
    targets: list[list[int]]

    def __len__(self) -> int:
        return len(self.sources)

    @property
    def lengths(self) -> tuple[Ints, Ints]:
        """How long the sources (N,) and the targets (N,) are, `<eos>` included."""
        return _lengths(self.sources), _lengths(self.targets)

    def batch(self, chosen: Sequence[int], device: torch.device) -> PairBatch:
        """Some pairs whose sources have one length."""
        source = torch.tensor([self.sources[k] for k in chosen])  # (B, S)
        return pair_batch(source, [self.targets[k] for k in chosen], device)


def encode(sides: Sides, sources: Sequence[str], targets: Sequence[str]) -> Encoded:
    """Turn texts into ids."""
    return Encoded([sides.source.ids(t) for t in sources], [sides.target.ids(t) for t in targets])


def pair_batch(
    source: torch.Tensor, targets: Sequence[Sequence[int]], device: torch.device
) -> PairBatch:
    """A batch of sources (B, S) and of targets that end in `<eos>`, each of its own length."""
    longest = max(map(len, targets))
    wanted = torch.full((len(targets), longest), -1)  # (B, T)
    for row, ids in zip(wanted, targets, strict=True):
        row[: len(ids)] = torch.tensor(ids)
    inputs = wanted.clamp_min(0).roll(1, dims=1)  # (B, T)
    inputs[:, 0] = targets[0][-1]  # <eos>
    return PairBatch(source.to(device), inputs.to(device), wanted.to(device))


def groups(encoded: Encoded, order: Ints, tokens: int) -> Iterator[Ints]:
    """Yield numbers of pairs: sources of one length, targets of about one, so many tokens in all.

    Nothing of a source is padded, so its batch does not change what is made of it. Within these
    bounds pairs join in the given order. `tokens` are those of the longer side, padding included.
    """
    sources, targets = encoded.lengths
    order = order[np.lexsort((targets[order] // NEAR, sources[order]))]
    start, widest = 0, 0
    for stop, pair in enumerate(order.tolist()):
        widest = max(widest, sources[pair], targets[pair])
        full = (stop + 1 - start) * widest > tokens
        if stop > start and (full or sources[pair] != sources[order[start]]):
            yield order[start:stop]
            start, widest = stop, max(sources[pair], targets[pair])
    yield order[start:]


class EpochOfPairs:
    """The batches of one epoch, in random order that depends on seed and epoch alone."""

    def __init__(
        self, encoded: Encoded, tokens: int, device: torch.device, seed: Sequence[int]
    ) -> None:
        self.encoded, self.device = encoded, device
        generator = np.random.default_rng(seed)
        found = list(groups(encoded, generator.permutation(len(encoded)), tokens))
        self.groups = [found[k] for k in generator.permutation(len(found))]

    def __len__(self) -> int:
        return len(self.groups)

    def __getitem__(self, k: int) -> PairBatch:
        return self.encoded.batch(self.groups[k].tolist(), self.device)

    def share(self, k: int, part: int, parts: int) -> PairBatch | None:
        """One of `parts` parts of batch k; None where it is empty."""
        first, last = bounds(len(self.groups[k]), part, parts)
        chosen = self.groups[k][first:last].tolist()
        return self.encoded.batch(chosen, self.device) if chosen else None


def _lengths(many: Sequence[Sequence[int]]) -> Ints:
    return np.array([len(one) for one in many], np.int64)
