"""Beam search over a step function: the likeliest sequences of several prompts at once.

Unlike sampling, the score is that of the model itself: banned tokens are left out, but what
remains is not normalized again. Language models and translators are searched alike.
"""

from collections.abc import Sequence

import torch

from seqkit.decode.continuations import Continuation, continuations
from seqkit.decode.filters import mask, no_repeat_ngram
from seqkit.decode.greedy import greedy_search
from seqkit.decode.hypothesis import BeamConfig, Hypothesis, Penalty, limits_of, penalties_of
from seqkit.decode.step import State, Step, advance, check_normalized, check_start, select


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
    if config.width == 1:
        greedy = greedy_search(step, state, prompt_last, config, eos, limits, penalty)
        return [[hypothesis] for hypothesis in greedy]
    check_start(prompt_last, state)
    beams = [_Beam(config, eos, limit) for limit in limits_of(limits, len(prompt_last), config)]
    going, last = beams, prompt_last
    while going:
        # Each prompt in `going` owns as many consecutive rows as it has live hypotheses.
        log_probs, state = advance(step, last, state)
        if going is beams:
            check_normalized(log_probs)
        found = _find(log_probs, going, config)
        ends = any(token == eos for one in found for _, token, _ in one)
        penalties = penalties_of(penalty if ends else None, state, len(last))
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


def _find(
    log_probs: torch.Tensor, going: "Sequence[_Beam]", config: BeamConfig
) -> list[list[Continuation]]:
    """The continuations of each prompt, best first, given log_probs of all live hypotheses."""
    live = [hypothesis for beam in going for hypothesis in beam.live]
    allowed = mask(log_probs, config.banned)
    allowed = no_repeat_ngram(allowed, [one.ids for one in live], config.no_repeat_ngram)
    sizes = [len(beam.live) for beam in going]
    so_far = [one.log_prob for one in live]
    return continuations(allowed, so_far, sizes, config.width, [beam.greedy for beam in going])


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
        score = self.config.score(log_prob, len(parent.ids) + 1)
        if token == self.eos:
            return Hypothesis(parent.ids, log_prob, score + penalty, finished=True)
        return Hypothesis((*parent.ids, token), log_prob, score, finished=False)

    def _can_win(self) -> bool:
        """Whether a live hypothesis may yet enter the results.

        The bound is safe: log P only falls, the longest hypothesis has the largest length penalty,
        and what is added is never above 0.
        """
        if len(self.done) < self.config.nbest:
            return True
        bound = self.config.score(self.live[0].log_prob, self.limit)
        return bound > self.done[self.config.nbest - 1].score

    def results(self) -> list[Hypothesis]:
        """The `nbest` hypotheses: those that ended, by score, then the likeliest that did not."""
        return (self.done + self.live)[: self.config.nbest]
