import math

import pytest
import torch

from seqkit.decode.beam import beam_search
from seqkit.decode.filters import SamplingConfig
from seqkit.decode.hypothesis import BeamConfig, Hypothesis
from seqkit.decode.sampling import Stopping, draw

EOS = 0


def search(model, config, contexts=((0, 0),), eos=EOS):
    before, last = torch.tensor(contexts).unbind(dim=1)
    return beam_search(model.step, (before, torch.zeros(len(last), 1)), last, config, eos)


def repeats(ids, n):
    grams = [ids[i : i + n] for i in range(len(ids) - n + 1)]
    return n > 0 and len(set(grams)) < len(grams)


def enumerated(model, config, context=(0, 0), eos=EOS):
    """All allowed strings by brute force: those that ended by score, then the rest."""
    found = []
    for ids in model.strings(config.max_tokens, eos):
        if set(ids) & set(config.banned) or repeats(ids, config.no_repeat_ngram):
            continue
        log_prob = model.log_prob(ids, context)
        score = log_prob / ((5 + len(ids)) / 6) ** config.length_penalty
        ended = ids[-1] == eos
        found.append((ids[:-1] if ended else ids, log_prob, score, ended))
    return sorted(found, key=lambda one: (not one[3], -one[2]))[: config.nbest]


def assert_same(got, expected):
    assert [(one.ids, one.finished) for one in got] == [(ids, end) for ids, _, _, end in expected]
    for one, (_, log_prob, score, _) in zip(got, expected, strict=True):
        assert one.log_prob == pytest.approx(log_prob, abs=1e-10)
        assert one.score == pytest.approx(score, abs=1e-10)


@pytest.mark.parametrize("alpha", [0.0, 0.6, 2.0])
@pytest.mark.parametrize("seed", range(5))
def test_a_beam_as_wide_as_all_strings_is_exact(markov, alpha, seed):
    model = markov(4, seed)
    config = BeamConfig(width=4**5, length_penalty=alpha, nbest=6, max_tokens=5)
    assert_same(search(model, config)[0], enumerated(model, config))


@pytest.mark.parametrize("seed", range(3))
def test_it_is_exact_without_eos_too(markov, seed):
    model = markov(3, seed)
    config = BeamConfig(width=3**5, nbest=4, max_tokens=5)
    assert_same(search(model, config, eos=None)[0], enumerated(model, config, eos=None))


@pytest.mark.parametrize("seed", range(3))
def test_it_is_exact_among_the_strings_that_bans_leave(markov, seed):
    model = markov(4, seed)
    config = BeamConfig(width=4**5, nbest=5, max_tokens=5, banned=(2,), no_repeat_ngram=2)
    assert_same(search(model, config)[0], enumerated(model, config))


@pytest.mark.parametrize("alpha", [0.0, 1.0])
@pytest.mark.parametrize("seed", range(5))
def test_a_beam_of_one_is_greedy(markov, seed, alpha):
    model = markov(6, seed)
    config = BeamConfig(width=1, length_penalty=alpha, max_tokens=8, banned=(5,))
    state, last = model.start(1)
    greedy = SamplingConfig(greedy=True, max_tokens=8, banned=(5,))
    (expected,) = draw(model.step, state, last, greedy, Stopping(eos=(EOS,)))
    ((got,),) = search(model, config)
    assert (got.ids, got.finished) == (expected.ids, expected.finished)
    assert got.log_prob == pytest.approx(expected.log_prob)


@pytest.mark.parametrize("width", [1, 2, 5])
@pytest.mark.parametrize("alpha", [0.0, 1.0])
def test_a_batch_is_its_sentences_one_by_one(markov, width, alpha):
    model = markov(7, seed=4)
    contexts = [(a, b) for a in range(1, 5) for b in range(1, 4)]
    config = BeamConfig(width, alpha, nbest=width, max_tokens=9, no_repeat_ngram=3)
    together = search(model, config, contexts)
    assert together == [search(model, config, [context])[0] for context in contexts]
    assert len({one.ids for one, *_ in together}) > 3


def test_a_narrow_beam_never_beats_the_exact_result_and_a_wide_one_reaches_it(markov):
    for seed in range(8):
        model = markov(4, seed)
        scores = [
            search(model, BeamConfig(width=width, max_tokens=5))[0][0] for width in (1, 4, 4**5)
        ]
        exact = scores[-1].score
        assert all(one.score <= exact + 1e-12 for one in scores if one.finished)


def test_a_hypothesis_has_the_probability_of_its_string(markov):
    model = markov(6, seed=9)
    for one in search(model, BeamConfig(width=5, nbest=5, max_tokens=7))[0]:
        ids = (*one.ids, EOS) if one.finished else one.ids
        assert one.log_prob == pytest.approx(model.log_prob(ids))


def test_the_length_penalty_favours_length():
    """Ending at once has probability 0.5; going on twice and ending then has 0.45."""
    table = torch.tensor([[0.5, 0.5, 0.0], [0.05, 0.0, 0.95], [0.95, 0.05, 0.0]]).double().log()

    def step(last, state):
        return table[last], state

    def first(alpha):
        config = BeamConfig(width=3, length_penalty=alpha, max_tokens=5)
        return beam_search(step, (), torch.tensor([0]), config, EOS)[0][0]

    assert first(0.0).ids == ()
    assert first(1.0).ids == (1, 2)
    assert first(1.0).score == pytest.approx(math.log(0.5 * 0.95 * 0.95) * 6 / 8)


def test_ties_go_to_the_lower_ids():
    uniform = torch.full((4,), 0.25, dtype=torch.float64).log()

    def step(last, state):
        return uniform.expand(len(last), -1), state

    config = BeamConfig(width=3, nbest=3, max_tokens=2)
    got = beam_search(step, (), torch.tensor([0]), config)[0]
    assert [one.ids for one in got] == [(0, 0), (0, 1), (0, 2)]


def test_the_search_stops_once_no_live_hypothesis_can_win(markov):
    model = markov(5, seed=1)
    model.table[:] = torch.tensor([0.96, 0.01, 0.01, 0.01, 0.01]).double().log()
    ((one,),) = search(model, BeamConfig(width=4, max_tokens=50))
    assert one == Hypothesis((), pytest.approx(math.log(0.96)), pytest.approx(math.log(0.96)), True)
    assert model.batches == [1]


def test_where_nothing_may_follow_the_hypotheses_stay_unfinished(markov):
    model = markov(3)
    config = BeamConfig(width=6, nbest=6, max_tokens=9, no_repeat_ngram=1)
    got = search(model, config, eos=None)[0]
    assert sorted(one.ids for one in got) == [
        (0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0),
    ]  # fmt: skip
    assert not any(one.finished for one in got)


def test_no_prompts_give_no_hypotheses(markov):
    none = torch.zeros(0, dtype=torch.int64)
    assert beam_search(markov(3).step, (none, none), none, BeamConfig()) == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"width": 0}, "--beam must be 1 or more, got 0"),
        ({"nbest": 0}, "--nbest must be 1 or more, got 0"),
        ({"nbest": 5}, r"--nbest must be at most --beam \(4\), got 5"),
        ({"length_penalty": -0.5}, "--length-penalty must be 0 or more, got -0.5"),
        ({"length_penalty": math.nan}, "--length-penalty"),
        ({"max_tokens": 0}, "--max-tokens"),
        ({"no_repeat_ngram": -1}, "--no-repeat-ngram"),
    ],
)
def test_bad_options_are_named_as_they_are_typed(options, message):
    with pytest.raises(ValueError, match=message):
        BeamConfig(**options)
