"""Single sentences of forms learnt one after the other, against the readable net."""

import numpy as np
import pytest
import torch

from seqkit.models.single_tagger import LEAST, MANY, SingleTagger, is_for_single_sentences
from seqkit.models.tagger import Tagger
from seqkit.text.wordforms import WordForms
from tests.models.test_tagger import config, forbidden, sentences

KINDS = {
    "crf": {},
    "softmax": {"crf": False},
    "nothing wide": {"wide": False},
    "finished vectors": {"frozen": 4},
    "of other widths": {"hidden": 4, "embed": 3},
}
TOLERANCE = {torch.float64: 1e-10, torch.float32: 1e-5}


def tagger(dtype=torch.float64, **changes):
    torch.manual_seed(0)
    model = Tagger(config(features=(), **changes), forbidden()).to(dtype).eval()
    if model.wide is not None:
        torch.nn.init.normal_(model.wide.weight)
    return model


def learnt(net, tokens):
    """The numbers of the forms of one sentence (1, T), in its order."""
    forms = tokens.forms[0]
    rows = WordForms(*(part[forms].numpy() for part in tokens[2:5]))
    return list(net.learn(tokens.words[0].numpy(), rows))


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("kind", KINDS)
def test_it_finds_what_the_net_and_the_chain_find(kind, dtype):
    model = tagger(dtype, **KINDS[kind])
    assert is_for_single_sentences(model)
    net = SingleTagger(model)
    rows = [sentences(1, length, columns=0, seed=length) for length in (5, 1, 2, 7)]
    numbers = [learnt(net, tokens) for tokens in rows]  # all, before any is asked for
    for forms, tokens in zip(numbers, rows, strict=True):
        wanted = model.head.chain.decode_with_confidence(model.scores(tokens))
        found = net.decode(forms)
        assert found[0].tolist() == wanted[0].tolist()
        for one, other in zip(found[1:], wanted[1:], strict=True):
            np.testing.assert_allclose(one, other, atol=TOLERANCE[dtype])


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("kind", KINDS)
def test_sentences_of_any_lengths_go_together(kind, dtype):
    model = tagger(dtype, **KINDS[kind])
    net = SingleTagger(model)
    rows = [sentences(1, length, columns=0, seed=n) for n, length in enumerate((7, 4, 4, 2, 1))]
    found = net.decode_together([learnt(net, tokens) for tokens in rows])
    for n, tokens in enumerate(rows):
        wanted = model.head.chain.decode_with_confidence(model.scores(tokens))
        T = tokens.words.shape[1]
        assert found[0][n, :T].tolist() == wanted[0][0].tolist()
        for one, other, end in zip(found[1:], wanted[1:], (T, T - 1), strict=True):
            np.testing.assert_allclose(one[n, :end], other[0], atol=TOLERANCE[dtype])
            assert not one[n, end:].any()


def test_many_forms_are_learnt_at_once_as_one_by_one():
    model, tokens = tagger(), sentences(1, MANY + 3, columns=0)
    at_once, apart = SingleTagger(model), SingleTagger(model)
    numbers = learnt(at_once, tokens)
    for t in range(MANY + 3):
        one = tokens._replace(words=tokens.words[:, t : t + 1], forms=tokens.forms[:, t : t + 1])
        assert learnt(apart, one) == [numbers[t]]
    for one, other in zip(at_once.decode(numbers), apart.decode(numbers), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-10)


def test_forms_may_come_again_and_in_any_order():
    model = tagger()
    tokens, net = sentences(1, 6, columns=0), SingleTagger(model)
    numbers = learnt(net, tokens)
    order = [4, 1, 1, 5, 0, 4, 2]
    moved = tokens._replace(words=tokens.words[:, order], forms=tokens.forms[:, order])
    wanted = model.head.chain.decode_with_confidence(model.scores(moved))
    found = net.decode([numbers[place] for place in order])
    for one, other in zip(found, wanted, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-10)


def test_words_of_other_lengths_are_spelled_to_their_end():
    model, tokens = tagger(), sentences(1, 4, columns=0)
    net, spelled = SingleTagger(model), tokens.characters.clone()
    spelled[:2, 2:] = 2  # padding
    tokens = tokens._replace(characters=spelled)
    wanted = model.head.chain.decode_with_confidence(model.scores(tokens))
    np.testing.assert_allclose(net.decode(learnt(net, tokens))[1], wanted[1], atol=1e-10)


def test_room_shrinks_as_forms_are_learnt():
    net = SingleTagger(tagger(), room=0)
    assert net.room == LEAST
    learnt(net, sentences(1, 6, columns=0))
    assert net.room == LEAST - 6 and net.size == LEAST
    assert SingleTagger(tagger(), room=300 * 8 * 7 * 8).room == 300


def test_it_is_of_no_use_after_a_change():
    model = tagger()
    net = SingleTagger(model)
    net.decode(learnt(net, sentences(1, 3, columns=0)))
    assert net.unchanged()
    with torch.no_grad():
        model.wide.weight *= 2
    assert not net.unchanged()


def test_what_is_not_finite_is_left_to_others():
    model = tagger()
    with torch.no_grad():
        model.output.bias[2] = torch.nan
    net = SingleTagger(model)
    numbers = learnt(net, sentences(1, 3, columns=0))
    assert net.decode(numbers) is None and net.decode_together([numbers]) is None


@pytest.mark.parametrize(
    "change",
    [
        {"cell": "gru"},
        {"cell": "lstm-peephole"},
        {"layers": 2},
        {"features": (6,)},
        {"states": 4},
        {"char_encoder": "rnn"},
        {"char_encoder": None},
        {"affixes": False},
    ],
)
def test_other_nets_are_not_for_it(change):
    assert not is_for_single_sentences(Tagger(config(**{"features": (), **change}), forbidden()))


def test_other_numbers_are_not_for_it():
    assert not is_for_single_sentences(tagger(torch.bfloat16))
    assert not is_for_single_sentences(tagger().to("meta"))
    mixed = tagger()
    mixed.wide.float()
    assert not is_for_single_sentences(mixed)
    with torch.inference_mode():
        assert not is_for_single_sentences(tagger())
