"""Held-out parts: nothing lost, cut at good places, in the sizes asked for."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from seqkit.corpora.corpus import Splits, cut_blocks, lines_of
from seqkit.corpora.splitting import HeldOut, cut_off, default_share, held_out, ranges


def hold_out(corpus, valid=None, test=None):
    return Splits(*cut_off(corpus, {"valid": valid, "test": test}))


class Given:
    """A corpus of a text in memory."""

    name, description, source = "given", "a text", "a test"
    synthetic = True
    entropy = 1.5

    def __init__(self, text, size=1 << 20):
        self.text, self.size = text, size

    def __iter__(self):
        return lines_of(self.blocks())

    def blocks(self):
        return cut_blocks([self.text.encode()], self.size)


def text_of(corpus):
    return b"".join(corpus.blocks()).decode()


SHARE = st.floats(0.05, 0.45)


@given(
    text=st.text(st.sampled_from("ab é\n𝄞"), min_size=20, max_size=200),
    size=st.integers(4, 60),
    valid=SHARE,
    test=SHARE,
)
def test_parts_are_the_whole(text, size, valid, test):
    try:
        splits = hold_out(Given(text, size), valid, test)
    except ValueError as error:
        assert "too short to hold out" in str(error)
        assume(False)
    parts = [text_of(part) for part in (splits.train, splits.valid, splits.test)]
    assert "".join(parts) == text
    assert all(parts)
    assert parts == [text_of(part) for part in (splits.train, splits.valid, splits.test)]


def test_cuts_lie_after_newlines_and_sizes_fit():
    text = "".join(f"Line {number} of the text.\n" for number in range(2000))
    splits = hold_out(Given(text, 1000), 0.1, 0.2)
    parts = [text_of(part) for part in (splits.train, splits.valid, splits.test)]
    assert all(part.endswith("\n") for part in parts)
    longest = len("Line 1999 of the text.\n")
    for part, share in zip(parts, (0.7, 0.1, 0.2), strict=True):
        assert abs(len(part) - share * len(text)) <= longest


def test_one_long_line_is_cut_after_white_space():
    splits = hold_out(Given("Title\n" + "seven words are on this line over " * 500), 0.1, 0.1)
    assert text_of(splits.train).endswith(" ")
    assert text_of(splits.valid).endswith(" ")
    assert len(text_of(splits.valid)) == pytest.approx(1700, abs=8)


def test_a_text_without_white_space_is_cut_between_characters():
    splits = hold_out(Given("€" * 1000), 0.1, 0.1)
    assert [len(text_of(part)) for part in (splits.train, splits.valid, splits.test)] == [
        800,
        100,
        100,
    ]


def test_default_shares_shrink_for_large_texts():
    assert default_share(4_999_999) == 0.1
    assert default_share(5_000_000) == 0.01
    small, large = (hold_out(Given("0123456 \n" * lines)) for lines in (1000, 600_000))
    assert len(text_of(small.valid)) == len(text_of(small.test)) == 900
    assert len(text_of(large.valid)) == len(text_of(large.test)) == 54_000


@pytest.mark.parametrize("share", [0.0, -0.1, 0.5, 1.0, 10.0, float("nan")])
def test_shares_that_are_none(share):
    with pytest.raises(ValueError, match=r"--valid .* is no share: give one between 0 and 0.5"):
        hold_out(Given("word\n" * 100), share, 0.1)
    with pytest.raises(ValueError, match=r"--test .* is no share"):
        hold_out(Given("word\n" * 100), 0.1, share)


@pytest.mark.parametrize("text", ["", "a", "one line\n", "x" * 100 + "\nlast\n"])
def test_texts_too_short_to_hold_out(text):
    with pytest.raises(ValueError, match=r"a test is too short .* give --valid FILE and --test"):
        hold_out(Given(text), 0.02, 0.02)


def test_a_part_says_where_it_comes_from():
    whole = Given("some words\n" * 100)
    train, valid = cut_off(whole, {"valid": 0.25})
    assert (train.name, valid.name) == ("given (train)", "given (valid)")
    assert (valid.description, valid.source) == ("a text", "a test")
    assert (valid.synthetic, valid.entropy) == (True, 1.5)
    assert [line.text for line in valid] == ["some words"] * 25


@pytest.mark.parametrize(
    "valid, test, has_splits, texts, shares",
    [
        (None, None, False, {}, {"valid": None, "test": None}),
        (None, None, True, {"valid": "whole", "test": "whole"}, {}),
        ("dev.txt", None, False, {"valid": "dev.txt"}, {}),
        ("dev.txt", None, True, {"valid": "dev.txt", "test": "whole"}, {}),
        (None, "last.txt", False, {"test": "last.txt"}, {"valid": None}),
        ("5%", "last.txt", False, {"test": "last.txt"}, {"valid": 0.05}),
        ("dev.txt", "0.2", False, {"valid": "dev.txt"}, {"test": 0.2}),
        ("0.1", None, True, {"test": "whole"}, {"valid": 0.1}),
        ("0.1", None, False, {}, {"valid": 0.1, "test": None}),
    ],
)
def test_where_held_out_texts_come_from(valid, test, has_splits, texts, shares):
    assert held_out("whole", valid, test, has_splits) == HeldOut(texts, shares)


@pytest.mark.parametrize("names", [("-", "-", None), ("-", None, "-"), ("a.txt", "-", "-")])
def test_standard_input_is_asked_for_once(names):
    with pytest.raises(ValueError, match=r"standard input \(-\) can be read once: give files"):
        held_out(*names, has_splits=False)


def test_ranges_of_records():
    corpus = Given("")
    assert ranges(corpus, 50, {"valid": 0.1, "test": None}, "pairs") == [
        ("train", 0, 40),
        ("valid", 40, 45),
        ("test", 45, 50),
    ]
    with pytest.raises(ValueError, match="too short to hold out test pairs from its 50: give --te"):
        ranges(corpus, 50, {"test": 0.01}, "pairs")
