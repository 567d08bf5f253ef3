"""Text in pieces, cut anywhere: nothing is lost, sentences stay whole, answers come early."""

import itertools

from hypothesis import assume, given
from hypothesis import strategies as st

from seqkit.text.incoming import blocks
from seqkit.text.sentences import sentences, tokenize
from tests.text.test_sentences import TEXTS

LONGEST = 300
SENTENCE = "The old pilot met Dr. Kim in the U.S. It was late, at 9 p.m. and cold. "


@st.composite
def cut(draw, texts):
    """A text and pieces of it."""
    text = draw(texts)
    places = sorted(draw(st.lists(st.integers(0, len(text)), max_size=8)))
    return text, [text[a:b] for a, b in itertools.pairwise([0, *places, len(text)])]


@given(cut(TEXTS), st.integers(1, 60))
def test_the_blocks_are_the_text(pair, longest):
    text, pieces = pair
    at = 0
    for begin, block in blocks(pieces, longest):
        assert begin == at and block
        assert text[begin : begin + len(block)] == block
        at += len(block)
    assert at == len(text)


@given(cut(TEXTS.map(lambda text: text + "\n\n" + text)))
def test_blank_lines_change_no_sentence(pair):
    text, pieces = pair
    found = [list(tokenize(block)) for _, block in blocks(pieces)]
    assert words(itertools.chain(*found)) == words(tokenize(text))


@given(cut(st.lists(TEXTS, min_size=5, max_size=40).map(". Next ".join)))
def test_cuts_at_sentence_ends_change_no_sentence(pair):
    text, pieces = pair
    ends = [0, *(end for span in sentences(text) for end in span), len(text)]
    assume(max(b - a for a, b in itertools.pairwise(ends)) < 60)
    found = [list(tokenize(block)) for _, block in blocks(pieces, LONGEST)]
    assert words(itertools.chain(*found)) == words(tokenize(text))


def test_what_follows_a_full_stop_is_waited_for():
    """Where the text is cut at each place in turn: `U.S. It` could go on as `U.S. Italian`."""
    text = SENTENCE * 4 + "He saw the U.S. Italian coast and J. Thewlis, a Dr. Heller too. " * 3
    for size in range(250, len(text)):
        found = [list(tokenize(block)) for _, block in blocks([text[:size], text[size:]], 250)]
        assert words(itertools.chain(*found)) == words(tokenize(text)), text[:size]


def words(found):
    return [[token.text for token in sentence] for sentence in found]


def test_memory_is_that_of_a_block_and_a_piece():
    for text in (SENTENCE * 200, "word " * 2000, "x" * 9000, " " * 9000, "a\n" * 4000):
        pieces = [text[at : at + 50] for at in range(0, len(text), 50)]
        sizes = [len(block) for _, block in blocks(pieces, LONGEST)]
        assert max(sizes) < LONGEST + 50 and sum(sizes) == len(text)
        assert len(sizes) < len(text) / 100  # no crumbs either


def test_where_no_sentence_ends_it_is_cut_at_white_space():
    for space in " \n\t":
        text = f"word{space}" * 200
        pieces = [text[at : at + 7] for at in range(0, len(text), 7)]
        found = [block for _, block in blocks(pieces, LONGEST)]
        assert len(found) > 2 and all(block.startswith("word") for block in found)


def test_a_paragraph_comes_out_before_the_next_piece_goes_in():
    taken = []

    def pieces():
        for piece in ("One.\nTwo.", "\n", " \r\nThree", "\n\nFo", "ur."):
            taken.append(piece)
            yield piece

    found = [(begin, block, len(taken)) for begin, block in blocks(pieces())]
    assert found == [(0, "One.\nTwo.\n \r\n", 3), (13, "Three\n\n", 4), (20, "Four.", 5)]
