"""Text read once, as it comes."""

import gzip
import io
import os
import threading
import types

import pytest

from seqkit.corpora.streaming import PIECE, stream_text

BOM = b"\xef\xbb\xbf"
TEXT = "one\r\ntwo \u200b\rthr\u00e9\u00e9\n" * 9000


@pytest.fixture
def stdin(monkeypatch):
    def give(data):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))

    return give


def test_a_file_comes_in_pieces_as_it_is(tmp_path):
    path = tmp_path / "text.txt"
    path.write_bytes(BOM + TEXT.encode())
    pieces = list(stream_text(str(path)))
    assert "".join(pieces) == TEXT
    assert len(pieces) > 1 and max(map(len, pieces)) <= PIECE
    path.write_bytes(gzip.compress(TEXT.encode("latin-1", "replace")))
    assert "".join(stream_text(str(path), "latin-1")) == TEXT.replace("\u200b", "?")
    path.write_bytes(b"")
    assert list(stream_text(str(path))) == []


def test_standard_input_and_a_named_pipe(stdin, tmp_path):
    stdin(BOM + TEXT.encode())
    assert "".join(stream_text("-")) == TEXT
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_bytes, args=(TEXT.encode(),))
    writer.start()
    assert "".join(stream_text(str(path))) == TEXT
    writer.join()


def test_a_pipe_is_read_no_further_than_asked(monkeypatch):
    given, taken = iter([b"caf\xc3", b"\xa9 one", b" two", b""]), []

    class Pipe:
        def read1(self, size):
            taken.append(next(given))
            return taken[-1]

    monkeypatch.setattr("sys.stdin", types.SimpleNamespace(buffer=Pipe()))
    seen = []
    for piece in stream_text("-"):
        seen.append((piece, len(taken)))
    assert seen == [("caf", 1), ("\u00e9 one", 2), (" two", 3)]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"caf\xe9\n", "text.txt, line 1: byte 0xE9 (position 3 of the file) is not utf-8"),
        (b"a\0b", "text.txt, line 1: a NUL byte"),
        (b"%PDF-1.7", "text.txt is not plain text but a .pdf document"),
    ],
)
def test_what_is_no_text(tmp_path, monkeypatch, data, message):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "text.txt").write_bytes(data)
    with pytest.raises(ValueError) as caught:
        list(stream_text("text.txt"))
    assert message in str(caught.value)


def test_what_is_not_there(tmp_path, stdin):
    with pytest.raises(FileNotFoundError, match=r"gone\.txt cannot be read"):
        list(stream_text(str(tmp_path / "gone.txt")))
    with pytest.raises(IsADirectoryError, match="cannot be read"):
        list(stream_text(str(tmp_path)))
    with pytest.raises(ValueError, match="unknown encoding 'utf-9'"):
        stream_text("-", "utf-9")
    stdin(b"caf\xe9")
    with pytest.raises(ValueError, match="standard input, line 1: byte 0xE9"):
        list(stream_text("-"))
