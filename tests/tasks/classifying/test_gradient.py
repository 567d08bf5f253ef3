import numpy as np
import pytest
import torch

from seqkit.models.classifier import Classifier, ClassifierConfig
from seqkit.tasks.classifying.explanation import contrast
from seqkit.tasks.classifying.features import splitter
from seqkit.tasks.classifying.gradient import Gradient, has_gradient
from seqkit.tasks.classifying.labels import Labels
from seqkit.tasks.classifying.net import NetScorer
from seqkit.tasks.classifying.reading import Reader
from seqkit.text.vocabulary import Vocabulary
from tests.tasks.classifying.made_up import TableScorer, one_label

NAMES = ("bad", "good", "so-so")
WORDS = ["i", "loved", "this", "film", "but", "not", "its", "end", "!"]


def net_of(level="word", max_tokens=0, many=False, seed=0, **config):
    """A net in double precision, with an embedding for each word or character."""
    torch.manual_seed(seed)
    types = WORDS if level == "word" else sorted(set(" ".join(WORDS)))
    vocabulary = Vocabulary.from_counts(dict.fromkeys(types, 1))
    sizes = {"hidden": 5, "embed": 4, **config}
    words = len(vocabulary)
    shape = ClassifierConfig(words=words, classes=3, many_labels=many, **sizes)
    model = Classifier(shape).double()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(2)  # so that tokens matter
    return NetScorer(model, Reader(level, vocabulary, max_tokens, None))


def by_differences(net, text, labels, k, step=1e-5):
    """(margin(x + h·x_t) - margin(x - h·x_t)) / 2h: each word is the only one of its row."""
    factors, weight = contrast(labels, k), net.model.words.embedding.weight
    found = []
    for token in splitter("word")(text):
        (row,) = net.reader.vocabulary.ids([token])
        before = weight[row].detach().clone()
        sides = []
        for sign in (1, -1):
            with torch.no_grad():
                weight[row] = before * (1 + sign * step)
            sides.append(float(net.scores([text])[0] @ factors))
        with torch.no_grad():
            weight[row] = before
        found.append((sides[0] - sides[1]) / (2 * step))
    return found


@pytest.mark.parametrize(
    "config",
    [
        {"cell": "lstm", "pooling": "max"},
        {"cell": "gru", "pooling": "attention", "bidirectional": False},
        {"cell": "rnn", "pooling": "mean", "layers": 2},
    ],
    ids=str,
)
@pytest.mark.parametrize("many", [False, True])
def test_it_is_what_finite_differences_say(config, many):
    net, labels = net_of(many=many, **config), Labels(NAMES, many)
    text = "I loved this film, but NOT its end!".replace(",", "")
    for k in range(3):
        wanted = by_differences(net, text, labels, k)
        assert max(map(abs, wanted)) > 0.01
        found = Gradient(net, labels).shares(text, k)
        assert found == pytest.approx(wanted, rel=1e-5, abs=1e-7)


def test_it_changes_nothing():
    net, labels = net_of(), Labels(NAMES)
    before = net.scores(["i loved this"])
    Gradient(net, labels).shares("i loved this", 0)
    assert (net.scores(["i loved this"]) == before).all()
    assert all(parameter.grad is None for parameter in net.model.parameters())
    assert not net.model.dropout._forward_hooks


@pytest.mark.parametrize("level", ["word", "char"])
@pytest.mark.parametrize("most", [1, 2, 5])
def test_tokens_that_the_net_does_not_read_have_no_share(level, most):
    labels, gap = Labels(NAMES), " " if level == "word" else ""
    tokens = splitter(level)(" ".join(WORDS))
    cut = [*tokens[: most - most // 2], *tokens[len(tokens) - most // 2 :]]
    wanted = Gradient(net_of(level), labels).shares(gap.join(cut), 1)
    found = Gradient(net_of(level, max_tokens=most), labels).shares(gap.join(tokens), 1)
    inside = np.zeros(len(tokens), bool)
    inside[: most - most // 2] = True
    inside[len(tokens) - most // 2 :] = most > 1
    assert len(wanted) == most and np.abs(wanted).max() > 0
    assert found[inside] == pytest.approx(wanted)
    assert (found[~inside] == 0).all() and len(found) == len(tokens)


def test_the_same_word_again_and_again_is_told_apart_by_its_place():
    tokens = ["film"] * 40
    shares = Gradient(net_of(max_tokens=10), Labels(NAMES)).shares(" ".join(tokens), 0)
    assert np.flatnonzero(shares).tolist() == [*range(5), *range(35, 40)]


def test_words_without_end_are_no_reason_to_fail():
    """Of a very long text only the ends are split: a word across the border is read in part."""
    text = " ".join(["film", "x" * 300, "loved", "y" * 300, "end"])
    shares = Gradient(net_of(max_tokens=4), Labels(NAMES)).shares(text, 0)
    assert len(shares) == 5
    assert shares[0] != 0 and shares[4] != 0 and shares[2] == 0


@pytest.mark.parametrize("text", ["", " \n"])
def test_a_text_without_tokens(text):
    assert Gradient(net_of(), Labels(NAMES)).shares(text, 0).shape == (0,)


def test_what_has_a_gradient():
    assert has_gradient(net_of())
    _, texts, scores = one_label(3)
    assert not has_gradient(TableScorer(texts, scores))
    pieces = net_of()
    pieces.reader.pieces = object()
    assert not has_gradient(pieces)
