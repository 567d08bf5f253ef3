"""Blocks, lines and sizes against plain string methods."""

import hashlib
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqkit.corpora.corpus import cut_blocks, lines_of, measure

TEXT = st.text(st.sampled_from("ab \t\n\r\vé€𝄞.") | st.characters(codec="utf-8"), max_size=60)
SIZES = st.integers(4, 20)


class Given:
    """A corpus of a text in memory."""

    name = description = source = "given"
    synthetic = False
    entropy = None

    def __init__(self, text, size=1 << 20):
        self.text, self.size = text, size

    def __iter__(self):
        return lines_of(self.blocks())

    def blocks(self):
        return cut_blocks([self.text.encode()], self.size)


@given(st.lists(TEXT, max_size=5), SIZES)
def test_blocks_are_the_text_cut_at_the_best_place(pieces, size):
    blocks = list(cut_blocks((piece.encode() for piece in pieces), size))
    assert b"".join(blocks) == "".join(pieces).encode()
    for block, following in itertools.pairwise([*blocks, b""]):
        text = block.decode()
        assert 0 < len(block) <= size
        if following and "\n" in text:
            assert text.endswith("\n")
        elif following and set(text) & set(" \t\v\f"):
            assert text[-1] in " \t\v\f"
        elif following:
            assert len(block) + len(following.decode()[0].encode()) > size


@pytest.mark.parametrize("size", [-1, 0, 3])
def test_blocks_too_small_for_a_character_are_refused(size):
    with pytest.raises(ValueError, match="use 4 or more"):
        list(cut_blocks([b"text"], size))


@given(TEXT, SIZES)
def test_lines_are_those_of_split(text, size):
    expected = text.split("\n")
    last = expected.pop()
    expected = [line.removesuffix("\r") for line in expected] + ([last] if last else [])
    assert [line.text for line in Given(text, size)] == expected


@given(TEXT, SIZES)
def test_measure_counts_as_python_does(text, size):
    data = text.encode()
    found = measure(Given(text, size))
    assert found.lines == len(list(Given(text)))
    assert found.words == len(data.split())
    assert (found.characters, found.bytes) == (len(text), len(data))
    assert found.sha256 == hashlib.sha256(data).hexdigest()
