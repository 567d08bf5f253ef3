"""Finding a labelled corpus by whatever it is called, and its validation and test text."""

import io
import re

import pytest

from seqkit.corpora.labelled_catalogue import open_labelled, open_labelled_splits
from seqkit.corpora.labelled_columns import LabelColumns
from seqkit.corpora.smallworld import reviews
from seqkit.corpora.smallworld.reviews import Reviews

LONG = "".join(f"{'pos' if number % 2 else 'neg'} word{number:02}\n" for number in range(20))


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A working folder with a file of twenty texts, one of a single text, and a folder."""
    work = tmp_path / "work"
    (work / "names").mkdir(parents=True)
    monkeypatch.chdir(work)
    (work / "long.txt").write_text(LONG)
    (work / "short.txt").write_text("neg dull\n")
    (work / "stars.txt").write_text("1 dull\n5 fine\n")
    (work / "mixed.txt").write_text("odd dull\n" * 9 + "neg grim\n")
    (work / "own.csv").write_text("text,label\na,1\nb,2\nc,3\n")
    (work / "names" / "Czech.txt").write_text("Nov\n" * 9)
    (work / "names" / "Dutch.txt").write_text("Bos\n" * 11)
    for split in reviews.SIZES:
        monkeypatch.setitem(reviews.SIZES, split, 30)
    return work


def texts(corpus):
    return [record.text for record in corpus]


def test_files_folders_and_standard_input(folder, monkeypatch):
    assert texts(open_labelled("short.txt")) == ["dull"]
    assert texts(open_labelled("own.csv", LabelColumns(("label",), "text"))) == ["1", "2", "3"]
    assert texts(open_labelled("short.txt", LabelColumns(label=None))) == ["neg dull"]
    assert texts(open_labelled("names")) == ["Nov"] * 9 + ["Bos"] * 11
    (folder / "old.txt").write_bytes(b"neg caf\xe9")
    assert texts(open_labelled("old.txt", encoding="latin-1")) == ["café"]
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"a,x\nb,y\n")))
    corpus = open_labelled("-", LabelColumns((2,), 1), form="csv")
    assert texts(corpus) == texts(corpus) == ["x", "y"]


def test_smallworld(folder):
    (folder / "smallworld").write_text("a file\n")
    assert texts(open_labelled("smallworld", split="valid")) == texts(Reviews("valid"))
    assert texts(open_labelled("./smallworld")) == ["file"]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("pydocs", "pydocs has no labels: take smallworld, or a file of texts and labels"),
        ("nltk:brown", "nltk:brown has no labels: take smallworld, or a file of texts and labels"),
        ("smalworld", "did you mean smallworld or "),
        ("shrot.txt", "did you mean short.txt"),
        ("", "an empty name: no such file"),
    ],
)
def test_what_is_no_labelled_corpus(source, message):
    with pytest.raises((ValueError, FileNotFoundError), match=re.escape(message)) as caught:
        open_labelled(source)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("options", [{"columns": LabelColumns(label="x")}, {"form": "csv"}])
def test_a_folder_has_no_columns(options):
    with pytest.raises(ValueError, match="names is a folder, without columns: leave their options"):
        open_labelled("names", **options)


def sizes(*arguments):
    splits = open_labelled_splits(*arguments)
    return [part and len(list(part)) for part in (splits.train, splits.valid, splits.test)]


@pytest.mark.parametrize(
    ("sources", "expected"),
    [
        (("long.txt",), [16, 2, 2]),
        (("names",), [16, 2, 2]),
        (("long.txt", "20%", "0.25"), [11, 4, 5]),
        (("long.txt", "0.2"), [14, 4, 2]),
        (("long.txt", "short.txt"), [20, 1, None]),
        (("long.txt", "short.txt", "10%"), [18, 1, 2]),
        (("long.txt", None, "short.txt"), [18, 2, 1]),
        (("long.txt", "mixed.txt"), [20, 10, None]),
        (("stars.txt", "smallworld", "smallworld"), [2, 30, 30]),
        (("smallworld",), [30, 30, 30]),
        (("smallworld", "stars.txt"), [30, 2, 30]),
        (("smallworld", "0.4"), [18, 12, 30]),
    ],
)
def test_splits(sources, expected):
    assert sizes(*sources) == expected


def test_parts_are_stratified_and_keep_their_lines():
    splits = open_labelled_splits("long.txt", "0.2", "0.2")
    for part in (splits.valid, splits.test):
        labels = [record.labels[0] for record in part]
        assert (labels.count("pos"), labels.count("neg")) == (2, 2)
        for record in part:
            number = int(record.text.removeprefix("word"))
            assert part.place(record) == f"long.txt, line {number + 1}"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("long.txt", "0"), "--valid 0 is no share"),
        (("long.txt", "-", "-"), "standard input (-) can be read once"),
        (("long.txt", "shrot.txt"), "did you mean short.txt"),
        (("long.txt", "stars.txt"), "--valid stars.txt: no text has labels of the training text"),
        (("long.txt", "0.1", "stars.txt"), "here they are (1, 5), there (neg, pos); look at --lab"),
        (("short.txt",), "short.txt: every text has the label neg, so there is nothing to learn"),
        (("own.csv",), "own.csv: each of its 3 texts has a label of its own, so there is nothing"),
    ],
)
def test_splits_that_cannot_be(arguments, message):
    with pytest.raises((ValueError, FileNotFoundError), match=re.escape(message)) as caught:
        open_labelled_splits(*arguments)
    assert "\n" not in str(caught.value)
