"""Beam search over a step function: the likeliest sequences of several prompts at once.

Unlike sampling, the score is that of the model itself: banned tokens are left out, but what
remains is not normalized again. Language models and translators are searched alike.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch

from seqkit.decode.continuations import Continuation, continuations
from seqkit.decode.filters import at_least, mask, no_repeat_ngram
from seqkit.decode.step import State, Step, advance, check_start, select

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


def beam_search(
    step: Step,
    state: State,
    prompt_last: torch.Tensor,
    config: BeamConfig,
    eos: int | None = None,
    limits: Sequence[int] | None = None,
    penalty: Penalty | None = None,
) -> list[list[Hypothesis]]:
    """The `nbest` hypotheses of each of B prompts, best first.

    prompt_last: (B,) int64, the last token of each prompt, the rest of which `state` has seen.
    limits: the most tokens of each prompt, `<eos>` included, if that is less than max_tokens.
    penalty: from a state (R rows) to (R,) numbers of 0 or less, which are added to the score of a
    hypothesis that ends there: the coverage penalty of Wu et al. (2016, equation 14), from a state
    that sums attention. The step that yields `eos` is in that state.

    At each step the `width` likeliest continuations of all live hypotheses of a prompt are kept,
    and the one that greedy search would have, so that nothing found is worse than what that finds;
    those that end in `eos` leave the beam. Hypotheses that never ended stand after those that
    did, and only where these are too few. Each prompt gets what it would get alone. Raises
    ValueError for limits or penalties that cannot be.
    """
    check_start(prompt_last, state)
    beams = [_Beam(config, eos, limit) for limit in _limits(limits, len(prompt_last), config)]
    going, last = beams, prompt_last
    while going:
        # Each prompt in `going` owns as many consecutive rows as it has live hypotheses.
        log_probs, state = advance(step, last, state)
        found = _find(log_probs, going, config)
        penalties = [0.0] * len(last)
        if penalty is not None and any(token == eos for one in found for _, token, _ in one):
            penalties = _penalties(penalty, state, len(last))
        parents: list[int] = []
        row = 0
        for beam, one in zip(going, found, strict=True):
            rows = len(beam.live)
            parents += [row + parent for parent in beam.grow(one, penalties[row : row + rows])]
            row += rows
        going = [beam for beam in going if beam.going]
        state = select(state, parents)
        last = prompt_last.new_tensor([h.ids[-1] for beam in going for h in beam.live])
    return [beam.results() for beam in beams]


def _limits(limits: Sequence[int] | None, prompts: int, config: BeamConfig) -> list[int]:
    """The most tokens of each prompt."""
    if limits is None:
        return [config.max_tokens] * prompts
    if len(limits) != prompts or min(limits, default=1) < 1:
        raise ValueError(
            f"limits must be {prompts} numbers of 1 or more, one a prompt; got {len(limits)}, "
            f"the least of them {min(limits, default=None)}"
        )
    return [min(limit, config.max_tokens) for limit in limits]


def _find(
    log_probs: torch.Tensor, going: "Sequence[_Beam]", config: BeamConfig
) -> list[list[Continuation]]:
    """The continuations of each prompt, best first, given log_probs of all live hypotheses."""
    live = [hypothesis for beam in going for hypothesis in beam.live]
    allowed = mask(log_probs, config.banned)
    allowed = no_repeat_ngram(allowed, [one.ids for one in live], config.no_repeat_ngram)
    sizes = [len(beam.live) for beam in going]
    so_far = [one.log_prob for one in live]
    kept = None if config.width == 1 else [beam.greedy for beam in going]
    return continuations(allowed, so_far, sizes, config.width, kept)


def _penalties(penalty: Penalty, state: State, rows: int) -> list[float]:
    """What the caller takes off the scores of `rows` hypotheses, if they end in this state."""
    with torch.no_grad():
        values = penalty(state)
    if values.shape != (rows,):
        raise ValueError(f"penalty must return ({rows},) numbers, got {tuple(values.shape)}")
    if not (values <= 0).all():  # nor NaN
        raise ValueError(f"penalty must return numbers of 0 or less, got {float(values.max())}")
    return [float(value) for value in values.tolist()]


class _Beam:
    """The search for one prompt: `live` hypotheses, best first, and `done` ones, best first."""

    def __init__(self, config: BeamConfig, eos: int | None, limit: int) -> None:
        self.config = config
        self.eos = eos
        self.limit = limit
        self.live = [Hypothesis((), 0.0, 0.0, finished=False)]
        self.done: list[Hypothesis] = []
        self.greedy: int | None = 0  # the place in `live` of what greedy search has; None: it ended
        self.going = True

    def grow(self, found: Sequence[Continuation], penalties: Sequence[float]) -> list[int]:
        """Add a token to the live hypotheses, given the best ways to; the parent of each new one.

        penalties: one a live hypothesis, for the score if it ends now. No parents, and `going`
        False, once nothing may follow, the limit is reached, all have ended or none can win.
        """
        parents: list[int] = []
        grown: list[Hypothesis] = []
        greedy, self.greedy = self.greedy, None
        for at, token, log_prob in found:
            hypothesis = self._extend(self.live[at], token, log_prob, penalties[at])
            is_greedy = at == greedy
            if is_greedy:  # its first continuation is its best; the others are not greedy
                greedy = None
            if hypothesis.finished:
                self.done.append(hypothesis)
            else:
                if is_greedy:
                    self.greedy = len(grown)
                parents.append(at)
                grown.append(hypothesis)
        self.done.sort(key=lambda hypothesis: -hypothesis.score)
        if found:  # else the live ones are stuck, and remain as results that never ended
            self.live = grown
        self.going = bool(grown) and len(grown[0].ids) < self.limit and self._can_win()
        return parents if self.going else []

    def _extend(
        self, parent: Hypothesis, token: int, log_prob: float, penalty: float
    ) -> Hypothesis:
        """`parent` and one more token, with which the whole has the probability `log_prob`."""
        score = log_prob / self._length_penalty(len(parent.ids) + 1)
        if token == self.eos:
            return Hypothesis(parent.ids, log_prob, score + penalty, finished=True)
        return Hypothesis((*parent.ids, token), log_prob, score, finished=False)

    def _length_penalty(self, length: int) -> float:
        """((5 + length) / 6)^α."""
        return float(((5 + length) / 6) ** self.config.length_penalty)

    def _can_win(self) -> bool:
        """Whether a live hypothesis may yet enter the results.

        The bound is safe: log P only falls, the longest hypothesis has the largest length penalty,
        and what is added is never above 0.
        """
        if len(self.done) < self.config.nbest:
            return True
        bound = self.live[0].log_prob / self._length_penalty(self.limit)
        return bound > self.done[self.config.nbest - 1].score

    def results(self) -> list[Hypothesis]:
        """The `nbest` hypotheses: those that ended, by score, then the likeliest that did not."""
        return (self.done + self.live)[: self.config.nbest]
