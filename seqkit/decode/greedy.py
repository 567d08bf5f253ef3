"""Greedy search: the likeliest token at each step, for several prompts at once."""

import math
from collections.abc import Sequence

import torch

from seqkit.decode.filters import mask, no_repeat_ngram
from seqkit.decode.hypothesis import BeamConfig, Hypothesis, Penalty, limits_of, penalties_of
from seqkit.decode.step import (
    State,
    Step,
    advance,
    check_normalized,
    check_numbers,
    check_start,
    select,
)


def greedy_search(
    step: Step,
    state: State,
    prompt_last: torch.Tensor,
    config: BeamConfig,
    eos: int | None = None,
    limits: Sequence[int] | None = None,
    penalty: Penalty | None = None,
) -> list[Hypothesis]:
    """What greedy search finds for each of B prompts; the arguments are those of `beam_search`.

    A beam of one, without the work that many hypotheses make. At ties the lower id is taken; a
    prompt that nothing may follow any more stays unfinished.
    """
    check_start(prompt_last, state)
    texts = [_Text(limit) for limit in limits_of(limits, len(prompt_last), config)]
    going, last = texts, prompt_last
    while going:
        log_probs, state = advance(step, last, state)
        if going is texts:
            check_normalized(log_probs)
        allowed = mask(log_probs, config.banned)
        allowed = no_repeat_ngram(allowed, [text.ids for text in going], config.no_repeat_ngram)
        best, last = allowed.max(dim=1)  # (R,), (R,)
        for text, token, log_prob in zip(going, last.tolist(), best.tolist(), strict=True):
            text.grow(token, log_prob, eos)
        if any(text.finished for text in going):
            taken_off = penalties_of(penalty, state, len(going))
            for text, one in zip(going, taken_off, strict=True):
                text.penalty = one
        rows = [row for row, text in enumerate(going) if text.going]
        going = [going[row] for row in rows]
        last, *rest = select((last, *state), rows)
        state = tuple(rest)
    check_numbers(torch.tensor([text.log_prob for text in texts]))  # NaN stays NaN in a sum
    return [text.result(config) for text in texts]


class _Text:
    """What has been written for one prompt; `length` counts `<eos>`, `ids` does not have it."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.ids: list[int] = []
        self.log_prob = self.penalty = 0.0
        self.finished, self.going = False, True

    def grow(self, token: int, log_prob: float, eos: int | None) -> None:
        """Add the likeliest token; -inf says that nothing may follow."""
        if log_prob == -math.inf:
            self.going = False
            return
        self.log_prob += log_prob
        self.finished = token == eos
        if not self.finished:
            self.ids.append(token)
        self.going = not self.finished and len(self.ids) < self.limit

    def result(self, config: BeamConfig) -> Hypothesis:
        """The hypothesis, with its score."""
        score = config.score(self.log_prob, len(self.ids) + self.finished)
        taken_off = self.penalty if self.finished else 0.0
        return Hypothesis(tuple(self.ids), self.log_prob, score + taken_off, self.finished)
