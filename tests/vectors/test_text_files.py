"""word2vec's and GloVe's text: what is read, what is written, and every kind of damage."""

import gzip

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seqkit.vectors import WordVectors, load, save, text_files
from seqkit.vectors.formats import read_stream
from tests.vectors.samples import FILE_LETTERS, drawn, same, word_vectors

ENDINGS = [".txt", ".vec", ".glove.txt", ".txt.gz", ".vec.gz", ".glove.txt.gz"]


@settings(max_examples=25, deadline=None)  # each writes to the disk
@given(word_vectors(FILE_LETTERS), st.sampled_from(ENDINGS))
def test_what_is_written_comes_back_to_the_bit(tmp_path_factory, vectors, ending):
    path = tmp_path_factory.mktemp("text") / f"v{ending}"
    save(vectors, path)
    same(load(path), vectors)


def test_the_bytes_of_a_file(tmp_path):
    vectors = WordVectors(["a", "é"], np.array([[1, -0.5], [1e-10, 0.1]], np.float32))
    save(vectors, tmp_path / "v.vec")
    wanted = "2 2\na 1 -0.5\né 1.00000001e-10 0.100000001\n".encode()
    assert (tmp_path / "v.vec").read_bytes() == wanted
    save(vectors, tmp_path / "v.glove.txt")
    assert (tmp_path / "v.glove.txt").read_bytes() == wanted.split(b"\n", 1)[1]
    save(vectors, tmp_path / "v.vec.gz")
    assert gzip.decompress((tmp_path / "v.vec.gz").read_bytes()) == wanted


def test_packed_files_do_not_depend_on_name_and_time(tmp_path):
    for name in ("a.vec.gz", "b.vec.gz"):
        save(drawn(), tmp_path / name)
    assert (tmp_path / "a.vec.gz").read_bytes() == (tmp_path / "b.vec.gz").read_bytes()


@pytest.mark.parametrize(
    "text",
    [
        "2 3\nthe 0.5 -1 2e1\ncat 1 2 3\n",
        "2 3\nthe 0.5 -1 2e1 \ncat 1 2 3 \n",  # as word2vec.c and fastText write it
        "2 3\r\nthe 0.5 -1 2e1\r\ncat 1 2 3\r\n",
        "2 3\nthe 0.5 -1 2e1\ncat 1 2 3",
        "  2 3 \nthe +.5 -1. 20\ncat 1 2 3\n",
        "\ufeff2 3\nthe 0.5 -1 2e1\ncat 1 2 3\n",
        "the 0.5 -1 2e1\ncat 1 2 3\n",  # GloVe
    ],
)
@pytest.mark.parametrize("chunk", [1, 7, 1 << 22])
def test_forms_of_the_same_text(text, chunk, tmp_path, monkeypatch):
    monkeypatch.setattr(text_files, "CHUNK", chunk)
    (tmp_path / "v.txt").write_bytes(text.encode())
    found = load(tmp_path / "v.txt")
    assert found.index_to_key == ["the", "cat"]
    assert found.vectors.tolist() == [[0.5, -1, 20], [1, 2, 3]]


def test_words_may_hold_spaces_tabs_and_other_marks(tmp_path):
    words = [". . .", "at name@domain.com", "a\tb", "\u00a0", "\x85", "5", "nan", "-"]
    lines = [f"{word} {i} 0.5 -3\n" for i, word in enumerate(words)]
    (tmp_path / "v.txt").write_text("first 1 2 3\n" + "".join(lines), "utf-8", newline="")
    found = load(tmp_path / "v.txt")
    assert found.index_to_key == ["first", *words]
    assert found["at name@domain.com"].tolist() == [1, 0.5, -3]


def test_a_first_line_of_two_numbers(tmp_path):
    """It is a header, save where the name says that there is none."""
    (tmp_path / "v.glove.txt").write_text("5 3\n6 4\n")
    assert load(tmp_path / "v.glove.txt").index_to_key == ["5", "6"]
    (tmp_path / "v.txt").write_text("2 1\n5 3\n6 4\n")
    assert load(tmp_path / "v.txt").index_to_key == ["5", "6"]


def test_numbers_are_rounded_to_the_nearest_float32(tmp_path):
    random = np.random.default_rng(1)
    numbers = [f"{x:.12g}" for x in random.normal(size=200) * 10.0 ** random.integers(-30, 30, 200)]
    (tmp_path / "v.glove.txt").write_text("".join(f"w{i} {x}\n" for i, x in enumerate(numbers)))
    wanted = np.array([float(x) for x in numbers]).astype(np.float32)
    assert (load(tmp_path / "v.glove.txt").vectors[:, 0] == wanted).all()


BAD = [
    ("", "line 1 is not a word and its numbers"),
    ("\n", "line 1 is not a word and its numbers"),
    ("word\n", "line 1 is not a word and its numbers"),
    ("once upon a time\n", "line 1 has 'upon' where a number is due"),
    ("2 3\n", "line 2 is not a word and its numbers"),
    ("2 0\na\nb\n", "line 2 is not a word and its numbers"),
    ("2 2\na 1 2\n", "line 1 announces 2 words, but 1 lines follow"),
    ("1 2\na 1 2\nb 1 2\n", "line 1 announces 1 words, but 2 lines follow"),
    ("999999999999999 2\na 1 2\n", "line 1 announces 999,999,999,999,999 words, but 1"),
    ("1 999999999999999\na 1 2\n", "line 2 has 2 numbers, not 999999999999999"),
    ("99999999999999999999 2\na 1 2\n", "line 2 has more than 1 numbers"),
    ("2 2\na 1 2\nb 1\n", "line 3 has 1 numbers, not 2"),
    ("2 2\na 1 2\nb 1 2 3\n", "line 3 has more than 2 numbers"),
    ("a 1 2\nb 1 2\nc 1 x2\n", "line 3 has 'x2' where a number is due"),
    ("a 1 2\nb 1 \x1b\n", "line 2 has '.x1b' where a number is due"),
    ("a 1 2\nb 1 0x10\n", "line 2 has '0x10' where a number is due"),
    ("a 1 2\nb 1 1_0\n", "line 2 has '1_0' where a number is due"),
    ("a 1 2\nb 1 2,5\n", "line 2 has '2,5' where a number is due"),
    ("a 1 2\nb 1.5.3 2\n", "line 2 has '1.5.3' where a number is due"),
    ("a 1 2\nb 1 ١\n", "line 2 has '١' where a number is due"),
    ("a 1 2\nb 1\x002 3\n", "line 2 has '1.x002' where a number is due"),
    ("a 1 2\nb 1 nan\n", "line 2 has a number that is not finite"),
    ("a 1 2\nb -inf 1\n", "line 2 has a number that is not finite"),
    ("a 1 2\nb 1e39 1\n", "line 2 has a number that is not finite, or too large for a float32"),
    ("a 1 2\n\nb 1 2\n", "line 2 is blank"),
    ("a 1 2\nb 1 2\n\n", "line 3 is blank"),
    ("a 1 2\n 1 2\n", "line 2 begins with a space"),
    ("a 1 2\nb  1 2\n", "line 2 begins with a space, or has two"),
    ("a 1 2\nb 1  2\n", "line 2 "),
    ("a 1 2\nb 1\t2 3\nc  1\n", "line 2 has .1.t2. where a number is due"),
]


@pytest.mark.parametrize(("text", "message"), BAD)
@pytest.mark.parametrize("ending", [".txt", ".vec.gz"])
@pytest.mark.parametrize("chunk", [5, 1 << 22])
def test_damage_is_named(text, message, ending, chunk, tmp_path, monkeypatch):
    monkeypatch.setattr(text_files, "CHUNK", chunk)
    path = tmp_path / f"v{ending}"
    path.write_bytes(gzip.compress(text.encode()) if ending == ".vec.gz" else text.encode())
    with pytest.raises(ValueError, match=message) as error:
        load(path)
    assert str(error.value).startswith(f"{path}: line ")
    assert "\n" not in str(error.value)


def test_what_is_not_utf8_is_named(tmp_path):
    path = tmp_path / "v.txt"
    path.write_bytes(b"a 1 2\nb 1 2\nc\xff 1 2\n")
    with pytest.raises(ValueError, match=r"line 3 is not UTF-8 \(byte 2 of the line\)"):
        load(path)


def test_a_binary_file_by_the_name_of_a_text(tmp_path):
    save(drawn(), tmp_path / "v.bin")
    (tmp_path / "v.bin").rename(tmp_path / "v.txt")
    with pytest.raises(ValueError, match=r"line 2 .*"):
        load(tmp_path / "v.txt")
    (tmp_path / "w.vec").write_bytes(b"1 2\na \0\0\0\0\0\0\0\0\n")
    with pytest.raises(ValueError, match=r"a binary file should end in \.bin"):
        load(tmp_path / "w.vec")


def test_a_line_that_never_ends(tmp_path, monkeypatch):
    monkeypatch.setattr(text_files, "LONGEST", 100)
    monkeypatch.setattr(text_files, "CHUNK", 10)
    (tmp_path / "v.txt").write_text("a 1 2\nb 1 2\nc " + "1" * 1000)
    with pytest.raises(ValueError, match="line 3 is too long"):
        load(tmp_path / "v.txt")


@pytest.mark.parametrize("cut", [1, 20, -9, -1])
def test_packed_files_cut_short(cut, tmp_path):
    save(drawn(), tmp_path / "v.txt.gz")
    data = (tmp_path / "v.txt.gz").read_bytes()
    (tmp_path / "v.txt.gz").write_bytes(data[:cut])
    with pytest.raises(ValueError, match=r"v\.txt\.gz: damaged or cut short .* fetch it again"):
        load(tmp_path / "v.txt.gz")


def test_packed_files_damaged(tmp_path):
    save(drawn(), tmp_path / "v.txt.gz")
    data = bytearray((tmp_path / "v.txt.gz").read_bytes())
    data[len(data) // 2] ^= 0xFF
    (tmp_path / "v.txt.gz").write_bytes(data)
    with pytest.raises(ValueError, match=r"v\.txt\.gz: "):
        load(tmp_path / "v.txt.gz")
    (tmp_path / "v.txt.gz").write_bytes(b"2 2\na 1 2\n")
    with pytest.raises(ValueError, match=r"damaged or cut short"):
        load(tmp_path / "v.txt.gz")


@pytest.mark.parametrize("ending", [".txt", ".glove.txt", ".txt.gz"])
@pytest.mark.parametrize("limit", [1, 7, 39, 40, 1000])
def test_only_the_first_words(ending, limit, tmp_path, monkeypatch):
    monkeypatch.setattr(text_files, "CHUNK", 64)
    vectors = drawn()
    save(vectors, tmp_path / f"v{ending}")
    found = load(tmp_path / f"v{ending}", limit)
    same(found, WordVectors(vectors.index_to_key[:limit], vectors.vectors[:limit]))


def test_damage_behind_the_limit_is_not_looked_at(tmp_path, monkeypatch):
    monkeypatch.setattr(text_files, "CHUNK", 8)
    (tmp_path / "v.txt").write_text("4 2\na 1 2\nb 1 2\nc x y\n")
    assert load(tmp_path / "v.txt", 2).index_to_key == ["a", "b"]
    with pytest.raises(ValueError, match="announces 4 words, but 3 lines follow"):
        load(tmp_path / "v.txt", 4)


def test_blocks_are_small(tmp_path, monkeypatch):
    """Never more lines than begin in a chunk of the file are held."""
    monkeypatch.setattr(text_files, "CHUNK", 200)
    save(drawn(400, 3), tmp_path / "v.txt")
    sizes = [len(words) for words, _ in read_stream(tmp_path / "v.txt")]
    assert sum(sizes) == 400 and len(sizes) > 50 and max(sizes) <= 20


@pytest.mark.parametrize("word", ["a b", "a\nb", " ", "\ud800"])
@pytest.mark.parametrize("ending", [".txt", ".glove.txt.gz", ".bin"])
def test_words_that_a_file_cannot_hold(word, ending, tmp_path):
    vectors = WordVectors(["fine", word], np.ones((2, 3)))
    with pytest.raises(ValueError, match="the word ") as error:
        save(vectors, tmp_path / f"v{ending}")
    assert repr(word) in str(error.value)
    assert list(tmp_path.iterdir()) == []
