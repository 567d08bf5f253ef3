"""Beam search beside plain Python: an enumeration of all strings, and the search prompt by prompt.

The model attends to a source of its own, so that a coverage penalty can be checked too.
"""

import dataclasses
import math

import numpy as np
import pytest
import torch

from seqkit.decode.beam import beam_search
from seqkit.decode.hypothesis import BeamConfig

EOS = 0
WORDS = 3  # of the source


@dataclasses.dataclass
class Attending:
    """log P of the next token (V, V, V) and attention (V, V, WORDS), given the last two tokens."""

    table: torch.Tensor
    attention: torch.Tensor

    @property
    def size(self):
        return len(self.table)

    def step(self, last, state):
        before, coverage = state
        return self.table[before, last], (last, coverage + self.attention[before, last])

    def search(self, contexts, config, **options):
        before, last = torch.tensor(contexts).unbind(dim=1)
        state = (before, torch.zeros(len(contexts), WORDS, dtype=torch.float64))
        return beam_search(self.step, state, last, config, EOS, **options)

    def row(self, context, ids):
        """log P of what may follow, as a list."""
        text = [*context, *ids]
        return self.table[text[-2], text[-1]].tolist()

    def coverage_penalty(self, context, ids, beta):
        """The penalty of equation 14 of a string that ends after `ids`, in plain Python."""
        text = [*context, *ids]
        sums = [
            math.fsum(float(self.attention[text[t], text[t + 1], j]) for t in range(len(ids) + 1))
            for j in range(WORDS)
        ]
        return beta * math.fsum(math.log(min(one, 1.0)) for one in sums)


def coverage(beta):
    return None if beta == 0 else lambda state: beta * state[1].clamp(max=1).log().sum(dim=1)


def attending(size, seed, spread=1.5):
    random = np.random.default_rng(seed)
    logits = torch.from_numpy(random.normal(scale=spread, size=(size, size, size)))
    attention = torch.from_numpy(random.normal(scale=2, size=(size, size, WORDS)))
    return Attending(logits.log_softmax(dim=-1), attention.softmax(dim=-1))


def with_ties(size, seed, parts=8):
    """Every probability is a multiple of 1 / 8, many are equal, many are 0."""
    random = np.random.default_rng(seed)
    counts = random.multinomial(parts, np.full(size, 1 / size), size=(size, size))
    model = attending(size, seed)
    return Attending((torch.from_numpy(counts) / parts).log(), model.attention)


def scored(model, context, ids, log_prob, config, beta):
    score = log_prob / ((5 + len(ids) + 1) / 6) ** config.length_penalty
    return score + (model.coverage_penalty(context, ids, beta) if beta else 0)


def unfinished(ids, log_prob, config):
    return ids, log_prob, log_prob / ((5 + len(ids)) / 6) ** config.length_penalty, False


def enumerated(model, context, config, limit, beta):
    """All strings of at most `limit` tokens: those that end by score, then the others by log P."""
    ended, cut = [], []

    def grow(ids, log_prob):
        row = model.row(context, ids)
        whole = log_prob + row[EOS]
        ended.append((ids, whole, scored(model, context, ids, whole, config, beta), True))
        for token in range(1, model.size):
            longer = ((*ids, token), log_prob + row[token])
            if len(ids) + 1 == limit:
                cut.append(unfinished(*longer, config))
            else:
                grow(*longer)

    grow((), 0.0)
    return sorted(ended, key=lambda one: -one[2]) + sorted(cut, key=lambda one: -one[1])


def searched(model, context, config, limit, beta):
    """Beam search for one prompt without any bound: it goes on until nothing is alive."""
    live, done, greedy = [((), 0.0)], [], ()
    for _ in range(limit):
        found = [
            (log_prob + value, at, token)
            for at, (ids, log_prob) in enumerate(live)
            for token, value in enumerate(model.row(context, ids))
            if token not in config.banned and value > -math.inf
        ]
        found.sort(key=lambda one: (-one[0], one[1], one[2]))
        if not found:
            break
        grown = [(live[at][0], token, total) for total, at, token in found[: config.width]]
        own = [(live[at][0], token, total) for total, at, token in found if live[at][0] == greedy]
        grown += [one for one in own[:1] if one not in grown]
        greedy = (*greedy, own[0][1]) if own else None
        live = [((*ids, token), total) for ids, token, total in grown if token != EOS]
        for ids, token, total in grown:
            if token == EOS:
                done.append((ids, total, scored(model, context, ids, total, config, beta), True))
    return sorted(done, key=lambda one: -one[2]) + [unfinished(*one, config) for one in live]


@pytest.mark.parametrize("alpha", [0.0, 1.0])
@pytest.mark.parametrize("make", [attending, with_ties])
def test_it_is_never_worse_than_greedy_search(make, alpha):
    better = 0
    for seed in range(20):
        model = make(6, seed)
        contexts = [(a, b) for a in range(1, 6) for b in range(1, 6)]
        greedy = BeamConfig(width=1, length_penalty=alpha, max_tokens=12)
        wide = dataclasses.replace(greedy, width=2)
        pairs = zip(model.search(contexts, greedy), model.search(contexts, wide), strict=True)
        for (one,), (other,) in pairs:
            if one.finished:
                assert other.finished and other.score >= one.score
                better += other.score > one.score
    assert better


def assert_same(got, expected):
    assert [(one.ids, one.finished) for one in got] == [(ids, end) for ids, _, _, end in expected]
    for one, (_, log_prob, score, _) in zip(got, expected, strict=True):
        assert one.log_prob == pytest.approx(log_prob, abs=1e-10)
        assert one.score == pytest.approx(score, abs=1e-10)


@pytest.mark.parametrize("beta", [0.0, 0.4])
@pytest.mark.parametrize("alpha", [0.0, 0.6, 2.0])
def test_a_beam_as_wide_as_all_strings_finds_the_best_of_all(alpha, beta):
    """Prompts with limits of their own, side by side."""
    limits, contexts = [5, 2, 1, 9, 4], [(0, 0), (1, 2), (2, 1), (3, 3), (0, 2)]
    config = BeamConfig(width=4**5, length_penalty=alpha, nbest=7, max_tokens=5)
    for seed in range(3):
        model = attending(4, seed)
        got = model.search(contexts, config, limits=limits, penalty=coverage(beta))
        for one, context, limit in zip(got, contexts, limits, strict=True):
            assert_same(one, enumerated(model, context, config, min(limit, 5), beta)[:7])


@pytest.mark.parametrize("beta", [0.0, 0.4])
@pytest.mark.parametrize("alpha", [0.0, 1.0])
@pytest.mark.parametrize("width", [1, 2, 5])
@pytest.mark.parametrize("make", [attending, with_ties])
def test_it_is_the_search_prompt_by_prompt(make, width, alpha, beta):
    for seed in range(3):
        model = make(6, seed)
        contexts = [(a, b) for a in range(1, 6) for b in range(1, 6)]
        limits = [1 + (7 * at + seed) % 10 for at in range(len(contexts))]
        config = BeamConfig(width, alpha, nbest=width, max_tokens=8, banned=(5,))
        got = model.search(contexts, config, limits=limits, penalty=coverage(beta))
        for one, context, limit in zip(got, contexts, limits, strict=True):
            assert_same(one, searched(model, context, config, min(limit, 8), beta)[:width])


@pytest.mark.parametrize("make", [attending, with_ties])
def test_64_at_once_are_64_one_by_one(make):
    model = make(9, seed=2)
    contexts = [(a, b) for a in range(1, 9) for b in range(1, 9)]
    limits = [3 + at % 8 for at in range(64)]
    config = BeamConfig(width=4, length_penalty=0.8, nbest=4, max_tokens=10)
    together = model.search(contexts, config, limits=limits, penalty=coverage(0.2))
    alone = [
        model.search([context], config, limits=[limit], penalty=coverage(0.2))[0]
        for context, limit in zip(contexts, limits, strict=True)
    ]
    assert together == alone
    assert len({one.ids for one, *_ in together}) > 10


def test_float32_and_float64_choose_alike():
    """The choice is made in float64 whatever the model computes in."""
    model = attending(7, seed=5, spread=0.3)
    coarse = Attending(model.table.float(), model.attention)
    exact = Attending(coarse.table.double(), model.attention)
    contexts = [(a, b) for a in range(7) for b in range(7)]
    config = BeamConfig(width=6, nbest=6, max_tokens=7)
    assert coarse.search(contexts, config) == exact.search(contexts, config)


def test_the_penalty_changes_what_is_best():
    """Uncovered source words cost: the same model, other winners."""
    model = attending(5, seed=1)
    contexts = [(a, b) for a in range(1, 5) for b in range(1, 5)]
    config = BeamConfig(width=5, length_penalty=1.0, max_tokens=8)
    plain, covering = (
        [found[0].ids for found in model.search(contexts, config, penalty=coverage(beta))]
        for beta in (0.0, 1.0)
    )
    assert plain != covering
    assert sum(map(len, covering)) > sum(map(len, plain))


def test_a_limit_stops_its_own_prompt_only():
    rows = []

    def step(last, state):
        rows.append(len(last))
        return torch.full((len(last), 4), math.log(0.25)), state

    config = BeamConfig(width=2, max_tokens=4)
    got = beam_search(step, (), torch.zeros(3, dtype=torch.int64), config, limits=[1, 3, 99])
    assert [len(one.ids) for (one,) in got] == [1, 3, 4]
    assert rows == [3, 4, 4, 2]


def test_the_bound_is_that_of_the_prompts_own_limit():
    """0.5 to end at once, else on for ever: with a limit of 2 that cannot win, with 50 it might."""
    rows = []

    def step(last, state):
        rows.append(len(last))
        return torch.tensor([[0.5, 0.4, 0.1]] * len(last)).log(), state

    config = BeamConfig(width=2, length_penalty=1.0, max_tokens=50)
    beam_search(step, (), torch.zeros(1, dtype=torch.int64), config, EOS, limits=[2])
    # log 0.4 / (7 / 6) is below log 0.5; divided by 55 / 6 it is above.
    assert rows == [1]
    beam_search(step, (), torch.zeros(1, dtype=torch.int64), config, EOS)
    assert len(rows) > 2


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        ([3], "2 numbers of 1 or more, one a prompt; got 1, the least of them 3"),
        ([3, 0], "got 2, the least of them 0"),
        ([], "got 0, the least of them None"),
    ],
)
def test_limits_that_cannot_be_are_refused(limits, message):
    with pytest.raises(ValueError, match=message):
        attending(3, 0).search([(0, 0), (0, 1)], BeamConfig(), limits=limits)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([0.1], "numbers of 0 or less, got 0.1"),
        ([math.nan], "numbers of 0 or less, got nan"),
        ([0.0, 0.0], r"\(1,\) numbers, got \(2,\)"),
    ],
)
def test_penalties_that_cannot_be_are_refused(values, message):
    def penalty(state):
        return torch.tensor(values, dtype=torch.float64)

    with pytest.raises(ValueError, match=message):
        attending(3, 0).search([(0, 0)], BeamConfig(width=3), penalty=penalty)
