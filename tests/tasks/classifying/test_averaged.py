"""The scorer of averaged embeddings: what it says of texts, alone, together and loaded again."""

import numpy as np
import pytest

from seqkit.models.averaged import AveragedConfig
from seqkit.tasks.classifying.averaged import AveragedScorer, averaged_config
from seqkit.tasks.classifying.features import count_features, splitter
from seqkit.tasks.classifying.labels import Labels
from seqkit.tasks.runs import Run
from tests.tasks.classifying.test_linear import KINDS, three, two


@pytest.fixture(scope="module", params=[(k, level) for k in KINDS for level in ("word", "char")])
def fitted(request):
    kind, level = request.param
    texts, given, labels = KINDS[kind]()
    return AveragedScorer.fit(texts, given, labels, level, 2), labels, texts


def test_scores_are_those_of_mean_embeddings(fitted):
    scorer, labels, texts = fitted
    E, A = scorer.model.embeddings.astype(float), scorer.model.outputs.astype(float)
    for text, found in zip(texts[:9], scorer.scores(texts[:9]), strict=True):
        there = count_features(scorer.ngrams, [text], scorer.level).indices
        np.testing.assert_allclose(found, A @ E[there].mean(0), rtol=1e-4, atol=1e-4)
    np.testing.assert_array_equal(scorer.scores([""]), np.zeros((1, len(labels.names))))


@pytest.mark.parametrize("kind", KINDS)
def test_it_learns_what_it_was_not_shown(kind):
    texts, given, labels = KINDS[kind]()
    scorer = AveragedScorer.fit(texts, given, labels, "word", 2)
    texts, given, _ = KINDS[kind](seed=9)
    answers = labels.decide(labels.probabilities(scorer.scores(texts)))
    assert np.mean([set(a) == set(g) for a, g in zip(answers, given, strict=True)]) > 0.9


def test_scores_do_not_depend_on_the_other_texts(fitted):
    scorer, _, texts = fitted
    together = scorer.scores(texts[:40])
    alone = np.concatenate([scorer.scores([text]) for text in texts[:40]])
    np.testing.assert_array_equal(together, alone)


def test_saved_and_loaded_it_gives_the_same_scores(fitted, tmp_path):
    scorer, labels, texts = fitted
    scorer.save(Run(tmp_path))
    loaded = AveragedScorer.load(Run(tmp_path), labels)
    np.testing.assert_array_equal(loaded.scores(texts), scorer.scores(texts))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["averaged.safetensors", "ngrams.json"]


def test_a_seed_decides_every_byte(tmp_path):
    texts, given, labels = two()
    for name, seed in (("one", 3), ("same", 3), ("other", 4)):
        (tmp_path / name).mkdir()
        scorer = AveragedScorer.fit(
            texts, given, labels, "word", 2, config=averaged_config(len(texts), seed=seed)
        )
        scorer.save(Run(tmp_path / name))
    one, same, other = (
        (tmp_path / name / "averaged.safetensors").read_bytes() for name in ("one", "same", "other")
    )
    assert one == same != other


def test_class_weights_move_the_answers():
    texts, given, labels = two()
    dear = AveragedScorer.fit(texts, given, labels, "word", 1, np.array([1.0, 50.0]))
    plain = AveragedScorer.fit(texts, given, labels, "word", 1)
    good = [np.diff(scorer.scores(texts), axis=1).mean() for scorer in (plain, dear)]
    assert good[1] > good[0] + 0.5


def test_scaling_multiplies_the_scores(fitted):
    scorer, _, texts = fitted
    other = AveragedScorer(scorer.ngrams, scorer.model, scorer.level)
    before = other.scores(texts)
    other.scale(0.25)
    np.testing.assert_allclose(other.scores(texts), 0.25 * before, rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(scorer.scores(texts), before)


def test_contributions_add_up_to_the_score(fitted):
    scorer, labels, texts = fitted
    for text in ("", "the soup was not fine", "fine fine fine , new", *texts[:3]):
        found = scorer.contributions(text)
        assert found.tokens == splitter(scorer.level)(text)
        assert found.shares.shape == (len(found.tokens), len(labels.names))
        np.testing.assert_allclose(
            found.shares.sum(0) + found.biases, scorer.scores([text])[0], rtol=1e-4, atol=1e-4
        )


def test_damaged_files_are_refused(tmp_path):
    texts, given, labels = three()
    scorer = AveragedScorer.fit(texts, given, labels, "word", 2)
    scorer.save(Run(tmp_path))
    with pytest.raises(ValueError, match=r"outputs of shape \(3, 16\)"):
        AveragedScorer.load(Run(tmp_path), Labels(("bad", "good")))
    path = tmp_path / "averaged.safetensors"
    path.write_bytes(path.read_bytes().replace(b'"outputs"', b'"outputt"'))
    with pytest.raises(ValueError, match="without sound outputs"):
        AveragedScorer.load(Run(tmp_path), labels)


def test_epochs_and_rate_are_obeyed():
    assert averaged_config(100) == AveragedConfig(16, 0.5, 200)
    assert averaged_config(100_000, seed=3) == AveragedConfig(16, 0.5, 5, seed=3)
    assert averaged_config(100, 1, 0.25) == AveragedConfig(16, 0.25, 1)
    texts, given, labels = two()
    sizes = []
    for epochs, rate in ((1, 0.1), (1, 1.0), (9, 1.0)):
        config = averaged_config(len(texts), epochs, rate)
        scorer = AveragedScorer.fit(texts, given, labels, "word", 1, config=config)
        sizes.append(np.abs(scorer.model.outputs).mean())
    assert sizes == sorted(sizes)  # the further it went, the longer the weights
