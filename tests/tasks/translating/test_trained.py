"""Translating with a trained translator: nothing depends on neighbours, the best come first."""

import math

import pytest
import torch

from seqkit.decode.filters import SamplingConfig
from seqkit.layers.attention import Memory
from seqkit.tasks.translating import SearchSettings, TrainedTranslator
from seqkit.tasks.translating.sides import learn_sides
from tests.tasks import translated

GREEDY = SearchSettings(beam=1, length_penalty=0.0)
TEXTS = [source for source, _ in translated.sources().test.pairs]
ODD = ["", " ", "the", "zebra", "the zebra sees the fish.", "old " * 30, "\U0001f600 é", "a.b,c"]


def model_score(translator, source, tokens):
    """log P of target tokens, `<eos>` included, step by step."""
    sides, model = translator.sides, translator.model
    (memory, state), before = model.start(torch.tensor([sides.source.ids(source)])), 1
    total = 0.0
    for word in [*sides.target.vocabulary.ids(tokens), 1]:
        log_probs, state = model.step(torch.tensor([before]), state, memory)
        total, before = total + float(log_probs[0, word]), word
    return total


def test_it_translates_what_it_was_never_shown(translator):
    found = list(translator.translate(TEXTS))
    wanted = [target for _, target in translated.sources().test.pairs]
    assert [one.source for one in found] == TEXTS
    assert sum(one.text == other for one, other in zip(found, wanted, strict=True)) >= 8
    assert found[0].tokens == tuple(translator.sides.source.tokenizer.tokens(TEXTS[0]))


def test_greedy_takes_the_likeliest_word_at_each_step(translator):
    model, sides = translator.model, translator.sides
    for text, found in zip(TEXTS, translator.translate(TEXTS, GREEDY), strict=True):
        (memory, state), ids = model.start(torch.tensor([sides.source.ids(text)])), [1]
        while len(ids) == 1 or ids[-1] != 1:
            log_probs, state = model.step(torch.tensor([ids[-1]]), state, memory)
            ids.append(int(log_probs[0].argmax()))
        (candidate,) = found.candidates
        assert candidate.tokens == tuple(sides.target.vocabulary.tokens(ids[1:-1]))
        assert found.text == sides.target.tokenizer.join(candidate.tokens)


def test_a_beam_is_never_worse_than_greedy_in_the_score_of_the_model(translator):
    texts = [source for source, _ in translated.sentences()]
    beam = translator.translate(texts, SearchSettings(beam=5, length_penalty=0.0))
    better = worse = 0
    for one, other in zip(beam, translator.translate(texts, GREEDY), strict=True):
        ahead = one.candidates[0].log_prob - other.candidates[0].log_prob
        better += ahead > 1e-5
        worse += ahead < -1e-5
    assert worse == 0 and better > 0


@pytest.mark.parametrize("coverage", [0.0, 0.4])
def test_candidates_come_best_first_with_the_score_of_the_model(translator, coverage):
    settings = SearchSettings(beam=5, nbest=4, length_penalty=0.7, coverage_penalty=coverage)
    for found in translator.translate(TEXTS[:10], settings):
        scores = [one.score for one in found.candidates]
        assert len(scores) == 4 and scores == sorted(scores, reverse=True)
        assert len({one.tokens for one in found.candidates}) == 4
        for one in found.candidates:
            log_prob = model_score(translator, found.source, one.tokens)
            assert one.log_prob == pytest.approx(log_prob, rel=1e-5)
            normal = one.log_prob / ((5 + len(one.tokens) + 1) / 6) ** 0.7
            assert one.score == pytest.approx(normal) if not coverage else one.score < normal


@pytest.mark.parametrize("settings", [None, SearchSettings(nbest=3, coverage_penalty=0.2)])
def test_a_translation_does_not_depend_on_its_neighbours(translator, settings):
    texts = (ODD + TEXTS * 2)[:64]
    assert len(texts) == 64
    together = list(translator.translate(texts, settings))
    few = list(translator.translate(texts, settings, batch_size=5))
    for text, one, other in zip(texts, together, few, strict=True):
        (alone,) = translator.translate([text], settings)
        for found in (one, other):
            assert found.source == text and found.tokens == alone.tokens
            assert [c.text for c in found.candidates] == [c.text for c in alone.candidates]
            for a, b in zip(found.candidates, alone.candidates, strict=True):
                assert a.score == pytest.approx(b.score, rel=1e-5, abs=1e-5)


def test_texts_are_read_as_they_come(translator):
    taken = []

    def stream():
        for text in TEXTS:
            taken.append(text)
            yield text

    found = translator.translate(stream(), batch_size=4)
    assert next(found).source == TEXTS[0] and len(taken) == 4
    assert list(translator.translate([])) == []


def test_alignments_say_where_each_word_looked(translator):
    for found in translator.translate(TEXTS[:8], SearchSettings(nbest=2, align=True)):
        for one in found.candidates:
            assert one.alignment.shape == (len(one.tokens) + 1, len(found.tokens) + 1)
            torch.testing.assert_close(one.alignment.sum(1), torch.ones(len(one.tokens) + 1))
    (plain,) = translator.translate(TEXTS[:1])
    assert plain.candidates[0].alignment is None


def test_the_reordering_is_seen_in_the_alignment(translator):
    """Things are told of behind, so the last word looked at is not the last of the source."""
    seen = 0
    for found in translator.translate(TEXTS, SearchSettings(align=True)):
        (one,) = found.candidates
        for t, word in enumerate(one.tokens):
            if word == "ruga":
                seen += found.tokens[int(one.alignment[t, :-1].argmax())] == "red"
    assert seen >= 5


class Answering(torch.nn.Module):
    """A stand-in that writes <unk> once, looking at one word of the source, then a known word."""

    attentive = True

    def __init__(self, types, look, known):
        super().__init__()
        self.output_bias = torch.zeros(types)
        self.types, self.look, self.known = types, look, known

    def start(self, source, lengths=None):
        real = torch.ones(source.shape, dtype=torch.bool)
        owner, looked = torch.arange(len(source)), torch.zeros(source.shape)
        return Memory(source, source, real), (owner, looked, torch.zeros(len(source)))

    def step(self, ids, state, memory):
        step = int(state[2][0])
        order = [(0, self.known), (self.known, 0), (1, 0)][min(step, 2)]
        log_probs = torch.full((len(ids), self.types), -20.0)
        log_probs[:, order[1]] = -3.0
        log_probs[:, order[0]] = math.log1p(-math.exp(-3))
        return log_probs, (*state[:2], state[2] + 1)

    def losses(self, batch):
        weights = torch.zeros(*batch.targets.shape, batch.source.shape[1])
        weights[:, :, self.look] = 1
        return torch.zeros(batch.targets.shape), weights


UNKNOWN = "the cat sees Zoë now"


def stand_in(attentive=True, **changes):
    """A translator that writes <unk>, of a text where some words are too rare to be known."""
    sources, targets = ["a bird", "a cat", "the cat"], ["birdo", "birdo kato", "la hundo"]
    sides = learn_sides(translated.settings(**{"min_count": 2, **changes}), sources, targets)
    model = Answering(len(sides.target.vocabulary), 3, 2)
    model.attentive = attentive
    return TrainedTranslator(model, sides, (10, 10))


def test_an_unknown_word_becomes_the_source_word_that_was_looked_at():
    (found,) = stand_in().translate([UNKNOWN])
    assert found.candidates[0].tokens == ("Zoë", "birdo")
    assert found.text == "Zoë birdo"
    assert found.candidates[0].alignment.shape == (3, 6)


@pytest.mark.parametrize(
    "changes",
    [
        {"attentive": False},
        {"min_count": 1},  # no word of the training text was unknown
        {"source_level": "subword", "vocab_size": 270},  # pieces are no words
        {"level": "subword", "vocab_size": 270},
        None,
    ],
)
def test_else_it_is_never_written(changes):
    if changes is None:
        (found,) = stand_in().translate([UNKNOWN], SearchSettings(replace_unk=False))
    else:
        (found,) = stand_in(**changes).translate([UNKNOWN])
    first, second = found.candidates[0].tokens
    assert first == second != "<unk>"


def test_a_long_source_is_cut_and_it_is_told(translator):
    text = "the cat sees the dog."
    tokens = translator.sides.source.tokenizer.tokens(text)
    (found,) = translator.translate([text], SearchSettings(max_tokens=4))
    assert (found.tokens, found.cut) == (tuple(tokens[:4]), len(tokens) - 4)
    assert len(found.candidates[0].tokens) <= 4
    (whole,) = translator.translate([text])
    assert (whole.tokens, whole.cut) == (tuple(tokens), 0)


def test_samples_are_drawn_again_by_their_seed_and_whatever_the_other_lines(translator):
    config = SamplingConfig(max_tokens=20, seed=5)
    first = list(translator.sample(TEXTS[:3], config, rows=4))
    assert [one.source for one in first] == TEXTS[:3]
    assert [len(one.candidates) for one in first] == [4] * 3

    def words(found):
        return [one.tokens for one in found.candidates]

    again = list(translator.sample([ODD[5], TEXTS[1], ""], config, rows=4))
    assert words(again[1]) == words(first[1])
    other = list(translator.sample(TEXTS[:3], SamplingConfig(max_tokens=20, seed=6), rows=4))
    assert [words(one) for one in other] != [words(one) for one in first]
    for found in first:
        assert len({*words(found)}) > 1
        for one in found.candidates:
            log_prob = model_score(translator, found.source, one.tokens)
            assert one.log_prob == pytest.approx(log_prob, rel=1e-4) == one.score


def test_samples_have_numbers_by_their_text(translator):
    config = SamplingConfig(max_tokens=20, seed=5)
    whole = list(translator.sample(TEXTS[:4], config, rows=2))
    rest = list(translator.sample(TEXTS[2:4], config, rows=2, first=2))
    assert [[c.tokens for c in one.candidates] for one in rest] == [
        [c.tokens for c in one.candidates] for one in whole[2:]
    ]


def test_samples_are_never_unknown_and_no_longer_than_they_may_be():
    trained = stand_in()
    (found,) = trained.sample([UNKNOWN], SamplingConfig(seed=1), rows=30)
    assert not any("<unk>" in one.tokens for one in found.candidates)
    trained.model.step = lambda ids, state, memory: (
        torch.full((len(ids), trained.model.types), -30.0).index_fill_(1, torch.tensor([2]), 0.0),
        state,
    )
    (found,) = trained.sample([UNKNOWN], SamplingConfig(), rows=2)
    assert [len(one.tokens) for one in found.candidates] == [15, 15]  # 10 in training, and 5


@pytest.mark.parametrize("text", ["", "  "])
def test_a_source_without_a_token_stays_empty(translator, text):
    config = SamplingConfig(max_tokens=9)
    for (found,) in (translator.translate([text]), translator.sample([text], config)):
        assert (found.source, found.text, found.tokens) == (text, "", ())
        assert found.candidates[0].log_prob == 0.0


def test_evaluation_counts_what_it_translates(translator):
    source = translated.sources().test
    metrics = translator.evaluate(source, GREEDY)
    written = [one.text for one in translator.translate(TEXTS, GREEDY)]
    wanted = [target for _, target in source.pairs]
    exact = sum(one == other for one, other in zip(written, wanted, strict=True))
    assert metrics["exact_match"] == exact / len(wanted)
    assert metrics["perplexity"] == pytest.approx(math.exp(metrics["loss"]))
    assert metrics["texts_per_second"] > 0 and metrics["warnings"] == []
    plain = translator.evaluate(source, GREEDY, tokenize="none")
    assert (plain["bleu_tokenize"], metrics["bleu_tokenize"]) == ("none", "13a")
    assert plain["bleu"] < metrics["bleu"]
    lengths = [len(translator.sides.source.tokenizer.tokens(text)) for text in TEXTS]
    (band,) = metrics["by_length"]
    assert (band["from"], band["to"]) == (min(lengths), max(lengths))
