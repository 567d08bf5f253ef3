"""Explanations of real scorers: what they add up to, and who may be explained how."""

from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqkit.tasks.classifying.explaining import Exact, explain
from seqkit.tasks.classifying.explanation import contrast
from seqkit.tasks.classifying.features import splitter
from seqkit.tasks.classifying.gradient import Gradient
from seqkit.tasks.classifying.labels import Labels
from seqkit.tasks.classifying.linear import LinearScorer
from seqkit.tasks.classifying.summed import SumScorer
from tests.tasks.classifying.made_up import TableScorer, one_label
from tests.tasks.classifying.test_gradient import net_of

TEXTS = [
    ("i loved this film !", "good"),
    ("loved it , loved its end !", "good"),
    ("this film was so dull", "bad"),
    ("a dull end , not loved", "bad"),
    ("not dull , not good", "so-so"),
    ("this was so-so , not more", "so-so"),
]
PARTS = st.sampled_from(["loved", "dull", "not", "film", "!", "\u200b", "\u0301", "İ", " ", "\n"])
ODD = st.lists(st.one_of(PARTS, st.characters(exclude_categories=[]))).map("".join)


def linear(names=("bad", "good", "so-so"), many=False, level="word", order=2):
    """A linear model of those TEXTS that have these labels."""
    kept = [(text, (label,)) for text, label in TEXTS if label in names]
    own = [(*label, "short") if many and len(text) < 20 else label for text, label in kept]
    labels = Labels(tuple(sorted({name for names in own for name in names})), many)
    texts = [text for text, _ in kept]
    scorer = LinearScorer.fit(texts * 3, own * 3, labels, level, order)
    return trained(scorer, labels, level)


def trained(scorer, labels, level="word"):
    return SimpleNamespace(scorer=scorer, labels=labels, settings=SimpleNamespace(level=level))


MODELS = {
    "two labels": {"names": ("bad", "good")},
    "three labels": {},
    "many labels": {"many": True},
    "characters": {"level": "char", "order": 4},
    "single words": {"order": 1},
}


@pytest.fixture(scope="module", params=MODELS)
def model(request):
    return linear(**MODELS[request.param])


@given(text=ODD)
def test_the_linear_explanation_adds_up_to_the_score(model, text):
    """With the score of a text without tokens, which is the bias, it is the score."""
    nothing, scores = model.scorer.scores(["", text])
    for k, name in enumerate(model.labels.names):
        (found,) = explain(model, [text], label=name)
        factors = contrast(model.labels, k)
        assert found.score == pytest.approx(float(scores @ factors))
        assert found.bias == pytest.approx(float(nothing @ factors), abs=1e-9)
        assert (found.label, found.method) == (name, "exact")
        assert all(a.stop <= b.start for a, b in pairwise(found.pieces))


def by_hand(model, text, k):
    """The weight of each n-gram by name, looked up for every token that has a part in it.

    Characters stand between line feeds, whose parts fall to the first and the last one.
    """
    ngrams = model.scorer.ngrams
    factors = contrast(model.labels, k)
    marked = model.settings.level == "char"
    tokens = ["\n", *text, "\n"] if marked else splitter("word")(text)
    shares = np.zeros(len(tokens))
    for feature in range(len(ngrams)):
        name = ngrams.name(feature)
        alone = np.zeros(len(model.labels.names))
        alone[-model.scorer.model.weights.shape[1] :] = model.scorer.model.weights[feature]
        spans = [
            (i, i + n)
            for n in range(1, ngrams.order + 1)
            for i in range(len(tokens) - n + 1)
            if " ".join(tokens[i : i + n]) == name
        ]
        for start, stop in spans:
            shares[start:stop] += alone @ factors / len(spans) / (stop - start)
    if marked:
        shares[1] += shares[0]
        shares[-2] += shares[-1]
    return shares[1:-1] if marked else shares


@pytest.mark.parametrize("text", ["i loved loved it , not loved !", "dull new dull , not", "new"])
def test_each_token_has_its_part_of_each_n_gram(model, text):
    for k in range(len(model.labels.names)):
        wanted = by_hand(model, text, k)
        assert Exact(model.scorer, model.labels).shares(text, k) == pytest.approx(wanted)
    if text != "new":
        assert np.abs(wanted).max() > 0.01


def planted():
    """A linear model of texts that one word alone tells apart."""
    draw = np.random.default_rng(0)
    others = ["soup", "play", "song", "room", "late", "again", "we", "saw", "the", "."]
    texts, own = [], []
    for number in range(60):
        words = draw.choice(others, 8).tolist()
        if number % 2:
            words[draw.integers(8)] = "splendid"
        texts.append(" ".join(words))
        own.append(("good" if number % 2 else "bad",))
    labels = Labels(("bad", "good"))
    return trained(LinearScorer.fit(texts, own, labels, "word", 2), labels)


@pytest.mark.parametrize("method", ["exact", "occlusion"])
def test_a_planted_word_has_the_largest_share(method):
    model, text = planted(), "We saw the SPLENDID play again, late."
    (found,) = explain(model, [text], method)
    largest = max(found.pieces, key=lambda piece: piece.share)
    assert found.label == "good" and found.probability > 0.5
    assert text[largest.start : largest.stop] == "SPLENDID"
    (other,) = explain(model, [text], method, label="bad")
    assert other.probability == pytest.approx(1 - found.probability)
    shares = [-piece.share for piece in found.pieces]
    assert [piece.share for piece in other.pieces] == pytest.approx(shares)


def test_of_single_words_occlusion_says_the_same():
    model = linear(order=1)
    text = "this film was not loved"
    exact, left_out = (next(explain(model, [text], name)) for name in ("exact", "occlusion"))
    assert [p.share for p in exact.pieces] == pytest.approx([p.share for p in left_out.pieces])
    assert left_out.method == "occlusion" and left_out.bias == pytest.approx(exact.bias)


def test_a_net_is_explained_by_occlusion_or_its_gradient():
    labels = Labels(("bad", "good", "so-so"))
    net = net_of()
    model, text = trained(net, labels), "I loved this film"
    (found,) = explain(model, [text])
    assert found.method == "occlusion"
    assert found.label == labels.names[net.scores([text])[0].argmax()]
    (found,) = explain(model, [text], "gradient", "so-so")
    assert found.method == "gradient"
    wanted = Gradient(net, labels).shares(text, 2)
    assert [piece.share for piece in found.pieces] == pytest.approx(wanted)
    assert [text[a:b] for a, b, _ in found.pieces] == text.split()


def test_of_a_wide_net_the_linear_part_is_exact():
    net, wide = net_of(), linear()
    wide.scorer = SumScorer(wide.scorer, net)
    text = "i loved this dull film"
    assert next(explain(wide, [text])).method == "occlusion"
    (found,) = explain(wide, [text], "gradient", "bad")
    assert found.method == "gradient, the linear part exact"
    parts = (Exact(wide.scorer.first, wide.labels), Gradient(net, wide.labels))
    wanted = sum(part.shares(text, 0) for part in parts)
    assert [piece.share for piece in found.pieces] == pytest.approx(wanted)


@pytest.mark.parametrize("text", ["", " \n\t"])
@pytest.mark.parametrize("method", [None, "occlusion", "exact"])
def test_a_text_without_tokens_has_its_bias_alone(method, text):
    model = linear()
    (found,) = explain(model, [text], method)
    assert found.pieces == () and found.bias == found.score
    (scores,) = model.scorer.scores([""])
    assert found.label == model.labels.names[scores.argmax()]
    assert found.score == pytest.approx(scores @ contrast(model.labels, int(scores.argmax())))


def test_texts_come_as_they_are_asked_for():
    asked = []

    def texts():
        for text in ("loved", "dull", "film"):
            asked.append(text)
            yield text

    found = explain(linear(), texts())
    assert asked == []
    assert next(found).text == "loved"
    assert asked == ["loved"]
    assert [one.text for one in found] == ["dull", "film"]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"method": "exact"}, "exact does not explain a model that is not linear; choose occl"),
        ({"method": "gradient"}, "gradient does not explain a model without a recurrent net"),
        ({"method": "guess"}, "no method 'guess': choose one of exact, occlusion, gradient"),
        ({"label": "ugly"}, "no label 'ugly' to explain: choose one of bad, fair, good"),
    ],
)
def test_what_cannot_be_explained_is_told_at_once(given, message):
    labels, texts, scores = one_label(3)
    with pytest.raises(ValueError, match=message):
        explain(trained(TableScorer(texts, scores), labels), [], **given)
