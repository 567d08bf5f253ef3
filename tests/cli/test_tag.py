"""`tag`: what it prints for raw text and for columns, where it says things stand, and bad input."""

import gzip
import itertools
import json
import re
import types

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqkit.cli import tag_input
from seqkit.corpora import tagged as tagged_files
from seqkit.corpora.records import Tagged
from seqkit.tasks import tagging
from seqkit.text.incoming import blocks
from tests.cli.taggers import StandIn, as_columns, sentences, train
from tests.report.test_entities_html import Page
from tests.text.test_sentences import PIECES

TEXT = "Yes, Ann  Lee met Bo\r\nHart in Ulm. So\n\nwent Josephine."
BOM = "\ufeff"


@pytest.fixture(scope="module")
def names(tmp_path_factory):
    """A run that finds people and places."""
    return train(tmp_path_factory.mktemp("taggers") / "names")


@pytest.fixture(scope="module")
def classes(tmp_path_factory):
    """A run that tells the class of each word."""
    return train(tmp_path_factory.mktemp("taggers") / "classes", "--column", 2)


@pytest.fixture(scope="module")
def with_features(tmp_path_factory):
    """A run that wants the class of each word beside it."""
    return train(tmp_path_factory.mktemp("taggers") / "features", "--feature-column", 2)


@pytest.fixture
def stand_in(monkeypatch):
    """The rule instead of the run; the notes of the run still hold."""
    found = StandIn()
    monkeypatch.setattr(tagging, "load", lambda path, device: found)
    return found


def objects(result):
    assert (result.code, result.err) == (0, "")
    return [json.loads(line) for line in result.out.splitlines()]


# Raw text.


def test_a_token_and_its_tag_a_line(seqkit, names, stand_in):
    result = seqkit("tag", names, stdin=TEXT)
    assert (result.code, result.err) == (0, "")
    assert result.out == (
        "Yes\tB-PER\n,\tO\nAnn\tB-PER\nLee\tI-PER\nmet\tO\nBo\tB-PER\nHart\tI-PER\nin\tO\n"
        "Ulm\tB-LOC\n.\tO\n\nSo\tB-PER\n\nwent\tO\nJosephine\tB-PER\n.\tO\n\n"
    )
    assert seqkit("tag", names, "-", stdin=BOM + TEXT).out == result.out


def test_entities_say_where_in_the_input_they_stand(seqkit, names, stand_in, tmp_path):
    result = seqkit("tag", names, "--entities", stdin=TEXT)
    assert result.out.splitlines() == [
        "0\t3\tPER\t0.3000\tYes",
        "5\t13\tPER\t0.3000\tAnn  Lee",
        "18\t26\tPER\t0.2000\tBo\\x0d\\x0aHart",
        "30\t33\tLOC\t0.3000\tUlm",
        "35\t37\tPER\t0.2000\tSo",
        "44\t53\tPER\t0.9000\tJosephine",
    ]
    (tmp_path / "text.txt").write_bytes((BOM + TEXT).encode())
    assert seqkit("tag", names, "text.txt", "--entities").out == result.out
    (tmp_path / "text.gz").write_bytes(gzip.compress(TEXT.encode("utf-16")))
    options = ["--entities", "--encoding", "utf-16"]
    assert seqkit("tag", names, "text.gz", *options).out == result.out


def test_entities_in_json(seqkit, names, stand_in):
    found = objects(seqkit("tag", names, "--entities", "--json", stdin=BOM + TEXT))
    assert [TEXT[one["start"] : one["end"]] for one in found] == [one["text"] for one in found]
    assert found[2] == {
        "sentence": 1,
        "start": 18,
        "end": 26,
        "type": "PER",
        "text": "Bo\r\nHart",
        "confidence": 0.2,
    }
    assert [one["sentence"] for one in found] == [1, 1, 1, 1, 2, 3]


def test_sentences_in_json(seqkit, names, stand_in):
    first, second, third = objects(seqkit("tag", names, "--json", stdin=TEXT))
    assert second == {
        "tokens": ["So"],
        "tags": ["B-PER"],
        "confidences": [0.5],
        "offsets": [[35, 37]],
    }
    for found in (first, third):
        assert [TEXT[a:b] for a, b in found["offsets"]] == found["tokens"]


def test_doubtful_entities_lose_their_tags_too(seqkit, names, stand_in):
    options = ["--min-confidence", 0.3]
    found = objects(seqkit("tag", names, "--entities", "--json", *options, stdin=TEXT))
    assert [one["text"] for one in found] == ["Yes", "Ann  Lee", "Ulm", "Josephine"]
    first, second, _ = objects(seqkit("tag", names, "--json", *options, stdin=TEXT))
    assert [tag for tag in first["tags"] if tag != "O"] == ["B-PER", "B-PER", "I-PER", "B-LOC"]
    assert second["tags"] == ["O"]


def test_the_likeliest_taggings_stand_side_by_side(seqkit, names, stand_in):
    result = seqkit("tag", names, "--n-best", 3, stdin="Ann left.")
    assert result.out == (
        "#\t0.7500\t0.2500\t0.0000\nAnn\tB-PER\tO\t_\nleft\tO\tO\t_\n.\tO\tO\t_\n\n"
    )
    (found,) = objects(seqkit("tag", names, "--n-best", 3, "--json", stdin="Ann left."))
    assert found == {
        "tokens": ["Ann", "left", "."],
        "n_best": [
            {"tags": ["B-PER", "O", "O"], "probability": 0.75},
            {"tags": ["O", "O", "O"], "probability": 0.25},
        ],
        "offsets": [[0, 3], [4, 8], [8, 9]],
    }


def test_a_paragraph_is_answered_before_the_next_one_comes(
    seqkit, names, stand_in, capsys, monkeypatch
):
    given, printed = iter([b"Ann left.\n", b"\n", b"Bo too.", b""]), []

    class Pipe:
        def read1(self, size):
            printed.append(capsys.readouterr().out)
            return next(given)

    seqkit("tag", names)
    monkeypatch.setattr("sys.stdin", types.SimpleNamespace(buffer=Pipe()))
    from seqkit.cli.main import run

    assert run(["tag", str(names)]) == 0
    assert printed == ["", "", "Ann\tB-PER\nleft\tO\n.\tO\n\n", ""]
    assert capsys.readouterr().out == "Bo\tB-PER\ntoo\tO\n.\tO\n\n"


def test_nothing_in_nothing_out(seqkit, names):
    for text in ("", " \n\n\t"):
        result = seqkit("tag", names, stdin=text)
        assert (result.code, result.out, result.err) == (0, "", "")


def test_on_a_terminal_text_is_made_harmless(seqkit, names, stand_in, monkeypatch):
    text = "\x1b[2J"
    assert seqkit("tag", names, stdin=text).out.startswith("\x1b\tO\n[\tO\n")
    assert seqkit("tag", names, "--entities", stdin="Ann\x1b\nLee \u202eB").out.count("\x1b") == 0
    import sys

    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert seqkit("tag", names, stdin=text).out.startswith("\\x1b\tO\n[\tO\n")


ODD = ["\u200b", "\u00ad", "\u2060", "\ufeff", "  ", "\t \u00a0", "\r\n", "\r\n\r\n", "e\u0301"]
CAPITALS = ["Ann", "Lee ", "Ulm", "Bo\u200bHart", "Port  Rust"]


@st.composite
def cut_texts(draw):
    """A text of odd parts, and pieces of it."""
    parts = st.one_of(st.sampled_from([*PIECES, *ODD, *CAPITALS]), st.text(max_size=3))
    text = "".join(draw(st.lists(parts, max_size=40)))
    places = sorted(draw(st.lists(st.integers(0, len(text)), max_size=4)))
    return text, [text[a:b] for a, b in itertools.pairwise([0, *places, len(text)])]


@pytest.fixture(scope="module")
def loaded(names):
    return tagging.load(names, "cpu")


@given(cut_texts(), st.booleans())
def test_what_is_said_to_stand_somewhere_stands_there(loaded, pair, ruled):
    text, pieces = pair
    tagger, last = StandIn() if ruled else loaded, 0
    for answer in tag_input.tag_text(tagger, blocks(pieces, longest=90)):
        for (start, stop), token in zip(answer.places, answer.tagging.tokens, strict=True):
            assert last <= start < stop and text[start:stop] == token
            last = stop
        for entity, surface in zip(answer.tagging.entities, answer.surfaces, strict=True):
            start, stop = answer.places[entity.start][0], answer.places[entity.stop - 1][1]
            assert text[start:stop] == surface
    assert not text[last:].strip() or ruled


# Columns.


@pytest.mark.parametrize("gap", [" ", "\t"])
def test_the_tag_comes_behind_the_other_columns(seqkit, names, stand_in, tmp_path, gap):
    rows = [[("Ann", "N"), ("left", "V")], [("Ulm", "N")]]
    text = as_columns(rows, gap)
    (tmp_path / "words.conll").write_bytes(
        f"{BOM}-DOCSTART- {gap}x\r\n\r\n{text}\n\n".replace("\n", "\r\n").encode()
    )
    result = seqkit("tag", names, "words.conll", "--columns")
    wanted = [[("Ann", "N", "B-PER"), ("left", "V", "O")], [("Ulm", "N", "B-PER")]]
    assert (result.code, result.err) == (0, "")
    assert result.out == as_columns(wanted, gap) + "\n"
    assert seqkit("tag", names, "--columns", stdin=text).out == result.out


def test_columns_are_counted_in_tokens(seqkit, names, stand_in):
    text = "Ann\nLee\nleft\n\nBo\nin\nPort\nRust\n"
    lines = seqkit("tag", names, "--columns", "--entities", stdin=text).out.splitlines()
    assert lines == [
        "0\t2\tPER\t0.3000\tAnn Lee",
        "3\t4\tPER\t0.2000\tBo",
        "5\t7\tLOC\t0.4000\tPort Rust",
    ]
    found = objects(seqkit("tag", names, "--columns", "--entities", "--json", stdin=text))
    assert [(one["sentence"], one["start"], one["end"]) for one in found] == [
        (1, 0, 2),
        (2, 3, 4),
        (2, 5, 7),
    ]
    found = objects(seqkit("tag", names, "--columns", "--json", stdin=text))
    assert set(found[0]) == {"tokens", "tags", "confidences"}
    options = ["--columns", "--n-best", 1]
    assert seqkit("tag", names, *options, stdin="Bo V\n").out == "# 0.7500\nBo V B-PER\n\n"


def test_features_are_read_where_training_had_them(seqkit, with_features, monkeypatch):
    found = StandIn(feature_columns=1)
    monkeypatch.setattr(tagging, "load", lambda path, device: found)
    assert seqkit("tag", with_features, "--columns", stdin="Ann N O\nleft V O\n").code == 0
    assert found.features == [(("N", "V"),)]


def test_other_columns_of_tokens_and_comments(seqkit, names, stand_in):
    text = "# a 1\n1\tAnn\n1-2\tdont\n2\tleft\n\n"
    options = ["--columns", "--comments", "--token-column", 2]
    assert seqkit("tag", names, *options, stdin=text).out == "1\tAnn\tB-PER\n2\tleft\tO\n\n"
    assert seqkit("tag", names, "--columns", stdin="# x\nAnn x\n").out == "# x O\nAnn x B-PER\n\n"


def test_columns_without_blank_lines_are_tagged_in_parts(seqkit, names, stand_in, monkeypatch):
    monkeypatch.setattr(tagged_files, "LONGEST", 3)
    text = "".join(f"w{k}\n" for k in range(7))
    result = seqkit("tag", names, "--columns", "--json", stdin=text)
    assert [len(json.loads(line)["tokens"]) for line in result.out.splitlines()] == [3, 3, 1]
    assert result.err == (
        "standard input, line 4: no blank line in 3 tokens, so the sentence is tagged in parts, as "
        "are others like it\n"
    )
    assert seqkit("tag", names, "--columns", stdin="a\nb\nc\n\nd\n").err == ""


def test_columns_are_tagged_while_they_are_read():
    """So that a file larger than memory can be tagged."""

    class Endless:
        name = source = description = "endless"
        synthetic = False

        def blocks(self):
            return itertools.repeat(b"Ann\nleft\n\n")

    answers = tag_input.tag_columns(StandIn(), Endless(), tagged_files.TagColumns(tag=None), False)
    places = [answer.places[0][0] for answer in itertools.islice(answers, 5)]
    assert places == [0, 2, 4, 6, 8]


# The page.


def test_the_page_holds_the_text_and_its_entities(seqkit, names, stand_in, tmp_path):
    (tmp_path / "letter.txt").write_bytes((BOM + TEXT).encode())
    result = seqkit("tag", names, "letter.txt", "--html", "letter.html", "--min-confidence", 0.3)
    assert (result.code, result.out, result.err) == (0, "letter.html\n", "")
    page = Page((tmp_path / "letter.html").read_bytes().decode())
    assert page.text["main"] == TEXT
    marks = [(start, inside, attributes["data-label"]) for attributes, start, inside in page.marks]
    assert marks == [
        (0, "Yes", "PER 30%"),
        (5, "Ann  Lee", "PER 30%"),
        (30, "Ulm", "LOC 30%"),
        (44, "Josephine", "PER"),
    ]
    assert page.text["title"] == f"letter.txt, tagged by {names}"


def test_of_classes_the_page_marks_every_word(seqkit, classes, tmp_path):
    assert seqkit("tag", classes, "--html", "page.html", stdin="Ann left Ulm .").code == 0
    page = Page((tmp_path / "page.html").read_text())
    assert [inside for _, _, inside in page.marks] == ["Ann", "left", "Ulm", "."]


def test_a_text_that_turns_out_bad_leaves_the_old_page(seqkit, names, tmp_path):
    (tmp_path / "page.html").write_text("older")
    result = seqkit("tag", names, "--html", "page.html", stdin=b"Ann left.\n\ncaf\xe9")
    assert result.code == 2 and "byte 0xE9" in result.error
    assert (tmp_path / "page.html").read_text() == "older"


# The real tagger.


def test_what_is_printed_is_what_the_tagger_says(seqkit, names, loaded):
    tokens = [[row[0] for row in one] for one in sentences(5, seed=3)]
    text = "\n\n".join(" ".join(one) for one in tokens)
    records = [Tagged(tuple(one)) for one in tokens]
    wanted = list(loaded.tag(records))
    found = objects(seqkit("tag", names, "--json", "--device", "cpu", stdin=text))
    for one, other in zip(found, wanted, strict=True):
        assert (one["tokens"], one["tags"]) == (list(other.tokens), list(other.tags))
        assert one["confidences"] == pytest.approx(other.confidences, abs=1e-6)
    lines = seqkit("tag", names, "--entities", stdin=text).out.splitlines()
    spans = [entity for one in wanted for entity in one.entities]
    assert [line.split("\t")[2:4] for line in lines] == [
        [entity.type, f"{entity.confidence:.4f}"] for entity in spans
    ]
    assert {entity.type for entity in spans} == {"LOC", "PER"}
    (found, *_) = objects(seqkit("tag", names, "--n-best", 4, "--json", stdin=text))
    best = loaded.n_best(records[0], 4)
    assert [tuple(one["tags"]) for one in found["n_best"]] == [tags for tags, _ in best]
    assert sum(one["probability"] for one in found["n_best"]) <= 1 + 1e-6


def test_classes_of_words(seqkit, classes):
    result = seqkit("tag", classes, stdin="Ann left Ulm .\n\nBo Hart sees Nice .\n")
    assert re.fullmatch(r"(\S+\t[NVP]\n)+\n(\S+\t[NVP]\n)+\n", result.out)
    assert "left\tV\n" in result.out and ".\tP\n" in result.out


def test_columns_with_features_are_those_of_training(seqkit, with_features):
    rows = sentences(3, seed=5)
    result = seqkit("tag", with_features, "--columns", stdin=as_columns(rows))
    assert (result.code, result.err) == (0, "")
    found = [one.splitlines() for one in result.out.rstrip("\n").split("\n\n")]
    source = [[" ".join(row) for row in one] for one in rows]
    assert [[line.rsplit(" ", 1)[0] for line in one] for one in found] == source
    tags = {line.rsplit(" ", 1)[1] for one in found for line in one}
    assert "O" in tags and tags & {"B-PER", "B-LOC"}
    untagged = as_columns([[row[:2] for row in one] for one in rows])
    again = seqkit("tag", with_features, "--columns", stdin=untagged)
    assert [line.split(" ")[-1:] for line in again.out.splitlines()] == [
        line.split(" ")[-1:] for line in result.out.splitlines()
    ]


# What cannot be done.


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--entities", "--n-best", 2], "--entities and --n-best are different outputs"),
        (["--html", "p.html", "--entities"], "--entities and --html are different outputs"),
        (["--html", "p.html", "--json"], "--html is a page of raw text: leave --json out"),
        (["--html", "p.html", "--columns"], "leave --columns out"),
        (["--n-best", 2, "--min-confidence", 0.5], "--min-confidence is for entities"),
        (["--n-best", 1001], "--n-best 1001: ask for 1,000 or fewer"),
        (["--token-column", 2], "--token-column goes with --columns"),
        (["--no-comments"], "--comments goes with --columns"),
        (["--html", "nowhere/p.html"], "nowhere: there is no such folder"),
        (["--encoding", "utf-9"], "unknown encoding 'utf-9'"),
    ],
)
def test_options_that_do_not_go_together(seqkit, names, options, message):
    result = seqkit("tag", names, *options, stdin="Ann left.")
    assert result.code == 2 and message in result.error


@pytest.mark.parametrize("option", [["--entities"], ["--min-confidence", "0.5"]])
def test_classes_are_no_entities(seqkit, classes, option):
    result = seqkit("tag", classes, *option, stdin="Ann left.")
    assert result.code == 2
    assert f"its tags are classes of words, no entities; leave {option[0]} out" in result.error


def test_raw_text_has_no_features(seqkit, with_features):
    result = seqkit("tag", with_features, stdin="Ann left.")
    assert result.code == 2 and "reads 1 further column(s)" in result.error
    assert "--columns" in result.error


def test_runs_that_are_no_taggers(seqkit, trained, tmp_path):
    result = seqkit("tag", trained, stdin="Ann left.")
    assert result.code == 2 and "a run of the task 'language'" in result.error
    assert "nowhere: not a run folder" in seqkit("tag", "nowhere", stdin="").error


def test_input_that_cannot_be_read(seqkit, names, tmp_path):
    result = seqkit("tag", names, stdin=b"Ann\ncaf\xe9\n")
    assert result.code == 2
    assert "standard input, line 2: byte 0xE9 (position 7 of the file) is not utf-8" in result.error
    (tmp_path / "bad.txt").write_bytes(b"\xff\xfeA\0")
    assert "bad.txt, line 1: byte 0xFF" in seqkit("tag", names, "bad.txt").error
    result = seqkit("tag", names, "gone.txt")
    assert result.code == 2 and "gone.txt cannot be read" in result.error
    assert "cannot be read" in seqkit("tag", names, tmp_path).error


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Ann N\nleft\n", "standard input, line 2: 1 column where line 1 has 2"),
        ("Ann\nleft\n", "standard input, line 1: there is no column 2, only 1"),
        ("", "standard input is empty"),
    ],
)
def test_columns_that_cannot_be_read(seqkit, with_features, text, message):
    result = seqkit("tag", with_features, "--columns", stdin=text)
    assert result.code == 2 and message in result.error


# Documents.


def test_a_whole_text_is_a_document_where_one_says_so(seqkit, names, stand_in):
    apart = seqkit("tag", names, stdin=TEXT)
    assert stand_in.documents == [False, False]  # a block behind each blank line
    stand_in.documents.clear()
    together = seqkit("tag", names, "--document", stdin=TEXT)
    assert stand_in.documents == [True]
    assert (together.code, together.out) == (0, apart.out)


def test_columns_have_the_documents_of_their_lines_or_are_one(seqkit, names, stand_in, tmp_path):
    marked = tmp_path / "a.conll"
    marked.write_text(
        "-DOCSTART- X O\n\nAnn N\n\nBo N\n\n-DOCSTART- X O\n\nCy N\n".replace(" O", "")
    )
    assert seqkit("tag", names, marked, "--columns").code == 0
    assert stand_in.documents == [1, 1, 2]
    stand_in.documents.clear()
    assert seqkit("tag", names, marked, "--columns", "--document").code == 0
    assert stand_in.documents == [0, 0, 0]


def test_a_tagger_without_documents_refuses_one(seqkit, names):
    result = seqkit("tag", names, "--document", stdin="Ann left.")
    assert (result.code, result.out) == (2, "")
    assert re.fullmatch(r"Error: .*: had no documents .*; leave --document out\n", result.err)
