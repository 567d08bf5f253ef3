"""Texts to be classified as they come: what is read, when, and what is refused."""

import gzip
import itertools
import types

import pytest

from seqkit.corpora import labelled_streaming
from seqkit.corpora.labelled import read_labelled
from seqkit.corpora.labelled_columns import LabelColumns
from seqkit.corpora.labelled_streaming import ArrivingText, arriving_form, read_arriving

CSV = 'id,text\n1,"good, ""very"" good"\n2,"two\nlines"\n3,\n'
JSON = '{"text": "good"}\n\n{"text": " two\\nlines "}\n{"text": ""}\n'


def pipe(monkeypatch, *pieces, told=None):
    """Make standard input a pipe with these pieces; what happens is written down in `told`."""
    given = iter([*pieces, b""])

    class Pipe:
        def read1(self, size):
            piece = next(given)
            if told is not None:
                told.append(piece)
            return piece

    monkeypatch.setattr("sys.stdin", types.SimpleNamespace(buffer=Pipe()))


def read(source, columns=(), form="auto", **options):
    text, wanted = ArrivingText(str(source), **options), LabelColumns(columns, None)
    return list(read_arriving(text, wanted, arriving_form(text, wanted, form)))


def texts(*arguments, **options):
    return [record.text for record in read(*arguments, **options)]


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_each_line_is_a_text_blank_ones_too(tmp_path, ending):
    path = tmp_path / "some.txt"
    path.write_bytes(
        ending.join(["\ufeffneg dull", "", "  \t", ' {"text": 1}\t"x', "last"]).encode()
    )
    found = read(path)
    assert [record.text for record in found] == ["neg dull", "", "", '{"text": 1}\t"x', "last"]
    assert [record.line for record in found] == [1, 2, 3, 4, 5]
    assert all(record.labels == () for record in found)


@pytest.mark.parametrize(("name", "text"), [("a.csv", CSV), ("a.jsonl", JSON), ("a.CSV.gz", CSV)])
@pytest.mark.parametrize("size", [1, 3, 1 << 16])
def test_cells_and_json_are_those_of_labelled_files(tmp_path, monkeypatch, name, text, size):
    """However the pieces are cut, the records are those that a file read as a whole has."""
    path, data = tmp_path / name, text.encode()
    path.write_bytes(gzip.compress(data) if name.endswith("gz") else data)
    monkeypatch.setattr("seqkit.corpora.streaming.PIECE", size)
    wanted = list(read_labelled(path, LabelColumns(label=None)))
    assert len(wanted) == 3 and wanted[2].text == ""
    found = read(path)
    assert found == wanted and [r.line for r in found] == [r.line for r in wanted]
    pieces = [data[k : k + size] for k in range(0, len(data), size)]
    pipe(monkeypatch, *pieces)
    form = "jsonl" if "json" in name else "csv"
    assert read("-", form=form) == wanted
    pipe(monkeypatch, *pieces)
    assert read("-", ("text",)) == wanted  # the form is found out


def test_what_separates_cells_is_found_out_behind_blank_lines(monkeypatch):
    pipe(monkeypatch, b"\n", b" \n\n", b"a;te", b"xt\n1;good\n", b"2;bad\n")
    assert texts("-", ("text",), "csv") == ["good", "bad"]
    pipe(monkeypatch, b"id\ttext\n", b'1\t"good\n')
    assert texts("-", ("text",)) == ['"good']
    pipe(monkeypatch, b"1,good\n2,bad")
    assert texts("-", (2,)) == ["good", "bad"]
    pipe(monkeypatch)
    assert texts("-", ("text",)) == texts("-") == []


@pytest.mark.parametrize(
    ("form", "pieces", "wanted"),
    [
        ("auto", [b"one\ntw", b"o\n\nthr", b"ee"], ["ASK", 1, "ASK", 3, "ASK", "ASK", 4]),
        ("csv", [b"text\none\n", b'"tw', b'o"\n'], ["ASK", 1, "ASK", "ASK", 2, "ASK"]),
        ("jsonl", [b'{"text": "a"}\n{"te', b'xt": "b"}'], ["ASK", 1, "ASK", "ASK", 2]),
    ],
)
def test_nothing_that_has_come_waits_for_more(monkeypatch, form, pieces, wanted):
    """Before each read the reader is asked, and all whole rows of the pieces before are there."""
    told = []
    pipe(monkeypatch, *pieces)
    text = ArrivingText("-", before_waiting=lambda: told.append("ASK"))
    records = read_arriving(text, LabelColumns((), None), arriving_form(text, LabelColumns(), form))
    count = 0
    for count, _ in enumerate(records, start=1):
        told[-1:] = [count] if isinstance(told[-1], int) else [told[-1], count]
    assert told == wanted and count == wanted[-1 if isinstance(wanted[-1], int) else -2]


def test_of_a_file_nothing_is_waited_for(tmp_path):
    (tmp_path / "some.txt").write_text("one\ntwo\n")
    text = ArrivingText(str(tmp_path / "some.txt"), before_waiting=lambda: pytest.fail("waited"))
    assert len(list(read_arriving(text, LabelColumns(), "lines"))) == 2


def test_memory_does_not_grow_with_the_text(monkeypatch):
    monkeypatch.setattr(
        labelled_streaming, "stream_text", lambda *_: itertools.repeat("good\nbad\n")
    )
    text = ArrivingText("-")
    found = itertools.islice(read_arriving(text, LabelColumns(), "lines"), 1_000)
    assert [record.line for record in found] == list(range(1, 1_001))
    assert len(text._head) == 1


@pytest.mark.parametrize(
    ("columns", "form", "data", "message"),
    [
        ((), "csv", b"a,b\n1,2\n", "standard input, line 1: no column of (a, b) is called text"),
        (("c",), "csv", b"a,b\n1,2\n", "line 1: there is no column 'c' among (a, b)"),
        (("b",), "csv", b'a,b\n1,2\n3,"4\n', "standard input, line 3: the quotes of the row that"),
        (("b",), "tsv", b"a\tb\n1\n", "standard input, line 2: 1 column where line 1 has 2"),
        ((), "jsonl", b'{"text": "a"}\n{"text"\n', "standard input, line 2: no JSON object"),
        ((), "jsonl", b'{"text": 3}\n', "standard input, line 1: 'text' is no text"),
        ((1,), "lines", b"a\n", "standard input has a text a line, without columns"),
        ((), "auto", b"a\ncaf\xe9\n", "standard input, line 2: byte 0xE9"),
        ((), "auto", b"a\n\0\n", "standard input, line 2: a NUL byte"),
    ],
)
def test_what_cannot_be_read_names_the_line(monkeypatch, columns, form, data, message):
    pipe(monkeypatch, data)
    with pytest.raises(ValueError) as caught:
        read("-", columns, form)
    assert message in str(caught.value) and "\n" not in str(caught.value)


def test_files_that_are_not_there(tmp_path):
    for path in (tmp_path / "gone.txt", tmp_path):
        with pytest.raises(OSError, match="cannot be read"):
            read(path)
