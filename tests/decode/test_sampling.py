import collections
import math

import numpy as np
import pytest
import torch

from seqkit.decode.filters import SamplingConfig
from seqkit.decode.sampling import (
    Sample,
    Stopping,
    collect,
    draw,
    inverse_cdf,
    random_stream,
    sample,
)

EOS = 0


def drawn(model, rows, config, stopping=Stopping(eos=(EOS,)), first=0):  # noqa: B008 (frozen)
    state, last = model.start(rows)
    return draw(model.step, state, last, config, stopping, first)


CONFIGS = [
    SamplingConfig(max_tokens=12, seed=3),
    SamplingConfig(max_tokens=12, seed=3, temperature=1.4, top_k=4, top_p=0.9, banned=(2,)),
    SamplingConfig(max_tokens=12, seed=3, no_repeat_ngram=2, min_p=0.02),
]


@pytest.mark.parametrize("config", CONFIGS)
@pytest.mark.parametrize("chunk", [1, 3, 7])
def test_a_sample_is_the_same_whatever_the_batch(markov, config, chunk):
    model = markov(6)
    together = drawn(model, 10, config)
    chunked = []
    for first in range(0, 10, chunk):
        chunked += drawn(model, min(chunk, 10 - first), config, first=first)
    assert chunked == together
    assert len({one.ids for one in together}) > 5


def test_another_seed_draws_other_samples(markov):
    model = markov(6)
    assert drawn(model, 5, CONFIGS[0]) != drawn(model, 5, SamplingConfig(max_tokens=12, seed=4))


def test_streams_of_neighbouring_seeds_and_samples_differ():
    firsts = {random_stream(seed, i).random() for seed in range(20) for i in range(20)}
    assert len(firsts) == 400


def test_strings_come_as_often_as_the_model_says(markov):
    model, rows = markov(3, seed=1, spread=0.6), 8000
    config = SamplingConfig(max_tokens=3)
    samples = drawn(model, rows, config, Stopping(eos=(EOS,), keep_eos=True))
    counts = collections.Counter(one.ids for one in samples)
    strings = list(model.strings(3, EOS))
    assert set(counts) <= set(strings)
    for ids in strings:
        expected = rows * math.exp(model.log_prob(ids))
        assert abs(counts[ids] - expected) < 5 * math.sqrt(expected), ids


def test_the_log_probabilities_are_those_of_the_model_and_of_what_was_drawn_from(markov):
    model = markov(5)
    config = SamplingConfig(max_tokens=8, temperature=0.7, top_k=3, banned=(4,))
    samples = drawn(model, 6, config, Stopping(eos=(EOS,), keep_eos=True))
    table = np.exp(model.table.numpy())
    for one in samples:
        assert one.log_prob == pytest.approx(model.log_prob(one.ids), abs=1e-12)
        text, warped = [0, 0, *one.ids], 0.0
        for t, token in enumerate(one.ids):
            probs = table[text[t], text[t + 1]].copy()
            probs[4] = 0
            probs[np.argsort(-probs)[3:]] = 0
            powers = probs ** (1 / 0.7)
            warped += math.log(powers[token] / powers.sum())
        assert one.warped_log_prob == pytest.approx(warped, abs=1e-12)


def test_eos_is_shown_or_not_and_its_probability_always_counts(markov):
    model, config = markov(4), SamplingConfig(max_tokens=50)
    bare = drawn(model, 20, config)
    kept = drawn(model, 20, config, Stopping(eos=(EOS,), keep_eos=True))
    assert all(one.finished for one in bare)
    for one, other in zip(bare, kept, strict=True):
        assert other == Sample((*one.ids, EOS), one.log_prob, one.warped_log_prob, True)
        assert EOS not in one.ids


def test_without_a_stop_every_sample_has_max_tokens_and_is_unfinished(markov):
    samples = drawn(markov(4), 5, SamplingConfig(max_tokens=7), Stopping())
    assert [(len(one.ids), one.finished) for one in samples] == [(7, False)] * 5


def test_a_stop_rule_sees_all_ids_and_keeps_the_last(markov):
    seen = []

    def three_ones(ids):
        seen.append(tuple(ids))
        return ids.count(1) == 3

    (one,) = drawn(markov(3), 1, SamplingConfig(max_tokens=200), Stopping(stop=three_ones))
    assert one.finished
    assert one.ids.count(1) == 3
    assert one.ids[-1] == 1
    assert seen == [one.ids[: n + 1] for n in range(len(one.ids))]


def test_the_end_of_each_row_says_why(markov):
    model = markov(4)
    state, last = model.start(30)
    stopping = Stopping(eos=(EOS,), stop=lambda ids: ids[-2:] == [3, 1])
    tokens = list(sample(model.step, state, last, SamplingConfig(max_tokens=4), stopping))
    ends = {token.row: token.end for token in tokens}
    ids = {row: [token.id for token in tokens if token.row == row] for row in range(30)}
    assert set(ends.values()) == {"eos", "stop", "length"}
    for row, end in ends.items():
        assert (end == "eos") == (ids[row][-1] == EOS)
        assert (end == "stop") == (ids[row][-2:] == [3, 1])
        assert end != "length" or len(ids[row]) == 4
    assert sum(token.end is not None for token in tokens) == 30


def test_rows_that_ended_leave_the_batch(markov):
    model = markov(4)
    samples = drawn(model, 12, SamplingConfig(max_tokens=30))
    steps = [len(one.ids) + one.finished for one in samples]
    assert model.batches == [sum(n > t for n in steps) for t in range(max(steps))]
    assert model.batches[-1] < 12


def test_a_row_for_which_nothing_is_left_ends_without_disturbing_the_others(markov):
    model = markov(3)
    samples = drawn(model, 4, SamplingConfig(max_tokens=9, no_repeat_ngram=1), Stopping(eos=(1,)))
    assert all(one.finished or sorted(one.ids) == [0, 1, 2] for one in samples)
    stuck = drawn(model, 2, SamplingConfig(max_tokens=9, no_repeat_ngram=1), Stopping())
    assert [(sorted(one.ids), one.finished) for one in stuck] == [([0, 1, 2], False)] * 2


def test_it_streams_one_step_at_a_time(markov):
    model = markov(4)
    state, last = model.start(2)
    stream = sample(model.step, state, last, SamplingConfig(max_tokens=5))
    assert model.batches == []
    assert [next(stream).row, next(stream).row] == [0, 1]
    assert model.batches == [2]
    next(stream)
    assert model.batches == [2, 2]
    assert torch.is_grad_enabled()


def test_collecting_a_stream_is_drawing(markov):
    model = markov(5)
    state, last = model.start(4)
    tokens = sample(model.step, state, last, CONFIGS[1], Stopping(eos=(EOS,)))
    assert collect(tokens, 4) == drawn(model, 4, CONFIGS[1])


def test_greedy_follows_the_best_token_with_certainty(markov):
    model = markov(5, seed=2)
    (one,) = drawn(model, 1, SamplingConfig(max_tokens=6, greedy=True), Stopping())
    text = [0, 0]
    for _ in range(6):
        text.append(int(np.argmax(model.table.numpy()[text[-2], text[-1]])))
    assert one.ids == tuple(text[2:])
    assert one.warped_log_prob == 0
    assert one.log_prob == pytest.approx(model.log_prob(one.ids))


def test_prompts_go_on_from_their_own_state(markov):
    model = markov(5)
    state = (torch.tensor([1, 4]), torch.zeros(2, 3))
    config = SamplingConfig(max_tokens=6)
    for context, one in zip(
        [(1, 2), (4, 3)], draw(model.step, state, torch.tensor([2, 3]), config), strict=True
    ):
        assert one.log_prob == pytest.approx(model.log_prob(one.ids, context))


def test_the_inverse_cdf_on_an_even_grid_gives_each_token_its_share():
    probs = np.array([0.0, 0.35, 0.0, 0.05, 0.6, 0.0])
    grid = (np.arange(1000) + 0.5) / 1000
    with np.errstate(divide="ignore"):
        log_probs = torch.from_numpy(np.log(probs)).expand(1000, -1)
    counts = np.bincount(inverse_cdf(log_probs, grid.tolist()), minlength=6)
    assert counts.tolist() == [0, 350, 0, 50, 600, 0]
    assert inverse_cdf(log_probs[:2], [0.0, 1 - 2**-53]) == [1, 4]


def test_no_prompts_give_no_samples(markov):
    assert drawn(markov(3), 0, SamplingConfig()) == []


def test_choices_are_made_in_double_precision_from_what_a_model_returns(markov):
    single, double = markov(5), markov(5)
    single.table = single.table.float()
    double.table = single.table.double()
    assert drawn(single, 8, CONFIGS[1]) == drawn(double, 8, CONFIGS[1])


def test_gradients_are_not_recorded(markov):
    model = markov(3)
    model.table.requires_grad_()
    recorded = []

    def watched(last, state):
        log_probs, state = model.step(last, state)
        recorded.append(log_probs.requires_grad)
        return log_probs, state

    state, last = model.start(1)
    draw(watched, state, last, SamplingConfig(max_tokens=2))
    assert recorded == [False, False]


@pytest.mark.parametrize(
    ("returned", "error", "message"),
    [
        (torch.full((2, 3), math.nan), RuntimeError, "NaN"),
        (torch.ones(2, 3), ValueError, "log_softmax"),
        (torch.zeros(3), ValueError, r"must return \(2, V\), got \(3,\)"),
        (torch.zeros(1, 1), ValueError, r"must return \(2, V\), got \(1, 1\)"),
    ],
)
def test_what_is_no_distribution_is_refused(returned, error, message):
    with pytest.raises(error, match=message):
        draw(lambda last, state: (returned, state), (), torch.tensor([0, 0]), SamplingConfig())


def test_what_is_no_batch_is_refused(markov):
    step = markov(3).step
    with pytest.raises(ValueError, match=r"state tensor 1 is \(4, 2\).*batch of 2"):
        draw(step, (torch.zeros(2, 1), torch.zeros(4, 2)), torch.tensor([0, 0]), SamplingConfig())
    with pytest.raises(ValueError, match=r"prompt_last must be \(B,\) int64"):
        draw(step, (), torch.tensor([0.0]), SamplingConfig())
