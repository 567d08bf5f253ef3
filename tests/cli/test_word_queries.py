"""Asking word vectors: analogies, neighbours, the odd one out, similarities."""

import json

import numpy as np
import pytest

from seqkit.tasks import language
from tests.cli import words
from tests.cli.words import ROYAL

MAN_TO_KING = {"king": 1, "man": -1, "woman": 1}


@pytest.fixture
def vectors(tmp_path):
    return words.write_text(tmp_path / "royal.txt")


def same(found, wanted):
    """Whether [[word, score], ...] is what an oracle says, in its order."""
    assert [word for word, _ in found] == [word for word, _ in wanted]
    scores = [score for _, score in wanted]
    np.testing.assert_allclose([score for _, score in found], scores, rtol=1e-5, atol=1e-6)
    return True


def asked(seqkit, *arguments, stdin=""):
    """What a command prints with --json, one object a line."""
    result = seqkit(*arguments, "--json", stdin=stdin)
    assert result.code == 0, result
    return [json.loads(line) for line in result.out.splitlines()]


def test_an_analogy_is_what_lies_nearest_to_b_less_a_plus_c(seqkit, vectors):
    (found,) = asked(seqkit, "analogy", vectors, "man", "king", "woman")
    answers = found.pop("answers")
    assert found == {"a": "man", "b": "king", "c": "woman", "method": "add"}
    assert same(answers, words.nearest(MAN_TO_KING, 10))
    assert answers[0][0] == "queen" and len(answers) == len(ROYAL) - 3


def test_an_analogy_by_products_of_similarities(seqkit, vectors):
    def score(vector):
        moved = {word: (1 + words.cosine(vector, ROYAL[word])) / 2 for word in MAN_TO_KING}
        return moved["king"] * moved["woman"] / (moved["man"] + 1e-6)

    (found,) = asked(seqkit, "analogy", vectors, "man", "king", "woman", "--method", "mul")
    assert found["method"] == "mul"
    assert same(found["answers"], words.ranked(score, MAN_TO_KING))


def test_answers_as_a_table(seqkit, vectors):
    wanted = words.nearest(MAN_TO_KING, 2)
    result = seqkit("analogy", vectors, "man", "king", "woman", "--top", 2)
    assert (result.code, result.err) == (0, "")
    rule = "-" * len("man : king :: woman : ?")
    assert result.out.splitlines() == [
        "man : king :: woman : ?  cosine",
        f"{rule}  ------",
        *(f"{word:<{len(rule)}}  {cosine:6.4g}" for word, cosine in wanted),
    ]
    product = seqkit("analogy", vectors, "man", "king", "woman", "--method", "mul").out
    assert product.splitlines()[0].split()[-1] == "score"


def test_answers_among_the_first_words_alone(seqkit, vectors):
    """--restrict-vocab still knows the rarer words asked about; --limit has never read them."""
    arguments = ("analogy", vectors, "boy", "man", "girl", "--restrict-vocab", 3)
    (found,) = asked(seqkit, *arguments)
    wanted = words.nearest({"man": 1, "boy": -1, "girl": 1}, 10)
    assert same(found["answers"], [pair for pair in wanted if pair[0] in list(ROYAL)[:3]])
    refused = seqkit("analogy", vectors, "boy", "man", "girl", "--limit", 3)
    assert refused.code == 2 and "not among the 3 words" in refused.error


def test_neighbors_of_several_words_are_a_block_each(seqkit, vectors):
    found = asked(seqkit, "neighbors", vectors, "king", "pear", "--top", 3)
    assert [line["word"] for line in found] == ["king", "pear"]
    for line in found:
        assert same(line["neighbors"], words.nearest({line["word"]: 1}, 3))
    result = seqkit("neighbors", vectors, "king", "pear", "--top", 1)
    blocks = []
    for word in ("king", "pear"):
        ((near, cosine),) = words.nearest({word: 1}, 1)
        width = max(len(word), len(near))
        head, rule = f"{word:<{width}}  cosine", f"{'-' * width}  ------"
        blocks.append(f"{head}\n{rule}\n{near:<{width}}  {cosine:6.4g}\n")
    assert result.out == "\n".join(blocks)


def test_neighbors_of_a_sum_less_other_words(seqkit, vectors):
    arguments = ("neighbors", vectors, "king", "woman", "--minus", "man")
    (found,) = asked(seqkit, *arguments)
    assert found["word"] == "king + woman - man"
    assert same(found["neighbors"], words.nearest(MAN_TO_KING, 10))
    (found,) = asked(seqkit, *arguments, "--minus", "boy", "--restrict-vocab", 4)
    wanted = words.nearest({**MAN_TO_KING, "boy": -1}, 10)
    assert same(found["neighbors"], [pair for pair in wanted if pair[0] in list(ROYAL)[:4]])


def test_neighbors_of_the_words_on_standard_input(seqkit, vectors):
    text = "king  pear\n\nzebra yak\nking girl\n"
    result = seqkit("neighbors", vectors, "-", "--json", stdin=text)
    assert result.code == 0
    lines = [json.loads(line) for line in result.out.splitlines()]
    assert [line["word"] for line in lines] == ["king", "pear", "girl"]
    assert result.err == "standard input: 2 of 5 have no vector: zebra, yak\n"
    typed = asked(seqkit, "neighbors", vectors, "king", "pear", "girl")
    for line, other in zip(lines, typed, strict=True):
        assert same(line["neighbors"], other["neighbors"])


def test_standard_input_that_cannot_be_answered(seqkit, vectors):
    many = " ".join(f"w{i}" for i in range(7))
    result = seqkit("neighbors", vectors, "-", stdin=many)
    assert result.code == 2
    assert "none of its 7 words has a vector (w0, w1, w2, w3, w4, ...)" in result.error
    result = seqkit("neighbors", vectors, "-", stdin="")
    assert result.code == 2 and "standard input is empty" in result.error
    result = seqkit("neighbors", vectors, "-", stdin=b"king\ncaf\xe9\n")
    assert result.code == 2 and "standard input, line 2: byte 0xE9" in result.error


def test_the_odd_one_out_is_least_like_the_mean(seqkit, vectors):
    chosen = ["king", "queen", "apple", "man"]
    mean = words.combined(dict.fromkeys(chosen, 1))
    wanted = min(chosen, key=lambda word: words.cosine(ROYAL[word], mean))
    assert wanted == "apple"
    result = seqkit("vectors", "odd", vectors, *chosen)
    assert (result.code, result.out, result.err) == (0, "apple\n", "")
    (found,) = asked(seqkit, "vectors", "odd", vectors, *chosen)
    assert found == {"words": chosen, "odd": "apple"}
    alone = seqkit("vectors", "odd", vectors, "king")
    assert alone.code == 2 and "two words" in alone.error


def test_the_similarity_of_two_words(seqkit, vectors):
    wanted = words.cosine(ROYAL["king"], ROYAL["girl"])
    assert seqkit("vectors", "similarity", vectors, "king", "girl").out == f"{wanted:.4f}\n"
    (found,) = asked(seqkit, "vectors", "similarity", vectors, "king", "girl")
    assert found == {"one": "king", "other": "girl", "cosine": pytest.approx(wanted, abs=1e-6)}


UNKNOWN = [
    ["analogy", "VECTORS", "man", "kin", "woman"],
    ["analogy", "VECTORS", "man", "kin", "woman", "--method", "mul"],
    ["neighbors", "VECTORS", "queen", "kin"],
    ["neighbors", "VECTORS", "queen", "--minus", "kin"],
    ["vectors", "odd", "VECTORS", "king", "kin", "queen"],
    ["vectors", "similarity", "VECTORS", "kin", "queen"],
    ["vectors", "similarity", "VECTORS", "queen", "kin"],
]


@pytest.mark.parametrize("arguments", UNKNOWN, ids=" ".join)
def test_an_unknown_word_gets_near_spellings(seqkit, vectors, arguments):
    result = seqkit(*(vectors if word == "VECTORS" else word for word in arguments))
    assert result.code == 2
    assert "'kin' is not among the 8 words" in result.error and "'king'" in result.error
    capital = seqkit(*({"VECTORS": vectors, "kin": "King"}.get(w, w) for w in arguments))
    assert capital.code == 2 and "did you mean 'king'" in capital.error


@pytest.mark.parametrize("arguments", UNKNOWN[::2], ids=" ".join)
def test_vectors_that_are_not_there_or_no_vectors(seqkit, vectors, tmp_path, arguments):
    def call(path):
        result = seqkit(*({"VECTORS": path, "kin": "king"}.get(word, word) for word in arguments))
        assert result.code == 2
        return result.error

    assert call("rojal.txt") == "rojal.txt: no such file or folder; did you mean royal.txt?"
    assert call("far/away.bin") == "far/away.bin: no such file or folder"
    (tmp_path / "empty.txt").write_text("")
    assert "empty.txt" in call("empty.txt")
    (tmp_path / "novel.txt").write_text("it was a dark night\n")
    assert "novel.txt: line 1" in call("novel.txt")
    (tmp_path / "folder").mkdir()
    assert "folder" in call("folder")


@pytest.mark.parametrize(
    "arguments",
    [
        ["analogy", "VECTORS", "man", "king"],
        ["analogy", "VECTORS", "man", "king", "woman", "--method", "div"],
        ["analogy", "VECTORS", "man", "king", "woman", "--restrict-vocab", "0"],
        ["neighbors", "VECTORS"],
        ["neighbors", "VECTORS", "king", "--top", "0"],
        ["neighbors", "VECTORS", "king", "--limit", "0"],
        ["vectors", "similarity", "VECTORS", "king"],
        ["vectors", "odd", "VECTORS"],
        ["vectors", "shwo", "VECTORS"],
    ],
    ids=" ".join,
)
def test_usage_errors(seqkit, vectors, arguments):
    assert seqkit(*(vectors if word == "VECTORS" else word for word in arguments)).usage_error


def test_words_that_a_terminal_would_obey_are_shown_harmlessly(seqkit, tmp_path):
    (tmp_path / "evil.txt").write_text("king 1 0\n\x1b[2J 1 0.1\nman 0 1\n")
    result = seqkit("neighbors", "evil.txt", "king")
    assert result.code == 0 and "\\x1b[2J" in result.out and "\x1b" not in result.out


def test_a_run_of_word2vec_is_asked_in_the_same_way(seqkit, vectors, tmp_path):
    run = words.write_run(tmp_path / "run")
    assert asked(seqkit, "neighbors", run, "king") == asked(seqkit, "neighbors", vectors, "king")


def test_the_words_of_a_language_model_have_neighbours_too(seqkit, trained):
    model = language.load(trained, "cpu")
    matrix = model.model.embedding.weight.detach().double().tolist()
    rows = dict(zip(model.vocabulary.types, matrix, strict=True))
    query = rows.pop("fox")
    known = {word: words.cosine(row, query) for word, row in rows.items() if word[0] != "<"}
    wanted = sorted(known.items(), key=lambda pair: -pair[1])[:5]
    (found,) = asked(seqkit, "neighbors", trained, "fox", "--top", 5)
    assert same(found["neighbors"], wanted)
    few = asked(seqkit, "neighbors", trained, model.vocabulary.types[2], "--limit", 4)
    assert {word for word, _ in few[0]["neighbors"]} == {*model.vocabulary.types[3:6]}


def test_reading_a_large_file_says_what_would_be_faster(seqkit, vectors, monkeypatch):
    from seqkit.cli import vector_files

    monkeypatch.setattr(vector_files, "LARGE", vectors.stat().st_size)
    result = seqkit("neighbors", vectors, "king")
    assert result.code == 0 and "seqkit vectors convert" in result.err
    assert result.err.count("\n") == 1 and len(result.out.splitlines()) == 9
    assert seqkit("neighbors", vectors, "king", "--limit", 5).err == ""
