"""Lines read from their end, against lists turned round by hand."""

import contextlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seqkit.text.backward import Backward, directed
from seqkit.text.lines import LONGEST
from seqkit.text.scanner import scan
from seqkit.text.streams import encode, ids_of
from seqkit.text.subwords import SubwordTokenizer
from seqkit.text.tokenizers import build_tokenizer
from seqkit.text.vocabulary import Vocabulary

NAMES = ["word", "whitespace", "char", "nltk:treebank"]
LINES = ["the cat isn't  here .", "", " é日 a", "x", "one two three four"]


def learnt():
    pytest.importorskip("tokenizers")
    return SubwordTokenizer.train(LINES, 270)


def scanned(text, tokenizer):
    with contextlib.closing(scan([text.encode()], tokenizer)) as found:
        types = list(found.counts)
        return [types[i] for chunk in found.chunks() for i in chunk]


@pytest.mark.parametrize("name", NAMES)
def test_the_tokens_are_those_of_the_other_tokenizer_last_one_first(name):
    plain = build_tokenizer(name)
    backward = Backward(plain)
    assert backward.name == name
    for line in LINES:
        tokens = plain.tokens(line)
        found = backward.tokens(line)
        assert found == [tokens[-1 - i] for i in range(len(tokens))]
        assert backward.join(found) == plain.join(tokens)


@given(st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"])))
def test_a_line_comes_back_in_reading_order(line):
    backward = Backward(build_tokenizer("char"))
    assert "".join(backward.tokens(line)) == line[::-1]
    assert backward.join(list(line[::-1])) == line


def test_pieces_of_words_come_back_as_the_line():
    plain = learnt()
    for line in LINES:
        found = Backward(plain).tokens(line)
        assert found == list(reversed(plain.tokens(line)))
        assert Backward(plain).join(found) == line


@pytest.mark.parametrize("name", ["word", "whitespace", "char"])
@settings(deadline=None)
@given(lines=st.lists(st.sampled_from(["a", "b c", "", "d e f", "é b"]), min_size=1))
def test_a_scan_turns_every_line_round_and_keeps_the_order_of_the_lines(name, lines):
    """The plain tokenizers are scanned by compiled loops, which must not take this one for them."""
    plain = build_tokenizer(name)
    text = "\n".join(["z y", *lines]) + "\n"
    by_hand = [token for line in text.split("\n")[:-1] for token in [*plain.tokens(line)[::-1], ""]]
    found = scanned(text, Backward(plain))
    assert [token.replace("<eos>", "") for token in found] == by_hand


def test_the_stream_of_a_text_is_that_of_the_text_turned_round(tmp_path):
    text, turned = "a b c\nd\n\nc b\n", "c b a\nd\n\nb c\n"
    plain = build_tokenizer("whitespace")
    vocabulary = Vocabulary.from_counts({"<eos>": 4, "a": 1, "b": 2, "c": 2, "d": 1})
    one = encode([text.encode()], Backward(plain), vocabulary, tmp_path / "one")
    two = encode([turned.encode()], plain, vocabulary, tmp_path / "two")
    assert np.array_equal(one.ids, two.ids) and len(one.ids) == 10
    assert ids_of("a b c", Backward(plain), vocabulary) == one.ids[:4].tolist()


def test_the_parts_of_a_very_long_line_are_turned_round_one_by_one():
    words = [str(i) for i in range(LONGEST // 4)]
    found = scanned(" ".join(words), Backward(build_tokenizer("whitespace")))
    assert sorted(found) == sorted([*words, "<eos>"]) and found[-1] == "<eos>"
    first = int(found[0])
    assert found[: first + 1] == words[first::-1] and 0 < first < len(words) - 1


def test_a_direction_by_name():
    plain = build_tokenizer("word")
    assert directed(plain, "forward") is plain
    assert isinstance(directed(plain, "backward"), Backward)
    with pytest.raises(ValueError, match="unknown --direction 'up'; there are: forward, backward"):
        directed(plain, "up")


@pytest.mark.parametrize("name", ["both", "bidirectional"])
def test_both_directions_at_once_are_refused_and_the_reason_given(name):
    with pytest.raises(ValueError, match=f"--direction {name}: .*the future would leak") as caught:
        directed(build_tokenizer("word"), name)
    assert "\n" not in str(caught.value) and "one forward and one backward" in str(caught.value)
