"""The word tokenizer: what it finds, and that print and text agree."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqkit.text.words import WordTokenizer

WORDS = WordTokenizer()

PROSE = [
    'He said, "I don\'t know."',
    "The dogs' bones were John's, weren't they?",
    "It's 10:30 a.m. in the U.S., isn't it?",
    '("Yes!")',
    "It costs $1,234.56 (50% off) for the 3rd time...",
    "'Tis the season, '90s kids say.",
    "She asked: \"Did he say 'no'?\"",
    "“Curly,” she said—‘so they say’—and left.",
    "Visit https://example.org/a?b=c(1), or write to someone@example.org.",
    "A well-known, twenty-five-year-old and/or so; rock 'n' roll.",
    "The state [sic] of AT&T -- or is it?",
    "the <unk> of <unk>, <unk>.",
    "-5 degrees is cold; 3.5 is not!",
    "You'd've thought we couldn’t.",
    'He said "\'Tis," and \'"quoted"\' it.',
    "Mr. J. Smith Jr. paid £20, i.e. too much, on 12/05/1987.",
    "Où est-il? ¿Qué? Señor, ça va: naïve cafés.",
    "Wait: was it version 3.11.2 or v1.0?",
]

FINDS = {
    "don't can't won't": ["do", "n't", "ca", "n't", "wo", "n't"],
    "John's they'll we’ve": ["John", "'s", "they", "'ll", "we", "’ve"],
    "couldn't've o'clock": ["could", "n't", "'ve", "o'clock"],
    "\"Yes,\" ('no')": ["``", "Yes", ",", "''", "(", "`", "no", "'", ")"],
    "1,234.56 3rd 50% -5 .5 10:30": ["1,234.56", "3rd", "50", "%", "-5", ".5", "10:30"],
    "<unk> <br> a<b </s>": ["<unk>", "<br>", "a", "<", "b", "</s>"],
    "U.S. e.g. Mr. X. done.": ["U.S.", "e.g.", "Mr.", "X", ".", "done", "."],
    "see http://a.org/b?c=1.": ["see", "http://a.org/b?c=1", "."],
    "(www.a.org), me.too@b.co.uk!": ["(", "www.a.org", ")", ",", "me.too@b.co.uk", "!"],
    "well-known -- a... b": ["well-known", "--", "a", "...", "b"],
    "role @-@ play": ["role", "@-@", "play"],
    "cafe\u0301 हिन्दी": ["cafe\u0301", "हिन्दी"],
    "why?!": ["why", "?", "!"],
    " \u00a0\t": [],
}

PIECES = ["n't", "'s", "''", "``", "U.S.", "Mr.", "http://", "www.", "<unk>", ' "', "'", '"', "'ll"]
TEXTS = st.one_of(
    st.text(),
    st.lists(st.sampled_from([*PIECES, *"ab1sS  .,-+@&/:<>([{)]}$%`’“_…—\u0301\u00a0é"])).map(
        "".join
    ),
)


@pytest.mark.parametrize("text", FINDS)
def test_finds(text):
    assert WORDS.tokens(text) == FINDS[text]


@pytest.mark.parametrize("text", PROSE)
def test_prose_survives_exactly(text):
    assert WORDS.join(WORDS.tokens(text)) == text


@given(TEXTS)
def test_printed_tokens_are_found_again(text):
    tokens = WORDS.tokens(text)
    assert WORDS.tokens(WORDS.join(tokens)) == tokens


@given(TEXTS, TEXTS)
def test_nothing_depends_on_what_stands_beyond_white_space(left, right):
    assert WORDS.tokens(f"{left} {right}") == WORDS.tokens(left) + WORDS.tokens(right)


def test_a_long_chain_of_clitics():
    assert WORDS.tokens("x" + "'s" * 3000) == ["x"] + ["'s"] * 3000


@given(TEXTS)
def test_no_letter_is_lost_and_no_token_is_blank(text):
    tokens = WORDS.tokens(text)
    plain = str.maketrans("", "", "\"'`")  # quotation marks may change their form
    assert "".join(tokens).translate(plain) == "".join(text.split()).translate(plain)
    assert all(token.split() == [token] for token in tokens)
