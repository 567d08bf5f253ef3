"""seqkit bench: all rows are there, and nothing stays on disk. How fast they are is not tested."""

import json
import pathlib
import tempfile

import pytest

from seqkit.cli import bench_texts
from seqkit.layers import CELLS
from seqkit.tasks import language
from seqkit.tasks.bench import choose

QUICK = ("--seconds", 0.02, "--device", "cpu", "--threads", 1, "--precision", "fp32", "--json")
NAMES = [
    *(f"train-lm:{cell}" for cell in CELLS),
    *("sample", "score", "train-tagger", "tag", "train-classifier", "classify"),
    *("train-translator", "translate", "train-word2vec:skipgram", "train-word2vec:cbow"),
    *("train-image", "classify-image"),
]


@pytest.fixture
def temporary(monkeypatch, tmp_path):
    """Where temporary folders are made; texts of a moment."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.setattr(bench_texts.BuiltInTexts.__init__, "__defaults__", (150, 10))
    return folder


def left(folder):
    """What is left there; torch itself makes a folder of its own once a process."""
    return [path.name for path in folder.iterdir() if path.name.startswith("seqkit")]


def test_every_kind_of_model_has_its_rows():
    assert [row.name for row in choose()] == NAMES
    assert len({row.what for row in choose()}) == len(NAMES)


@pytest.mark.parametrize("name", [name for name in NAMES if ":" not in name])
def test_a_row_is_positive_and_leaves_nothing(seqkit, temporary, name):
    result = seqkit("bench", "--only", name, *QUICK, "--quiet")
    assert (result.code, result.err) == (0, "")
    (row,) = json.loads(result.out)["rows"]
    assert row["name"] == name and 0 < row["low"] <= row["per_second"] <= row["high"]
    assert row["parameters"] > 10_000 and row["precision"] == "fp32" and row["path"]
    assert left(temporary) == []


def test_rows_of_every_cell_at_one_size(seqkit, temporary):
    result = seqkit("bench", "--only", "train-lm", *QUICK)
    found = json.loads(result.out)
    assert [row["name"] for row in found["rows"]] == NAMES[: len(CELLS)]
    assert len(result.err.splitlines()) == len(CELLS)  # no terminal: a line a row
    sizes = {row["name"].partition(":")[2]: row["parameters"] for row in found["rows"]}
    model = language.build_settings("small").model(vocabulary_size=1)
    # Two layers: an LSTM has four blocks of weights where a simple RNN has one.
    width = model.hidden
    assert sizes["lstm"] - sizes["rnn"] == 2 * 3 * (2 * width * width + width)
    assert all(row["per_second"] > 0 for row in found["rows"])


def test_word_vectors_count_the_numbers_of_both_matrices(seqkit, temporary):
    names = "train-word2vec:cbow, train-word2vec:skipgram"
    result = seqkit("bench", "--only", names, *QUICK)
    skipgram, cbow = json.loads(result.out)["rows"]  # in the order of the table
    assert skipgram["name"].endswith("skipgram") and cbow["per_second"] > 0
    assert skipgram["parameters"] == cbow["parameters"]
    assert cbow["parameters"] % (2 * 100) == 0 and cbow["path"] == "compiled"


def test_the_table_for_people(seqkit, temporary):
    result = seqkit("bench", "--only", "score,classify-image", *QUICK[:-1])
    lines = result.out.splitlines()
    assert lines[0].split() == [
        *("name", "what", "parameters", "speed", "unit", "spread", "precision", "path")
    ]
    assert [line.split()[0] for line in lines[2:4]] == ["score", "classify-image"]
    told = {line.split()[0]: line for line in lines[5:]}
    assert "1 threads" in told["device"] and "torch" in told["versions"] and told["processor"]


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (("--only", "train-lm:lstn"), "--only train-lm:lstn: no such row; there are: train-lm, "),
        (("--only", "sample,"), "--only : no such row"),
        (("--seconds", 0), "--seconds must be above 0"),
        (("--seconds", "nan"), "--seconds must be above 0"),
        (("--precision", "fp8"), "unknown --precision 'fp8'"),
        (("--device", "abacus"), "unknown --device 'abacus'"),
        (("--threads", 0), "--threads must be 1 or more"),
        (("--seed", -1), "--seed must be 0 or more"),
    ],
)
def test_what_does_not_exist_is_one_line(seqkit, arguments, part):
    result = seqkit("bench", *arguments)
    assert result.code == 2 and part in result.error


@pytest.mark.parametrize("name", ["train-lm:gru", "train-word2vec:cbow", "score"])
def test_ctrl_c_leaves_nothing(seqkit, temporary, monkeypatch, name):
    """It comes while the row is measured, when a run lies in its folder."""
    seen = []

    def interrupt(self, seconds, amount):
        seen.append(sorted(path.name for path in next(temporary.glob("seqkit*")).rglob("*")))
        raise KeyboardInterrupt

    monkeypatch.setattr("seqkit.tasks.bench.stopwatch.Stopwatch.note", interrupt)
    result = seqkit("bench", "--only", name, *QUICK)
    assert result.code == 130 and result.out == ""
    assert "config.json" in seen[0] and left(temporary) == []


def test_nothing_is_written_where_it_is_called(seqkit, temporary, tmp_path):
    seqkit("bench", "--only", "tag", *QUICK)
    assert list(pathlib.Path(tmp_path).iterdir()) == [temporary]
