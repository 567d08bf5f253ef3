"""Finding a tagged corpus by whatever it is called, and its validation and test text."""

import gzip
import importlib
import io
import re

import pytest

from seqkit.corpora.columns import TagColumns
from seqkit.corpora.smallworld import tagged
from seqkit.corpora.smallworld.tagged import TaggedWorld
from seqkit.corpora.tagged_catalogue import open_tagged, open_tagged_splits

LONG = "".join(f"word{number:02} NN O\n\n" for number in range(20))


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A working folder with a file of twenty sentences and one of a single one."""
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    (work / "long.conll").write_text(LONG)
    (work / "short.conll").write_text("Lisk NNP B-LOC\n")
    for split in tagged.SIZES:
        monkeypatch.setitem(tagged.SIZES, split, 20)
    return work


@pytest.fixture
def tiny(monkeypatch):
    """nltk:tiny, a treebank of one sentence."""
    from nltk.corpus.reader.api import CorpusReader

    sentences = [[("He", "PRP"), ("*-1", "-NONE-"), ("ate", "VBD")]]
    members = {"__init__": lambda self: None, "tagged_sents": lambda self: sentences}
    reader = type("Tiny", (CorpusReader,), members)()
    monkeypatch.setattr(importlib.import_module("nltk.corpus"), "tiny", reader, raising=False)


def tokens(corpus):
    return [record.tokens for record in corpus]


def test_files(folder):
    (folder / "packed.gz").write_bytes(gzip.compress(b"\xef\xbb\xbf# id\r\nLisk NNP B-LOC\r\n"))
    (folder / "old.conll").write_bytes(b"caf\xe9 NN O")
    for name in ("short.conll", "packed.gz"):
        (record,) = open_tagged(name, TagColumns(features=(2,)), comments=True)
        assert (record.tokens, record.tags, record.features) == (
            *(("Lisk",), ("B-LOC",), (("NNP",),)),
        )
    assert tokens(open_tagged("old.conll", encoding="latin-1")) == [("café",)]


def test_standard_input(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"from\tO\nstdin\tO\n")))
    corpus = open_tagged("-")
    assert tokens(corpus) == tokens(corpus) == [("from", "stdin")]


def test_smallworld_as_columns(folder):
    (folder / "smallworld").write_text("a file O\n")
    for split in ("train", "valid", "test"):
        world = list(TaggedWorld(split))
        names = open_tagged("smallworld", TagColumns(features=(2,)), split)
        assert list(names) == world
        assert names.synthetic and names.source == f"synthetic: smallworld-1, its {split} split"
        parts = list(open_tagged("smallworld", TagColumns(tag=2), split))
        assert [(record.tokens, record.tags, record.features) for record in parts] == [
            (record.tokens, record.features[0], ()) for record in world
        ]
    assert tokens(open_tagged("./smallworld")) == [("a",)]
    with pytest.raises(ValueError, match=r"smallworld-1, .*, line 1: there is no column 4, only 3"):
        open_tagged("smallworld", TagColumns(tag=4))


def test_nltk(tiny):
    corpus = open_tagged("nltk:tiny")
    assert [(record.tokens, record.tags) for record in corpus] == [(("He", "ate"), ("PRP", "VBD"))]
    assert (corpus.name, corpus.synthetic) == ("nltk:tiny", False)
    with pytest.raises(ValueError, match="nltk:brwn: NLTK has no corpus of this name"):
        open_tagged("nltk:brwn")


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("pydocs", "pydocs has no tags: take smallworld, nltk:treebank or a file of columns"),
        ("smallworld-2", "smallworld-2 has no tags: take smallworld, nltk:treebank or a file"),
        ("smalworld", "did you mean smallworld or "),
        ("shrot.conll", "did you mean short.conll or "),
        (".", ". is a folder: name one file of columns in it"),
        ("", "an empty name: no such file"),
    ],
)
def test_what_is_no_tagged_corpus(source, message):
    with pytest.raises((ValueError, FileNotFoundError), match=re.escape(message)) as caught:
        open_tagged(source)
    assert "\n" not in str(caught.value)


def sizes(*arguments):
    splits = open_tagged_splits(*arguments)
    return [part and len(list(part)) for part in (splits.train, splits.valid, splits.test)]


@pytest.mark.parametrize(
    ("sources", "expected"),
    [
        (("long.conll",), [16, 2, 2]),
        (("long.conll", "20%", "0.25"), [11, 4, 5]),
        (("long.conll", "0.2"), [14, 4, 2]),
        (("long.conll", "short.conll"), [20, 1, None]),
        (("long.conll", "short.conll", "10%"), [18, 1, 2]),
        (("long.conll", "short.conll", "short.conll"), [20, 1, 1]),
        (("long.conll", None, "short.conll"), [18, 2, 1]),
        (("short.conll", "smallworld", "smallworld"), [1, 20, 20]),
        (("smallworld", "short.conll"), [20, 1, 20]),
        (("smallworld", "0.4"), [12, 8, 20]),
    ],
)
def test_splits(sources, expected):
    assert sizes(*sources) == expected


def test_parts_of_a_file_keep_its_order_and_lines():
    splits = open_tagged_splits("long.conll", columns=TagColumns(tag=2))
    (first, _), (last, _) = splits.valid, splits.test
    assert (first.tokens, last.tokens, last.tags) == (("word16",), ("word18",), ("NN",))
    assert splits.test.place(last, 0) == "long.conll, line 37"


def test_smallworld_brings_its_splits():
    splits = open_tagged_splits("smallworld")
    for split, corpus in zip(tagged.SIZES, (splits.train, splits.valid, splits.test), strict=True):
        assert tokens(corpus) == tokens(TaggedWorld(split))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("long.conll", "0"), "--valid 0 is no share"),
        (("long.conll", "60%"), "--valid 0.6 is no share"),
        (("long.conll", "-", "-"), "standard input (-) can be read once"),
        (("long.conll", "shrot.conll"), "did you mean short.conll or "),
        (("short.conll",), "short.conll is too short to hold out"),
    ],
)
def test_splits_that_cannot_be(arguments, message):
    with pytest.raises((ValueError, FileNotFoundError), match=re.escape(message)):
        open_tagged_splits(*arguments)
