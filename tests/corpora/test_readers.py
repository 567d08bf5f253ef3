"""Reading files, folders and standard input, and what is said when they cannot be read."""

import gzip
import io
import itertools
import os
import pathlib
import threading
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqkit.corpora.readers import TextFiles, read_path, read_stdin, spool

PROSE = "The cat sat.\nIt was a café — \U0001d11e.\r\n\nThe end"


def refused(path, kind=ValueError, encoding="utf-8"):
    """Return the one-line message with which reading the whole of `path` is refused."""
    with pytest.raises(kind) as caught:
        list(read_path(path, encoding).blocks())
    message = str(caught.value)
    assert "\n" not in message
    return message


def written(folder, name, data):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def text_of(corpus):
    return b"".join(corpus.blocks()).decode()


@given(text=st.text(st.characters(codec="utf-8", exclude_characters="\0")), size=st.integers(4, 9))
def test_blocks_join_to_the_text_of_the_file(tmp_path_factory, text, size):
    path = written(tmp_path_factory.mktemp("any"), "a.txt", f"x{text}".encode())
    corpus = TextFiles((path,), "a", str(path), block_size=size)
    assert text_of(corpus) == text_of(corpus) == f"x{text}"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32"])
def test_encodings_and_their_byte_order_marks(tmp_path, encoding):
    path = written(tmp_path, "a.txt", PROSE.encode(encoding))
    assert text_of(read_path(path, encoding.removesuffix("-sig"))) == PROSE


def test_lines_drop_either_kind_of_line_end(tmp_path):
    lines = [line.text for line in read_path(written(tmp_path, "a.txt", PROSE.encode()))]
    assert lines == ["The cat sat.", "It was a café — \U0001d11e.", "", "The end"]


@pytest.mark.parametrize("name", ["a.txt.gz", "a.gz", "a", "a.txt"])
def test_gzip_is_known_by_name_and_by_content(tmp_path, name):
    path = written(tmp_path, name, gzip.compress(PROSE.encode()))
    assert text_of(read_path(path)) == PROSE


def test_damaged_gzip_files(tmp_path):
    packed = gzip.compress(os.urandom(3000).hex().encode())
    assert "cut.gz ends early" in refused(written(tmp_path, "cut.gz", packed[:-9]))
    assert "plain.gz is not a gzip" in refused(written(tmp_path, "plain.gz", b"plain words"))
    damaged = bytearray(packed)
    damaged[200:260] = bytes(60)
    assert "flip.gz" in refused(written(tmp_path, "flip.gz", damaged))
    checksum = packed[:-8] + bytes(8)
    assert "sum.gz is not a gzip file, or a damaged" in refused(
        written(tmp_path, "sum.gz", checksum)
    )


@pytest.mark.parametrize("data", [b"", b"\n \n\t", b"\xef\xbb\xbf", gzip.compress(b"")])
def test_files_without_text(tmp_path, data):
    path = written(tmp_path, "blank.txt", data)
    assert refused(path) == f"{path} is empty: give a file with text in it"


def test_missing_files(tmp_path):
    message = refused(tmp_path / "none.txt", FileNotFoundError)
    assert message.startswith(f"{tmp_path / 'none.txt'} cannot be read: No such file")


def test_unreadable_files(tmp_path, monkeypatch):
    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    path = written(tmp_path, "secret.txt", b"words")
    monkeypatch.setattr(pathlib.Path, "open", refuse)
    assert "secret.txt cannot be read: Permission denied" in refused(path, PermissionError)


@pytest.mark.parametrize(
    ("head", "what"),
    [(b"PK\x03\x04", ".docx"), (b"%PDF-1.7", ".pdf"), (b"{\\rtf1", ".rtf"), (b"BZh91", "bzip2")],
)
def test_documents_and_archives_are_named(tmp_path, head, what):
    message = refused(written(tmp_path, "a.txt", head + b" more"))
    assert "a.txt is not plain text" in message
    assert what in message


@pytest.mark.parametrize("size", [4, 1 << 20])
def test_a_nul_byte_is_placed(tmp_path, size):
    path = written(tmp_path, "a.txt", b"one\ntwo\nthr\0ee\n")
    with pytest.raises(ValueError, match=r"a\.txt, line 3: a NUL byte"):
        list(TextFiles((path,), "a", str(path), block_size=size).blocks())


@pytest.mark.parametrize("size", [4, 5, 1 << 20])
def test_a_wrong_encoding_is_placed(tmp_path, size):
    path = written(tmp_path, "a.txt", "one\nün café\n".encode("latin-1").replace(b"\xfc", b"u"))
    with pytest.raises(ValueError, match=r"line 2: byte 0xE9 \(position 10 ") as caught:
        list(TextFiles((path,), "a", str(path), block_size=size).blocks())
    assert "is not utf-8; say --encoding latin-1" in str(caught.value)
    assert text_of(read_path(path, "latin-1")) == "one\nun café\n"


def test_other_wrong_encodings(tmp_path):
    utf16 = written(tmp_path, "a.txt", "words".encode("utf-16"))
    assert "--encoding utf-16" in refused(utf16)
    cut = written(tmp_path, "cut.txt", "caf\u00e9".encode()[:-1])
    assert "line 1: byte 0xC3 (position 3 of the file)" in refused(cut)
    assert "utf-16" in refused(written(tmp_path, "b.txt", b"plain words"), encoding="utf-16")
    assert "0xC3" in refused(cut, encoding="ascii")


@pytest.mark.parametrize("encoding", ["utf-88", "rot13", "base64", "a\0b", ""])
def test_unknown_encodings(tmp_path, encoding):
    message = refused(written(tmp_path, "a.txt", b"words"), encoding=encoding)
    assert message.startswith("unknown encoding")


@pytest.mark.parametrize("name", ["a.fa", "a.fasta", "a.FASTQ", "a.fq.gz"])
def test_fasta_files_are_sent_elsewhere(tmp_path, name):
    assert "this seqkit is for text" in refused(written(tmp_path, name, b">1\nACGT\n"))


def test_folders_are_read_in_sorted_order(tmp_path):
    for name in ("b.txt", "a/z.md", "a/b/c.rst", ".hidden.txt", ".git/d.txt", "e.png", "f.tar.gz"):
        written(tmp_path, name, name.encode())
    written(tmp_path, "c.gz", gzip.compress(b"packed"))
    written(tmp_path, "d.txt", b"")
    corpus = read_path(tmp_path)
    assert text_of(corpus) == "a/b/c.rst\na/z.md\nb.txt\npacked"
    assert corpus.name == tmp_path.name
    assert corpus.description == "5 text files"


def test_folders_in_trouble(tmp_path):
    assert "holds no text files" in refused(tmp_path)
    written(tmp_path, "a.txt", b"words\n")
    written(tmp_path, "b.txt", b"more\ncaf\xe9\n")
    assert f"{tmp_path / 'b.txt'}, line 2: byte 0xE9 (position 8 " in refused(tmp_path)
    written(tmp_path, "b.txt", b"more\0\n")
    assert f"{tmp_path / 'b.txt'}, line 1: a NUL byte" in refused(tmp_path)


class Stdin:
    """A stand-in for sys.stdin that holds `data`."""

    def __init__(self, data):
        self.buffer = io.BytesIO(data)


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_standard_input_can_be_read_again(monkeypatch, pack):
    monkeypatch.setattr("sys.stdin", Stdin(pack(PROSE.encode())))
    corpus = read_stdin()
    first, second = corpus.blocks(), corpus.blocks()
    assert next(first) == next(second) == PROSE.encode()
    assert text_of(corpus) == PROSE
    assert corpus.name == "stdin"


def test_standard_input_in_trouble(monkeypatch):
    monkeypatch.setattr("sys.stdin", Stdin(b""))
    with pytest.raises(ValueError, match="standard input is empty"):
        read_stdin()
    monkeypatch.setattr("sys.stdin", Stdin(b"a\ncaf\xe9"))
    with pytest.raises(ValueError, match="standard input, line 2: byte 0xE9"):
        read_stdin()


def test_the_spool_is_removed_with_its_corpus():
    corpus = spool([b"one\n", b"two\n"], "s", "somewhere")
    folder = corpus.paths[0].parent
    assert text_of(corpus) == "one\ntwo\n"
    assert folder.exists()
    del corpus
    assert not folder.exists()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_spooled(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_bytes, args=(b"through a pipe",))
    writer.start()
    corpus = read_path(path)
    writer.join()
    assert text_of(corpus) == text_of(corpus) == "through a pipe"


@pytest.mark.parametrize("word", [b"word ", "é".encode()])
def test_a_line_of_50_megabytes_takes_little_memory(tmp_path, word):
    path = tmp_path / "long.txt"
    with path.open("wb") as file:
        file.writelines(itertools.repeat(word * (1_000_000 // len(word)), 50))
    tracemalloc.start()
    try:
        size = sum(map(len, read_path(path).blocks()))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert size == 50_000_000
    assert peak < 12 << 20
