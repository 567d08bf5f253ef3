"""Beam search over a step function: the likeliest sequences of several prompts at once.

Unlike sampling, the score is that of the model itself: banned tokens are left out, but what
remains is not normalized again.
"""

import math
from dataclasses import dataclass

import torch

from seqkit.decode.filters import at_least, best, mask, no_repeat_ngram
from seqkit.decode.step import State, Step, advance, check_start, select


@dataclass(frozen=True)
class BeamConfig:
    """How to search (G4). Messages name the command line's options.

    width: hypotheses kept at each step (K); 1 is greedy search.
    length_penalty: α of log P / ((5 + length) / 6)^α; 0 ranks by log P, more favours length.
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


@dataclass(frozen=True)
class Hypothesis:
    """One result: ids without `<eos>`; log P (nats, `<eos>` included); score; whether it ended.

    score: log P divided by the length penalty, where the length counts `<eos>`.
    """

    ids: tuple[int, ...]
    log_prob: float
    score: float
    finished: bool


def beam_search(
    step: Step,
    state: State,
    prompt_last: torch.Tensor,
    config: BeamConfig,
    eos: int | None = None,
) -> list[list[Hypothesis]]:
    """The `nbest` hypotheses of each of B prompts, best first.

    prompt_last: (B,) int64, the last token of each prompt, the rest of which `state` has seen.
    At each step the `width` likeliest continuations of all live hypotheses of a prompt are kept;
    those that end in `eos` leave the beam. Hypotheses that never ended stand after those that
    did, and only where these are too few. Each prompt gets what it would get alone.
    """
    check_start(prompt_last, state)
    beams = [_Beam(config, eos) for _ in range(len(prompt_last))]
    last = prompt_last
    for _ in range(config.max_tokens):
        # Each prompt in `beams` that goes on owns as many consecutive rows as it has hypotheses.
        going = [beam for beam in beams if beam.going]
        if not going:
            break
        log_probs, state = advance(step, last, state)
        allowed = mask(log_probs, config.banned)
        parents: list[int] = []
        row = 0
        for beam in going:
            rows = len(beam.live)
            parents += [row + parent for parent in beam.grow(allowed[row : row + rows])]
            row += rows
        state = select(state, parents)
        last = prompt_last.new_tensor(
            [h.ids[-1] for beam in going if beam.going for h in beam.live]
        )
    return [beam.results() for beam in beams]


class _Beam:
    """The search for one prompt: `live` hypotheses, best first, and `done` ones, best first."""

    def __init__(self, config: BeamConfig, eos: int | None) -> None:
        self.config = config
        self.eos = eos
        self.live = [Hypothesis((), 0.0, 0.0, finished=False)]
        self.done: list[Hypothesis] = []
        self.going = True

    def grow(self, log_probs: torch.Tensor) -> list[int]:
        """Add a token to the live hypotheses, given (len(live), V); the parent of each new one.

        No parents, and `going` False, once nothing may follow, all have ended or none can win.
        """
        candidates = self._candidates(log_probs)
        grown = [(at, self._extend(self.live[at], token, value)) for at, token, value in candidates]
        still = [(at, hypothesis) for at, hypothesis in grown if not hypothesis.finished]
        ended = [hypothesis for _, hypothesis in grown if hypothesis.finished]
        self.done = sorted(self.done + ended, key=lambda hypothesis: -hypothesis.score)
        if grown:  # else the live ones are stuck, and remain as results that never ended
            self.live = [hypothesis for _, hypothesis in still]
        self.going = bool(still) and self._can_win()
        return [at for at, _ in still] if self.going else []

    def _candidates(self, log_probs: torch.Tensor) -> list[tuple[int, int, float]]:
        """The `width` likeliest continuations as (parent, token, log P), best first.

        At ties the better parent, then the lower id, comes first; impossible ones are left out.
        """
        histories = [hypothesis.ids for hypothesis in self.live]
        allowed = no_repeat_ngram(log_probs, histories, self.config.no_repeat_ngram)
        so_far = allowed.new_tensor([[hypothesis.log_prob] for hypothesis in self.live])
        totals = (so_far + allowed).flatten()
        kept = best(totals.unsqueeze(0), min(self.config.width, len(totals)))[0].nonzero()[:, 0]
        values, order = totals[kept].sort(descending=True, stable=True)
        ranked = zip(kept[order].tolist(), values.tolist(), strict=True)
        vocabulary = log_probs.shape[-1]
        return [(*divmod(at, vocabulary), value) for at, value in ranked if value > -math.inf]

    def _extend(self, parent: Hypothesis, token: int, log_prob: float) -> Hypothesis:
        """`parent` and one more token, with which the whole has the probability `log_prob`."""
        score = log_prob / self._penalty(len(parent.ids) + 1)
        if token == self.eos:
            return Hypothesis(parent.ids, log_prob, score, finished=True)
        return Hypothesis((*parent.ids, token), log_prob, score, finished=False)

    def _penalty(self, length: int) -> float:
        """The length penalty ((5 + length) / 6)^α."""
        return float(((5 + length) / 6) ** self.config.length_penalty)

    def _can_win(self) -> bool:
        """Whether a live hypothesis may yet enter the results.

        The bound is safe: log P only falls, and the longest hypothesis has the largest penalty.
        """
        if len(self.done) < self.config.nbest:
            return True
        bound = self.live[0].log_prob / self._penalty(self.config.max_tokens)
        return bound > self.done[self.config.nbest - 1].score

    def results(self) -> list[Hypothesis]:
        """The `nbest` hypotheses: those that ended, by score, then the likeliest that did not."""
        return (self.done + self.live)[: self.config.nbest]
