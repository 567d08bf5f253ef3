"""Finding a parallel corpus by whatever it is called, and its validation and test text."""

import io
import re

import pytest

from seqkit.corpora import dates
from seqkit.corpora.dates import Dates
from seqkit.corpora.parallel_catalogue import open_parallel, open_parallel_splits
from seqkit.corpora.records import Pair
from seqkit.corpora.smallworld import translation
from seqkit.corpora.smallworld.translation import Translations


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A working folder with two files of a hundred lines and two of one; small built-in corpora."""
    monkeypatch.chdir(tmp_path)
    for name, row in (("long.a", "line {}\n"), ("long.b", "Zeile {}\n")):
        (tmp_path / name).write_text("".join(row.format(n) for n in range(100)))
    (tmp_path / "one.a").write_text("a cat\n")
    (tmp_path / "one.b").write_text("eine Katze\n")
    (tmp_path / "dates").write_text("a file\n")
    for sizes in (dates.SIZES, translation.SIZES):
        for split in sizes:
            monkeypatch.setitem(sizes, split, 30)
    return tmp_path


def test_what_a_name_stands_for(monkeypatch):
    assert list(open_parallel("one.a", "one.b")) == [Pair("a cat", "eine Katze")]
    assert list(open_parallel("dates")) == list(Dates())
    assert list(open_parallel("smallworld", split="test")) == list(Translations("test"))
    assert list(open_parallel("./dates", "one.b")) == [Pair("a file", "eine Katze")]
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"un chat\n")))
    assert list(open_parallel("one.a", "-")) == [Pair("a cat", "un chat")]


@pytest.mark.parametrize(
    ("source", "target", "message"),
    [
        ("smallworld", "one.b", "smallworld has both sides: leave one.b out, or say ./smallworld"),
        ("one.a", None, "one.a is one side alone: give both files"),
        ("-", None, "- is one side alone: give both files"),
        ("-", "-", "standard input (-) is one text"),
        ("pydocs", None, "pydocs has no translations: take smallworld or dates, or give two files"),
        ("nltk:brown", "one.b", "nltk:brown has no translations"),
        ("smalworld", None, "did you mean smallworld or "),
        ("one.a", "one.bb", "did you mean one.b"),
        ("one.a", "", "an empty name: no such file"),
        ("one.a", "long.b", "one.a has 1 line and long.b 100 lines"),
    ],
)
def test_what_is_no_parallel_corpus(source, target, message):
    with pytest.raises((ValueError, FileNotFoundError), match=re.escape(message)) as caught:
        open_parallel(source, target)
    assert "\n" not in str(caught.value)


LONG, ONE = ("long.a", "long.b"), ("one.a", "one.b")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (LONG, [80, 10, 10]),
        ((*LONG, "20%", "0.25"), [55, 20, 25]),
        ((*LONG, "0.2"), [70, 20, 10]),
        ((*LONG, ONE), [100, 1, None]),
        ((*LONG, ONE, "10%"), [90, 1, 10]),
        ((*LONG, ONE, ONE), [100, 1, 1]),
        ((*LONG, None, ONE), [90, 10, 1]),
        ((*LONG, "dates", "smallworld"), [100, 30, 30]),
        (("smallworld",), [30, 30, 30]),
        (("dates",), [30, 30, 30]),
        (("dates", None, ONE), [30, 1, 30]),
        (("dates", None, "0.4"), [18, 12, 30]),
    ],
)
def test_splits(arguments, expected):
    splits = open_parallel_splits(*arguments)
    parts = (splits.train, splits.valid, splits.test)
    assert [part and len(list(part)) for part in parts] == expected


def test_built_in_corpora_bring_their_splits():
    splits = open_parallel_splits("dates")
    parts = [list(splits.train), list(splits.valid), list(splits.test)]
    assert parts == [list(Dates(split)) for split in ("train", "valid", "test")]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((*LONG, "0"), "--valid 0 is no share"),
        ((*LONG, "-0.1"), "--valid -0.1 is no share"),
        ((*LONG, "one.a"), "one.a is one side alone: give both files"),
        ((*LONG, ("one.a", "-"), ("one.a", "-")), "standard input (-) is one text"),
        (("-", "long.b", ("-", "one.b")), "standard input (-) is one text"),
        (ONE, "one.a and one.b is too short to hold out valid text from its 1 pairs"),
        (("dates", "one.b"), "dates has both sides: leave one.b out"),
    ],
)
def test_splits_that_cannot_be(arguments, message):
    with pytest.raises(ValueError, match=re.escape(message)) as caught:
        open_parallel_splits(*arguments)
    assert "\n" not in str(caught.value)
