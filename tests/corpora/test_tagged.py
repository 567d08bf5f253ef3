"""Files of columns: what is read, and what is said of those that cannot be."""

import gzip
import io
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seqkit.corpora import columns, readers
from seqkit.corpora.columns import TagColumns
from seqkit.corpora.readers import read_path
from seqkit.corpora.records import Tagged
from seqkit.corpora.tagged import LONGEST, TaggedColumns, read_tagged, to_columns

SMALL = """\
-DOCSTART- -X- O O

Anna NNP B-NP I-PER
sang VBD B-VP O
. . O O

-DOCSTART- -X- O O


Lisk NNP B-NP I-LOC
# # B-NP O
"""
ANNA = Tagged(("Anna", "sang", "."), ("I-PER", "O", "O"), document=1)
LISK = Tagged(("Lisk", "#"), ("I-LOC", "O"), document=2)

CELLS = st.text(st.characters(codec="utf-8", exclude_categories=["Z", "C"]), min_size=1, max_size=5)
RECORDS = st.integers(1, 5).flatmap(
    lambda size: st.builds(
        Tagged,
        *[st.tuples(*[CELLS] * size)] * 2,
        st.tuples(*[st.tuples(*[CELLS] * size)] * 2),
    )
)


def written(folder, data, name="a.conll"):
    path = folder / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def refused(path, **options):
    """Return the one-line message with which reading all of `path` is refused."""
    with pytest.raises(ValueError) as caught:
        list(read_tagged(path, **options))
    message = str(caught.value)
    assert "\n" not in message
    return message.replace(str(path), "FILE")


def test_a_small_file(tmp_path):
    corpus = read_tagged(written(tmp_path, SMALL))
    assert list(corpus) == list(corpus) == [ANNA, LISK]
    first, second = corpus
    assert [list(record.lines) for record in (first, second)] == [[3, 4, 5], [10, 11]]
    assert corpus.place(second, 1) == f"{tmp_path}/a.conll, line 11"
    assert (corpus.name, corpus.source) == ("a.conll", f"{tmp_path}/a.conll")
    assert (corpus.description, corpus.synthetic) == ("plain text", False)
    assert corpus.warnings() == []


@pytest.mark.parametrize(
    ("data", "options"),
    [
        (SMALL.replace("\n", "\r\n"), {}),
        (b"\xef\xbb\xbf" + SMALL.encode(), {}),
        (SMALL.encode("utf-16"), {"encoding": "utf-16"}),
        (gzip.compress(SMALL.encode()), {}),
        (SMALL.replace(" ", "\t"), {}),
        (SMALL.replace(" ", "  ").replace("\nLisk", "\n \t\nLisk"), {}),
        (SMALL.rstrip("\n"), {}),
        (SMALL.replace("-X- O O", ""), {}),
        (SMALL.replace("\n\n", "\n\n\n\n"), {}),
    ],
    ids=["crlf", "bom", "utf-16", "gzip", "tabs", "spaces", "no end", "bare docstart", "blanks"],
)
def test_the_same_file_in_other_clothes(tmp_path, data, options):
    assert list(read_tagged(written(tmp_path, data), **options)) == [ANNA, LISK]


def test_standard_input_can_be_read_again(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(SMALL.encode())))
    corpus = read_tagged("-")
    assert list(corpus) == list(corpus) == [ANNA, LISK]


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        (TagColumns(), (("a", "d"), ("c", "f"))),
        (TagColumns(1, 2, (3,)), (("a", "d"), ("b", "e"), (("c", "f"),))),
        (TagColumns(3, -2, (1,)), (("c", "f"), ("b", "e"), (("a", "d"),))),
        (TagColumns(-1, 1), (("c", "f"), ("a", "d"))),
        (TagColumns(2, None, (3, -3)), (("b", "e"), (), (("c", "f"), ("a", "d")))),
    ],
)
def test_columns_are_chosen_by_number(tmp_path, columns, expected):
    path = written(tmp_path, "a b c\nd e f\n")
    assert list(read_tagged(path, columns)) == [Tagged(*expected)]


def test_tokens_may_have_spaces_between_tabs(tmp_path):
    path = written(tmp_path, "New Orvo \tB-LOC\nis\t O\n")
    assert list(read_tagged(path)) == [Tagged(("New Orvo", "is"), ("B-LOC", "O"))]


def test_comments_and_numbers_of_conll_u(tmp_path):
    text = (
        "# id = 1\n1-2\tisn't\tO\n1\tis\tO\n# inside\n2\tn't\tO\n2.1\t_\tO\n\n# id = 2\n1\t#\tO\n"
    )
    corpus = read_tagged(written(tmp_path, text), TagColumns(2), comments=True)
    assert [record.tokens for record in corpus] == [("is", "n't"), ("#",)]
    assert [list(record.lines) for record in corpus] == [[3, 5], [9]]
    plain = read_tagged(written(tmp_path, "# a b c\n3.5 O\n1-2 O\n"), comments=True)
    assert [record.tokens for record in plain] == [("3.5", "1-2")]


@settings(deadline=None, max_examples=50)  # each writes to the disk
@given(st.lists(RECORDS, min_size=1, max_size=4))
def test_what_is_written_is_read_again(tmp_path_factory, records):
    text = "".join(map(to_columns, records))
    path = written(tmp_path_factory.mktemp("any"), text)
    assert list(read_tagged(path, TagColumns(features=(2, 3)))) == records


@pytest.mark.parametrize("cell", ["", "a b", "a\tb", "\u00a0", "a\n"])
def test_cells_that_cannot_be_written(cell):
    with pytest.raises(ValueError, match="is no column: write it without white space"):
        to_columns(Tagged(("x", cell), ("O", "O")))


REFUSED = {
    "ragged": (
        "a O\n\nb c O\n",
        "FILE, line 3: 3 columns where line 1 has 2; give every token as many",
    ),
    "tag with a space": (
        "a O\nb B-NEW TOWN\n",
        "FILE, line 2: 3 columns where line 1 has 2; give every token as many",
    ),
    "tag with a space between tabs": (
        "a\tO\nb\tB-NEW TOWN\n",
        "FILE, line 2: the tag 'B-NEW TOWN' has white space in it; write it without, or choose "
        "another column",
    ),
    "spaces in a file of tabs": (
        "a\tO\nb O\n",
        "FILE, line 2: 1 column where line 1 has 2; give every token as many",
    ),
    "comments": (
        "# id = 1\na O\n",
        "FILE, line 2: 2 columns where line 1 has 4; give every token as many; leave comments "
        "out with --comments",
    ),
    "one column": (
        "a\nb\n",
        "FILE, line 1: column 1 of 1 cannot be both token and tag; choose another column",
    ),
    "empty column": (
        "a\tb\tO\nc\t\tO\n",
        "FILE, line 2: column 2 is empty; write _ where there is nothing",
    ),
    "no token": ("\tO\n", "FILE, line 1: column 1 is empty; write _ where there is nothing"),
    "old Mac": (
        "a O\rb O\r",
        "FILE, line 1: a carriage return inside the line; end lines as Unix or Windows do",
    ),
    "nothing but documents": (
        "-DOCSTART- O\n\n-DOCSTART- O\n",
        "FILE holds no sentence: give a file of tokens and tags",
    ),
    "empty": ("", "FILE is empty: give a file with text in it"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_files(tmp_path, case):
    data, message = REFUSED[case]
    assert refused(written(tmp_path, data)) == message


@pytest.mark.parametrize("column", [4, -4, 99])
@pytest.mark.parametrize("role", ["tag", "token", "feature"])
def test_columns_that_are_not_there(tmp_path, column, role):
    columns = {
        "tag": TagColumns(1, column),
        "token": TagColumns(column),
        "feature": TagColumns(features=(2, column)),
    }
    message = f"there is no column {column}, only 3; count from 1, or from -1 at the end"
    path = written(tmp_path, "\na b O\n")
    assert refused(path, columns=columns[role]) == f"FILE, line 2: {message}"


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (TagColumns(2, -2), "column 2 of 3 cannot be both token and tag"),
        (TagColumns(1, 3, (2, -1)), "column 3 of 3 cannot be both feature and tag"),
        (TagColumns(1, None, (1,)), "column 1 of 3 cannot be both feature and token"),
    ],
)
def test_columns_of_two_meanings(tmp_path, columns, message):
    path = written(tmp_path, "a b O\n")
    assert refused(path, columns=columns) == f"FILE, line 1: {message}; choose another column"


@pytest.mark.parametrize("column", [{"tag": 0}, {"token": 0}, {"features": (2, 0)}])
def test_there_is_no_column_0(column):
    with pytest.raises(ValueError, match="no column 0: count from 1"):
        TagColumns(**column)


def test_senseless_options(tmp_path):
    path = written(tmp_path, "a b O\n")
    with pytest.raises(ValueError, match="at most 0 tokens: say 1 or more"):
        TaggedColumns(read_path(path), longest=0)
    with pytest.raises(ValueError, match="is a folder: name one file"):
        read_tagged(tmp_path)
    with pytest.raises(FileNotFoundError, match="none cannot be read"):
        read_tagged(tmp_path / "none")
    with pytest.raises(ValueError, match=r"line 1: byte 0xE9 .* say --encoding latin-1"):
        read_tagged(written(tmp_path, b"caf\xe9 O\n"))


def test_errors_come_when_the_file_is_opened(tmp_path):
    with pytest.raises(ValueError, match="line 1: there is no column 3"):
        read_tagged(written(tmp_path, "a O\n"), TagColumns(tag=3))


def test_a_word_of_any_length(tmp_path):
    (record,) = read_tagged(written(tmp_path, "x" * 300_000 + " O\n"))
    assert len(record.tokens[0]) == 300_000


def test_an_endless_line(tmp_path, monkeypatch):
    monkeypatch.setattr(columns, "LONGEST_LINE", 5000)
    path = written(tmp_path, "a O\n" + "x" * 20_000)
    text = readers.TextFiles((path,), "a", str(path), block_size=1000)
    with pytest.raises(ValueError, match=r"a\.conll, line 2: longer than 5,000 bytes"):
        TaggedColumns(text)


def test_long_sentences_are_cut_outside_entities(tmp_path):
    text = "\n".join(f"word {tag}" for tag in "OBIOBIIIBI")
    corpus = TaggedColumns(read_path(written(tmp_path, text)), longest=4)
    assert [record.tags for record in corpus] == [
        *(("O", "B", "I", "O"), ("B", "I", "I", "I"), ("B", "I")),
    ]
    assert corpus.warnings() == [
        f"{corpus.source}, line 4: a sentence is cut behind this line "
        "(no blank line in 4 tokens); 2 cuts in all"
    ]
    longer = TaggedColumns(corpus.text, longest=6)
    assert [len(record.tokens) for record in longer] == [4, 6]
    untagged = TaggedColumns(corpus.text, TagColumns(tag=None), longest=6)
    assert [len(record.tokens) for record in untagged] == [6, 4]


def test_a_sentence_of_the_longest_length_is_not_cut(tmp_path):
    text = "a O\n" * LONGEST
    assert read_tagged(written(tmp_path, text)).warnings() == []
    (warning,) = read_tagged(written(tmp_path, text + "\n" + text + "a O\n")).warnings()
    assert warning.endswith("1 cuts in all")


def test_a_file_without_blank_lines_takes_little_memory(tmp_path):
    path = written(tmp_path, "word O\n" * 60_000)
    text = readers.TextFiles((path,), "a", str(path), block_size=1 << 14)
    tracemalloc.start()
    sizes = {len(record.tokens) for record in TaggedColumns(text)}
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sizes == {LONGEST}
    assert peak < 2 << 20


def test_records_must_be_whole():
    with pytest.raises(ValueError, match="1 tags or features for 2 tokens"):
        Tagged(("a", "b"), ("O",))
    with pytest.raises(ValueError, match="3 tags or features for 2 tokens"):
        Tagged(("a", "b"), ("O", "O"), (("x", "y", "z"),))
    assert hash(Tagged(("a",), ("O",), lines=[3])) == hash(Tagged(("a",), ("O",)))


def test_conll_2003(benchmark_data):
    published = {"train": (14_041, 203_621), "testa": (3_250, 51_362), "testb": (3_453, 46_435)}
    for part, expected in published.items():
        records = list(read_tagged(benchmark_data / "conll2003" / f"eng.{part}"))
        assert (len(records), sum(len(record.tokens) for record in records)) == expected


def test_long_cells_are_clipped_in_messages(tmp_path):
    long = "x" * 300_000
    message = refused(written(tmp_path, f"a\tB-{long} y\n"))
    assert message == (
        f"FILE, line 1: the tag 'B-{'x' * 38}...' has white space in it; write it without, or "
        "choose another column"
    )
    with pytest.raises(ValueError, match=r"^'x{40}\.\.\.' is no column"):
        to_columns(Tagged((f"{long} y",), ("O",)))
