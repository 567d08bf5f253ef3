import numpy as np
import pytest

from seqkit.tasks.classifying.explanation import Explanation, Piece, contrast
from seqkit.tasks.classifying.labels import Labels
from seqkit.tasks.classifying.occlusion import VARIANTS, Occlusion, without

NAMES = ("bad", "good", "so-so")
ONE = Labels(NAMES)

WEIGHTS = {"loved": (0.5, 2.0, 0.0), "not": (1.0, -1.0, 0.3), "dull": (1.5, -0.5, 0.0)}


class Counts:
    """Scores a text by its words: an independent stand-in for a model, of three labels."""

    def __init__(self):
        self.seen = []

    def scores(self, texts):
        assert isinstance(texts, list)
        self.seen.append(texts)
        return np.array([self.one(text.split()) for text in texts])

    def one(self, words):
        total = np.zeros(3)
        for before, word in zip(["", *words], words, strict=False):
            sign = -1 if before == "not" else 1  # so that tokens do not merely add up
            total = total + sign * np.array(WEIGHTS.get(word, (0.0, 0.0, 0.0)))
        return total


@pytest.mark.parametrize("many", [False, True])
@pytest.mark.parametrize("k", [0, 1, 2])
def test_it_is_the_loop_by_hand(k, many):
    words = ["I", "loved", "it", ",", "not", "loved", "but", "not", "dull"]

    def margin(scores):
        if many:
            return scores[k]
        others = [score for label, score in enumerate(scores) if label != k]
        return scores[k] - sum(others) / len(others)

    model = Counts()
    whole = margin(model.one(words))
    falls = [whole - margin(model.one(words[:i] + words[i + 1 :])) for i in range(len(words))]
    text = "  ".join(words) + "\n"
    pieces, method = Occlusion(Counts(), Labels(NAMES, many), "word").pieces(text, k)
    assert [text[a:b] for a, b, _ in pieces] == words
    assert [share for *_, share in pieces] == pytest.approx(falls)
    assert method == "occlusion"
    assert max(map(abs, falls)) > 0.1


def test_a_planted_word_has_the_largest_share():
    words = ["it", "was"] * 30
    words[17] = "loved"
    pieces, _ = Occlusion(Counts(), ONE, "word").pieces(" ".join(words), 1)
    assert max(range(60), key=lambda i: pieces[i].share) == 17


def test_characters_go_without_a_gap():
    class Spelling(Counts):
        def scores(self, texts):
            return np.array([(0.0, "ab" in text, 0.0) for text in texts])

    pieces, _ = Occlusion(Spelling(), ONE, "char").pieces("xab", 1)
    assert [tuple(piece) for piece in pieces] == [(0, 1, 0.0), (1, 2, 1.0), (2, 3, 1.0)]
    pieces, _ = Occlusion(Spelling(), ONE, "char").pieces("axb", 1)
    assert [share for *_, share in pieces] == [0.0, -1.0, 0.0]


@pytest.mark.parametrize(
    ("text", "place", "left"),
    [
        ("very good film", (5, 9), "very film"),
        ("good, bad", (4, 5), "good bad"),
        ("good,bad", (4, 5), "good bad"),
        ("good film\n", (0, 4), "film\n"),
        ("\n good film", (7, 11), "\n good"),
        ("film", (0, 4), ""),
    ],
)
def test_what_stood_around_a_word_is_kept_apart(text, place, left):
    assert without(text, place, " ") == left


@pytest.mark.parametrize(
    ("count", "width"), [(VARIANTS, 1), (VARIANTS + 1, 2), (2 * VARIANTS + 1, 3), (1999, 10)]
)
def test_of_a_long_text_several_tokens_go_at_a_time(count, width):
    text = " ".join(f"w{i}" for i in range(count))
    model = Counts()
    pieces, method = Occlusion(model, ONE, "word").pieces(text, 1)
    assert VARIANTS / 2 < len(pieces) <= VARIANTS
    assert sum(map(len, model.seen)) == len(pieces) + 1
    assert method == ("occlusion" if width == 1 else f"occlusion of {width} tokens at a time")
    surfaces = [text[a:b] for a, b, _ in pieces]
    assert " ".join(surfaces) == text
    assert {len(surface.split()) for surface in surfaces[:-1]} == {width}


def test_long_variants_are_scored_in_batches_and_it_is_all_the_same(monkeypatch):
    text = "I loved it , not loved but not dull"
    whole, _ = Occlusion(Counts(), ONE, "word").pieces(text, 1)
    model = Counts()
    monkeypatch.setattr("seqkit.tasks.classifying.occlusion.CHARACTERS", 3 * len(text))
    parts, _ = Occlusion(model, ONE, "word").pieces(text, 1)
    assert parts == whole
    assert max(map(len, model.seen)) == 3
    monkeypatch.setattr("seqkit.tasks.classifying.occlusion.CHARACTERS", 1)
    assert Occlusion(Counts(), ONE, "word").pieces(text, 1)[0] == whole


@pytest.mark.parametrize("text", ["", " \n "])
def test_a_text_without_tokens_has_no_pieces(text):
    assert Occlusion(Counts(), ONE, "word").pieces(text, 0) == ((), "occlusion")


def test_the_margin_is_what_a_label_is_ahead_by():
    scores = np.array([[1.0, 2.0, 6.0], [0.0, 0.0, 3.0]])
    assert (scores @ contrast(ONE, 2)).tolist() == [4.5, 3.0]
    assert (scores @ contrast(ONE, 0)).tolist() == [-3.0, -1.5]
    assert (scores @ contrast(Labels(NAMES, many=True), 2)).tolist() == [6.0, 3.0]
    assert (np.array([0.0, 1.5]) @ contrast(Labels(("a", "b")), 0)) == -1.5
    assert contrast(Labels(("a",), many=True), 0).tolist() == [1.0]


def test_the_record_has_the_text_of_each_token_and_the_rest():
    pieces = (Piece(0, 2, 1.5), Piece(3, 6, -0.25))
    found = Explanation("Eh bad", "good", 0.75, 2.0, pieces, "occlusion")
    assert found.bias == 0.75
    assert found.record() == {
        "text": "Eh bad",
        "label": "good",
        "probability": 0.75,
        "score": 2.0,
        "bias": 0.75,
        "method": "occlusion",
        "tokens": [
            {"start": 0, "stop": 2, "share": 1.5, "text": "Eh"},
            {"start": 3, "stop": 6, "share": -0.25, "text": "bad"},
        ],
    }
