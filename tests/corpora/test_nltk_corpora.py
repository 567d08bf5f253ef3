"""NLTK's corpora by name: which lines they give, and what is said when they are not there."""

import importlib
import zipfile

import pytest

from seqkit.corpora.corpus import measure
from seqkit.corpora.nltk_corpora import installed, is_tagged, known, read_nltk, read_nltk_tagged


@pytest.fixture
def add_reader(monkeypatch):
    """Return a function that makes `nltk:tiny` a reader with the given methods."""
    from nltk.corpus.reader.api import CorpusReader

    def add(**methods):
        members = {name: staticmethod(value) for name, value in methods.items()}
        reader = type("Tiny", (CorpusReader,), {"__init__": lambda self: None, **members})
        monkeypatch.setattr(importlib.import_module("nltk.corpus"), "tiny", reader(), raising=False)

    return add


@pytest.fixture
def only_data_in(monkeypatch):
    """Return a function that makes a folder the only one where NLTK looks for data."""
    import nltk.data

    return lambda folder: monkeypatch.setattr(nltk.data, "path", [str(folder)])


def lines(name="tiny"):
    return [line.text for line in read_nltk(name)]


def test_sentences_come_before_words(add_reader):
    add_reader(sents=lambda: [["A", "cat", "."], ["It", "sat", "."]], words=lambda: ["A"])
    assert lines() == ["A cat .", "It sat ."]


def test_traces_of_treebanks_are_left_out(add_reader):
    tagged = [[("He", "PRP"), ("wants", "VBZ"), ("*-1", "-NONE-"), ("to", "TO"), ("go", "VB")]]
    untagged = [[word for word, _ in sentence] for sentence in tagged]
    add_reader(sents=lambda: untagged, tagged_sents=lambda: tagged, parsed_sents=lambda: [])
    assert lines() == ["He wants to go"]


def test_parts_of_speech_in_columns(add_reader):
    tagged = [
        [("He", "PRP"), ("*-1", "-NONE-"), ("ate  1\n1/2", "CD")],
        [("0", "-NONE-")],
        [("No", None), ("", "X Y")],
    ]
    add_reader(tagged_sents=lambda: tagged)
    corpus = read_nltk_tagged("tiny")
    text = b"".join(corpus.blocks()).decode()
    assert text == "He\tPRP\nate 1 1/2\tCD\n\n\nNo\t_\n_\tX Y\n\n"
    assert (corpus.name, corpus.source) == ("nltk:tiny", "the NLTK corpus tiny")
    assert is_tagged("tiny")


def test_corpora_without_parts_of_speech(add_reader):
    add_reader(sents=lambda: [["A"]])
    assert not is_tagged("tiny")
    with pytest.raises(ValueError, match="nltk:tiny cannot be read: it has no parts of speech"):
        read_nltk_tagged("tiny")


def test_words_and_raw_text(add_reader):
    add_reader(words=lambda: ["one", "two\nparts"], raw=lambda: "never")
    assert lines() == ["one", "two parts"]
    add_reader(raw=lambda: "first line\nsecond")
    assert lines() == ["first line", "second"]


def test_a_corpus_says_what_it_is(add_reader):
    add_reader(words=lambda: ["one"])
    corpus = read_nltk("tiny")
    assert (corpus.name, corpus.source) == ("nltk:tiny", "the NLTK corpus tiny")
    assert not corpus.synthetic


def raising(error):
    def method():
        raise error

    return method


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (
            LookupError("\n***\n Resource punkt_tab not found.\n"),
            "python -m nltk.downloader punkt_tab",
        ),
        (ValueError("No sentence tokenizer for this corpus"), "nltk.downloader punkt_tab"),
        (zipfile.BadZipFile("File is not\na zip file"), "cannot be read: File is not a zip file"),
    ],
)
def test_errors_of_nltk_in_one_line(add_reader, error, message):
    add_reader(sents=raising(error))
    with pytest.raises(ValueError, match=r"^nltk:tiny") as caught:
        lines()
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_corpora_without_text(add_reader):
    add_reader(words=list)
    with pytest.raises(ValueError, match="the NLTK corpus tiny is empty"):
        lines()


def test_missing_data_and_unknown_names(tmp_path, only_data_in):
    only_data_in(tmp_path)
    assert installed() == []
    with pytest.raises(ValueError, match="nltk:reuters: its data is not on this machine") as caught:
        lines("reuters")
    assert "python -m nltk.downloader reuters" in str(caught.value)
    with pytest.raises(ValueError, match=r"nltk:brwn: NLTK has no corpus of this name.*brown"):
        lines("brwn")
    assert {"brown", "treebank", "gutenberg"} <= known()
    assert "nltk" not in known()


def test_data_on_this_machine_is_listed(tmp_path, only_data_in):
    only_data_in(tmp_path)
    (tmp_path / "corpora" / "abc").mkdir(parents=True)
    (tmp_path / "corpora" / "brown.zip").touch()
    (tmp_path / "corpora" / "something_else").mkdir()
    assert installed() == ["abc", "brown"]
    assert not is_tagged("abc")  # its folder is empty


def test_real_corpora_have_their_published_counts(benchmark_data, only_data_in):
    only_data_in(benchmark_data / "nltk_data")
    assert {"brown", "gutenberg", "names", "treebank"} <= set(installed())
    treebank, names = measure(read_nltk("treebank")), measure(read_nltk("names"))
    assert (treebank.lines, treebank.words) == (3_914, 94_084)
    assert names.lines == 5_001 + 2_943
    words = b"".join(read_nltk_tagged("treebank").blocks()).split(b"\n")
    assert (words.count(b"") - 1, sum(map(bool, words))) == (3_914, 94_084)
