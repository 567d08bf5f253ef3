"""`evaluate` of classifiers: figures counted again by hand, tables, gates, and bad input."""

import json
import math
import re

import pytest

from seqkit.cli import evaluate_classifier
from seqkit.corpora.labelled_catalogue import open_labelled
from seqkit.tasks import classifying
from tests.cli.classifiers import train
from tests.tasks.classified import rows


@pytest.fixture(scope="module")
def opinions(tmp_path_factory):
    """A run that tells good from bad."""
    return train(tmp_path_factory.mktemp("classifiers") / "opinions", "--epochs", 2, number=60)


@pytest.fixture(scope="module")
def other(tmp_path_factory):
    """Another, by a linear model of single words alone."""
    options = ("--model", "linear", "--ngrams", 1)
    return train(tmp_path_factory.mktemp("classifiers") / "other", *options)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Texts of which some have a wrong label, and some one that nobody knows."""
    turned = {"good": "bad", "bad": "good"}
    pairs = [
        (("odd" if k % 17 == 0 else turned[label]) if k % 6 == 0 else label, text)
        for k, (label, text) in enumerate(rows(90, seed=1))
    ]
    path = tmp_path_factory.mktemp("data") / "gold.csv"
    path.write_text("text,label\n" + "".join(f'"{text}",{label}\n' for label, text in pairs))
    return path


@pytest.fixture(scope="module")
def answers(opinions, data):
    """Text, gold label, and what the library says of it."""
    records = list(open_labelled(str(data)))
    found = classifying.load(opinions, "cpu").classify([record.text for record in records])
    return [(r.text, r.labels[0], one) for r, one in zip(records, found, strict=True)]


STRANGE = (
    "warning: 1 of the 90 texts count as wrong: the run was not trained on their labels (odd)\n"
)


def measured(result, err=STRANGE):
    assert (result.code, result.err) == (0, err)
    return json.loads(result.out)


def test_answers_are_counted_as_they_are(seqkit, opinions, data, answers):
    metrics = measured(seqkit("evaluate", opinions, data, "--json"))
    gold = [label for _, label, _ in answers]
    said = [one.labels[0] for _, _, one in answers]
    right = [a == b for a, b in zip(gold, said, strict=True)]
    assert 0.5 < metrics["accuracy"] < 1
    assert metrics["accuracy"] == pytest.approx(sum(right) / 90)
    low, high = metrics["accuracy_interval"]
    assert low < metrics["accuracy"] < high
    assert metrics["texts"] == 90 and metrics["unknown_labels"] == gold.count("odd") == 1
    shares = []
    for name in ("bad", "good", "odd"):
        both = sum(a == b == name for a, b in zip(gold, said, strict=True))
        score = metrics["by_label"][name]
        counts = (both, said.count(name), gold.count(name))
        assert (score["correct"], score["predicted"], score["gold"]) == counts
        negatives = 90 - gold.count(name)
        kept_out = negatives - (said.count(name) - both)
        assert score["specificity"] == pytest.approx(kept_out / negatives)
        shares.append(score["f1"])
    assert metrics["f1"] == pytest.approx(sum(shares) / 3)
    known = [
        one.probabilities[("bad", "good").index(label)]
        for _, label, one in answers
        if label != "odd"
    ]
    loss = -sum(map(math.log, known)) / len(known)
    assert metrics["loss"] == pytest.approx(loss, rel=1e-5)
    wrong = [
        (max(one.probabilities), text) for text, label, one in answers if one.labels[0] != label
    ]
    confidences = [one["confidence"] for one in metrics["worst"]]
    assert confidences == pytest.approx(sorted((sure for sure, _ in wrong), reverse=True)[:10])
    assert {one["text"] for one in metrics["worst"]} <= {text for _, text in wrong}


def test_the_tables_say_the_same(seqkit, opinions, data):
    metrics = measured(seqkit("evaluate", opinions, data, "--json"))
    result = seqkit("evaluate", opinions, data)
    assert (result.code, result.err) == (0, STRANGE)
    lines = result.out.splitlines()
    low, high = metrics["accuracy_interval"]
    assert lines[0] == (
        f"accuracy           {metrics['accuracy']:.4f}  (95 %: {low:.4f} to {high:.4f}, bootstrap "
        "over texts)"
    )
    values = {line.split()[0]: line.split()[1] for line in lines if line}
    for name in ("loss", "precision", "recall", "f1", "calibration_error"):
        assert values[name] == f"{metrics[name]:.4f}"
    rows_ = [line.split() for line in lines]
    for label, score in metrics["by_label"].items():
        shares = [f"{score[name]:.4f}" for name in ("precision", "recall", "specificity", "f1")]
        counts = [str(score[name]) for name in ("correct", "predicted", "gold")]
        assert [label, *shares, *counts] in rows_
    matrix = metrics["confusion_matrix"]
    assert ["gold", "\\", "predicted", *matrix["labels"]] in rows_
    for label, counts in zip(matrix["labels"], matrix["counts"], strict=True):
        assert [label, *map(str, counts)] in rows_
    for one in metrics["reliability"]:
        mean, right = f"{one['confidence']:.4f}", f"{one['right']:.4f}"
        cells = [f"{one['low']:.1f}", "to", f"{one['high']:.1f}", str(one["count"]), mean, right]
        assert (cells in rows_) == bool(one["count"])
    place = lines[lines.index("most confident errors") + 1]
    first = metrics["worst"][0]
    assert place == (
        f"{first['place']}: {first['predicted'][0]} {first['confidence']:.4f}, in truth "
        f"{first['gold'][0]}"
    )
    assert re.fullmatch(rf"{re.escape(str(data))}, line \d+", first["place"])


def test_dear_errors_weigh_more(seqkit, opinions, data, answers):
    options = ["--class-weights", "bad=3,good=1.5"]
    metrics = measured(seqkit("evaluate", opinions, data, "--json", *options))
    weights = {"bad": 3, "good": 1.5, "odd": 1}
    wrong = sum(weights[label] for _, label, one in answers if one.labels[0] != label)
    whole = sum(weights[label] for _, label, _ in answers)
    assert metrics["weighted_error"] == pytest.approx(wrong / whole)
    out = seqkit("evaluate", opinions, data, *options).out
    assert f"weighted_error     {metrics['weighted_error']:.4f}  of the weight" in out


def test_two_runs_beside_each_other(seqkit, opinions, other, data, answers):
    metrics = measured(seqkit("evaluate", opinions, data, "--json", "--against", other))
    found = metrics["against"]
    texts = [text for text, _, _ in answers]
    second = [one.labels[0] for one in classifying.load(other, "cpu").classify(texts)]
    pairs = [
        (one.labels[0] == label, answer == label)
        for (_, label, one), answer in zip(answers, second, strict=True)
    ]
    assert found["run"] == str(other)
    assert found["first"]["accuracy"] == metrics["accuracy"]
    assert found["second"]["accuracy"] == pytest.approx(sum(b for _, b in pairs) / 90)
    only = (pairs.count((True, False)), pairs.count((False, True)))
    assert only == (found["only_first"], found["only_second"]) and min(only) > 0
    coin = [math.comb(sum(only), k) / 2 ** sum(only) for k in range(min(only) + 1)]
    assert found["p_value"] == pytest.approx(min(1.0, 2 * sum(coin)))
    out = seqkit("evaluate", opinions, data, "--against", other).out
    assert f"\nagainst {other}\n" in out and f"p_value            {found['p_value']:.4g}  (" in out
    assert "texts that one of them alone has right" in out
    one = found["differing"][0]
    assert (
        f"{one['place']}: this run {one['first'][0]}, the other {one['second'][0]}, in truth "
        f"{one['gold'][0]}\n  {one['text']}\n"
    ) in out
    same = measured(seqkit("evaluate", opinions, data, "--json", "--against", opinions))
    assert same["against"]["p_value"] == 1 and same["against"]["differing"] == []


def test_both_runs_are_asked_about_the_same_standard_input(seqkit, opinions, other, data):
    options = ("--against", other, "--json", "--format", "csv")
    known = measured(seqkit("evaluate", opinions, data, *options))["against"]
    text = data.read_bytes()
    found = measured(seqkit("evaluate", opinions, "-", *options, stdin=text))["against"]
    for one in known["differing"]:
        one["place"] = one["place"].replace(str(data), "standard input")
    assert found == known


def test_accuracy_is_a_gate(seqkit, opinions, data):
    accuracy = measured(seqkit("evaluate", opinions, data, "--json"))["accuracy"]
    good = seqkit("evaluate", opinions, data, "--min", f"accuracy={accuracy - 0.01}")
    assert (good.code, good.err) == (0, STRANGE)
    bad = seqkit("evaluate", opinions, data, "--min", f"accuracy={accuracy + 0.01}")
    assert bad.code == 1 and f"--min accuracy={accuracy + 0.01}: it is {accuracy:.6g}" in bad.err
    bad = seqkit("evaluate", opinions, data, "--max", "loss=0.001")
    assert bad.code == 1 and "--max loss=0.001: it is " in bad.err


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("a.csv", []),
        ("a.csv", ["--text-column", 1, "--label-column", 2]),
        ("a.jsonl", ["--text-column", "text", "--label-column", "label"]),
        ("a.txt", []),
        ("texts", []),
        ("-", ["--format", "csv"]),
    ],
)
def test_other_forms_than_that_of_training(seqkit, opinions, answers, tmp_path, name, options):
    """Text of any form can be measured, also by a run that was trained on a form of its own."""
    pairs = [(text, label) for text, label, _ in answers if label != "odd"]
    (tmp_path / "a.csv").write_text(
        "text,label\n" * (options[:1] != ["--text-column"])
        + "".join(f'"{t}",{n}\n' for t, n in pairs)
    )
    lines = [json.dumps({"id": 7, "label": n, "text": t}) for t, n in pairs]
    (tmp_path / "a.jsonl").write_text("\n".join(lines))
    (tmp_path / "a.txt").write_text("".join(f"{n} {t}\n" for t, n in pairs))
    (tmp_path / "texts").mkdir()
    for label in ("bad", "good"):
        own = "".join(f"{t}\n" for t, n in pairs if n == label)
        (tmp_path / "texts" / f"{label}.txt").write_text(own)
    stdin = (tmp_path / "a.csv").read_text()
    found = measured(seqkit("evaluate", opinions, name, "--json", *options, stdin=stdin), "")
    right = sum(one.labels[0] == label for _, label, one in answers if label != "odd")
    assert found["accuracy"] == pytest.approx(right / len(pairs))


def test_the_columns_are_those_of_training_unless_told(seqkit, tmp_path, answers):
    text = "".join(f"{label}\t{k}\t{text}\n" for k, (label, text) in enumerate(rows(90)))
    (tmp_path / "named.tsv").write_text("mark\tid\twhat\n" + text)
    options = ["--text-column", "what", "--label-column", "mark", "--model", "linear"]
    run = train(tmp_path / "own", *options, text=tmp_path / "named.tsv")
    wanted = measured(seqkit("evaluate", run, "named.tsv", "--json"), "")
    assert wanted["accuracy"] > 0.7
    (tmp_path / "plain.tsv").write_text(text)
    options = ["--text-column", 3, "--label-column", 1]
    found = measured(seqkit("evaluate", run, "plain.tsv", "--json", *options), "")
    assert found["accuracy"] == wanted["accuracy"]
    (tmp_path / "stars.txt").write_text("".join(f"{n} {t}\n" for t, n, _ in answers if n != "odd"))
    assert seqkit("evaluate", run, "stars.txt").code == 2  # its lines have no such columns
    (tmp_path / "names").mkdir()
    (tmp_path / "names" / "good.txt").write_text("the soup was fine .\n")
    assert measured(seqkit("evaluate", run, "names", "--json"), "")["texts"] == 1


def test_many_labels(seqkit, tmp_path):
    lines = [
        json.dumps({"text": f"{'warm ' * (k % 2)}{'soup ' * (k % 3 == 0)}day {k}", "label": own})
        for k in range(80)
        for own in [["warm"] * (k % 2) + ["food"] * (k % 3 == 0)]
    ]
    (tmp_path / "many.jsonl").write_text("\n".join(lines))
    run = train(tmp_path / "own", "--model", "linear", text=tmp_path / "many.jsonl")
    metrics = measured(seqkit("evaluate", run, "many.jsonl", "--json"), "")
    assert metrics["accuracy"] > 0.9 and metrics["micro_f1"] > 0.9
    result = seqkit("evaluate", run, "many.jsonl", "--against", run)
    assert result.code == 0
    assert f"micro_f1           {metrics['micro_f1']:.4f}  over all labels together" in result.out
    assert "gold \\ predicted" not in result.out


def test_of_many_confusions_the_most_frequent_are_listed(capsys, monkeypatch):
    monkeypatch.setattr(evaluate_classifier, "WIDEST", 1)
    matrix = {"labels": ["a", "b"], "counts": [[1, 2], [3, 4]]}
    evaluate_classifier._show_confusions(
        {"confusion_matrix": matrix, "confusions": [["b", "a", 3], ["a", "b", 2]]}
    )
    out = capsys.readouterr().out
    title, *table = [line.split() for line in out.strip().splitlines()]
    assert title == ["most", "frequent", "mistakes"] and table[0] == ["gold", "predicted", "count"]
    assert table[2:] == [["b", "a", "3"], ["a", "b", "2"]]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["OPINIONS", "DATA", "--batch-size", 3], "--batch-size is for a language model, and "),
        (["OPINIONS", "DATA", "--column", 3], "--column is for a tagger, and "),
        (["MODEL", "TEXT", "--text-column", "a"], "--text-column is for a classifier, and "),
        (["MODEL", "TEXT", "--against", "a"], "is a language model"),
        (["OPINIONS", "--similarity", "x", "--format", "csv"], "--format is for a model of text"),
        (["OPINIONS", "DATA", "--label-column", 9], "gold.csv, line 1: there is no column 9"),
        (["OPINIONS", "DATA", "--class-weights", "bad"], "--class-weights bad: write balanced"),
        (["OPINIONS", "DATA", "--class-weights", "balanced"], "--class-weights balanced is for tr"),
        (["OPINIONS", "DATA", "--class-weights", "odd=2"], "--class-weights odd: no such label"),
        (["OPINIONS", "DATA", "--against", "MODEL"], "a run of the task 'language'"),
        (["OPINIONS", "DATA", "--against", "nowhere"], "nowhere: not a run folder"),
        (["OPINIONS", "odd.txt"], "odd.txt: no text has a label of the training text"),
        (["OPINIONS", "gone.csv"], "gone.csv: no such file"),
    ],
)
def test_what_cannot_be_measured(
    seqkit, opinions, trained, data, text, tmp_path, arguments, message
):
    (tmp_path / "odd.txt").write_text("odd lamp\nodd bed\n")
    known = {"OPINIONS": opinions, "MODEL": trained, "DATA": data, "TEXT": text}
    result = seqkit("evaluate", *(known.get(word, word) for word in arguments))
    assert result.code == 2 and message in result.error


def test_a_classifier_needs_data(seqkit, opinions):
    assert "Missing argument 'DATA'" in seqkit("evaluate", opinions).usage_error
