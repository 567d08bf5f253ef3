"""Labelled files: what is read, and what is said of those that cannot be."""

import csv
import gzip
import io
import json
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seqkit.corpora import labelled_cells, labelled_lines
from seqkit.corpora.labelled import LabelledFile, read_labelled
from seqkit.corpora.labelled_columns import LabelColumns
from seqkit.corpora.readers import TextFiles
from seqkit.corpora.records import Labelled

GOOD = Labelled("a café, a fine one", ("pos",))
BAD = Labelled("so dull", ("neg",))
CSV = 'text,label\n"a café, a fine one",pos\nso dull,neg\n'
TSV = "label\ttext\npos\ta café, a fine one\nneg\tso dull\n"
JSONL = (
    '{"text": "a caf\\u00e9, a fine one", "label": "pos"}\n{"label": "neg", "text": "so dull"}\n'
)
LINES = "pos a café, a fine one\nneg so dull\n"
MARKED = "__label__pos a café, a fine one\n__label__neg so dull\n"

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=9)
TEXTS = st.lists(st.sampled_from(['"', ",", "\n", "\t", ";", "a", "é", " "]), max_size=9).map(
    lambda parts: "x" + "".join(parts) + "x"
)


def written(folder, data, name="a.csv"):
    path = folder / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def refused(path, *arguments, **options):
    """Return the one-line message with which reading all of `path` is refused."""
    with pytest.raises(ValueError) as caught:
        list(read_labelled(path, *arguments, **options))
    message = str(caught.value)
    assert "\n" not in message
    return message.replace(str(path), "FILE")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.csv", CSV),
        ("a.csv", CSV.replace(",pos", ";pos").replace(",label", ";label").replace(",neg", ";neg")),
        ("a.csv", CSV.replace("\n", "\n\n")),
        ("a.csv", CSV.rstrip("\n")),
        ("a.tsv", TSV),
        ("a.tsv", TSV.replace("label\t", "Sentiment \t").replace("text", "Review")),
        ("a.txt", TSV),
        ("a.jsonl", JSONL),
        ("a", JSONL),
        ("a.txt", LINES),
        ("a.txt", LINES.replace("pos ", "pos  ").replace("neg", "\n neg")),
        ("a.ft.txt", MARKED),
    ],
)
@pytest.mark.parametrize("clothes", ["plain", "crlf", "bom", "gzip", "utf-16"])
def test_the_same_texts_in_all_forms(tmp_path, name, data, clothes):
    options = {"encoding": "utf-16"} if clothes == "utf-16" else {}
    data = data.replace("\n", "\r\n") if clothes == "crlf" else data
    packed = data.encode(clothes if clothes == "utf-16" else "utf-8")
    packed = b"\xef\xbb\xbf" + packed if clothes == "bom" else packed
    if clothes == "gzip":
        name, packed = name + ".gz", gzip.compress(packed)
    corpus = read_labelled(written(tmp_path, packed, name), **options)
    assert list(corpus) == list(corpus) == [GOOD, BAD]


@pytest.mark.parametrize("data", [CSV, TSV, JSONL, LINES, MARKED])
def test_standard_input_can_be_read_again(monkeypatch, data):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data.encode())))
    columns = LabelColumns(("text",), "label") if data == CSV else LabelColumns()
    corpus = read_labelled("-", columns)
    assert list(corpus) == list(corpus) == [GOOD, BAD]


def test_what_a_file_says_of_itself(tmp_path):
    path = written(tmp_path, 'text,label\n"one\ntwo",a\n\nthree,b\n')
    corpus = read_labelled(path)
    assert [record.line for record in corpus] == [2, 5]
    assert corpus.place(list(corpus)[1]) == f"{path}, line 5"
    assert (corpus.name, corpus.source, corpus.synthetic) == ("a.csv", str(path), False)
    assert corpus.description == "labelled text, as comma-separated values"
    assert corpus.warnings() == []


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        (LabelColumns((3,), 1), [("c", "a"), ("f", "d"), ("i", "g")]),
        (LabelColumns(("-1",), "2"), [("c", "b"), ("f", "e"), ("i", "h")]),
        (LabelColumns((3, 2), 1), [("c b", "a"), ("f e", "d"), ("i h", "g")]),
        (LabelColumns(("c",), "b"), [("f", "e"), ("i", "h")]),
        (LabelColumns(("b", 3), "a"), [("e f", "d"), ("h i", "g")]),
        (LabelColumns((2,), None), [("b", None), ("e", None), ("h", None)]),
    ],
)
@pytest.mark.parametrize(("mark", "name"), [(",", "a.csv"), ("\t", "a.tsv"), ("\t", "a.csv")])
def test_columns_by_name_and_number(tmp_path, columns, expected, mark, name):
    path = written(tmp_path, "a,b,c\nd,e,f\ng,h,i\n".replace(",", mark), name)
    records = [(record.text, *(record.labels or [None])) for record in read_labelled(path, columns)]
    assert records == expected


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        (LabelColumns(label=1), [Labelled("words", ("kind",)), Labelled("b", ("a",))]),
        (LabelColumns((2,)), [Labelled("words", ("kind",)), Labelled("b", ("a",))]),
        (LabelColumns(label="words"), [Labelled("a", ("b",))]),
        (LabelColumns(("kind",)), [Labelled("a", ("b",))]),
    ],
)
def test_of_two_columns_one_is_enough(tmp_path, columns, expected):
    assert list(read_labelled(written(tmp_path, "kind,words\na,b\n"), columns)) == expected


def test_columns_are_asked_for_in_a_file_without_ending(tmp_path):
    path = written(tmp_path, "a,b\nc,d\n", "a.data")
    assert [r.text for r in read_labelled(path, LabelColumns((2,), 1))] == ["b", "d"]
    assert [
        r.text for r in read_labelled(path, form="lines", columns=LabelColumns(label=None))
    ] == [
        *("a,b", "c,d"),
    ]


def test_quotes_are_plain_characters_between_tabs(tmp_path):
    path = written(tmp_path, 'a\t"b" is\nc\t"d\n', "a.tsv")
    records = read_labelled(path, LabelColumns((2,), 1))
    assert [record.text for record in records] == ['"b" is', '"d']


@pytest.mark.parametrize(
    ("name", "data", "separator"),
    [
        ("a.csv", 'text,label\nx,"a;b"\ny,\nz, b ;b;\n', ";"),
        ("a.jsonl", '{"text":"x","label":["a","b"]}\n{"text":"y","label":[]}\n'
         '{"text":"z","label":["b","b"]}', None),
        ("a.tsv", "label\ttext\na b\tx\n\ty\nb\tz\n", " "),
    ],
)  # fmt: skip
def test_many_labels(tmp_path, name, data, separator):
    corpus = read_labelled(written(tmp_path, data, name), LabelColumns(separator=separator))
    assert list(corpus) == [Labelled("x", ("a", "b")), Labelled("y"), Labelled("z", ("b",))]


def test_many_labels_before_a_text(tmp_path):
    path = written(tmp_path, "__label__a __label__b x __label__y\n__label__b z\n", "a.txt")
    assert list(read_labelled(path)) == [
        Labelled("x __label__y", ("a", "b")),
        Labelled("z", ("b",)),
    ]
    commas = read_labelled(written(tmp_path, "a,b x y\n", "b.txt"), LabelColumns(separator=","))
    assert list(commas) == [Labelled("x y", ("a", "b"))]


def test_labels_of_json_may_be_numbers(tmp_path):
    rows = [{"text": "x", "label": label} for label in (1, 0.5, True, [2, "b"])]
    path = written(tmp_path, "\n".join(map(json.dumps, rows)), "a.jsonl")
    assert [record.labels for record in read_labelled(path)] == [
        *(("1",), ("0.5",), ("true",), ("2", "b")),
    ]


def test_texts_without_labels_may_be_empty(tmp_path):
    path = written(tmp_path, "id,text\n1,\n2,x\n")
    assert list(read_labelled(path, LabelColumns(("text",), None))) == [
        *(Labelled(""), Labelled("x")),
    ]


@settings(deadline=None, max_examples=60)  # each writes to the disk
@given(st.lists(st.tuples(TEXTS, WORDS), min_size=1, max_size=5), st.sampled_from(",;\t"))
def test_what_the_csv_module_writes_is_read_again(tmp_path_factory, rows, mark):
    file = io.StringIO()
    csv.writer(file, delimiter=mark, quoting=csv.QUOTE_ALL).writerows([("text", "label"), *rows])
    path = written(tmp_path_factory.mktemp("any"), file.getvalue())
    corpus = read_labelled(path, LabelColumns(("text",), "label"))
    assert [(record.text, *record.labels) for record in corpus] == rows


REFUSED = {
    "width": (
        "text,label\na,b\n\na,b,c\n",
        "FILE, line 4: 3 columns where line 1 has 2; put texts that hold a separator in quotes",
    ),
    "text behind a quote": (
        'text,label\na,b\n"a" c,b\n',
        'FILE, line 3: the quotes of the row that begins here are broken; close each, and write " '
        'inside as ""',
    ),
    "quote left open": (
        'text,label\na,b\n"a,b\na,b\na,b\n',
        'FILE, line 3: the quotes of the row that begins here are broken; close each, and write " '
        'inside as ""',
    ),
    "empty text": (
        "text,label\na,b\n ,b\n",
        "FILE, line 3: the text is empty; write one, or leave the row out",
    ),
    "empty label": (
        "text,label\na,b\na,\n",
        "FILE, line 3: the label is empty; give every text one, or leave the row out",
    ),
    "long label": (
        f"text,label\na,b\nb,{'x' * 201}\n",
        "FILE, line 3: the label has 201 characters, so it may be a text; see --label-column",
    ),
    "old Mac": (
        "text,label\ra,b\r",
        "FILE, line 1: a carriage return inside the row; end lines as Unix or Windows do",
    ),
    "no known names": (
        "id,words\na,b\n",
        "FILE, line 1: no column of (id, words) is called text or the like; give --text-column, a "
        "name, or a number from 1 where there is no header",
    ),
    "no known label": (
        "text,words\na,b\n",
        "FILE, line 1: no column of (text, words) is called label or the like; give "
        "--label-column, a name, or a number from 1 where there is no header",
    ),
    "header alone": ("text,label\n", "FILE holds no text: give a file of texts and labels"),
    "empty": ("", "FILE is empty: give a file with text in it"),
    "not utf-8": (
        b"text,label\na,b\ncaf\xe9,b\n",
        "FILE, line 3: byte 0xE9 (position 18 of the file) is not utf-8; say --encoding latin-1 "
        "or what the file is in",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_files(tmp_path, case):
    data, message = REFUSED[case]
    assert refused(written(tmp_path, data)) == message


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (
            LabelColumns(("txt",), "b"),
            "there is no column 'txt' among (a, b, c); see --text-column",
        ),
        (LabelColumns(("a",), "x"), "there is no column 'x' among (a, b, c); see --label-column"),
        (LabelColumns((1,), 4), "there is no column 4, only 3; see --label-column"),
        (LabelColumns((-4,), 1), "there is no column -4, only 3; see --text-column"),
        (LabelColumns((2, 1), "-3"), "column 1 cannot be both text and label; choose another one"),
    ],
)
def test_columns_that_are_not_there(tmp_path, columns, message):
    message = message.replace("another one", "another column")
    assert refused(written(tmp_path, "a,b,c\nd,e,f\n"), columns) == f"FILE, line 1: {message}"


def test_senseless_columns():
    with pytest.raises(ValueError, match="no column 0: count from 1"):
        LabelColumns((1, "0"), 2)
    with pytest.raises(ValueError, match="no column 0: count from 1"):
        LabelColumns((1,), 0)
    with pytest.raises(ValueError, match="separated by nothing"):
        LabelColumns(separator="")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("[1]\n", "FILE, line 2: no JSON object; give one a line, like "),
        ("{'text': 1}\n", "FILE, line 2: no JSON object; give one a line, like "),
        ("[" * 100_000 + "\n", "FILE, line 2: no JSON object; give one a line, like "),
        ('{"text": "x"}\n', "FILE, line 2: there is no key 'label' among (text); give it in every"),
        ('{"text": 5, "label": 1}\n', "FILE, line 2: 'text' is no text; give a string"),
        ('{"text": "x", "label": null}\n', "FILE, line 2: 'label' is no label; give a string, a "),
        ('{"text": "x", "label": ["a", {}]}\n', "FILE, line 2: 'label' is no label; give a str"),
        ('{"text": "x", "label": ["a", " "]}\n', "FILE, line 2: a label is empty; give it a name"),
        ('{"text": " ", "label": "a"}\n', "FILE, line 2: the text is empty; write one, or leave "),
        ('{"text": "\\ud83d!", "label": "a"}\n', "FILE, line 2: 'text' has half a surrogate pair"),
        ('{"text": "x", "label": ["\\ude00"]}\n', "FILE, line 2: 'label' has half a surrogate"),
    ],
)
def test_refused_json(tmp_path, data, message):
    path = written(tmp_path, '{"text": "x", "label": "a"}\n' + data, "a.jsonl")
    assert refused(path).startswith(message)


def test_json_has_no_numbered_columns(tmp_path):
    path = written(tmp_path, '{"text": "x", "label": "a"}\n', "a.jsonl")
    message = "FILE, line 1: JSON has no column 2: give the name of a key"
    assert refused(path, LabelColumns(label=2)) == message


@pytest.mark.parametrize(
    ("data", "options", "message"),
    [
        ("pos x\nneg\n", {}, "FILE, line 2: the text is empty; write one, or leave the row out"),
        ("__label__a x\nb y\n", {}, "FILE, line 2: no __label__ before the text; give every line"),
        ("__label__a x\n__label__ y\n", {}, "FILE, line 2: a label is empty; give it a name, or "),
        ("__label__a x\n", {"columns": LabelColumns((1,), 2)}, 'FILE has "label text" lines, with'),
        ("a\tx\n", {}, "FILE, line 1: no column of (a, x) is called text or the like; give --text"),
        ("a\tx\ny\n", {"columns": LabelColumns((2,), 1)}, "FILE, line 2: 1 column where line 1 has "
         "2; write no tab inside a text, or say --format csv if cells stand in quotes"),
    ],
)  # fmt: skip
def test_refused_lines(tmp_path, data, options, message):
    assert refused(written(tmp_path, data, "a.txt"), **options).startswith(message)


def test_errors_come_when_the_file_is_opened(tmp_path):
    with pytest.raises(ValueError, match="line 1: no column of"):
        read_labelled(written(tmp_path, "a,b\n"))
    with pytest.raises(FileNotFoundError, match="none cannot be read"):
        read_labelled(tmp_path / "none")


def test_long_texts_are_read_and_the_limit_of_csv_is_put_back(tmp_path):
    old, long = csv.field_size_limit(131_072), "x " * 400_000 + '"'
    for name, data in (
        ("a.csv", 'text,label\n"' + long + '"\n",a\n'),
        ("a.jsonl", json.dumps({"text": long, "label": "a"})),
        ("a.txt", "a " + long),
    ):
        (record,) = read_labelled(written(tmp_path, data, name))
        assert record.text.startswith(long) and record.labels == ("a",)
    assert csv.field_size_limit(old) == 131_072


def test_endless_lines_and_cells_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(labelled_lines, "LONGEST", 5000)
    path = written(tmp_path, "pos x\nneg " + "x" * 9000, "a.txt")
    text = TextFiles((path,), "a", str(path), block_size=1000)
    with pytest.raises(ValueError, match=r"a\.txt, line 2: longer than 5,000 bytes; cut it"):
        list(LabelledFile(text))
    path.write_text(f"pos {'x' * 3000}\n" * 9)
    assert len(list(LabelledFile(TextFiles((path,), "a", str(path), block_size=1000)))) == 9
    monkeypatch.setattr(labelled_cells, "LONGEST", 5000)
    open_quote = 'text,label\nx,a\n"x' + "\nxxx" * 5000
    assert refused(written(tmp_path, open_quote)) == (
        "FILE, line 3: a cell longer than 5,000 characters; is a quote left open here?"
    )


def test_a_long_file_takes_little_memory(tmp_path):
    path = written(tmp_path, "text,label\n" + '"a few, words",a\nmore words,b\n' * 10_000)
    text = TextFiles((path,), "a.csv", str(path), block_size=1 << 14)
    tracemalloc.start()
    count = sum(1 for _ in LabelledFile(text))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 20_000
    assert peak < 500_000


def test_imdb_and_sst(benchmark_data):
    imdb = read_labelled(benchmark_data / "imdb" / "imdb.test.tsv.gz", LabelColumns((4,), 1))
    labels = [record.labels[0] for record in imdb]
    assert (labels.count("neg"), labels.count("pos")) == (12_500, 12_500)
    sizes = {"sst2": (6_920, 872, 1_821), "sst5": (8_544, 1_101, 2_210)}
    for name, expected in sizes.items():
        files = [benchmark_data / "sst" / f"{name}.{part}.txt" for part in ("train", "dev", "test")]
        assert tuple(len(list(read_labelled(file))) for file in files) == expected
