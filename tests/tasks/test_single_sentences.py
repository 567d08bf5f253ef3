"""Sentences of known forms, alone and in batches, against the readable way; what is kept."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
import pytest
import torch

from seqkit.layers.fast.single import SHORT
from seqkit.models.single_tagger import LEAST, SingleTagger
from seqkit.tasks import tagging
from seqkit.tasks.tagging import single
from seqkit.tasks.tagging.encoding import encode
from seqkit.tasks.tagging.prediction import predict
from seqkit.tasks.tagging.single import FEW, SingleSentences
from seqkit.tasks.tagging.trained import Words
from seqkit.text.wordforms import LONGEST, FormReader
from tests.tasks import tagged


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tagged")
    tagging.train(tagged.settings(epochs=3), tagged.sources(folder), folder / "run")
    return folder / "run"


@pytest.fixture
def tagger(finished):
    return tagging.load(finished, "cpu")


def texts(number, seed=5):
    return [tuple(token for token, _, _ in row) for row in tagged.rows(number, seed)]


def one_by_one(tagger):
    return SingleSentences(tagger.model, tagger.symbols, FormReader(tagger.symbols.characters))


def among_many(tagger, sentences):
    encoded = encode([Words(tokens) for tokens in sentences], tagger.symbols)
    return predict(tagger.model, tagger.symbols, encoded)


def assert_alike(found, wanted):
    for one, other in zip(found, wanted, strict=True):
        assert one.tags == other.tags and one.entities == other.entities
        np.testing.assert_allclose(one.confidences, other.confidences, atol=1e-6)
        np.testing.assert_allclose(one.entity_confidences, other.entity_confidences, atol=1e-6)


def test_one_by_one_is_as_among_many(tagger):
    odd = [("Mara", "mara", "MARA", "42", "x-1", "\u00df", "\u4e2d"), ("?",), ("new", "new") * 9]
    sentences = texts(40) + odd
    alone = one_by_one(tagger)
    wanted = among_many(tagger, sentences)
    assert_alike(map(alone.predict, sentences), wanted)
    assert_alike(map(alone.predict, reversed(sentences)), reversed(wanted))  # all known by now


def test_weights_that_change_are_noticed(tagger):
    sentences, alone = texts(5), one_by_one(tagger)
    before = [alone.predict(tokens) for tokens in sentences]
    with torch.no_grad():
        tagger.model.forms.characters.filters.weight *= -3
    wanted = among_many(tagger, sentences)
    assert [one.confidences for one in before] != [one.confidences for one in wanted]
    assert_alike(map(alone.predict, sentences), wanted)


def test_steps_of_training_are_noticed(tagger):
    (tokens,), alone = texts(1), one_by_one(tagger)
    before = alone.predict(tokens)
    weights = tagger.model.train().output.weight
    weights.grad = torch.randn_like(weights)
    torch.optim.SGD([weights], lr=1.0, fused=True).step()  # which torch does not count
    found = alone.predict(tokens)
    assert not tagger.model.training and found.confidences != before.confidences
    assert_alike([found], among_many(tagger, [tokens]))


def test_when_the_room_is_used_up_all_are_forgotten(tagger, monkeypatch):
    monkeypatch.setattr(single, "SingleTagger", partial(SingleTagger, room=0))
    sentences = [tuple(f"w{n}x{k}" for k in range(SHORT)) for n in range(8)]
    alone, wanted, most = one_by_one(tagger), among_many(tagger, sentences), 0
    for tokens, one in zip(sentences, wanted, strict=True):
        assert_alike([alone.predict(tokens)], [one])
        assert set(tokens) <= set(alone._numbers)
        most = max(most, len(alone._numbers))
    assert LEAST - SHORT < most <= LEAST < 8 * SHORT


@pytest.mark.parametrize(
    "tokens", [("a",) * (SHORT + 1), ("Mara", "x" * (LONGEST + 1)), ()], ids=["long", "wide", "no"]
)
def test_what_is_not_kept_is_left_to_others(tagger, tokens):
    alone = one_by_one(tagger)
    assert alone.predict(tokens) is None
    assert all(len(form) <= LONGEST for form in alone._numbers)


def test_other_nets_are_left_to_others(tmp_path):
    settings = tagged.settings(epochs=1, cell="gru")
    tagging.train(settings, tagged.sources(tmp_path), tmp_path / "run")
    tagger = tagging.load(tmp_path / "run", "cpu")
    assert one_by_one(tagger).predict(("Mara",)) is None
    assert len(list(tagger.tag(map(Words, texts(3))))) == 3


def test_few_sentences_keep_their_order_where_some_go_another_way(tagger):
    sentences = texts(4)
    sentences[1:1] = [("Mara",) * (SHORT + 1), ("in", "Lund" * 20)]
    found = list(tagger.tag(map(Words, sentences)))
    assert [one.tokens for one in found] == sentences
    for one, other in zip(found, among_many(tagger, sentences), strict=True):
        np.testing.assert_allclose(one.confidences, other.confidences, atol=1e-6)


def test_only_few_sentences_go_one_by_one(tagger, monkeypatch):
    asked = []
    monkeypatch.setattr(SingleSentences, "predict", lambda self, tokens: asked.append(tokens))
    list(tagger.tag(map(Words, texts(FEW + 1))))
    assert not asked
    list(tagger.tag(map(Words, texts(FEW))))
    assert len(asked) == FEW


@pytest.mark.parametrize("threads", [1, 2])
def test_batches_are_as_the_readable_way(tagger, threads):
    sentences = [*texts(40), ("Mara",) * (SHORT + 9), ("?",), *texts(20, seed=7)]
    batched, before = one_by_one(tagger), torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        found = batched.predict_all(sentences)
        again = batched.predict_all(sentences)  # all known by now
    finally:
        torch.set_num_threads(before)
    assert_alike(found, among_many(tagger, sentences))
    assert_alike(again, found)


def test_batches_leave_odd_sentences_to_others(tagger):
    sentences = texts(FEW)
    sentences[2:2] = [(), ("in", "Lund" * 20), ("Mara",) * (single.TOKENS + 1)]
    found = one_by_one(tagger).predict_all(sentences)
    assert [n for n, one in enumerate(found) if one is None] == [2, 3, 4]
    del found[2:5], sentences[2:5]
    assert_alike(found, among_many(tagger, sentences))


def test_batches_go_on_when_the_room_is_used_up(tagger, monkeypatch):
    monkeypatch.setattr(single, "SingleTagger", partial(SingleTagger, room=0))
    sentences = [tuple(f"w{n}x{k}" for k in range(40)) for n in range(FEW + 4)]
    batched = one_by_one(tagger)
    assert_alike(batched.predict_all(sentences), among_many(tagger, sentences))
    assert 0 < len(batched._numbers) <= LEAST < 40 * len(sentences)


def test_batches_know_when_a_net_is_not_for_them(tagger):
    with torch.no_grad():
        tagger.model.output.bias[0] = torch.nan
    assert one_by_one(tagger).predict_all(texts(FEW + 1)) == [None] * (FEW + 1)
    tagger.model.bfloat16()
    assert one_by_one(tagger).predict_all(texts(FEW + 1)) == [None] * (FEW + 1)


def test_a_change_of_weights_is_noticed_by_batches(tagger):
    sentences, batched = texts(FEW + 1), one_by_one(tagger)
    before = batched.predict_all(sentences)
    with torch.no_grad():
        tagger.model.forms.characters.filters.weight *= -3
    wanted = among_many(tagger, sentences)
    assert [one.confidences for one in before] != [one.confidences for one in wanted]
    assert_alike(batched.predict_all(sentences), wanted)


def test_threads_do_not_get_into_each_other(tagger, monkeypatch):
    monkeypatch.setattr(single, "SingleTagger", partial(SingleTagger, room=0))
    sentences = [tuple(f"w{n}x{k}" for k in range(5, 40)) for n in range(60)]
    alone, wanted = one_by_one(tagger), among_many(tagger, sentences)
    with ThreadPoolExecutor(8) as threads:
        assert_alike(threads.map(alone.predict, sentences * 3), wanted * 3)
