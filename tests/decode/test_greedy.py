"""Greedy search beside plain Python, one prompt at a time; what it refuses while it goes on."""

import math

import pytest
import torch

from seqkit.decode.beam import beam_search
from seqkit.decode.greedy import greedy_search
from seqkit.decode.hypothesis import BeamConfig, Hypothesis
from tests.decode.test_beam_oracle import EOS, attending, coverage, with_ties


def written(model, context, config, limit, beta):
    """The likeliest token, the lowest of several, until `<eos>` or the limit."""
    ids, log_prob = (), 0.0
    while len(ids) < limit:
        row = model.row(context, ids)
        best, token = max((row[k], -k) for k in range(model.size) if k not in config.banned)
        if best == -math.inf:
            break
        log_prob += best
        if -token == EOS:
            score = log_prob / ((5 + len(ids) + 1) / 6) ** config.length_penalty
            taken_off = model.coverage_penalty(context, ids, beta) if beta else 0
            return Hypothesis(ids, log_prob, score + taken_off, True)
        ids = (*ids, -token)
    return Hypothesis(
        ids, log_prob, log_prob / ((5 + len(ids)) / 6) ** config.length_penalty, False
    )


@pytest.mark.parametrize(("alpha", "beta"), [(0.0, 0.0), (0.8, 0.4)])
@pytest.mark.parametrize("make", [attending, with_ties])
def test_many_prompts_get_what_each_gets_in_plain_python(make, alpha, beta):
    ended = 0
    for seed in range(5):
        model = make(6, seed)
        contexts = [(a, b) for a in range(1, 6) for b in range(1, 6)]
        limits = [1 + (7 * at + seed) % 10 for at in range(len(contexts))]
        config = BeamConfig(1, alpha, max_tokens=8, banned=(5,))
        before, last = torch.tensor(contexts).unbind(dim=1)
        state = (before, torch.zeros(len(contexts), 3, dtype=torch.float64))
        found = greedy_search(model.step, state, last, config, EOS, limits, coverage(beta))
        for one, context, limit in zip(found, contexts, limits, strict=True):
            wanted = written(model, context, config, min(limit, 8), beta)
            assert (one.ids, one.finished) == (wanted.ids, wanted.finished)
            assert one.log_prob == pytest.approx(wanted.log_prob, abs=1e-12)
            assert one.score == pytest.approx(wanted.score, abs=1e-12)
            ended += one.finished
    assert 20 < ended < 120


@pytest.mark.parametrize("width", [1, 3])
def test_damage_is_noticed_in_the_midst_of_a_search(width):
    def step(last, state):
        (seen,) = state
        log_probs = torch.full((len(last), 4), 0.25).log()
        log_probs[-1, 2] = math.nan if seen[0] == 3 else log_probs[-1, 2]
        return log_probs, (seen + 1,)

    last, state = torch.zeros(2, dtype=torch.int64), (torch.zeros(2),)
    config = BeamConfig(width, max_tokens=3)
    assert len(beam_search(step, state, last, config)) == 2
    with pytest.raises(RuntimeError, match="NaN as a log-probability"):
        beam_search(step, state, last, BeamConfig(width, max_tokens=4))


@pytest.mark.parametrize("width", [1, 3])
def test_logits_are_refused(width):
    step = lambda last, state: (torch.zeros(len(last), 4), state)  # noqa: E731
    with pytest.raises(ValueError, match="apply log_softmax"):
        beam_search(step, (), torch.zeros(1, dtype=torch.int64), BeamConfig(width))
