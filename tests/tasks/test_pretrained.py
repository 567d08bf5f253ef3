"""Word vectors as the beginning of an embedding."""

import numpy as np
import pytest
import torch

from seqkit.models.token_vectors import WordEmbedding
from seqkit.tasks import language
from seqkit.tasks.pretrained import begin_words, fill_embedding
from seqkit.vectors.files import load, save
from seqkit.vectors.vectors import WordVectors
from tests.tasks import texts


@pytest.fixture
def file(tmp_path):
    matrix = np.random.default_rng(0).standard_normal((4, 6)).astype(np.float32)
    save(WordVectors(["fox", "owl", "Lamp", "zebra"], matrix), tmp_path / "some.vec")
    return tmp_path / "some.vec"


def test_known_words_get_their_vectors_at_the_scale_of_the_rows(file):
    weight = torch.randn(5, 6, dtype=torch.float64)
    before = weight.clone()
    vectors = load(file)
    known = fill_embedding(weight, ["<unk>", "Fox", "owl", "lamp", "Lamp"], vectors)
    assert known.tolist() == [False, True, True, False, True]
    torch.testing.assert_close(weight[[0, 3]], before[[0, 3]])
    ratios = weight[[1, 2, 4]].numpy() / np.stack([vectors[w] for w in ("fox", "owl", "Lamp")])
    np.testing.assert_allclose(ratios, ratios[0, 0], rtol=1e-6)
    replaced = before[[1, 2, 4]].square().mean()
    torch.testing.assert_close(weight[[1, 2, 4]].square().mean(), replaced)


def test_rare_words_with_a_vector_are_known_elsewhere(file):
    types, rare = ["<unk>", "fox", "owl", "mole"], torch.tensor([False, True, False, True])
    for vectors, wanted in ((None, rare), (load(file), torch.tensor([False, False, False, True]))):
        words = WordEmbedding(4, 6, frozen=0, dropout=0.0)
        before = words.rows()
        begin_words(words, types, rare.clone(), vectors, "--vectors some.vec")
        assert torch.equal(words.rare, wanted)
        same = [torch.equal(*rows) for rows in zip(before, words.rows(), strict=True)]
        assert same == [True, vectors is None, vectors is None, True]


def test_what_does_not_fit_is_refused(file):
    with pytest.raises(ValueError, match="have 6 numbers, the embedding 7; use --embed 6"):
        fill_embedding(torch.zeros(2, 7), ["fox", "owl"], load(file))
    with pytest.raises(ValueError, match="none of the 1 types"):
        fill_embedding(torch.zeros(1, 6), ["otter"], load(file))


@pytest.mark.parametrize(("words", "width"), [(["fox"], 7), (["otter"], 6)])
def test_errors_say_which_vectors_they_are_about(file, words, width):
    with pytest.raises(ValueError, match=r"^--vectors some\.vec: they .*; use [^\n]*$"):
        fill_embedding(torch.zeros(1, width), words, load(file), "--vectors some.vec")


def test_a_language_model_begins_with_them(file, tmp_path, sources):
    settings = texts.settings(hidden=6, vectors=str(file))
    with language.training(settings, sources, tmp_path / "run") as job:
        fox, owl = (job.model.embedding.weight[i] for i in job.data.vocabulary.ids(["fox", "owl"]))
        assert not torch.allclose(fox, owl)
        vectors = load(file)
        cosine = torch.cosine_similarity(fox, torch.from_numpy(np.array(vectors["fox"])), dim=0)
        assert cosine.item() == pytest.approx(1, abs=1e-5)
