"""Files that have words twice, as some of GloVe's do: the first of each counts, in every form."""

import gzip
import warnings

import numpy as np
import pytest

from seqkit.vectors import WordVectors, binary_files, convert, load, text_files
from seqkit.vectors.blocks import RepeatedWords
from tests.vectors.samples import same

ROWS = [("a", 1, 2), ("b", 3, 4), ("a", 5, 6), ("c", 7, 8), ("b", 9, 9), ("a", 0, 0), ("d", 1, 1)]
ONCE = WordVectors(list("abcd"), np.array([[1, 2], [3, 4], [7, 8], [1, 1]], np.float32))
TEXT = "".join(f"{word} {x} {y}\n" for word, x, y in ROWS)
BINARY = b"7 2\n" + b"".join(
    word.encode() + b" " + np.array(numbers, "<f4").tobytes() + b"\n" for word, *numbers in ROWS
)
FILES = {
    "v.glove.txt": (TEXT.encode(), "line 3"),
    "v.vec": (b"7 2\n" + TEXT.encode(), "line 4"),
    "v.txt.gz": (gzip.compress(TEXT.encode()), "line 3"),
    "v.bin": (BINARY, "byte 25: the record"),
    "v.bin.gz": (gzip.compress(BINARY), "byte 25: the record"),
}


@pytest.fixture(params=[4, 20, 1 << 20])
def chunk(request, monkeypatch):
    """The words lie in blocks of their own, a few together, or all together."""
    monkeypatch.setattr(text_files, "CHUNK", request.param)
    monkeypatch.setattr(binary_files, "CHUNK", request.param)


def warned(caught, path):
    """Assert that one warning tells of the file."""
    ((message),) = [str(warning.message) for warning in caught]
    assert message == (
        f"{path}: {FILES[path.name][1]} has the word 'a', which came before; the first of each is "
        "kept, 3 left out"
    )


@pytest.mark.usefixtures("chunk")
@pytest.mark.parametrize("name", FILES)
def test_the_first_is_kept(name, tmp_path):
    (tmp_path / name).write_bytes(FILES[name][0])
    with pytest.warns(RepeatedWords) as caught:
        found = load(tmp_path / name)
    same(found, ONCE)
    warned(caught, tmp_path / name)


@pytest.mark.parametrize("target", ["w.bin", "w.vec", "w.glove.txt", "w.txt.gz", "folder"])
@pytest.mark.parametrize("name", FILES)
def test_what_is_written_has_each_word_once(name, target, tmp_path):
    (tmp_path / name).write_bytes(FILES[name][0])
    with pytest.warns(RepeatedWords) as caught:
        convert(tmp_path / name, tmp_path / target)
    warned(caught, tmp_path / name)
    same(load(tmp_path / target), ONCE)


@pytest.mark.usefixtures("chunk")
@pytest.mark.parametrize("name", FILES)
def test_a_limit_counts_what_is_read(name, tmp_path):
    (tmp_path / name).write_bytes(FILES[name][0])
    with pytest.warns(RepeatedWords, match="the first of each is kept, 1 left out"):
        same(load(tmp_path / name, 4), WordVectors(ONCE.index_to_key[:3], ONCE.vectors[:3]))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        same(load(tmp_path / name, 2), WordVectors(ONCE.index_to_key[:2], ONCE.vectors[:2]))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of gensim's own code
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_gensim_keeps_the_same(tmp_path):
    gensim = pytest.importorskip("gensim.models", reason="gensim is not installed")
    (tmp_path / "v.bin").write_bytes(BINARY)
    theirs = gensim.KeyedVectors.load_word2vec_format(str(tmp_path / "v.bin"), binary=True)
    with pytest.warns(RepeatedWords):
        found = load(tmp_path / "v.bin")
    assert list(theirs.key_to_index) == found.index_to_key
    assert all((theirs[word] == found[word]).all() for word in "abcd")
