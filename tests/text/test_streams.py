"""Token streams: what is written is read, what is damaged is refused."""

import contextlib
import functools
import os
import signal
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seqkit.text import streams
from seqkit.text.scanner import scan
from seqkit.text.streams import HEADER, TokenStream, encode, encode_new, ids_of, write_stream
from seqkit.text.tokenizers import build_tokenizer
from seqkit.text.vocabulary import Vocabulary

TEXT = "the cat sat\non the mat\n\nthe end"
WORD = build_tokenizer("word")


def written(path, text=TEXT, tokenizer=WORD, **limits):
    choose = functools.partial(Vocabulary.from_counts, **limits)
    return encode_new([text.encode()], tokenizer, choose, path)


def names(folder):
    return [file.name for file in folder.iterdir()]


def test_a_stream_is_the_lines_ids(tmp_path):
    stream, vocabulary = written(tmp_path / "train.ids", size=5)
    expected = [i for line in TEXT.split("\n") for i in ids_of(line, WORD, vocabulary)]
    assert stream.ids.tolist() == expected
    assert (len(stream), stream.lines, stream.characters) == (12, 4, len(TEXT) + 1)
    assert stream.header.size == len(TEXT)
    assert vocabulary.counts == tuple(np.bincount(expected, minlength=5))
    assert names(tmp_path) == ["train.ids"]


@settings(deadline=None, max_examples=30)
@given(
    text=st.text("ab \n'é", min_size=1).filter(lambda text: text.split()),
    name=st.sampled_from(["word", "whitespace", "char"]),
)
def test_any_text_comes_back(text, name, tmp_path_factory):
    path = tmp_path_factory.mktemp("streams") / "x.ids"
    tokenizer = build_tokenizer(name)
    stream, vocabulary = written(path, text, tokenizer)
    lines = text.removesuffix("\n").split("\n")
    assert stream.ids.tolist() == [i for s in lines for i in ids_of(s, tokenizer, vocabulary)]
    assert encode([text.encode()], tokenizer, vocabulary, path).ids.tolist() == stream.ids.tolist()


def test_words_unknown_to_a_vocabulary(tmp_path):
    _, vocabulary = written(tmp_path / "a.ids")
    stream = encode([b"the dog sat"], WORD, vocabulary, tmp_path / "b.ids")
    assert vocabulary.tokens(stream.ids) == ["the", "<unk>", "sat", "<eos>"]


def test_a_large_vocabulary_takes_wide_ids(tmp_path):
    text = " ".join(f"w{i}" for i in range(1 << 16))
    stream, vocabulary = written(tmp_path / "x.ids", text, build_tokenizer("whitespace"))
    assert stream.ids.dtype == np.uint32
    assert sorted(stream.ids.tolist()) == list(range(1, len(vocabulary)))
    small, _ = written(tmp_path / "y.ids", text, build_tokenizer("whitespace"), size=1 << 16)
    assert small.ids.dtype == np.uint16


def test_many_chunks(tmp_path, monkeypatch):
    monkeypatch.setattr("seqkit.text.scanner.CHUNK", 3)
    stream, vocabulary = written(tmp_path / "x.ids")
    assert vocabulary.tokens(stream.ids)[:5] == ["the", "cat", "sat", "<eos>", "on"]


def test_the_map_is_read_only(tmp_path):
    stream, _ = written(tmp_path / "x.ids")
    with pytest.raises(ValueError, match="read-only"):
        stream.ids[0] = 1


def test_another_vocabulary_is_refused(tmp_path):
    written(tmp_path / "x.ids")
    with pytest.raises(ValueError, match=r"x\.ids: belongs to another vocabulary"):
        TokenStream(tmp_path / "x.ids", Vocabulary.from_counts({"a": 1}))


def spoiled(data, old, new):
    assert data.count(old) == 1
    return data.replace(old, new.ljust(len(old)))


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda data: b"", "not a token stream"),
        (lambda data: b"plain text\n" * 100, "not a token stream"),
        (lambda data: b"\x80" + data[1:], "not a token stream"),
        (lambda data: b"[]".ljust(HEADER), "header of one"),
        (lambda data: data[:-1], r"\d+ bytes, not \d+"),
        (lambda data: data + b"\0\0", r"\d+ bytes, not \d+"),
        (lambda data: data[: HEADER - 2], "not a token stream|bytes, not"),
        (lambda data: spoiled(data, b'"version": 1', b'"version": 7'), "version is 7"),
        (lambda data: spoiled(data, b'"uint16"', b'"int8"'), "type 'int8'"),
        (lambda data: spoiled(data, b'"tokens": 12', b'"tokens": -2'), "-2 ids"),
        (lambda data: spoiled(data, b'"tokens": 12', b'"tokens": ""'), "no sound 'tokens'"),
        (lambda data: spoiled(data, b'"lines"', b'"lanes"'), "no sound 'lines'"),
    ],
)
def test_damage_is_named(damage, message, tmp_path):
    path = tmp_path / "x.ids"
    written(path)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(ValueError, match=message) as error:
        TokenStream(path)
    assert "x.ids" in str(error.value)
    assert "encode the text again" in str(error.value)
    assert "\n" not in str(error.value)


def test_a_failed_write_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "x.ids"
    written(path, "old text")
    before = path.read_bytes()

    def broken(self, types, dtype):
        yield np.zeros(3, np.int32)
        raise OSError("disk full")

    monkeypatch.setattr(streams.Scan, "ids", broken)
    with pytest.raises(OSError, match="disk full"):
        written(path)
    assert path.read_bytes() == before
    assert names(tmp_path) == ["x.ids"]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs POSIX signals")
def test_killed_while_scanning_it_leaves_nothing(tmp_path):
    code = """if True:
        import os, signal, sys
        from seqkit.text.streams import encode_new
        from seqkit.text.tokenizers import build_tokenizer
        from seqkit.text.vocabulary import Vocabulary
        def blocks():
            yield b"one two three " * 100_000
            os.kill(os.getpid(), signal.SIGKILL)
        encode_new(blocks(), build_tokenizer("word"), Vocabulary.from_counts, sys.argv[1])
    """
    command = [sys.executable, "-c", code, str(tmp_path / "x.ids")]
    run = subprocess.run(command, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)})
    assert run.returncode == -signal.SIGKILL
    assert names(tmp_path) == []


def test_a_scan_can_be_written_under_two_vocabularies(tmp_path):
    with contextlib.closing(scan([TEXT.encode()], WORD, tmp_path)) as found:
        full = write_stream(found, Vocabulary.from_counts(found.counts), tmp_path / "a")
        small = write_stream(found, Vocabulary.from_counts(found.counts, size=3), tmp_path / "b")
    assert len(full) == len(small) == 12
    assert set(small.ids.tolist()) == {0, 1, 2}
