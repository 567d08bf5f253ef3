"""Pairs out of two files: line by line, blank lines left out, uneven files refused."""

import gzip
import io
import os
import re
import threading

import pytest

from seqkit.corpora.parallel import ParallelFiles, read_parallel
from seqkit.corpora.readers import TextFiles
from seqkit.corpora.records import Pair


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Write a source and a target file into the working folder."""
    monkeypatch.chdir(tmp_path)

    def files(source, target):
        (tmp_path / "a.en").write_bytes(source)
        (tmp_path / "a.de").write_bytes(target)
        return "a.en", "a.de"

    return files


def test_line_by_line(write):
    corpus = read_parallel(*write(b"a cat\ntwo dogs\n", "eine Katze\nzwei Hündchen".encode()))
    expected = [Pair("a cat", "eine Katze", 1), Pair("two dogs", "zwei Hündchen", 2)]
    assert list(corpus) == list(corpus) == expected
    assert [pair.line for pair in corpus] == [1, 2]
    assert corpus.place(expected[1]) == "a.en and a.de, line 2"
    assert (corpus.name, corpus.source) == ("a.en and a.de", "a.en and a.de")
    assert corpus.warnings() == [] and not corpus.synthetic


def test_marks_line_ends_and_white_space(write):
    corpus = read_parallel(
        *write(b"\xef\xbb\xbfa\r\n b\x0bc\t\r\n", "x\n\u2028y\u2028z\n".encode())
    )
    assert list(corpus) == [Pair("a", "x"), Pair("b\x0bc", "y\u2028z")]


def test_gzip_and_encodings(write, tmp_path):
    write(gzip.compress(b"a\nb\n"), b"1\n2\n")
    assert list(read_parallel("a.en", "a.de")) == [Pair("a", "1"), Pair("b", "2")]
    write(b"caf\xe9\n", b"th\xe9\n")
    assert list(read_parallel("a.en", "a.de", "latin-1")) == [Pair("café", "thé")]
    (tmp_path / "a.fa").write_text("چای\n")
    write(b"tea\n", b"")
    assert list(read_parallel("a.en", "a.fa")) == [Pair("tea", "چای")]


def test_small_blocks_change_nothing(write, tmp_path):
    write("".join(f"line {n} é\n" for n in range(50)).encode(), b"x\n" * 50)
    sources, targets = (
        TextFiles((tmp_path / name,), name, name, block_size=size)
        for name, size in (("a.en", 7), ("a.de", 5))
    )
    assert list(ParallelFiles(sources, targets)) == list(read_parallel("a.en", "a.de"))


def test_blank_lines_are_left_out_and_counted(write):
    corpus = read_parallel(*write(b"a\n\nc\n \ne\n", b"1\n2\n\n\n5\n"))
    assert [(pair.source, pair.target, pair.line) for pair in corpus] == [
        ("a", "1", 1),
        ("e", "5", 5),
    ]
    (warning,) = corpus.warnings()
    assert warning == (
        "a.en and a.de: 3 lines are blank on one side or both and left out, the first is line 2"
    )
    (one,) = read_parallel(*write(b"a\n\n", b"1\n2\n")).warnings()
    assert "1 line is blank" in one


@pytest.mark.parametrize(
    ("source", "target", "message"),
    [
        (b"a\nb\nc\n", b"1\n", "a.en has 3 lines and a.de 1 line: each line must be"),
        (b"a", b"1\n\n\n\n5", "a.en has 1 line and a.de 5 lines: each line must be"),
        (b"a\n", b"1\n\n", "a.en has 1 line and a.de 2 lines: each line must be"),
        (b"a\n\n", b"\n2\n", "a.en and a.de: none of the 2 lines has text in both files"),
        (b"", b"", "a.en is empty"),
        (b"a\n", b"", "a.de is empty"),
        (b" \n\n", b"1\n2\n", "a.en is empty"),
        (b"a\nb\xe9\n", b"1\n2\n", "a.en, line 2: byte 0xE9"),
    ],
)
def test_what_cannot_be_read(write, source, target, message):
    with pytest.raises(ValueError, match=re.escape(message)) as caught:
        read_parallel(*write(source, target))
    assert "\n" not in str(caught.value)


def test_standard_input_is_one_side(write, monkeypatch):
    write(b"a\nb\n", b"1\n2\n")
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"x\ny\n")))
    corpus = read_parallel("a.en", "-")
    assert list(corpus) == list(corpus) == [Pair("a", "x"), Pair("b", "y")]
    with pytest.raises(ValueError, match=r"standard input \(-\) is one text: give two files"):
        read_parallel("-", "-")


def test_folders_and_pipes(write, tmp_path):
    write(b"a\n", b"1\n")
    with pytest.raises(ValueError, match="is a folder: name one file of lines in it"):
        read_parallel("a.en", str(tmp_path))
    os.mkfifo("pipe")
    writer = threading.Thread(target=(tmp_path / "pipe").write_bytes, args=(b"piped\n",))
    writer.start()
    corpus = read_parallel("a.en", "pipe")
    writer.join()
    assert list(corpus) == list(corpus) == [Pair("a", "piped")]
