"""`classify`: every form in and out, streams, explanations, and what is refused."""

import gzip
import json
import re
import types

import pytest

from seqkit.cli import classify
from seqkit.cli.main import run
from seqkit.tasks import classifying
from seqkit.tasks.runs import read_json
from tests.cli.classifiers import StandIn, train
from tests.tasks.classified import rows
from tests.unsealed import unsealed


@pytest.fixture(scope="module")
def opinions(tmp_path_factory):
    """A run that tells good from bad by a linear model alone."""
    return train(tmp_path_factory.mktemp("classifiers") / "opinions", "--model", "linear")


@pytest.fixture(scope="module")
def deep(tmp_path_factory):
    """The same with a net."""
    return train(tmp_path_factory.mktemp("classifiers") / "deep")


@pytest.fixture
def stand_in(monkeypatch):
    found = StandIn()
    monkeypatch.setattr(classifying, "load", lambda path, device: found)
    return found


@pytest.fixture
def many(monkeypatch):
    found = StandIn(many=True)
    monkeypatch.setattr(classifying, "load", lambda path, device: found)
    return found


def objects(result):
    assert (result.code, result.err) == (0, "")
    return [json.loads(line) for line in result.out.splitlines()]


# Lines.


def test_line_k_answers_line_k(seqkit, opinions, stand_in, tmp_path):
    lines = ["bb", "", "  ac c\t", "b\x1b\u202e", "é"]
    wanted = ["b\t0.6000\tbb", "a\t0.3333\t", "c\t0.5000\tac c", "b\t0.5000\tb\\x1b\\u202e"]
    wanted += ["a\t0.3333\té"]
    text = "\ufeff" + "\n".join(lines)
    assert seqkit("classify", opinions, stdin=text).out.splitlines() == wanted
    windows = text.replace("\n", "\r\n")
    (tmp_path / "some.txt").write_text(windows, newline="")
    assert seqkit("classify", opinions, "some.txt").out.splitlines() == wanted
    (tmp_path / "some.gz").write_bytes(gzip.compress(windows.encode("utf-16")))
    result = seqkit("classify", opinions, "some.gz", "--encoding", "utf-16")
    assert result.out.splitlines() == wanted and result.err == ""


def test_the_likeliest_labels_side_by_side(seqkit, opinions, stand_in):
    result = seqkit("classify", opinions, "--top", 2, stdin="bbc\n")
    assert result.out == "b\t0.5000\tc\t0.3333\tbbc\n"
    result = seqkit("classify", opinions, "--top", 9, stdin="bbc\n")
    assert result.out == "b\t0.5000\tc\t0.3333\ta\t0.1667\tbbc\n"


def test_json_has_every_label(seqkit, opinions, stand_in):
    assert objects(seqkit("classify", opinions, "--json", stdin="bbc\n\n")) == [
        {
            "text": "bbc",
            "label": "b",
            "probability": 0.5,
            "probabilities": {"b": 0.5, "c": pytest.approx(1 / 3), "a": pytest.approx(1 / 6)},
        },
        {
            "text": "",
            "label": "a",
            "probability": pytest.approx(1 / 3),
            "probabilities": {name: pytest.approx(1 / 3) for name in "abc"},
        },
    ]
    (found,) = objects(seqkit("classify", opinions, "--json", "--top", 1, stdin="bbc"))
    assert found["probabilities"] == {"b": 0.5}


def test_texts_with_many_labels(seqkit, opinions, many):
    result = seqkit("classify", opinions, stdin="aacc\nb\n")
    assert result.out == "a,c\t0.6667,0.6667\taacc\n(none)\t0.5000\tb\n"
    first, second = objects(seqkit("classify", opinions, "--json", stdin="aacc\nb\n"))
    assert first["labels"] == ["a", "c"] and second["labels"] == []
    assert second["probabilities"] == {"b": 0.5, "a": 0.0, "c": 0.0} and "label" not in first


def test_nothing_in_nothing_out(seqkit, opinions):
    result = seqkit("classify", opinions, stdin="")
    assert (result.code, result.out, result.err) == (0, "", "")


# Cells and JSON.


@pytest.mark.parametrize(
    ("name", "data", "options"),
    [
        ("a.csv", 'id,text\n1,"b,\nb"\n2,\n', []),
        ("a.csv", 'id,what\n1,"b,\nb"\n2,\n', ["--text-column", "what"]),
        ("a.tsv", "1\tb,\n", ["--text-column", 2]),
        ("a.jsonl", '{"text": "b,\\nb"}\n{"text": ""}\n', []),
        ("-", 'id,text\n1,"b,\nb"\n2,\n', ["--format", "csv"]),
        ("-", 'id,text\n1,"b,\nb"\n2,\n', ["--text-column", "text"]),
        ("-", '{"text": "b,\\nb"}\n{"text": ""}\n', ["--format", "jsonl"]),
    ],
)
def test_other_forms(seqkit, opinions, stand_in, tmp_path, name, data, options):
    (tmp_path / name).write_text(data)
    found = objects(seqkit("classify", opinions, name, "--json", *options, stdin=data))
    texts = ["b,"] if name == "a.tsv" else ["b,\nb", ""]
    assert [one["text"] for one in found] == texts
    out = seqkit("classify", opinions, name, *options, stdin=data).out
    assert out.splitlines()[0].split("\t")[2] == texts[0].replace("\n", "\\x0a")


def test_two_columns_are_one_text(seqkit, opinions, stand_in):
    options = ["--format", "csv", "--text-column", "b", "--text-column", "a", "--json"]
    (found,) = objects(seqkit("classify", opinions, *options, stdin="a,b\nx,y\n"))
    assert found["text"] == "y x"


def test_the_column_is_that_of_training_unless_told(seqkit, opinions, stand_in, tmp_path):
    copy = unsealed(opinions, tmp_path / "copy")
    config = read_json(copy / "config.json")
    notes = {**config["notes"], "text_column": ["what"]}
    (copy / "config.json").write_text(json.dumps({**config, "notes": notes}))
    data = "what,other\nb,c\n"
    for options, wanted in (([], "b"), (["--text-column", "other"], "c")):
        (found,) = objects(
            seqkit("classify", copy, "--format", "csv", "--json", *options, stdin=data)
        )
        assert found["label"] == found["text"] == wanted
    assert seqkit("classify", copy, stdin="b\n").out == "b\t0.5000\tb\n"  # lines have none


# Streams.


def test_a_line_is_answered_before_the_next_one_comes(
    seqkit, opinions, stand_in, capsys, monkeypatch
):
    given, printed = iter([b"a\nb", b"b\n\ncc\n", b"c", b""]), []

    class Pipe:
        def read1(self, size):
            printed.append(capsys.readouterr().out)
            return next(given)

    seqkit("classify", opinions)  # imports
    stand_in.batches.clear()
    monkeypatch.setattr("sys.stdin", types.SimpleNamespace(buffer=Pipe()))
    assert run(["classify", str(opinions)]) == 0
    assert printed == [
        "",
        "a\t0.5000\ta\n",
        "b\t0.6000\tbb\na\t0.3333\t\nc\t0.6000\tcc\n",
        "",
    ]
    assert capsys.readouterr().out == "c\t0.5000\tc\n"
    assert stand_in.batches == [["a"], ["bb", "", "cc"], ["c"]]  # what has come goes together


def test_texts_of_a_file_go_together_in_bounded_memory(
    seqkit, opinions, stand_in, tmp_path, monkeypatch
):
    monkeypatch.setattr(classify, "TEXTS", 3)
    monkeypatch.setattr(classify, "CHARACTERS", 10)
    texts = ["a"] * 7 + ["b" * 12] + ["c"] * 2
    (tmp_path / "some.txt").write_text("\n".join(texts))
    assert seqkit("classify", opinions, "some.txt").code == 0
    assert stand_in.batches == [["a"] * 3, ["a"] * 3, ["a", "b" * 12], ["c"] * 2]


# The real classifier.


def test_what_is_printed_is_what_the_classifier_says(seqkit, deep):
    texts = [text for _, text in rows(9, seed=3)] + [""]
    wanted = list(classifying.load(deep, "cpu").classify(texts))
    found = objects(seqkit("classify", deep, "--json", stdin="\n".join(texts) + "\n"))
    assert [one["text"] for one in found] == texts
    for one, other in zip(found, wanted, strict=True):
        assert (one["label"],) == other.labels
        shares = [one["probabilities"][name] for name in ("bad", "good")]
        assert shares == pytest.approx(other.probabilities, abs=1e-6)
        assert sum(shares) == pytest.approx(1)
    assert {one["label"] for one in found} == {"bad", "good"}


def test_a_document_of_ten_million_characters(seqkit, deep, tmp_path):
    (tmp_path / "long.txt").write_text("the soup was fine . " * 500_000 + "\nthe soup was grim .\n")
    result = seqkit("classify", deep, "long.txt", "--json")
    first, second = objects(result)
    assert len(first["text"]) == 9_999_999 and second["label"] == "bad"
    assert sum(first["probabilities"].values()) == pytest.approx(1)


# Explanations.


def test_explanations_add_up_to_the_score(seqkit, opinions):
    text = "the play was not grim ."
    (found,) = objects(seqkit("classify", opinions, "--explain", "--json", stdin=text))
    shares = [token["share"] for token in found["tokens"]]
    assert found["method"].startswith("exact")
    assert sum(shares) + found["bias"] == pytest.approx(found["score"])
    assert [text[t["start"] : t["stop"]] for t in found["tokens"]] == text.split()
    (plain,) = objects(seqkit("classify", opinions, "--json", stdin=text))
    assert (found["label"], found["probability"]) == (plain["label"], plain["probability"])
    options = ["--explain", "--json", "--label", "bad", "--method", "occlusion"]
    (other,) = objects(seqkit("classify", opinions, *options, stdin=text))
    assert (other["label"], other["method"]) == ("bad", "occlusion")
    assert other["probability"] == pytest.approx(plain["probabilities"]["bad"])


def test_explanations_are_told_in_lines_where_there_is_no_colour(seqkit, opinions):
    text = "the soup was grim ."
    result = seqkit("classify", opinions, "--explain", stdin=f"{text}\n\n")
    assert result.code == 0
    assert result.err.count("each token with what it adds to the score of the label") == 1
    first, second, rest = result.out.split("\n\n")
    assert re.match(r"bad \d+\.\d%  \(score \+\d", first) and rest == ""
    assert [line.split()[1] for line in first.splitlines()[1:]] == text.split()
    assert second.endswith("(no token)")


def test_on_a_terminal_they_are_coloured(seqkit, opinions, monkeypatch):
    import sys

    for name in ("NO_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    seqkit("classify", opinions)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    result = seqkit("classify", opinions, "--explain", stdin="the soup was grim \x1b[2J")
    monkeypatch.undo()
    assert "\x1b[38;5;16;48;5;" in result.out and "\x1b[2J" not in result.out


def test_the_page_holds_every_text(seqkit, opinions, tmp_path):
    texts = ["the soup was grim <b>.", "", "the play was fine ."]
    (tmp_path / "letter.txt").write_text("\n".join(texts))
    result = seqkit("classify", opinions, "letter.txt", "--html", "letter.html")
    assert (result.code, result.out, result.err) == (0, "letter.html\n", "")
    page = (tmp_path / "letter.html").read_text()
    assert page.count("<article>") == 3 and "<b>." not in page
    assert f"<title>letter.txt, classified by {opinions}</title>" in page
    marks = re.findall(r"<mark[^>]*>(grim|fine)</mark>", page)
    assert {"grim", "fine"} <= set(marks)


def test_a_text_that_turns_out_bad_leaves_the_old_page(seqkit, opinions, tmp_path):
    (tmp_path / "page.html").write_text("older")
    result = seqkit("classify", opinions, "--html", "page.html", stdin=b"grim\ncaf\xe9\n")
    assert result.code == 2 and "byte 0xE9" in result.error
    assert (tmp_path / "page.html").read_text() == "older"


# What cannot be done.


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--html", "p.html", "--json"], "--html is a page of explained texts: leave --json out"),
        (["--html", "p.html", "--top", 2], "leave --top out"),
        (["--explain", "--top", 2], "--explain is for one label"),
        (["--method", "exact"], "--method goes with --explain or --html"),
        (["--label", "good"], "--label goes with --explain or --html"),
        (["--explain", "--label", "ugly"], "there is no label 'ugly'"),
        (["--explain", "--method", "gradient"], "gradient"),
        (["--html", "nowhere/p.html"], "nowhere: there is no such folder"),
        (["--encoding", "utf-9"], "unknown encoding 'utf-9'"),
        (["--format", "lines", "--text-column", "a"], "without columns: leave --text-column out"),
        (["--format", "csv"], "standard input, line 1: no column of (some text) is called text"),
        (["--format", "jsonl"], "standard input, line 1: no JSON object"),
        (["--text-column", 0], "there is no column 0"),
        (["gone.txt"], "gone.txt cannot be read"),
        (["."], "cannot be read"),
    ],
)
def test_options_that_do_not_go_together(seqkit, opinions, options, message):
    result = seqkit("classify", opinions, *options, stdin="some text\n")
    assert result.code == 2 and message in result.error


def test_broken_quotes_name_the_line(seqkit, opinions, tmp_path):
    (tmp_path / "a.csv").write_text('text,x\ngood,1\n"bad" soup,2\n')
    result = seqkit("classify", opinions, "a.csv")
    assert result.code == 2
    assert "a.csv, line 3: the quotes of the row that begins here are broken" in result.error


def test_runs_that_are_no_classifiers(seqkit, trained):
    result = seqkit("classify", trained, stdin="a")
    assert result.code == 2 and "a run of the task 'language'" in result.error
    assert "nowhere: not a run folder" in seqkit("classify", "nowhere", stdin="").error


def test_damaged_runs(seqkit, opinions, deep, tmp_path):
    copies = [unsealed(one, tmp_path / name) for one, name in ((opinions, "a"), (deep, "b"))]
    for copy in copies:
        for path in [*copy.glob("*.safetensors"), *copy.glob("*.json")]:
            if path.name == "metrics.json":
                continue
            whole = path.read_bytes()
            for damage in (whole[: len(whole) // 2], b"", b"{}", None):
                path.unlink()
                if damage is not None:
                    path.write_bytes(damage)
                result = seqkit("classify", copy, stdin="a")
                assert result.code == 2, (path, damage, result)
                assert path.name in result.error or str(copy) in result.error
                path.write_bytes(whole)
        assert seqkit("classify", copy, stdin="a").code == 0
