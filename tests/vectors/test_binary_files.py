"""word2vec's binary form: round trips, other writers, and every kind of damage."""

import gzip
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seqkit.vectors import WordVectors, binary_files, load, save
from seqkit.vectors.formats import read_stream
from tests.vectors.samples import FILE_LETTERS, drawn, same, word_vectors


def record(word, *numbers, end=b"\n"):
    return word + b" " + np.array(numbers, "<f4").tobytes() + end


WHOLE = b"3 2\n" + record(b"a", 1, 2) + record("é".encode(), 3, 4) + record(b"c", -0.5, 0)


@settings(max_examples=25, deadline=None)  # each writes to the disk
@given(word_vectors(FILE_LETTERS), st.sampled_from([".bin", ".bin.gz"]))
def test_what_is_written_comes_back_to_the_bit(tmp_path_factory, vectors, ending):
    path = tmp_path_factory.mktemp("binary") / f"v{ending}"
    save(vectors, path)
    same(load(path), vectors)


def test_the_bytes_of_a_file(tmp_path):
    vectors = WordVectors(["a", "é", "c"], np.array([[1, 2], [3, 4], [-0.5, 0]], np.float32))
    save(vectors, tmp_path / "v.bin")
    assert (tmp_path / "v.bin").read_bytes() == WHOLE


@pytest.mark.parametrize(
    "data",
    [
        WHOLE,
        WHOLE[:-1],
        b"3 2\n" + record(b"a", 1, 2, end=b"") + record("é".encode(), 3, 4) + record(b"c", -0.5, 0),
        WHOLE.replace(b"3 2\n", b" 3  2 \r\n"),
    ],
)
@pytest.mark.parametrize("chunk", [1, 5, 11, 1 << 22])
def test_forms_of_the_same_data(data, chunk, tmp_path, monkeypatch):
    monkeypatch.setattr(binary_files, "CHUNK", chunk)
    (tmp_path / "v.bin").write_bytes(data)
    found = load(tmp_path / "v.bin")
    assert found.index_to_key == ["a", "é", "c"]
    assert found.vectors.tolist() == [[1, 2], [3, 4], [-0.5, 0]]


def test_numbers_may_look_like_spaces_and_line_feeds(tmp_path, monkeypatch):
    monkeypatch.setattr(binary_files, "CHUNK", 3)
    number = np.frombuffer(b" \n \n", "<f4")[0]
    vectors = WordVectors(["a", "b", "c"], np.full((3, 4), number, np.float32))
    save(vectors, tmp_path / "v.bin")
    same(load(tmp_path / "v.bin"), vectors)


NAN = float("nan")
BAD = [
    (b"", "does not begin with a line of two numbers"),
    (b"a 1 2\nb 3 4\n", "does not begin with a line of two numbers"),
    (b"-1 2\n", "does not begin with a line of two numbers"),
    (b"1" * 5000 + b" 2\n", "does not begin with a line of two numbers"),
    (b"0 2\n", "announces 0 words of 2 numbers"),
    (b"2 0\na b ", "announces 2 words of 0 numbers"),
    (b"1 999999999999999\na 1234", "announces 1 words of 999,999,999,999,999 numbers"),
    (WHOLE.replace(b"3 2", b"999999999999 2"), "announces 999,999,999,999 words .* too short"),
    (WHOLE.replace(b"3 2", b"4 2"), "too short"),
    (WHOLE[:-4], "ends at byte 34, in word 3 of 3, which begins at byte 26"),
    (b"2 2\n" + record(b"abcdefghij", 1, 2) + b"nospaceinithere", "ends at byte 39, in word 2"),
    (WHOLE + b"x", "byte 37: more follows after the 3 words announced"),
    (WHOLE + b"\n\n", "byte 37: more follows after the 3 words announced"),
    (WHOLE.replace(b"3 2", b"2 2"), "byte 26: more follows after the 2 words announced"),
    (
        b"2 2\n" + record(b"a", 1, 2) + record(b"\xff\xfe", 3, 4),
        "byte 14: the record has a word th",
    ),
    (b"2 2\n" + record(b"a", 1, 2) + record(b"", 3, 4), "byte 14: the record has no word"),
    (b"2 2\n" + record(b"a", 1, 2) + record(b"b\nc", 3, 4), "byte 14: the record has no word, or"),
    (b"2 2\n" + record(b"a", 1, 2) + record(b"b", NAN, 4), "byte 14: .* number that is not finite"),
]


@pytest.mark.parametrize(("data", "message"), BAD)
@pytest.mark.parametrize("ending", [".bin", ".bin.gz"])
@pytest.mark.parametrize("chunk", [4, 1 << 22])
def test_damage_is_named(data, message, ending, chunk, tmp_path, monkeypatch):
    monkeypatch.setattr(binary_files, "CHUNK", chunk)
    path = tmp_path / f"v{ending}"
    path.write_bytes(gzip.compress(data) if ending == ".bin.gz" else data)
    with pytest.raises(ValueError, match=message) as error:
        load(path)
    assert str(error.value).startswith(f"{path}: ")
    assert "\n" not in str(error.value)


def test_a_word_that_never_ends(tmp_path, monkeypatch):
    monkeypatch.setattr(binary_files, "LONGEST", 50)
    monkeypatch.setattr(binary_files, "CHUNK", 16)
    (tmp_path / "v.bin").write_bytes(b"2 1\n" + record(b"a", 1) + b"x" * 1000)
    with pytest.raises(ValueError, match="is damaged, in word 2 of 2, which begins at byte 10"):
        load(tmp_path / "v.bin")


@pytest.mark.parametrize("ending", [".bin", ".bin.gz"])
@pytest.mark.parametrize("limit", [1, 7, 39, 40, 1000])
def test_only_the_first_words(ending, limit, tmp_path, monkeypatch):
    monkeypatch.setattr(binary_files, "CHUNK", 64)
    vectors = drawn()
    save(vectors, tmp_path / f"v{ending}")
    found = load(tmp_path / f"v{ending}", limit)
    same(found, WordVectors(vectors.index_to_key[:limit], vectors.vectors[:limit]))


def test_blocks_are_small(tmp_path, monkeypatch):
    """Never more records than begin in a chunk of the file are held."""
    monkeypatch.setattr(binary_files, "CHUNK", 200)
    save(drawn(400, 3), tmp_path / "v.bin")
    sizes = [len(words) for words, _ in read_stream(tmp_path / "v.bin")]
    assert sum(sizes) == 400 and len(sizes) > 30 and max(sizes) <= 15


@pytest.mark.parametrize("place", range(len(WHOLE)))
def test_cut_anywhere_it_is_refused(place, tmp_path):
    (tmp_path / "v.bin").write_bytes(WHOLE[:place])
    if place == len(WHOLE) - 1:
        assert len(load(tmp_path / "v.bin")) == 3  # only the last line feed is gone
        return
    with pytest.raises(ValueError, match=re.escape(f"{tmp_path / 'v.bin'}: ")):
        load(tmp_path / "v.bin")
