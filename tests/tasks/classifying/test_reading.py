"""Reading texts: tokens, vocabulary, cutting, padding."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqkit.tasks.classifying.reading import LONGEST_TOKEN, Reader, cut, read_reader
from seqkit.tasks.runs import Run

TEXTS = ["b a b", "a c", "", "B b é"]


def learn(level="word", most=0, size=100, min_count=1, known=()):
    return Reader.learn(TEXTS, level, most, size, min_count, known)


def test_words_are_counted_in_small_letters():
    reader = learn()
    assert reader.vocabulary.types[2:] == ("b", "a", "c", "é")
    assert reader.vocabulary.counts[2:] == (4, 2, 1, 1)


def test_rare_words_are_unknown_and_words_of_vectors_are_kept():
    reader = learn(min_count=2, known=("a", "zebra"))
    assert reader.vocabulary.types[2:] == ("b", "a", "zebra")
    assert reader.vocabulary.counts[2:] == (4, 2, 0)
    encoded = reader.encode(["zebra c b"])
    assert reader.vocabulary.tokens(encoded.ids.tolist()) == ["zebra", "<unk>", "b"]


def test_characters_keep_their_case():
    assert set(learn("char").vocabulary.types[2:]) == set("ab cBé")


def test_pieces_of_words_put_any_text_together_again(tmp_path):
    pytest.importorskip("tokenizers", reason="subwords need the library tokenizers")
    reader = learn("subword", size=300)
    odd = "b à ☃ new"
    ids = reader.encode([odd]).ids.tolist()
    assert 0 not in ids
    assert reader.pieces.join(reader.vocabulary.tokens(ids)) == odd
    run = Run(tmp_path)
    reader.save(run)
    again = read_reader(run, "subword", 0)
    assert again.encode([odd]).ids.tolist() == ids


def test_an_empty_text_is_its_end():
    encoded = learn().encode(["", "a"])
    assert encoded.lengths.tolist() == [1, 1]
    assert encoded.ids[0] == learn().vocabulary.eos


def test_batches_are_padded_and_say_so():
    encoded = learn().encode(["a b a", "b", "c a b"])
    texts = encoded.texts(np.array([0, 1]))
    assert texts.ids.shape == (2, 3)
    assert texts.lengths.tolist() == [3, 1]
    assert encoded.texts(np.array([2, 0])).lengths is None


@given(st.text("ab ", max_size=40), st.integers(1, 12))
def test_long_texts_keep_both_ends(text, most):
    words = text.split()
    kept = cut(text, str.split, most)
    if len(words) <= most:
        assert list(kept) == words
    else:
        head = most - most // 2
        assert list(kept) == words[:head] + words[len(words) - (most - head) :]
    assert list(cut(text, str.split, 0)) == words


def test_the_middle_of_a_huge_text_is_never_split():
    seen = []

    def split(text):
        seen.append(len(text))
        return text.split()

    text = "first " + "word " * 100_000 + "last"
    kept = cut(text, split, 4)
    assert list(kept) == ["first", "word", "word", "last"]
    assert sum(seen) == 2 * 4 * LONGEST_TOKEN


def test_a_run_without_its_vocabulary_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"vocabulary\.json: no such file"):
        read_reader(Run(tmp_path), "word", 0)
