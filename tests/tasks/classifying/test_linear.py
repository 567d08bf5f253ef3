"""The linear scorer against scikit-learn, and what every scorer promises."""

import json

import numpy as np
import pytest

from seqkit.tasks.classifying.features import splitter
from seqkit.tasks.classifying.labels import Labels
from seqkit.tasks.classifying.linear import OF_MANY, OF_MORE, OF_TWO, LinearScorer
from seqkit.tasks.runs import Run
from tests.tasks import classified

STARS = ("none", "one", "two")


def two(number=150, seed=0):
    """Texts with one of two labels."""
    rows = list(classified.rows(number, seed))
    return [text for _, text in rows], [(label,) for label, _ in rows], Labels(("bad", "good"))


def three(number=150, seed=1):
    """Texts with one of three labels: how many good words they have."""
    texts, draw = [], np.random.default_rng(seed)
    good, words = ("fine", "warm"), (*classified.THINGS, "the", "a", "was")
    given = [(STARS[k],) for k in draw.integers(0, 3, number)]
    for (name,) in given:
        tokens = [*draw.choice(words, 6), *good[: STARS.index(name)]]
        texts.append(" ".join(draw.permutation(tokens)))
    return texts, given, Labels(STARS)


def many(number=150, seed=2):
    """Texts with any number of labels: the things of which they speak."""
    draw = np.random.default_rng(seed)
    has = draw.random((number, 4)) < 0.4
    named = [tuple(np.array(classified.THINGS)[row].tolist()) for row in has]
    texts = [" ".join(["the", *own, *draw.choice(["a", "was"], 3)]) for own in named]
    return texts, named, Labels(tuple(sorted(classified.THINGS)), many=True)


KINDS = {"two": two, "three": three, "many": many}


@pytest.fixture(scope="module", params=[(k, level) for k in KINDS for level in ("word", "char")])
def fitted(request):
    kind, level = request.param
    texts, given, labels = KINDS[kind]()
    return LinearScorer.fit(texts, given, labels, level, 2), labels, texts


def counted(texts):
    """Which n-grams each text has, by scikit-learn: (N, F)."""
    extraction = pytest.importorskip("sklearn.feature_extraction.text", reason="no scikit-learn")
    counter = extraction.CountVectorizer(
        binary=True, ngram_range=(1, 2), tokenizer=splitter("word"), token_pattern=None,
        lowercase=False,
    )  # fmt: skip
    return counter.fit_transform(texts).toarray().astype(float)


def regression(X, side, weights, l2):
    """The weights (F,) of scikit-learn's logistic regression."""
    linear_model = pytest.importorskip("sklearn.linear_model", reason="no scikit-learn")
    peer = linear_model.LogisticRegression(C=1 / l2, tol=1e-8, max_iter=10_000)
    return peer.fit(X, side, weights).coef_[0]


def naive_bayes(X, side, weights, config):
    """The scores (N,) of one label against the rest, without a bias."""
    counts = np.array([X[side].sum(0), X[~side].sum(0)]) + config.smoothing
    logs = np.log(counts / counts.sum(1, keepdims=True))
    X = X * (logs[0] - logs[1])
    learnt = regression(X, side, weights, config.l2)
    beta = config.interpolation
    return X @ (beta * learnt + (1 - beta) * np.abs(learnt).mean())


def peers(kind, texts, targets, dear):
    """The scores (N, K) of scikit-learn's regressions, without biases; of two labels (N, 1)."""
    X, found = counted(texts), []
    for k in range(1 if kind == "two" else 0, len(dear)):
        if kind == "many":
            side = targets[:, k] == 1
            weights = np.where(side, dear[k], 1)
            found.append(X @ regression(X, side, weights, OF_MANY.l2))
        else:
            config = OF_TWO if kind == "two" else OF_MORE
            found.append(naive_bayes(X, targets == k, dear[targets], config))
    return np.stack(found, axis=1)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("weighted", [False, True])
def test_scores_are_those_of_scikit_learn_but_for_the_bias(kind, weighted):
    """Training stops a little before the best, so the scores are nearly the same."""
    texts, given, labels = KINDS[kind]()
    dear = np.linspace(0.5, 2, len(labels.names)) if weighted else np.ones(len(labels.names))
    scorer = LinearScorer.fit(texts, given, labels, "word", 2, dear if weighted else None)
    found, want = scorer.scores(texts), peers(kind, texts, labels.targets(given), dear)
    if kind == "two":
        np.testing.assert_array_equal(found[:, 0], 0)
        found = found[:, 1:]
    found, want = found - found.mean(0), want - want.mean(0)
    assert np.abs(found - want).max() < 0.02 * want.std()


@pytest.mark.parametrize("kind", KINDS)
def test_it_learns_what_it_was_not_shown(kind):
    texts, given, labels = KINDS[kind]()
    scorer = LinearScorer.fit(texts, given, labels, "word", 2)
    texts, given, _ = KINDS[kind](seed=9)
    answers = labels.decide(labels.probabilities(scorer.scores(texts)))
    assert np.mean([set(a) == set(g) for a, g in zip(answers, given, strict=True)]) > 0.9


def test_a_text_without_known_n_grams_has_the_bias(fitted):
    scorer, labels, _ = fitted
    found = scorer.scores(["", "§ § ¶", " "])
    assert found.shape == (3, len(labels.names))
    if scorer.level == "word":
        np.testing.assert_array_equal(found[0], found[1])
        np.testing.assert_array_equal(found[0], found[2])
    np.testing.assert_array_equal(found[0], scorer.contributions("").biases)
    if len(labels.names) > 2:
        np.testing.assert_array_equal(found[0], scorer.model.biases)


def test_scores_do_not_depend_on_the_other_texts(fitted):
    scorer, _, texts = fitted
    together = scorer.scores(texts[:40])
    alone = np.concatenate([scorer.scores([text]) for text in texts[:40]])
    np.testing.assert_array_equal(together, alone)
    np.testing.assert_array_equal(scorer.scores([texts[3], "new", texts[5]])[2], together[5])


def test_saved_and_loaded_it_gives_the_same_scores(fitted, tmp_path):
    scorer, labels, texts = fitted
    scorer.save(Run(tmp_path))
    loaded = LinearScorer.load(Run(tmp_path), labels)
    np.testing.assert_array_equal(loaded.scores(texts), scorer.scores(texts))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["linear.safetensors", "ngrams.json"]
    assert loaded.ngrams.tokens == scorer.ngrams.tokens


def test_trained_again_it_has_the_same_bytes(tmp_path):
    texts, given, labels = two()
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        LinearScorer.fit(texts, given, labels, "word", 2).save(Run(tmp_path / name))
    for name in ("linear.safetensors", "ngrams.json"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_scaling_multiplies_the_scores(fitted):
    scorer, labels, texts = fitted
    other = LinearScorer(scorer.ngrams, scorer.model, scorer.level, len(labels.names))
    before = other.scores(texts)
    other.scale(0.3)
    np.testing.assert_allclose(other.scores(texts), 0.3 * before, rtol=1e-12, atol=1e-12)
    np.testing.assert_array_equal(scorer.scores(texts), before)


def test_contributions_add_up_to_the_score(fitted):
    scorer, labels, texts = fitted
    for text in ("", "the soup was not fine", "fine fine fine , new", *texts[:3]):
        found = scorer.contributions(text)
        assert found.tokens == splitter(scorer.level)(text)
        assert found.shares.shape == (len(found.tokens), len(labels.names))
        np.testing.assert_allclose(
            found.shares.sum(0) + found.biases, scorer.scores([text])[0], atol=1e-10
        )


def test_an_n_gram_is_shared_by_its_places_and_tokens():
    texts, given, labels = two()
    scorer = LinearScorer.fit(texts, given, labels, "word", 2)
    weight = {scorer.ngrams.name(f): w for f, (w,) in enumerate(scorer.model.weights)}
    found = scorer.contributions("not fine , NOT fine").shares
    pair = weight["not fine"] / 4  # at two places, by two tokens
    want = [weight["not"] / 2 + pair, weight["fine"] / 2 + pair]
    np.testing.assert_allclose(found[:, 1], [*want, 0, *want], atol=1e-12)
    np.testing.assert_array_equal(found[:, 0], 0)


def test_labels_that_cannot_be_learnt_are_refused():
    with pytest.raises(ValueError, match="two classes or more, got 1"):
        LinearScorer.fit(["a", "b"], [("x",), ("x",)], Labels(("x",)), "word", 2)
    with pytest.raises(ValueError, match="no token comes 1 times"):
        LinearScorer.fit([" ", ""], [("x",), ("y",)], Labels(("x", "y")), "word", 2)
    with pytest.raises(ValueError, match="label 1 has no example"):
        LinearScorer.fit(["a", "b"], [("x",), ()], Labels(("x", "y"), True), "word", 2)


def damage_tokens(folder, change):
    path = folder / "ngrams.json"
    value = json.loads(path.read_text())
    change(value)
    path.write_text(json.dumps(value))


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda value: value["tokens"].append("new"), "weights of shape"),
        (lambda value: value["tokens"].clear(), "do not fit their tokens"),
        (lambda value: value["tokens"].__setitem__(0, 7), "a token is no text"),
        (lambda value: value.pop("order"), "damaged"),
    ],
)
def test_damaged_tokens_are_refused(tmp_path, change, complaint):
    texts, given, labels = two()
    LinearScorer.fit(texts, given, labels, "word", 2).save(Run(tmp_path))
    damage_tokens(tmp_path, change)
    with pytest.raises(ValueError, match=complaint) as error:
        LinearScorer.load(Run(tmp_path), labels)
    assert str(tmp_path) in str(error.value) and "\n" not in str(error.value)


def test_damaged_weights_are_refused(tmp_path):
    texts, given, labels = three()
    LinearScorer.fit(texts, given, labels, "word", 2).save(Run(tmp_path))
    with pytest.raises(ValueError, match="weights of shape"):
        LinearScorer.load(Run(tmp_path), Labels(("bad", "good")))
    path = tmp_path / "linear.safetensors"
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(ValueError, match="damaged, or not a safetensors file"):
        LinearScorer.load(Run(tmp_path), labels)
    path.unlink()
    with pytest.raises(ValueError, match="no such file; the run is incomplete"):
        LinearScorer.load(Run(tmp_path), labels)
