"""What a search is told and what it finds, whether it keeps one hypothesis or many."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch

from seqkit.decode.filters import at_least
from seqkit.decode.step import State

Penalty = Callable[[State], torch.Tensor]
"""From a state of R rows to (R,) numbers of 0 or less, added to the score of what ends there."""


@dataclass(frozen=True)
class BeamConfig:
    """How to search (G4). Messages name the command line's options.

    width: hypotheses kept at each step (K), beside the greedy one; 1 is greedy search.
    length_penalty: α of log P / ((5 + length) / 6)^α (Wu et al. 2016, equation 14); 0 ranks by
        log P, more favours length.
    nbest: hypotheses returned, at most `width`.
    max_tokens, banned, no_repeat_ngram: as in SamplingConfig.
    """

    width: int = 4
    length_penalty: float = 0.0
    nbest: int = 1
    max_tokens: int = 100
    banned: tuple[int, ...] = ()
    no_repeat_ngram: int = 0

    def __post_init__(self) -> None:
        at_least("--beam", self.width, 1)
        at_least("--nbest", self.nbest, 1)
        at_least("--max-tokens", self.max_tokens, 1)
        at_least("--no-repeat-ngram", self.no_repeat_ngram, 0)
        if not 0 <= self.length_penalty < math.inf:
            raise ValueError(f"--length-penalty must be 0 or more, got {self.length_penalty}")
        if self.nbest > self.width:
            raise ValueError(f"--nbest must be at most --beam ({self.width}), got {self.nbest}")

    def score(self, log_prob: float, length: int) -> float:
        """log P / ((5 + length) / 6)^α of so many tokens, `<eos>` included."""
        return log_prob / float(((5 + length) / 6) ** self.length_penalty)


@dataclass(frozen=True)
class Hypothesis:
    """One result: ids without `<eos>`; log P (nats, `<eos>` included); score; whether it ended.

    score: log P divided by the length penalty, where the length counts `<eos>`; then, if it ended,
    the caller's own penalty is added.
    """

    ids: tuple[int, ...]
    log_prob: float
    score: float
    finished: bool


def limits_of(limits: Sequence[int] | None, prompts: int, config: BeamConfig) -> list[int]:
    """The most tokens of each prompt; ValueError for limits that cannot be."""
    if limits is None:
        return [config.max_tokens] * prompts
    if len(limits) != prompts or min(limits, default=1) < 1:
        raise ValueError(
            f"limits must be {prompts} numbers of 1 or more, one a prompt; got {len(limits)}, "
            f"the least of them {min(limits, default=None)}"
        )
    return [min(limit, config.max_tokens) for limit in limits]


def penalties_of(penalty: Penalty | None, state: State, rows: int) -> list[float]:
    """What the caller takes off the scores of `rows` hypotheses, if they end in this state."""
    if penalty is None:
        return [0.0] * rows
    with torch.no_grad():
        values = penalty(state)
    if values.shape != (rows,):
        raise ValueError(f"penalty must return ({rows},) numbers, got {tuple(values.shape)}")
    if not (values <= 0).all():  # nor NaN
        raise ValueError(f"penalty must return numbers of 0 or less, got {float(values.max())}")
    return [float(value) for value in values.tolist()]
