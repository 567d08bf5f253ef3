"""`seqkit plot` for word vectors: maps of words, and the learning curves of a run."""

import numpy as np
import pytest

from tests.cli import words
from tests.cli.words import ROYAL
from tests.report.test_gates import texts

pytest.importorskip("matplotlib")

PNG = b"\x89PNG"


@pytest.fixture
def vectors(tmp_path):
    return words.write_text(tmp_path / "royal.txt")


@pytest.fixture
def run(tmp_path):
    return words.write_run(tmp_path / "run")


@pytest.fixture
def drawn(seqkit, tmp_path):
    """The words in the picture that `plot` draws of vectors with some options."""

    def call(path, *options):
        result = seqkit("plot", path, *options, "--out", "map.svg")
        assert (result.code, result.out) == (0, "map.svg\n"), result
        found = texts(tmp_path / "map.svg")
        assert str(path) in found
        return {word for word in found if word in ROYAL}, found, result.err

    return call


def test_words_as_typed(drawn, vectors):
    chosen, found, err = drawn(vectors, "--words", "king queen  man king")
    assert chosen == {"king", "queen", "man"} and err == ""
    assert found.count("king") == 1


def test_the_most_frequent_words(drawn, run, vectors):
    for path in (run, vectors):
        chosen, _, err = drawn(path, "--words", "5")
        assert chosen == {*list(ROYAL)[:5]} and err == ""


def test_the_words_in_a_file(drawn, vectors, tmp_path):
    (tmp_path / "chosen.txt").write_text("king apple\nzebra\n\npear man\n")
    chosen, _, err = drawn(vectors, "--words", "chosen.txt")
    assert chosen == {"king", "apple", "pear", "man"}
    assert err == "chosen.txt: 1 of 5 have no vector: zebra\n"


def test_pairs_are_words_too(drawn, vectors, monkeypatch):
    from seqkit.report import wordmap

    joined, draw = [], wordmap.word_map

    def spy(chosen, points, path, title, names, pairs):
        joined.extend((chosen[one], chosen[other]) for one, other in pairs)
        return draw(chosen, points, path, title, names, pairs)

    monkeypatch.setattr(wordmap, "word_map", spy)
    pairs = ["--pairs", "man:woman king:queen"]
    assert drawn(vectors, *pairs)[0] == {"man", "woman", "king", "queen"}
    assert drawn(vectors, *pairs, "--words", "pear king")[0] == {
        *("man", "woman", "king", "queen", "pear")
    }
    assert joined == 2 * [("man", "woman"), ("king", "queen")]


def test_places_are_the_principal_axes_of_unit_vectors(drawn, vectors, monkeypatch):
    """By the eigenvectors of the covariance, which must say the same as singular values."""
    from seqkit.report import wordmap

    seen, draw = [], wordmap.word_map

    def spy(chosen, points, path, title, names, pairs):
        seen.append((chosen, points, names))
        return draw(chosen, points, path, title, names, pairs)

    monkeypatch.setattr(wordmap, "word_map", spy)
    drawn(vectors, "--words", "8")
    ((chosen, points, names),) = seen
    rows = np.array([np.array(ROYAL[word]) / words.length(ROYAL[word]) for word in chosen])
    rows -= rows.mean(axis=0)
    values, axes = np.linalg.eigh(rows.T @ rows)
    wanted = rows @ axes[:, ::-1][:, :2]
    np.testing.assert_allclose(np.abs(points), np.abs(wanted), atol=1e-6)
    shares = values[::-1] / values.sum()
    assert names == tuple(
        f"{place} component, {share:.0%} of the variance"
        for place, share in zip(("first", "second"), shares, strict=False)
    )


def test_places_by_tsne(drawn, vectors):
    pytest.importorskip("sklearn")
    chosen, found, _ = drawn(vectors, "--words", "8", "--tsne", "--seed", 3)
    assert chosen == {*ROYAL} and "t-SNE, perplexity 2.33" in found
    assert "t-SNE, perplexity 2" in drawn(vectors, "--words", "8", "--tsne", "--perplexity", 2)[1]


def test_a_picture_lies_in_the_run_or_beside_the_file(seqkit, run, vectors, tmp_path):
    for path, picture in ((run, run / "words.png"), (vectors, tmp_path / "royal.txt.words.png")):
        result = seqkit("plot", path, "--words", "8")
        assert (result.code, result.out) == (0, f"{picture}\n")
        assert picture.read_bytes().startswith(PNG)


def test_labels_without_room_are_told_of(seqkit, tmp_path):
    same = "".join(f"word{i:03} 1 0 {i / 1e6}\n" for i in range(250))
    (tmp_path / "heap.txt").write_text(same + "far -1 0 0\n")
    result = seqkit("plot", "heap.txt", "--words", "251")
    assert result.code == 0 and "no room for the labels of" in result.err
    assert result.err.count("\n") == 1


def test_the_embedding_of_a_language_model_is_a_map_too(seqkit, trained, tmp_path):
    result = seqkit("plot", trained, "--words", "fox owl red wet", "--out", "map.svg")
    assert result.code == 0
    assert {"fox", "owl", "red", "wet"} <= set(texts(tmp_path / "map.svg"))


def test_learning_curves_of_a_run_of_word_vectors(seqkit, run, tmp_path):
    result = seqkit("plot", run, "--out", "curves.svg")
    assert (result.code, result.err) == (0, "")
    found = texts(tmp_path / "curves.svg")
    assert {"train", "epoch", "learning rate", "loss, nats"} <= set(found)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["VECTORS"], "no run, so it has no learning curves; --words draws a map"),
        (["VECTORS", "--words", "king queen"], "a map shows 3 to 1000 words, not 2"),
        (["VECTORS", "--words", ""], "not 0"),
        (["VECTORS", "--words", "0"], "not 0"),
        (["VECTORS", "--words", "king quean man"], "'quean' is not among the 8 words"),
        (["VECTORS", "--words", "word king man " * 99], "'word' is not"),
        (["VECTORS", "--pairs", "king"], "--pairs king: write two words as ONE:OTHER"),
        (["VECTORS", "--pairs", "king:"], "write two words"),
        (["VECTORS", "--pairs", "king:king man:boy"], "write two words"),
        (["VECTORS", "--pairs", "king:quean man:boy"], "'quean'"),
        (["VECTORS", "--words", "8", "--gates", "a"], "--gates and --words are different pictures"),
        (["VECTORS", "--pairs", "a:b", "--reach"], "draw one at a time"),
        (["VECTORS", "--tsne"], "--tsne goes with --words"),
        (["VECTORS", "--words", "8", "--seed", "1"], "--seed goes with --tsne"),
        (["VECTORS", "--words", "8", "--perplexity", "5"], "--perplexity goes with --tsne"),
        (["VECTORS", "--words", "8", "--layer", "1"], "--layer goes with --gates"),
        (["VECTORS", "VECTORS", "--words", "8"], "only --reach and --by-length draw"),
        (["rojal.txt", "--words", "8"], "rojal.txt: no such file or folder; did you mean royal"),
        (["VECTORS", "--words", "8", "--out", "map.pdf"], "map.pdf: a plot is a .png or .svg"),
        (["VECTORS", "--words", "8", "--out", "far/map.png"], "far"),
    ],
)
def test_what_does_not_go_together(seqkit, vectors, arguments, message):
    result = seqkit("plot", *(vectors if word == "VECTORS" else word for word in arguments))
    assert result.code == 2 and message in result.error
