"""Sentences and words of raw text: where they stand, and where one ends."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqkit.text import sentences as module
from seqkit.text.sentences import LONGEST_WORD, sentences, tokenize, words
from seqkit.text.words import WordTokenizer

PIECES = [
    *("n't", "'s", "''", "``", "U.S.", "Mr. ", "http://", "www.", "<unk>", ' "', "'", '"', "'ll"),
    *(". ", "...", "…", "? ", "!", "\n", "\n\n", "\r\n", "1. ", "3.14", "Dr. ", "。", "A", " He "),
    *("\u00a0", "\u200b", "\u3000", "\u0301", "\U0001d11e", "word", "The ", "(", ")", "”", "“"),
]
TEXTS = st.one_of(st.text(), st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
SPLIT = WordTokenizer().tokens


def found(text):
    return [text[start:stop] for start, stop in sentences(text)]


def same_quotes(token):
    """A token with its quotation marks written in one way."""
    return token.replace('"', "''").replace("``", "''").replace("`", "'")


@given(TEXTS)
def test_words_are_where_they_say(text):
    at = 0
    for token in words(text):
        assert text[token.start : token.stop] == token.text != ""
        assert at <= token.start
        assert not text[at : token.start].strip()
        assert not any(map(str.isspace, token.text))
        at = token.stop
    assert not text[at:].strip()


@given(TEXTS)
def test_words_are_those_of_the_word_tokenizer(text):
    assert [same_quotes(t.text) for t in words(text)] == [same_quotes(t) for t in SPLIT(text)]


@given(TEXTS)
def test_sentences_lie_side_by_side_and_white_space_between(text):
    at = 0
    for start, stop in sentences(text):
        assert at <= start < stop
        assert not text[at:start].strip()
        assert text[start:stop] == text[start:stop].strip()
        at = stop
    assert not text[at:].strip()


@given(TEXTS)
def test_a_tokenized_text_holds_every_visible_character_once(text):
    lines = list(tokenize(text))
    assert all(lines)
    tokens = [token for line in lines for token in line]
    assert all(text[start:stop] == surface for start, stop, surface in tokens)
    assert "".join(token.text for token in tokens) == "".join(text.split())


def test_quotation_marks_stay_as_they_are():
    text = "She said: \"I don't. 'Tis ''so''.\""
    assert [token.text for token in words(text)] == [
        *("She", "said", ":", '"', "I", "do", "n't", ".", "'", "Tis", "''", "so", "''", ".", '"'),
    ]


def test_offsets_count_from_the_beginning_of_the_text():
    text = "One two. Three\tfour!"
    assert [tuple(token) for token in words(text, 9, 14)] == [(9, 14, "Three")]
    assert list(tokenize(text))[1][-1] == (19, 20, "!")


SPLITS = [
    # the sentences of a text, which has a space between each two
    ["The cat sat.", "It purred!", "Did it?", "Yes."],
    ["Dr. Hill met Mr. J. R. Stone at Baker St. Station.", "Then they left."],
    ["He works for Stone Inc. in Lorne.", "She sold Berg Co. shares."],
    ["They went to the U.S. Army base in the U.S.", "It was closed."],
    ["It began at 5 p.m. on Dec. 12 in room No. 7.", "12 people came."],
    ["See p. 5, e.g. Fig. 3, for more etc.", "The rest is known."],
    ["Pi is 3.14 or so.", "Version 2.0.1 of example.org/a.b costs $4.50."],
    ["Well... it rained.", "Wait…", "Who?!", "Me."],
    ['"Stop!" he said.', '"Why?" she asked.', "(He left.)", "She said “No.”", "‘Then go.’"],
    ["1. The beginning"],
    ["Ends without a mark"],
]


@pytest.mark.parametrize("expected", SPLITS)
def test_sentences_of_prose(expected):
    assert found(" ".join(expected)) == expected


def test_paragraphs_and_line_feeds():
    text = "A title without a mark\n\nThe first\nsentence. The\r\nsecond\n \t\n\n\n  etc.\n\nlast\n"
    assert found(text) == [
        *("A title without a mark", "The first\nsentence.", "The\r\nsecond", "etc.", "last"),
    ]


def test_numbered_paragraphs_keep_their_number():
    assert found("1. The beginning.\n\n2. The end.") == ["1. The beginning.", "2. The end."]


def test_wide_marks_need_no_space():
    assert found("今日は。元気？「はい。」Fine.") == ["今日は。", "元気？", "「はい。」", "Fine."]


def test_abbreviations_end_a_sentence_only_before_a_word_that_begins_one():
    assert found("I like Stone Inc. But it fell.") == ["I like Stone Inc.", "But it fell."]
    assert found("I like Stone Inc. stock.") == ["I like Stone Inc. stock."]
    assert found("I like Stone Inc. Harrow.") == ["I like Stone Inc. Harrow."]
    assert found("It was plan B. He knew.") == ["It was plan B.", "He knew."]


@pytest.mark.parametrize("text", ["", " \n\n \t", "\u00a0"])
def test_nothing(text):
    assert list(sentences(text)) == list(words(text)) == list(tokenize(text)) == []


@pytest.mark.parametrize(
    "unit",
    ["a", "x's", "'s", ".", '"', "'", ". ", "\n", "a.", "。", "(", "''", "Mr. ", "www.", "!)"],
)
def test_long_text_of_any_kind_takes_no_time(unit):
    """Quadratic time would take minutes here."""
    text = unit * (100_000 // len(unit))
    assert "".join(t.text for line in tokenize(text) for t in line) == "".join(text.split())


def test_long_words_and_sentences_come_in_parts(monkeypatch):
    assert [len(t.text) for t in words("a" * (2 * LONGEST_WORD + 1))] == [LONGEST_WORD] * 2 + [1]
    monkeypatch.setattr(module, "LONGEST_SENTENCE", 3)
    assert [[t.text for t in line] for line in tokenize("a b c d e f go. H")] == [
        *(["a", "b", "c"], ["d", "e", "f"], ["go", "."], ["H"]),
    ]
