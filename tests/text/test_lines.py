"""Pieces and lines: the same however the text is cut, and counted right."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqkit.text import lines
from seqkit.text.lines import Reading, parts_of_lines

TEXTS = st.lists(st.sampled_from(["\n", "\r", "\r\n", " ", "a", "bb", "é", "日", "😀"])).map(
    "".join
)


def blocks_of(text, width):
    return [text[i : i + width].encode() for i in range(0, len(text), width)]


def lines_of(text):
    """Split by hand: the oracle."""
    found = text.split("\n")
    if found[-1] == "":
        found.pop()
    return [line.removesuffix("\r") for line in found]


@given(TEXTS, st.integers(1, 5))
def test_reading(text, width):
    reading = Reading(blocks_of(text, width))
    read = b"".join(reading.pieces()).decode()
    expected = lines_of(text)
    assert read == "".join(line + "\n" for line in expected)
    assert reading.lines == len(expected)
    assert reading.characters == sum(len(line) + 1 for line in expected)
    assert reading.size == len(text.encode())
    assert reading.sha256 == hashlib.sha256(text.encode()).hexdigest()


@given(TEXTS, st.integers(1, 5))
def test_lines_do_not_depend_on_blocks(text, width):
    parts = list(parts_of_lines(Reading(blocks_of(text, width)).pieces()))
    assert parts == [(line, True) for line in lines_of(text)]


@given(TEXTS, st.integers(1, 5), st.integers(4, 9))
def test_long_lines_come_in_the_same_parts(text, width, longest):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines, "LONGEST", longest)
        parts = list(parts_of_lines(Reading(blocks_of(text, width)).pieces()))
        whole = list(parts_of_lines(Reading([text.encode()]).pieces()))
    assert parts == whole
    assert all(len(part.encode()) <= longest for part, _ in parts)
    assert "".join(part + "\n" * ends for part, ends in parts) == "".join(
        line + "\n" for line in lines_of(text)
    )


def test_a_long_line_is_cut_before_a_space(monkeypatch):
    monkeypatch.setattr(lines, "LONGEST", 8)
    parts = parts_of_lines([b"one two three", b" four\n"])
    assert [part for part, _ in parts] == ["one two", " three", " four"]
