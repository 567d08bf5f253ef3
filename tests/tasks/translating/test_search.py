"""Looking for translations: against all there are, by hand, by the model's own probabilities."""

import itertools
import math

import pytest
import torch
from torch import nn

from seqkit.decode.filters import SamplingConfig
from seqkit.decode.hypothesis import BeamConfig
from seqkit.layers.attention import Memory
from seqkit.models.translator import NONE, Translator, TranslatorConfig
from seqkit.tasks.translating import search
from seqkit.tasks.translating.encoding import pair_batch
from seqkit.tasks.translating.search import Sources, padded

V, EOS, LIMIT = 4, 1, 4
SOURCE = torch.tensor([[2, 3, 1], [3, 3, 1], [0, 2, 1]])


def build(spread=1.0, **changes):
    """A translator in float64 with random parameters."""
    torch.manual_seed(0)
    model = Translator(TranslatorConfig(5, V, hidden=4, embed=3, dropout=0.0, **changes))
    model.dtype = torch.float64
    for parameter in model.double().parameters():
        nn.init.normal_(parameter, std=spread)
    return model.eval()


def everything(model, row):
    """All targets of at most 3 words that end, with log P and the attention summed: {ids: ...}."""
    words = [word for word in range(V) if word != EOS]
    targets = [ids for n in range(LIMIT) for ids in itertools.product(words, repeat=n)]
    source = SOURCE[row : row + 1].expand(len(targets), -1)
    batch = pair_batch(source, [[*ids, EOS] for ids in targets], torch.device("cpu"))
    losses, weights = model.losses(batch)
    found = {}
    for n, ids in enumerate(targets):
        looks = weights[n, : len(ids) + 1].tolist()
        looked = [math.fsum(column) for column in zip(*looks, strict=True)]
        found[ids] = -math.fsum(losses[n].tolist()), looked
    return found


@pytest.mark.parametrize(
    ("alpha", "beta"), [(0.0, 0.0), (1.0, 0.0), (0.0, 0.7), (0.6, 0.3), (2.0, 2.0)]
)
@pytest.mark.parametrize(
    "changes",
    [{}, {"attention": "additive", "feeding": True}, {"attention": NONE, "cell": "gru"}],
    ids=["dot", "additive, feeding", "none"],
)
def test_a_wide_beam_finds_the_best_of_all_translations(changes, alpha, beta):
    model = build(**changes)
    config = BeamConfig(V**LIMIT, alpha, nbest=5, max_tokens=LIMIT)
    found = search.search(model, Sources(SOURCE), config, beta, EOS, [100] * 3)
    for row, hypotheses in enumerate(found):
        scores = {}
        for ids, (log_prob, looked) in everything(model, row).items():
            coverage = sum(math.log(min(one, 1.0)) for one in looked)  # none without attention
            scores[ids] = log_prob / ((5 + len(ids) + 1) / 6) ** alpha + beta * coverage
        best = sorted(scores, key=scores.__getitem__, reverse=True)[:5]
        assert [h.ids for h in hypotheses] == best
        for hypothesis in hypotheses:
            # The attention is summed in float32.
            assert hypothesis.score == pytest.approx(scores[hypothesis.ids], abs=1e-5)
            log_prob = everything(model, row)[hypothesis.ids][0]
            assert hypothesis.log_prob == pytest.approx(log_prob, abs=1e-11)
            assert hypothesis.finished


def test_no_translation_is_longer_than_the_limit():
    model = build()
    with torch.no_grad():
        model.output_bias[EOS] = -50.0
    for limit, most in ((3, 100), (100, 3)):
        config = BeamConfig(2, max_tokens=most)
        for (found,) in search.search(model, Sources(SOURCE), config, 0.0, EOS, [limit] * 3):
            assert len(found.ids) == 3 and not found.finished


@pytest.mark.parametrize("attention", ["dot", NONE])
@pytest.mark.parametrize("beta", [0.0, 0.5])
def test_sources_of_different_lengths_get_what_they_would_get_alone(attention, beta):
    model, config = build(attention=attention), BeamConfig(3, 1.0, nbest=2, max_tokens=6)
    rows, limits = [[2, 1], [3, 0, 2, 4, 1], [4, 3, 1], [1], [2, 2, 1]], [6, 3, 5, 2, 6]
    together = padded(rows, torch.device("cpu"))
    assert together.lengths.tolist() == [2, 5, 3, 1, 3]
    found = search.search(model, together, config, beta, EOS, limits)
    targets = [hypotheses[0].ids for hypotheses in found]
    looks = search.alignments(model, together, targets, EOS)
    for k, row in enumerate(rows):
        alone = padded([row], torch.device("cpu"))
        assert alone.lengths is None
        (wanted,) = search.search(model, alone, config, beta, EOS, limits[k : k + 1])
        assert [h.ids for h in found[k]] == [h.ids for h in wanted]
        for one, other in zip(found[k], wanted, strict=True):
            assert one.score == pytest.approx(other.score, abs=1e-5)
        (look,) = search.alignments(model, alone, targets[k : k + 1], EOS)
        torch.testing.assert_close(looks[k], look, rtol=0, atol=1e-6)


def test_some_rows_of_a_batch_can_be_taken_twice():
    sources = padded([[2, 1], [3, 4, 1]], torch.device("cpu"))
    chosen = sources.rows([1, 0, 1])
    assert chosen.ids.tolist() == [[3, 4, 1], [2, 1, 0], [3, 4, 1]]
    assert chosen.lengths.tolist() == [3, 2, 3]
    assert padded([[2, 1]], torch.device("cpu")).rows([0, 0]).lengths is None


def remembered(real):
    """A memory of which nothing matters but what is padding."""
    return Memory(torch.empty(0), torch.empty(0), torch.tensor(real))


def test_the_coverage_penalty_by_hand():
    looked = [[0.5, 1.0, 3.0, 9.0], [0.25, 0.0, 0.1, 1.0], [1.0, 2.0, 1.5, 1.0]]
    real = [[True, True, True, False], [True, False, True, True], [True] * 4]
    wanted = [
        0.7 * sum(math.log(min(one, 1.0)) for one, is_real in zip(*row, strict=True) if is_real)
        for row in zip(looked, real, strict=True)
    ]
    state, memory = (torch.tensor([0, 1, 2]), torch.tensor(looked)), remembered(real)
    found = search.coverage_penalty(0.7, memory)(state)
    assert found.tolist() == pytest.approx(wanted, abs=1e-6)
    assert (found <= 0).all() and found[2] == 0
    state = (torch.tensor([1, 0, 1]), torch.tensor(looked)[[1, 0, 1]])
    again = search.coverage_penalty(0.7, memory)(state)
    assert torch.equal(again, found[[1, 0, 1]])


def test_what_was_never_looked_at_costs_much_but_not_all():
    state, memory = (torch.tensor([0]), torch.tensor([[0.0]])), remembered([[True]])
    assert -100 < search.coverage_penalty(1.0, memory)(state).item() < -80
    assert search.coverage_penalty(0.0, memory) is None


def test_the_coverage_penalty_reads_the_state_of_the_model():
    model = build()
    memory, state = model.start(SOURCE)
    assert state[search.OWNER].tolist() == [0, 1, 2]
    _, state = model.step(torch.tensor([EOS] * 3), state, memory)
    torch.testing.assert_close(state[search.SUM].sum(1), torch.ones(3))


@pytest.mark.parametrize("attention", ["dot", "additive"])
def test_alignments_are_the_looks_of_each_step(attention):
    model, targets = build(attention=attention), [(2, 0, 3), (), (3,)]
    found = search.alignments(model, Sources(SOURCE), targets, EOS)
    for row, ids in enumerate(targets):
        assert found[row].shape == (len(ids) + 1, 3)
        (memory, state), before = model.start(SOURCE[row : row + 1]), torch.zeros(3)
        for t, word in enumerate((EOS, *ids)):
            _, state = model.step(torch.tensor([word]), state, memory)
            looked = state[search.SUM][0]
            torch.testing.assert_close(found[row][t], looked - before, rtol=0, atol=1e-6)
            before = looked


@pytest.mark.parametrize("attention", ["dot", NONE])
def test_a_draw_has_the_log_probability_of_the_model(attention):
    model, config = build(attention=attention), SamplingConfig(max_tokens=LIMIT, seed=1)
    every = everything(model, 0)
    found = search.sample(model, SOURCE[:1], config, EOS, 40, 0)
    assert len({one.ids for one in found}) > 5
    for one in found:
        assert one.finished == (len(one.ids) < LIMIT)
        if one.finished:
            assert one.log_prob == one.score == pytest.approx(every[one.ids][0], abs=1e-11)


def test_draws_come_as_often_as_the_model_says():
    model, rows = build(0.7), 3000
    config = SamplingConfig(max_tokens=LIMIT, seed=2)
    found = [one.ids for one in search.sample(model, SOURCE[:1], config, EOS, rows, 0)]
    for ids, (log_prob, _) in everything(model, 0).items():
        wanted = rows * math.exp(log_prob)
        assert abs(found.count(ids) - wanted) < 5 * math.sqrt(wanted) + 1, ids


def test_a_draw_depends_on_its_number_alone():
    model, config = build(), SamplingConfig(max_tokens=8, seed=4)
    whole = search.sample(model, SOURCE[:1], config, EOS, 12, 0)
    parts = [search.sample(model, SOURCE[:1], config, EOS, 4, first) for first in (0, 4, 8)]
    assert [one.ids for one in whole] == [one.ids for part in parts for one in part]


def test_unknown_words_become_the_source_word_looked_at_most():
    alignment = torch.tensor(
        [[0.1, 0.6, 0.3], [0.5, 0.2, 0.3], [0.3, 0.1, 0.6], [0.0, 0.0, 1.0]]
    )  # the last column and the last row are <eos>
    words = ["<unk>", "b", "<unk>"]
    assert search.replace_unknown(words, alignment, ["X", "Y"], "<unk>") == ["Y", "b", "X"]
    assert search.replace_unknown(["a"], alignment, ["X", "Y"], "<unk>") == ["a"]
    nothing = torch.ones(2, 1)
    assert search.replace_unknown(["<unk>"], nothing, [], "<unk>") == ["<unk>"]


@pytest.mark.parametrize(
    ("longest", "length", "longest_source", "wanted"),
    [(10, 3, 8, 15), (10, 8, 8, 15), (10, 16, 8, 25), (10, 9, 8, 17), (3, 1, 0, 8), (4, 6, 0, 29)],
)
def test_a_translation_may_be_as_long_as_any_in_training(longest, length, longest_source, wanted):
    assert search.at_most(longest, length, longest_source) == wanted
