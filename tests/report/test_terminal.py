import math
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqkit.report.terminal import display_width, printable, sparkline, table


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain, é, 日本, 👍🏽, «»", "plain, é, 日本, 👍🏽, «»"),
        ("\x1b[2Jgone", "\\x1b[2Jgone"),
        ("a\nb\tc\r", "a\\x0ab\\x09c\\x0d"),
        ("\x7f\x80\x9b31m", "\\x7f\\x80\\x9b31m"),
        ("user\u202etxt.exe", "user\\u202etxt.exe"),
        ("\u2066\u2069\u200f\u061c", "\\u2066\\u2069\\u200f\\u061c"),
        ("\u2028\u2029", "\\u2028\\u2029"),
        ("\udc80", "\\udc80"),
    ],
)
def test_controls_and_bidi_marks_are_shown_as_escapes(text, shown):
    assert printable(text) == shown


def test_what_is_to_be_kept_stays():
    assert printable("a\n\tb\x1b", keep="\n\t") == "a\n\tb\\x1b"


@given(st.text(st.characters(exclude_categories=[])))
def test_whatever_comes_in_nothing_a_terminal_obeys_goes_out(text):
    shown = printable(text)
    shown.encode()
    assert not any(unicodedata.category(c) in ("Cc", "Cs") for c in shown)
    bidi = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
    assert not any(unicodedata.bidirectional(c) in bidi for c in shown)
    assert printable(shown) == shown


def test_a_sparkline_goes_from_the_least_to_the_most():
    assert sparkline(range(8)) == "▁▂▃▄▅▆▇█"
    assert sparkline([3.0, 1.0, 2.0]) == "█▁▅"


def test_a_sparkline_of_little_or_nothing():
    assert sparkline([]) == ""
    assert sparkline([4.2]) == "▁"
    assert sparkline([2, 2, 2]) == "▁▁▁"


def test_a_sparkline_marks_what_is_not_finite():
    assert sparkline([1.0, math.nan, 2.0, math.inf, -math.inf]) == "▁×█××"
    assert sparkline([math.nan]) == "×"


def test_a_long_history_is_drawn_by_its_means():
    assert sparkline([0, 2, 6, 8, 14, 14], width=3) == sparkline([1, 7, 14])
    line = sparkline(range(1003), width=20)
    assert len(line) == 20
    assert list(line) == sorted(line)


def test_a_sparkline_needs_room():
    with pytest.raises(ValueError, match="width must be 1 or more, got 0"):
        sparkline([1], width=0)


def test_a_table_aligns_text_left_and_numbers_right():
    rows = [["lstm", 1200, 4.123456], ["gru", 90, None], ["elman, tanh", 5, 0.00002]]
    assert table(rows, ["cell", "hidden", "loss"]).splitlines() == [
        "cell         hidden   loss",
        "-----------  ------  -----",
        "lstm           1200  4.123",
        "gru              90      -",
        "elman, tanh       5  2e-05",
    ]


def test_a_column_with_one_text_is_a_text_column():
    assert table([[1], ["two"]], ["n"]).splitlines() == ["n", "---", "1", "two"]


def test_a_table_of_nothing_has_its_headers():
    assert table([], ["a", "bc"]) == "a  bc\n-  --"


def test_wide_and_combining_characters_keep_the_columns_straight():
    rows = [["日本", 1], ["e\u0301", 22], ["ab", 333]]
    # On a terminal 日本 is four columns wide and é one, however it is spelled.
    assert table(rows, ["word", "n"]).splitlines() == [
        "word    n",
        "----  ---",
        "日本    1",
        "e\u0301      22",
        "ab    333",
    ]
    assert [display_width(text) for text in ("日本", "e\u0301", "ab", "")] == [4, 1, 2, 0]


def test_untrusted_cells_and_headers_cannot_break_the_table():
    text = table([["a\nb\x1b[2J"]], ["h\r"])
    assert text.splitlines() == ["h\\x0d", "-" * 13, "a\\x0ab\\x1b[2J"]


def test_a_row_of_the_wrong_length_is_named():
    with pytest.raises(ValueError, match="row 2 has 1 cells for 2 headers"):
        table([[1, 2], [3]], ["a", "b"])
