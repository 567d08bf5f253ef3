"""`evaluate` of taggers: figures counted again by hand, tables, gates, and bad input."""

import json
from collections import Counter

import pytest

from seqkit.cli.worst_sentences import show_worst
from seqkit.corpora.columns import TagColumns
from seqkit.corpora.tagged_catalogue import open_tagged
from seqkit.tasks import tagging
from tests.cli.taggers import as_columns, sentences, train


@pytest.fixture(scope="module")
def names(tmp_path_factory):
    """A run that finds people and places."""
    return train(tmp_path_factory.mktemp("taggers") / "names")


@pytest.fixture(scope="module")
def classes(tmp_path_factory):
    """A run that tells the class of each word."""
    return train(tmp_path_factory.mktemp("taggers") / "classes", "--column", 2)


def damaged(number=30):
    """Sentences whose gold tags are changed here and there, so that every kind of error comes."""
    found = []
    for k, one in enumerate(sentences(number, seed=1)):
        rows = [list(row) for row in one]
        if k % 3 == 0:
            rows = [[w, c, t.replace("LOC", "ORG")] for w, c, t in rows]
        if k % 5 == 0:
            rows = [[w, c, "O" if "PER" in t else t] for w, c, t in rows]
        if k % 4 == 0:
            rows[-1][2] = "B-PER"
        if k % 7 == 0:
            rows[0][0] = f"Zed{k}"
        found.append([tuple(row) for row in rows])
    return found


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    path = tmp_path_factory.mktemp("data") / "gold.conll"
    path.write_text(as_columns(damaged()))
    return path


def spans(tags):
    """The entities of iob2 tags, by hand."""
    found, begin = set(), None
    for at, tag in enumerate([*tags, "O"]):
        if begin is not None and not tag.startswith("I"):
            found.add((begin, at, tags[begin][2:]))
            begin = None
        if tag.startswith("B"):
            begin = at
    return found


def measured(result):
    assert (result.code, result.err) == (0, "")
    return json.loads(result.out)


@pytest.fixture(scope="module")
def answers(names, data):
    """Gold and predicted entities of each sentence."""
    source = list(open_tagged(str(data)))
    found = tagging.load(names, "cpu").tag(source)
    pairs = zip(source, found, strict=True)
    return [(spans(record.tags), spans(one.tags)) for record, one in pairs]


def test_entities_are_counted_as_they_are(seqkit, names, data, answers):
    metrics = measured(seqkit("evaluate", names, data, "--json"))
    right = sum(len(gold & found) for gold, found in answers)
    gold, found = (sum(len(pair[k]) for pair in answers) for k in (0, 1))
    assert 0 < right < min(gold, found)
    assert metrics["precision"] == right / found and metrics["recall"] == right / gold
    assert metrics["f1"] == pytest.approx(2 * right / (gold + found))
    low, high = metrics["f1_interval"]
    assert low < metrics["f1"] < high
    for kind, score in metrics["by_type"].items():
        of_kind = [[{s for s in side if s[2] == kind} for side in pair] for pair in answers]
        assert score["correct"] == sum(len(a & b) for a, b in of_kind)
        assert (score["gold"], score["predicted"]) == tuple(
            sum(len(pair[k]) for pair in of_kind) for k in (0, 1)
        )
    assert set(metrics["by_type"]) == {"LOC", "ORG", "PER"}
    assert metrics["outcomes"]["wrong type"] > 0 and metrics["outcomes"]["missed"] > 0
    assert sum(metrics["outcomes"].values()) - metrics["outcomes"]["spurious"] == gold


def test_what_is_new_is_told_by_the_training_text(seqkit, names, data):
    metrics = measured(seqkit("evaluate", names, data, "--json"))
    text = (names.parent / "names.conll").read_text().split("\n\n")
    training = [[line.split() for line in one.splitlines()] for one in text]
    training = training[: len(training) * 8 // 10]  # the rest is for validation and test
    known = {row[0] for one in training for row in one}
    seen = {
        tuple(row[0] for row in one[start:stop])
        for one in training
        for start, stop, _ in spans([row[2] for row in one])
    }
    wanted = Counter()
    for one in damaged():
        for start, stop, _ in spans([row[2] for row in one]):
            words = tuple(row[0] for row in one[start:stop])
            new = "unseen" if all(word in known for word in words) else "unknown word"
            wanted["seen" if words in seen else new] += 1
    assert len(wanted) == 3
    assert {name: score["gold"] for name, score in metrics["familiarity"].items()} == wanted


def test_the_tables_say_the_same(seqkit, names, data):
    metrics = measured(seqkit("evaluate", names, data, "--json"))
    result = seqkit("evaluate", names, data)
    assert (result.code, result.err) == (0, "")
    lines = result.out.splitlines()
    low, high = metrics["f1_interval"]
    assert lines[0] == (
        f"f1                 {metrics['f1']:.4f}  (95 %: {low:.4f} to {high:.4f}, bootstrap over "
        "sentences)"
    )
    values = {line.split()[0]: line.split()[1] for line in lines if line}
    for name in ("precision", "recall", "calibration_error", "unknown_share"):
        assert values[name] == f"{metrics[name]:.4f}"
    rows = [line.split() for line in lines]
    for kind, score in {**metrics["by_type"], "seen": metrics["familiarity"]["seen"]}.items():
        shares = [f"{score[name]:.4f}" for name in ("precision", "recall", "f1")]
        counts = [str(score[name]) for name in ("correct", "predicted", "gold")]
        assert [kind, *shares, *counts] in rows
    errors = sum(metrics["outcomes"].values()) - metrics["outcomes"]["exact"]
    missed = metrics["outcomes"]["missed"]
    assert ["missed", str(missed), f"{missed / errors:.1%}"] in rows
    counts = {(gold, found): count for gold, found, count in metrics["confusions"]}
    types = ["LOC", "ORG", "PER"]
    assert ["gold", "\\", "predicted", *types, "(missed)"] in rows
    for gold in (*types, ""):
        cells = [str(counts.get((gold, found), 0)) for found in (*types, "")]
        assert [gold or "(spurious)", *cells] in rows
    place = lines[lines.index("sentences with most errors") + 1]
    assert place == f"{data}, line {metrics['worst'][0]['place'].split()[-1]}: " + (
        f"{metrics['worst'][0]['errors']} errors"
    )


def test_f1_is_a_gate(seqkit, names, data):
    f1 = measured(seqkit("evaluate", names, data, "--json"))["f1"]
    good = seqkit("evaluate", names, data, "--min", f"f1={f1 - 0.01}")
    assert (good.code, good.err) == (0, "")
    bad = seqkit("evaluate", names, data, "--min", f"f1={f1 + 0.01}")
    assert bad.code == 1 and f"--min f1={f1 + 0.01}: it is {f1:.6g}" in bad.err
    assert "no metric 'perplexity'" in seqkit("evaluate", names, data, "--min", "perplexity=1").err


def test_the_columns_are_those_of_training_unless_told(seqkit, names, data, tmp_path):
    wanted = measured(seqkit("evaluate", names, data, "--json"))
    (tmp_path / "other.conll").write_text(
        "# a comment\n" + as_columns([[(w, t, "x") for w, _, t in one] for one in damaged()])
    )
    options = ["--column", 2, "--comments", "--json"]
    found = measured(seqkit("evaluate", names, "other.conll", *options))
    for changing in ("tokens_per_second", "worst"):
        assert wanted.pop(changing) != found.pop(changing)
    assert found == wanted


def test_training_text_that_is_gone_or_changed(seqkit, tmp_path, data):
    run = train(tmp_path / "own", number=20, epochs=1)
    text = tmp_path / "own" / "names.conll"
    for change, message in (
        (lambda: text.write_text(as_columns(sentences(19))), "no longer the text that"),
        (text.unlink, "its training data cannot be read again ("),
    ):
        change()
        result = seqkit("evaluate", run, data, "--json")
        assert result.code == 0 and "familiarity" not in json.loads(result.out)
        assert result.err.startswith("not told which entities are new: ") and message in result.err


def test_classes_of_words_are_counted_one_by_one(seqkit, classes, data):
    metrics = measured(seqkit("evaluate", classes, data, "--column", 2, "--json"))
    source = list(open_tagged(str(data), TagColumns(tag=2)))
    found = tagging.load(classes, "cpu").tag(source)
    pairs = [
        pair
        for record, one in zip(source, found, strict=True)
        for pair in zip(record.tags, one.tags, strict=True)
    ]
    right = [gold == tag for gold, tag in pairs]
    assert metrics["accuracy"] == pytest.approx(sum(right) / len(right))
    result = seqkit("evaluate", classes, data)  # the column of its notes
    lines = result.out.splitlines()
    low, high = metrics["accuracy_interval"]
    assert lines[0] == (
        f"accuracy           {metrics['accuracy']:.4f}  (95 %: {low:.4f} to {high:.4f}, bootstrap "
        "over sentences)"
    )
    assert lines[1] == f"unknown_accuracy   {metrics['unknown_accuracy']:.4f} on unknown words"
    assert "\nmost frequent mistakes\n" in result.out or all(right)
    rows = [line.split() for line in lines]
    for tag in ("N", "V", "P"):
        gold, predicted = (sum(pair[k] == tag for pair in pairs) for k in (0, 1))
        correct = pairs.count((tag, tag))
        assert [str(correct), str(predicted), str(gold)] in [r[4:] for r in rows if r[:1] == [tag]]


def worst(**changes):
    return {"place": "a.conll, line 7", "errors": 2, **changes}


def test_sentences_with_errors_can_be_read(capsys):
    tokens = list("abcdefghijklmnop")
    entities = worst(
        tokens=tokens,
        gold=[[0, 2, "PER"], [9, 11, "LOC"]],
        predicted=[[0, 2, "PER"], [9, 10, "LOC"]],
    )
    tags = worst(errors=1, tokens=tokens, gold=["N"] * 16, predicted=["N"] * 8 + ["V"] + ["N"] * 7)
    both = worst(tokens=["\x1b", "b"], gold=[], predicted=[[0, 1, "PER"], [1, 2, "PER"]])
    show_worst([entities, tags, both])
    assert capsys.readouterr().out == (
        "a.conll, line 7: 2 errors\n"
        "  gold       … g h i [j k LOC] l m n …\n"
        "  predicted  … g h i [j LOC] k l m n …\n"
        "a.conll, line 7: 1 error\n"
        "  … f g h i/N (not V) j k l …\n"
        "a.conll, line 7: 2 errors\n"
        "  gold       \\x1b b\n"
        "  predicted  [\\x1b PER] [b PER]\n"
    )


def test_an_entity_at_the_border_of_what_is_shown_is_shown_whole(capsys):
    tokens = list("abcdefgh")
    show_worst(
        [worst(tokens=tokens, gold=[[0, 3, "PER"], [5, 6, "LOC"]], predicted=[[0, 3, "PER"]])]
    )
    assert "gold       [a b c PER] d e [f LOC] g h\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["NAMES", "DATA", "--batch-size", 3], "--batch-size is for a language model, and "),
        (["NAMES", "DATA", "--no-baselines"], "--baselines is for a language model"),
        (["MODEL", "TEXT", "--column", 3], "--column is for a tagger, and "),
        (["MODEL", "TEXT", "--comments"], "is a language model"),
        (["NAMES", "DATA", "--similarity", "x"], "DATA is for a model of text, --similarity for"),
        (["NAMES", "--similarity", "x", "--column", 3], "--column is for a model of text"),
        (["NAMES", "DATA", "--column", 9], "gold.conll, line 1: there is no column 9, only 3"),
        (["NAMES", "DATA", "--column", 1], "line 1: column 1 of 3 cannot be both"),
        (["NAMES", "gone.conll"], "gone.conll: no such file"),
    ],
)
def test_what_cannot_be_measured(seqkit, names, trained, data, text, arguments, message):
    known = {"NAMES": names, "MODEL": trained, "DATA": data, "TEXT": text}
    result = seqkit("evaluate", *(known.get(word, word) for word in arguments))
    assert result.code == 2 and message in result.error


def test_a_tagger_needs_data(seqkit, names):
    assert "Missing argument 'DATA'" in seqkit("evaluate", names).usage_error
