from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqkit.tasks.classifying.explanation import Piece
from seqkit.tasks.classifying.features import splitter
from seqkit.tasks.classifying.places import merged, natural_places, token_places

ODD = st.text(
    st.one_of(
        st.characters(exclude_categories=[]),
        st.sampled_from("aA'’n.t \n\t\u200b\u200d\u0301\ufeff\u2028\xa0\u3000\x1cİΣẞ\"<"),
    )
)
LEVELS = ("word", "char", "subword")


@given(ODD)
def test_words_as_people_see_them_are_all_but_white_space(text):
    found = list(natural_places(text, "word"))
    assert all(a < b for a, b in found)
    assert all(b <= c for (_, b), (c, _) in pairwise(found))
    inside = {k for a, b in found for k in range(a, b)}
    assert inside == {k for k, c in enumerate(text) if not c.isspace()}
    assert [text[a:b] for a, b in natural_places(text, "char")] == list(text)


def test_contractions_and_marks_are_words_of_their_own():
    text = "He didn't say “no”, did he?"
    assert [text[a:b] for a, b in natural_places(text, "word")] == [
        *("He", "did", "n't", "say", "“", "no", "”", ",", "did", "he", "?"),
    ]
    assert list(natural_places(text, "subword")) == list(natural_places(text, "word"))


@given(ODD, st.sampled_from(LEVELS))
def test_what_stands_at_the_place_of_a_token_is_the_token(text, level):
    tokens, found = splitter(level)(text), token_places(text, level)
    for token, (start, stop) in zip(tokens, found, strict=True):
        surface = text[start:stop]
        assert surface
        if level == "char":
            assert surface == token
        elif "İ" in surface:  # two characters in small letters, of which the token is a part
            assert token in surface.lower()
        else:  # a Σ that ends a word is small in another way
            assert surface.lower().replace("ς", "σ") == token.replace("ς", "σ")
    inside = {k for a, b in found for k in range(a, b)}
    assert inside == {k for k, c in enumerate(text) if level == "char" or not c.isspace()}


@given(ODD, st.sampled_from(LEVELS))
def test_pieces_never_overlap_and_lose_nothing(text, level):
    found = token_places(text, level)
    pieces = merged(found, [2.0**-k for k in range(len(found))])
    assert all(a.stop <= b.start for a, b in pairwise(pieces))
    assert all(0 <= piece.start < piece.stop <= len(text) for piece in pieces)
    assert sum(piece.share for piece in pieces) == pytest.approx(
        sum(2.0**-k for k in range(len(found)))
    )


def test_tokens_of_one_character_are_one_piece():
    text = "an İA, so"
    assert splitter("word")(text) == ["an", "i", "\u0307", "a", ",", "so"]
    places = token_places(text, "word")
    assert places == [(0, 2), (3, 4), (3, 4), (4, 5), (5, 6), (7, 9)]
    pieces = merged(places, [1.0, 2.0, 4.0, 8.0, 16.0, 32.0])
    assert pieces == (
        *(Piece(0, 2, 1.0), Piece(3, 4, 6.0), Piece(4, 5, 8.0), Piece(5, 6, 16.0)),
        Piece(7, 9, 32.0),
    )
    assert merged([(0, 2), (1, 3)], [1.0, 2.0]) == (Piece(0, 3, 3.0),)


def test_a_word_without_end_is_found_again():
    """Words are sought in parts, and small letters depend on what stands behind them."""
    text = "Σ" * 200_000 + " end"
    places = token_places(text, "word")
    assert len(places) == len(splitter("word")(text)) > 2
    assert all(a[1] == b[0] for a, b in pairwise(places[:-1]))
    assert places[0][0] == 0 and places[-1] == (200_001, 200_004)
