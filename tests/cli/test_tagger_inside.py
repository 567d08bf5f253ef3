"""`inspect` and `plot` of taggers."""

import json
import math
import re
from collections import Counter

import pytest

from seqkit.corpora.columns import TagColumns
from seqkit.corpora.tagged_catalogue import open_tagged, open_tagged_splits
from seqkit.metrics.span_errors import count_types
from seqkit.tasks import tagging
from seqkit.tasks.runs import read_json
from seqkit.text.schemes import to_spans
from tests.cli.taggers import as_columns, sentences, train
from tests.report.test_curves import texts
from tests.unsealed import unsealed


@pytest.fixture(scope="module")
def names(tmp_path_factory):
    """A run that finds people and places, with the class of each word beside it."""
    return train(tmp_path_factory.mktemp("taggers") / "names", "--feature-column", 2)


@pytest.fixture(scope="module")
def classes(tmp_path_factory):
    """A run that tells the class of each word, hardly trained."""
    return train(tmp_path_factory.mktemp("taggers") / "classes", "--column", 2, epochs=1)


def test_inspect_shows_what_a_tagger_holds(seqkit, names):
    found = json.loads(seqkit("inspect", names, "--json", "--types", 4).out)
    tagger = tagging.load(names, "cpu")
    assert found["config"] == read_json(names / "config.json")
    assert found["entity_types"] == ["LOC", "PER"] and found["scheme"] == "iob2"
    assert found["tags"] == ["O", "B-LOC", "I-LOC", "B-PER", "I-PER"]
    assert found["feature_values"] == [len(tagger.symbols.features[0])]
    assert found["vocabulary_size"] == len(tagger.symbols.words) and len(found["types"]) == 4
    assert {"."} <= {word for word, _ in found["types"]}
    shapes = {name: list(p.shape) for name, p in tagger.model.named_parameters()}
    assert found["parameters"] == shapes
    assert [record["epoch"] for record in found["history"]] == [1, 2, 3, 4, 5, 6]
    out = seqkit("inspect", names).out
    values = dict(re.findall(r"^(\w+) {2,}(.+)$", out, re.MULTILINE))
    assert values["entity_types"] == "LOC, PER" and values["scheme"] == "iob2"
    assert values["hidden"] == "8" and values["characters"] == str(found["characters"])
    assert str(sum(map(math.prod, shapes.values()))) in out.replace(",", "")
    f1 = [record["valid"]["f1"] for record in found["history"]]
    assert re.search(rf"^valid f1 {f1[0]:.4f} \S+ {f1[-1]:.4f}$", out, re.MULTILINE)
    assert re.search(r"^valid loss \S+ \S+ \S+\nvalid f1 ", out, re.MULTILINE)


def test_inspect_shows_classes(seqkit, classes):
    found = json.loads(seqkit("inspect", classes, "--json").out)
    assert (found["tags"], found["entity_types"]) == (["N", "P", "V"], [])
    out = seqkit("inspect", classes).out
    assert "\nentity_types    -\n" in out and "\ntags            N, P, V\n" in out


def test_reach_is_not_for_taggers(seqkit, names):
    for command in ("inspect", "plot"):
        result = seqkit(command, names, "--reach")
        assert result.code == 2 and "a run of the task 'tagging'" in result.error


def test_learning_curves_have_the_baselines_of_taggers(seqkit, names, classes, tmp_path):
    pytest.importorskip("matplotlib")
    for run, metric in ((names, "f1"), (classes, "accuracy")):
        assert seqkit("plot", run, "--out", "curves.svg").code == 0
        words = texts(tmp_path / "curves.svg")
        baselines = read_json(run / "metrics.json")["valid"]["baselines"]
        assert {f"majority {baselines['majority']:.4g}", f"valid {metric}"} <= set(words)
        assert f"lookup {baselines['lookup']:.4g}" in words


def counted(words):
    """The numbers in a picture, the labels left out."""
    return sorted(int(word) for word in words if word.isdigit())


def test_the_confusion_of_types_is_drawn(seqkit, names, tmp_path):
    pytest.importorskip("matplotlib")
    rows = [list(one) for one in sentences(20, seed=9)]
    rows[0] = [(w, c, t.replace("PER", "ORG")) for w, c, t in rows[0]]
    rows[1] = [(w, c, "O") for w, c, _ in rows[1]]
    (tmp_path / "gold.conll").write_text(as_columns(rows))
    options = ["--confusion", "--text", "gold.conll", "--out", "confusion.svg"]
    result = seqkit("plot", names, *options)
    assert (result.code, result.out, result.err) == (0, "confusion.svg\n", "")
    source = list(open_tagged("gold.conll", TagColumns(features=(2,))))
    found = tagging.load(names, "cpu").tag(source)
    spans = [
        [to_spans(tags, "iob2") for tags in (record.tags, one.tags)]
        for record, one in zip(source, found, strict=True)
    ]
    pairs = count_types(*zip(*spans, strict=True))
    words = texts(tmp_path / "confusion.svg")
    assert counted(words) == sorted(pairs.values())
    gold = Counter(span[2] for one, _ in spans for span in one)
    assert {f"{kind} ({count})" for kind, count in gold.items()} <= set(words)
    assert "(none) (2)" in words and f"{names} on gold.conll" in words
    right = sum(count for (one, other), count in pairs.items() if one == other)
    whole = sum(pairs.values())
    told = f"{right / whole:.1%} of {whole} entities, gold or predicted, lie on the diagonal"
    assert told in words


def test_the_confusion_of_classes_on_the_validation_data(seqkit, classes, tmp_path):
    pytest.importorskip("matplotlib")
    assert seqkit("plot", classes, "--confusion", "--out", "confusion.svg").code == 0
    text = str(classes.parent / "names.conll")
    valid = list(open_tagged_splits(text, columns=TagColumns(tag=2)).valid)
    found = tagging.load(classes, "cpu").tag(valid)
    pairs = Counter(
        pair
        for record, one in zip(valid, found, strict=True)
        for pair in zip(record.tags, one.tags, strict=True)
    )
    assert counted(texts(tmp_path / "confusion.svg")) == sorted(pairs.values())


def test_a_confusion_lies_in_the_run_unless_told(seqkit, classes, tmp_path):
    pytest.importorskip("matplotlib")
    copy = unsealed(classes, tmp_path / "copy")
    assert seqkit("plot", copy, "--confusion").out == f"{copy / 'confusion.png'}\n"
    assert (copy / "confusion.png").read_bytes().startswith(b"\x89PNG")


def test_confusions_that_cannot_be_drawn(seqkit, names, trained, tmp_path):
    pytest.importorskip("matplotlib")
    for arguments, message in (
        ([trained, "--confusion"], "a run of the task 'language'"),
        ([names, "--confusion", "--reach"], "draw one at a time"),
        ([names, names, "--confusion"], "2 runs: only --reach"),
        ([names, "--text", "x"], "--text goes with --reach or --confusion or --reliability"),
        ([names, "--confusion", "--farthest", 3], "--farthest goes with --reach"),
        ([names, "--confusion", "--text", "gone.conll"], "gone.conll"),
    ):
        result = seqkit("plot", *arguments, "--out", "a.png")
        assert result.code == 2 and message in result.error
    copy = unsealed(names, tmp_path / "copy")
    config = read_json(copy / "config.json")
    for notes, message in (
        ({**config["notes"], "train": "-"}, "(it was not a file); name a text with --text"),
        ({**config["notes"], "train": "gone.conll"}, "cannot be read again (gone.conll"),
        (None, "(it was not a file)"),
    ):
        (copy / "config.json").write_text(json.dumps({**config, "notes": notes}))
        result = seqkit("plot", copy, "--confusion")
        assert result.code == 2 and message in result.error and "--text" in result.error
