"""From sources to translations: beam search, sampling, what was looked at (G4)."""

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

import torch
from torch import Tensor

from seqkit.decode.beam import beam_search
from seqkit.decode.filters import SamplingConfig
from seqkit.decode.hypothesis import BeamConfig, Hypothesis
from seqkit.decode.sampling import Stopping, draw
from seqkit.decode.step import select
from seqkit.layers.attention import Memory
from seqkit.models.translator import Translator
from seqkit.tasks.translating.encoding import pair_batch

State = tuple[Tensor, ...]


class Sources(NamedTuple):
    """B sources as ids that end in `<eos>`, padded to one length."""

    ids: Tensor  # (B, S)
    lengths: Tensor | None = None  # (B,): how much of each is real; None: all

    def rows(self, chosen: Sequence[int]) -> "Sources":
        """Some of them; one may be taken twice."""
        at = torch.tensor(chosen, device=self.ids.device)
        return Sources(self.ids[at], None if self.lengths is None else self.lengths[at])


def padded(rows: Sequence[Sequence[int]], device: torch.device) -> Sources:
    """Sources of different lengths as one batch; the padding is never read."""
    lengths = torch.tensor([len(row) for row in rows])  # (B,)
    ids = torch.zeros(len(rows), int(lengths.max()), dtype=torch.int64)  # (B, S)
    for own, row in zip(ids, rows, strict=True):
        own[: len(row)] = torch.tensor(row)
    alike = bool((lengths == lengths[0]).all())
    return Sources(ids.to(device), None if alike else lengths.to(device))


OWNER, SUM = 0, 1
"""Where in the state of `Translator.step` it is said which source a row looks at, and the sum of
all its attention."""


def coverage_penalty(weight: float, memory: Memory) -> Callable[[State], Tensor] | None:
    """beta * sum_s log min(sum_t alpha<t,s>, 1), of a state (R rows): (R,), never above 0.

    What was never looked at has most likely not been translated (Wu et al. 2016, equation 14).
    """
    if not weight:
        return None

    def penalty(state: State) -> Tensor:
        """Of R rows, (R,)."""
        least = torch.finfo(torch.float32).tiny
        lacking = state[SUM].double().clamp(least, 1).log()  # (R, S)
        if memory.real is not None:
            lacking = lacking.where(memory.real[state[OWNER]], 0)
        return weight * lacking.sum(dim=1)

    return penalty


def search(
    model: Translator,
    sources: Sources,
    config: BeamConfig,
    coverage: float,
    eos: int,
    limits: Sequence[int],
) -> list[list[Hypothesis]]:
    """The likeliest translations of B sources, best first; at most `limits` (B,) words of each.

    With one source or many, each gets what it would get alone.
    """
    start = sources.ids.new_full((len(sources.ids),), eos)
    memory, state = model.start(*sources)
    penalty = coverage_penalty(coverage if model.attentive else 0.0, memory)
    step = partial(model.step, memory=memory)
    return beam_search(step, state, start, config, eos, limits, penalty)


def sample(
    model: Translator, source: Tensor, config: SamplingConfig, eos: int, rows: int, first: int
) -> list[Hypothesis]:
    """`rows` draws from P(target | source) for one source (1, S) (L3).

    `first` is the number of draws of this seed made before; the score of a draw is its log P.
    """
    memory, state = model.start(source)
    step, many = partial(model.step, memory=memory), select(state, [0] * rows)
    start = source.new_full((rows,), eos)
    drawn = draw(step, many, start, config, Stopping(eos=(eos,)), first)
    return [Hypothesis(s.ids, s.log_prob, s.log_prob, s.finished) for s in drawn]


def alignments(
    model: Translator, sources: Sources, targets: Sequence[Sequence[int]], eos: int
) -> list[Tensor]:
    """Where each word of each target looked: (T, S) for each of B sources, `<eos>` last on both."""
    batch = pair_batch(sources.ids.cpu(), [[*ids, eos] for ids in targets], sources.ids.device)
    _, weights = model.losses(batch._replace(lengths=sources.lengths))  # (B, T, S)
    whole = [sources.ids.shape[1]] * len(targets)
    lengths = whole if sources.lengths is None else sources.lengths.tolist()
    return [
        row[: len(ids) + 1, :length]
        for row, ids, length in zip(weights.float().cpu(), targets, lengths, strict=True)
    ]


def replace_unknown(
    target: Sequence[str], alignment: Tensor, source: Sequence[str], unknown: str
) -> list[str]:
    """Put the source word that was looked at most in the place of each `<unk>` (Jean et al. 2015).

    `alignment` (T, S), where the last position of the source is `<eos>` and no word.
    """
    looked = alignment[:, : len(source)].argmax(dim=1).tolist() if len(source) else []
    return [
        source[looked[t]] if word == unknown and source else word for t, word in enumerate(target)
    ]


def at_most(longest: int, length: int, longest_source: int) -> int:
    """How many words a translation of a source of so many may have: as many as any in training.

    For a source longer than those of training, more in proportion.
    """
    beyond = length / max(longest_source, 1)
    return math.ceil(longest * max(1.0, beyond)) + 5
