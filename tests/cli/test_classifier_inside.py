"""`inspect`, `plot` and `diagnose` of classifiers."""

import json
import re
from collections import Counter

import pytest

from seqkit.corpora.labelled_catalogue import open_labelled_splits
from seqkit.metrics.reliability import reliability_table
from seqkit.tasks import classifying
from seqkit.tasks.diagnosis import diagnose_run
from seqkit.tasks.runs import read_json
from tests.cli.classifiers import train
from tests.report.test_curves import texts
from tests.tasks.classified import write
from tests.unsealed import unsealed


@pytest.fixture(scope="module")
def opinions(tmp_path_factory):
    """A run of net and linear model, hardly trained."""
    return train(tmp_path_factory.mktemp("classifiers") / "opinions", "--epochs", 2)


@pytest.fixture(scope="module")
def linear(tmp_path_factory):
    """A run of single words and of their linear model alone."""
    options = ("--model", "linear", "--ngrams", 1)
    return train(tmp_path_factory.mktemp("classifiers") / "linear", *options, number=60)


# inspect


def test_inspect_shows_what_a_classifier_holds(seqkit, opinions):
    found = json.loads(seqkit("inspect", opinions, "--json", "--types", 4).out)
    assert found["config"] == read_json(opinions / "config.json")
    assert found["labels"] == ["bad", "good"] and found["many_labels"] is False
    trained = classifying.load(opinions, "cpu").scorer.second
    assert found["vocabulary_size"] == len(trained.reader.vocabulary) and len(found["types"]) == 4
    shapes = {f"model: {name}": list(p.shape) for name, p in trained.model.named_parameters()}
    of_net = {name: s for name, s in found["parameters"].items() if name.startswith("model: ")}
    assert of_net == shapes
    assert any(name.startswith("linear: ") for name in found["parameters"])
    assert [record["epoch"] for record in found["history"]] == [1, 2]
    out = seqkit("inspect", opinions).out
    values = dict(re.findall(r"^(\w+) {2,}(.+)$", out, re.MULTILINE))
    assert (values["labels"], values["many_labels"]) == ("bad, good", "False")
    assert values["hidden"] == "8" and "<unk>" in out
    accuracy = [record["valid"]["accuracy"] for record in found["history"]]
    assert re.search(rf"^valid accuracy {accuracy[0]:.4f} \S+ {accuracy[-1]:.4f}$", out, re.M)


def test_a_linear_model_has_no_vocabulary_of_a_net(seqkit, linear):
    found = json.loads(seqkit("inspect", linear, "--json").out)
    assert found["vocabulary_size"] == 0 and found["types"] == [] and found["parameters"]
    assert " types, the first" not in seqkit("inspect", linear).out


def test_reach_is_not_for_classifiers(seqkit, opinions):
    for command in ("inspect", "plot"):
        result = seqkit(command, opinions, "--reach")
        assert result.code == 2 and "a run of the task 'classifying'" in result.error


# plot


@pytest.fixture
def answers(opinions):
    """Gold labels of the validation text, and what the library says of it."""
    valid = list(open_labelled_splits(str(opinions.parent / "labelled.tsv")).valid)
    found = classifying.load(opinions, "cpu").classify([record.text for record in valid])
    return [(record.labels[0], one) for record, one in zip(valid, found, strict=True)]


def test_learning_curves_have_the_baselines_of_classifiers(seqkit, opinions, tmp_path):
    pytest.importorskip("matplotlib")
    assert seqkit("plot", opinions, "--out", "curves.svg").code == 0
    words = texts(tmp_path / "curves.svg")
    baselines = read_json(opinions / "metrics.json")["valid"]["baselines"]
    told = {f"{name} {value:.4g}" for name, value in baselines.items()}
    assert len(told) == 2 and told <= set(words)


def test_the_confusion_of_labels_is_drawn(seqkit, opinions, answers, tmp_path):
    pytest.importorskip("matplotlib")
    result = seqkit("plot", opinions, "--confusion", "--out", "confusion.svg")
    assert (result.code, result.out, result.err) == (0, "confusion.svg\n", "")
    words = texts(tmp_path / "confusion.svg")
    pairs = Counter((gold, one.labels[0]) for gold, one in answers)
    assert sorted(int(word) for word in words if word.isdigit()) == sorted(pairs.values())
    gold = Counter(gold for gold, _ in answers)
    assert {f"{label} ({count})" for label, count in gold.items()} <= set(words)
    right = sum(count for (one, other), count in pairs.items() if one == other)
    told = f"{right / len(answers):.1%} of {len(answers)} texts lie on the diagonal"
    assert told in words


def test_the_reliability_is_drawn(seqkit, opinions, answers, tmp_path):
    pytest.importorskip("matplotlib")
    result = seqkit("plot", opinions, "--reliability", "--out", "reliability.svg")
    assert (result.code, result.out, result.err) == (0, "reliability.svg\n", "")
    words = texts(tmp_path / "reliability.svg")
    sure = [max(one.probabilities) for _, one in answers]
    table = reliability_table(sure, [gold == one.labels[0] for gold, one in answers])
    counts = [str(one.count) for one in table if one.count]
    assert [word for word in words if word.isdigit()] == counts
    assert f"{opinions} on labelled.tsv (valid)" in words
    error = sum(one.count * abs(one.right - one.confidence) for one in table) / len(answers)
    assert f"calibration error {error:.4f} over {len(answers)} answers" in words


def test_pictures_of_another_text_lie_in_the_run_unless_told(seqkit, opinions, tmp_path):
    pytest.importorskip("matplotlib")
    copy = unsealed(opinions, tmp_path / "copy")
    write(tmp_path / "more.tsv", 30, seed=9)
    for picture in ("confusion", "reliability"):
        result = seqkit("plot", copy, f"--{picture}", "--text", "more.tsv")
        assert result.out == f"{copy / picture}.png\n"
        assert (copy / f"{picture}.png").read_bytes().startswith(b"\x89PNG")


def test_pictures_that_cannot_be_drawn(seqkit, opinions, trained, tmp_path):
    pytest.importorskip("matplotlib")
    gone = unsealed(opinions, tmp_path / "gone")
    config = read_json(gone / "config.json")
    for arguments, message in (
        ([trained, "--reliability"], "a run of the task 'language'"),
        ([opinions, "--confusion", "--reliability"], "draw one at a time"),
        ([opinions, opinions, "--reliability"], "2 runs: only --reach"),
        ([opinions, "--reliability", "--farthest", 3], "--farthest goes with --reach"),
        ([opinions, "--reliability", "--text", "gone.tsv"], "gone.tsv"),
        ([gone, "--confusion"], "its training data cannot be read again (nowhere.tsv"),
    ):
        notes = {**config["notes"], "train": "nowhere.tsv"}
        (gone / "config.json").write_text(json.dumps({**config, "notes": notes}))
        result = seqkit("plot", *arguments)
        assert result.code == 2 and message in result.error
    (gone / "config.json").write_text(json.dumps({**config, "notes": None}))
    result = seqkit("plot", gone, "--confusion")
    assert "cannot be read again (it was not a file); name a text with --text" in result.error


def test_many_labels_have_no_confusion(seqkit, tmp_path):
    pytest.importorskip("matplotlib")
    lines = [
        json.dumps({"text": f"{'warm ' * (k % 2)}soup {k}", "label": ["warm", "soup"][: k % 3]})
        for k in range(60)
    ]
    (tmp_path / "many.jsonl").write_text("\n".join(lines))
    run = train(tmp_path / "own", "--model", "linear", text=tmp_path / "many.jsonl")
    result = seqkit("plot", run, "--confusion")
    assert result.code == 2 and "can have many labels, so none is taken for another" in result.error
    assert seqkit("plot", run, "--reliability", "--out", "r.svg").code == 0
    assert "share of labels" in texts(tmp_path / "r.svg")


# diagnose


@pytest.mark.parametrize("accuracy", [None, 0.999])
def test_diagnose_tells_the_errors_and_what_to_try(seqkit, opinions, tmp_path, accuracy):
    run = unsealed(opinions, tmp_path / "copy")
    metrics = read_json(run / "metrics.json")
    if accuracy:
        metrics["train"] |= {"accuracy": accuracy, "accuracy_interval": [0.99, 1.0]}
        metrics["valid"] |= {"accuracy": 0.8, "accuracy_interval": [0.75, 0.85]}
        (run / "metrics.json").write_text(json.dumps(metrics))
    result = seqkit("diagnose", run, "--human", 0.02)
    assert (result.code, result.err) == (0, "")
    report = diagnose_run(run, 0.02)
    rows = [line.split() for line in result.out.splitlines()]
    for name, split in (("train", "train"), ("dev", "valid"), ("test", "test")):
        assert [name, f"{1 - metrics[split]['accuracy']:.4f}"] in rows
    assert ["human", "0.0200"] in rows
    for finding in report.findings:
        (line,) = [row for row in rows if row[:2] == [finding.gap.lower, finding.gap.upper]]
        assert line[2:4] == [f"{finding.gap.size:+.4f}", f"{finding.margin:.4f}"]
        assert ("(may" in line) == (not finding.is_sure)
    if accuracy:
        assert "\nmost to win: variance; try\n  more training text\n" in result.out
    else:
        assert "\nno gap is above 0 and more than chance" in result.out
    found = json.loads(seqkit("diagnose", run, "--human", 0.02, "--json").out)
    assert found == json.loads(json.dumps(report.to_dict()))


def test_a_train_dev_text_tells_variance_from_mismatch(seqkit, opinions, tmp_path):
    write(tmp_path / "more.tsv", 50, seed=9)
    found = json.loads(seqkit("diagnose", opinions, "--train-dev", "more.tsv", "--json").out)
    more = classifying.load(opinions, "cpu").evaluate(
        open_labelled_splits("more.tsv", "more.tsv").train
    )
    assert found["errors"]["train_dev"] == pytest.approx(1 - more["accuracy"])
    assert "data mismatch" in [gap["name"] for gap in found["gaps"]]
    assert "train-dev" in seqkit("diagnose", opinions, "--train-dev", "more.tsv").out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere"], "nowhere: not a run folder"),
        (["OPINIONS", "--human", 3], "--human 3.0: a share from 0 to 1"),
        (["OPINIONS", "--train-dev", "gone.tsv"], "gone.tsv: no such file"),
        (["MODEL", "--train-dev", "gone.txt"], "gone.txt: no such file"),
    ],
)
def test_what_cannot_be_diagnosed(seqkit, opinions, trained, arguments, message):
    known = {"OPINIONS": opinions, "MODEL": trained}
    result = seqkit("diagnose", *(known.get(word, word) for word in arguments))
    assert result.code == 2 and message in result.error
