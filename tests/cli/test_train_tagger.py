"""`train-tagger`: what it prints, what it writes, going on with --resume, and bad input."""

import dataclasses
import json
import random
import re
import signal

import click
import pytest

from seqkit.cli import tagging_report, train_ner, train_tagger
from seqkit.cli.tagging_report import inline
from seqkit.corpora.smallworld import tagged as smallworld
from seqkit.corpora.tagged_catalogue import open_tagged_splits
from seqkit.layers import CELLS
from seqkit.tasks import tagging
from seqkit.tasks.runs import read_json
from seqkit.tasks.tagging import Entity, TaggerSettings, Tagging
from seqkit.tasks.tagging.settings import SCHEMES
from seqkit.train.optimizers import OPTIMIZERS
from seqkit.train.schedules import SCHEDULES

SMALL = {
    "hidden": 8,
    "embed": 8,
    "epochs": 2,
    "batch_size": 60,
    "lr": 0.02,
    "average": 0.5,
    "device": "cpu",
    "threads": 1,
}
FLAGS = [part for name, v in SMALL.items() for part in (f"--{name.replace('_', '-')}", str(v))]
PROMISED = {"run", "epochs", "seconds", "tokens_per_second", "train", "valid", "test"}

PEOPLE = ("Ann Lee", "Bo Hart", "Cy")
PLACES = ("Ulm", "Port Rust", "Nice")
VERBS = ("likes", "left", "sees")


def sentences(number, seed=0):
    """Sentences as rows of token, class and tag; every name is met early on."""
    draw = random.Random(seed).choice
    found = []
    for _ in range(number):
        rows = [*_name(draw(PEOPLE), "PER"), (draw(VERBS), "V", "O")]
        found.append([*rows, *_name(draw(PLACES), "LOC"), (".", "P", "O")])
    return found


def _name(text, kind):
    first, *rest = text.split()
    return [(first, "N", f"B-{kind}"), *((word, "N", f"I-{kind}") for word in rest)]


def columns(rows, chosen=(0, 1, 2)):
    """Sentences as a file of columns."""
    return "\n".join("".join(f"{' '.join(r[k] for k in chosen)}\n" for r in one) for one in rows)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """A file of token, class and tag."""
    path = tmp_path_factory.mktemp("tagged") / "names.conll"
    path.write_text(columns(sentences(60)))
    return path


@pytest.fixture
def train(seqkit):
    def call(text, *arguments, **options):
        return seqkit("train-tagger", text, *FLAGS, *arguments, **options)

    return call


@pytest.fixture(scope="module")
def finished(corpus, tmp_path_factory):
    """A run of the library on the same text, with the same settings."""
    folder = tmp_path_factory.mktemp("runs") / "library"
    tagging.train(TaggerSettings(**SMALL), open_tagged_splits(str(corpus)), folder)
    return folder


def weights(folder):
    return (folder / "model.safetensors").read_bytes()


def test_stdout_has_the_result_and_stderr_the_rest(train, corpus, finished, tmp_path):
    result = train(corpus, "--out", "run")
    assert result.code == 0
    valid, test, empty, head, rule, *types = result.out.splitlines()
    assert re.match(r"valid  f1 \S+ \(95 %: \S+ to \S+\), precision \S+, recall ", valid)
    assert test.startswith("test   f1 ") and empty == "" and rule.startswith("--")
    assert head.split() == ["test", "precision", "recall", "f1", "gold", "predicted"]
    assert [line.split()[0] for line in types] == ["LOC", "PER"]
    for word in ("corpus", "sha256", "scheme iob2", "LOC, PER", "parameters", "device", "seed 0"):
        assert word in result.err
    assert re.search(r"majority +valid accuracy 0\.\d{4}", result.err)
    assert re.search(r"lookup +valid f1 0\.\d{4}|lookup +valid f1 1\.0", result.err)
    lines = result.err.splitlines()
    epochs = [number for number, line in enumerate(lines) if " epoch " in line]
    assert len(epochs) == 2 and all(" f1 " in lines[n] and "tok/s" in lines[n] for n in epochs)
    words = {word for name in (*PEOPLE, *PLACES, *VERBS) for word in name.split()} | {"."}
    for n in epochs:  # below each the sample, a sentence of the text
        sample = re.sub(r"\[(.*?) (?:PER|LOC)\]", r"\1", lines[n + 1]).split()
        assert len(sample) >= 5 and set(sample) <= words
    assert lines[-1] == "next: seqkit tag run -"
    assert "seqkit tag run - --entities" in (tmp_path / "run" / "README.md").read_text()
    assert weights(tmp_path / "run") == weights(finished)


def test_json_is_one_object_with_what_is_promised(train, corpus, tmp_path):
    result = train(corpus, "--out", "run", "--json", "--quiet")
    assert (result.code, result.err) == (0, "")
    (line,) = result.out.splitlines()
    found = json.loads(line)
    assert {*found} >= PROMISED and (found["run"], found["epochs"]) == ("run", 2)
    for split in ("valid", "test"):
        assert {"loss", "accuracy", "precision", "recall", "f1", "by_type"} <= {*found[split]}
        assert found[split]["baselines"].keys() == {"majority", "lookup"}
    assert found["train"]["loss"] > 0 and found["tokens_per_second"] > 0
    assert found == read_json(tmp_path / "run" / "metrics.json")


def test_the_card_and_the_notes_tell_where_the_run_comes_from(train, corpus, tmp_path):
    options = ("--feature-column", 2, "--column", 3, "--valid", 0.2, "--test", 0.1, "--comments")
    assert train(corpus, "--out", "run", *options, "--quiet").code == 0
    card = (tmp_path / "run" / "README.md").read_text()
    for text in ("A tagger of named entities", "names.conll", "| test, PER |"):
        assert text in card
    assert "seqkit tag run FILE --columns\n" in card and "seqkit tag run -" not in card
    assert "| the commonest tag |" in card and "| as it mostly was |" in card
    assert read_json(tmp_path / "run" / "config.json")["notes"] == {
        "train": str(corpus),
        "valid": "0.2",
        "test": "0.1",
        "encoding": "utf-8",
        "column": 3,
        "token_column": 1,
        "feature_columns": [2],
        "comments": True,
        "synthetic": False,
    }


def test_classes_are_measured_by_accuracy(train, corpus, tmp_path):
    result = train(corpus, "--out", "run", "--column", 2)
    assert result.code == 0
    assert [line.split()[:2] for line in result.out.splitlines()] == [
        ["valid", "accuracy"],
        ["test", "accuracy"],
    ]
    assert "3 classes" in result.err and re.search(r"lookup +valid accuracy ", result.err)
    assert re.search(r"^ +(\w+/[NVP] )+\./[NVP]$", result.err, re.MULTILINE)
    card = (tmp_path / "run" / "README.md").read_text()
    assert "A tagger of classes of words" in card and "--entities" not in card


def test_without_a_test_text_the_types_are_those_of_valid(train, corpus, tmp_path):
    (tmp_path / "valid.conll").write_text(columns(sentences(12, seed=5)))
    result = train(corpus, "--valid", "valid.conll", "--out", "run")
    assert result.code == 0 and "\ntest " not in result.out
    assert re.search(r"^valid +precision", result.out, re.MULTILINE)
    assert "| valid, LOC |" in (tmp_path / "run" / "README.md").read_text()


def test_train_ner_is_the_same_by_another_name(seqkit, corpus, finished, tmp_path):
    assert seqkit("train-ner", corpus, *FLAGS, "--out", "run").code == 0
    assert weights(tmp_path / "run") == weights(finished)
    assert train_ner.command.params is train_tagger.command.params
    assert "seqkit train-tagger" not in seqkit("train-ner", "--help").out
    assert "seqkit train-ner" not in seqkit("train-tagger", "--help").out


def test_the_text_may_come_from_standard_input(seqkit, corpus, finished, tmp_path):
    result = seqkit("train-tagger", "-", *FLAGS, "--out", "run", stdin=corpus.read_bytes())
    assert result.code == 0 and weights(tmp_path / "run") == weights(finished)


def test_without_out_the_next_free_folder_is_taken(train, corpus, tmp_path):
    for name in ("tagger", "tagger-2"):
        assert train(corpus, "--epochs", 1, "--quiet").code == 0
        assert (tmp_path / "runs" / name / "metrics.json").exists()


def test_a_dry_run_shows_the_settings_and_writes_nothing(train, corpus, tmp_path):
    result = train(corpus, "--dry-run", "--json", "--out", "run")
    shown = json.loads(result.out)
    assert (shown["hidden"], shown["crf"], shown["encoder"]) == (8, True, [])
    assert shown["parameters"] > 0 and shown["memory_bytes"] > 0
    assert f"parameters         {shown['parameters']}\n" in train(corpus, "--dry-run").out
    assert list(tmp_path.iterdir()) == []


def test_the_built_in_text_is_the_default_and_takes_fewer_epochs(seqkit, corpus, monkeypatch):
    monkeypatch.setitem(smallworld.SIZES, "train", 60)

    def epochs(*arguments):
        return json.loads(seqkit("train-tagger", *arguments, "--dry-run", "--json").out)["epochs"]

    assert epochs() == epochs("smallworld") == 2
    assert (epochs("--epochs", 7), epochs(corpus)) == (7, TaggerSettings().epochs)


def test_a_configuration_file_gives_way_to_options(seqkit, corpus, tmp_path):
    (tmp_path / "my.toml").write_text(
        f'hidden = 12\ncrf = false\ntrain = "{corpus}"\ncolumn = 2\nfeature-column = [3]\n'
    )
    shown = json.loads(
        seqkit("train-tagger", "--config", "my.toml", "--hidden", 14, "--dry-run", "--json").out
    )
    assert (shown["hidden"], shown["crf"], shown["tags"]) == (14, False, 3)


# Stopping and going on.


@pytest.fixture
def stopped(train, corpus, tmp_path, monkeypatch):
    """What was printed of a run in the folder run, stopped by Ctrl-C after some steps."""
    step = tagging_report._Watcher.on_step

    def on_step(self, loop):
        step(self, loop)
        if loop.at.steps == 10:
            signal.raise_signal(signal.SIGINT)

    with monkeypatch.context() as patch:
        patch.setattr(tagging_report._Watcher, "on_step", on_step)
        return train(corpus, "--out", "run")


def test_ctrl_c_saves_and_resume_goes_on(stopped, seqkit, finished, tmp_path):
    assert stopped.code == 130 and stopped.out == "" and "Traceback" not in stopped.err
    assert "go on with: seqkit train-tagger --resume --out run\n" in stopped.err
    result = seqkit("train-tagger", "--resume", "--out", "run", "--json")
    assert result.code == 0 and json.loads(result.out)["epochs"] == 2
    assert weights(tmp_path / "run") == weights(finished)
    assert {path.name for path in (tmp_path / "run").iterdir()} == {
        *("config.json", "vocabulary.json", "symbols.json", "model.safetensors"),
        *("history.jsonl", "metrics.json", "README.md", "SHA256SUMS"),
    }
    again = seqkit("train-tagger", "--resume", "--out", "run", "--json")
    assert again.code == 0 and "finished already" in again.err and again.out == result.out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--hidden", 9], "--hidden 9: the run in run began with 8;"),
        (["--softmax"], "--softmax: the run in run began with --crf;"),
        (["--encoder", "a", "--encoder", "b"], "--encoder a b: the run in run began with none;"),
        (["--column", 2], "--column 2: the run in run began with -1;"),
        (["--feature-column", 2], "--feature-column 2: the run in run began with none;"),
        (["--comments"], "--comments: the run in run began with no --comments;"),
        (["--valid", "0.3"], "--valid 0.3: the run in run began with none;"),
        (["other.conll"], "TRAIN other.conll: the run in run began with "),
    ],
)
def test_resuming_with_other_options_is_refused(stopped, seqkit, options, message):
    result = seqkit("train-tagger", "--resume", "--out", "run", *options)
    assert result.code == 2 and message in result.error


def test_resuming_with_the_same_options_is_not(stopped, train, corpus):
    assert train(corpus, "--resume", "--out", "run", "--column", -1, "--crf").code == 0


def test_resume_begins_where_there_is_no_run_and_needs_a_folder(train, corpus, finished, tmp_path):
    result = train(corpus, "--resume", "--out", "run")
    assert result.code == 0 and "holds no run yet; a new one begins" in result.err
    assert weights(tmp_path / "run") == weights(finished)
    assert "--resume needs --out" in train(corpus, "--resume").error


def test_a_finished_run_is_safe_without_force(train, corpus, tmp_path):
    assert train(corpus, "--out", "run", "--quiet").code == 0
    before = weights(tmp_path / "run")
    assert "add --force" in train(corpus, "--out", "run", "--epochs", 1).error
    assert train("nowhere.conll", "--out", "run", "--force").code == 2
    assert weights(tmp_path / "run") == before
    assert train(corpus, "--out", "run", "--epochs", 1, "--force").code == 0
    assert weights(tmp_path / "run") != before


# Bad input.


def test_what_was_mended_is_told(train, tmp_path):
    rows = sentences(40)
    broken = [[*one[:-1], (".", "P", "I-PER")] if n == 3 else one for n, one in enumerate(rows)]
    (tmp_path / "a.conll").write_text(columns(broken))
    endless = columns(sentences(300)).replace("\n\n", "\n")
    (tmp_path / "b.conll").write_text(endless)
    result = train("a.conll", "--valid", "b.conll", "--out", "run", "--epochs", 1)
    assert result.code == 0
    warnings = [line for line in result.err.splitlines() if line.startswith("warning ")]
    assert any("a.conll, line" in line and "I-PER" in line for line in warnings)
    assert any("b.conll, line" in line and "cut behind this line" in line for line in warnings)
    assert re.search(r"^ {12}\S.{299}…$", result.err, re.MULTILINE)  # the sample of such a one
    quiet = train("a.conll", "--out", "run-2", "--epochs", 1, "--quiet")
    assert (quiet.code, quiet.err) == (0, "")


GOOD = "Ann B-PER\nleft O\n\n"
FILES = {
    "ragged": (GOOD * 9 + "Bo B-PER x\n", "names.txt, line 28: 3 columns where line 1 has 2"),
    "mixed": (GOOD + "Cy S-PER\n\n" * 2 + GOOD * 20, "names.txt, line 4: S-PER is of another"),
    "classes too": (
        GOOD + "Cy N\n\n" + GOOD * 20,
        "names.txt, line 4: N is of another",
    ),
    "empty": ("", "names.txt is empty"),
    "no sentence": ("\n\n\n", "names.txt is empty"),
    "short": (GOOD, "too short to hold out"),
    "a tag with a space": ("Ann\tB PER\n\n" * 20, "line 1: the tag 'B PER' has white space"),
    "one column": ("Ann\nleft\n\n" * 20, "names.txt, line 1: "),
}


@pytest.mark.parametrize("kind", FILES)
def test_bad_files_name_the_line_and_leave_nothing(seqkit, tmp_path, kind):
    text, message = FILES[kind]
    (tmp_path / "names.txt").write_text(text)
    result = seqkit("train-tagger", "names.txt", *FLAGS, "--out", "run")
    assert result.code == 2 and message in result.error
    assert not (tmp_path / "run").exists()


def test_windows_line_ends_and_a_byte_order_mark_change_nothing(seqkit, corpus, finished, tmp_path):
    text = b"\xef\xbb\xbf" + corpus.read_bytes().replace(b"\n", b"\r\n")
    (tmp_path / "windows.conll").write_bytes(text)
    assert seqkit("train-tagger", "windows.conll", *FLAGS, "--out", "run").code == 0
    assert weights(tmp_path / "run") == weights(finished)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--column", 9], "names.conll, line 1: there is no column 9"),
        (["--column", 0], "no column 0"),
        (["--column", 1], "names.conll, line 1: "),
        (["--feature-column", 8], "names.conll, line 1: there is no column 8"),
        (["--valid", "1.5"], "--valid 1.5"),
        (["--valid", "nowhere.conll"], "nowhere.conll"),
        (["--test", "tables.conll"], "tables.conll has tags of classes, names.conll"),
        (["--scheme", "iobes"], "unknown --scheme 'iobes'; there are: auto"),
        (["--cell", "gru9"], "unknown --cell 'gru9'"),
        (["--char-encoder", "word2vec"], "unknown --char-encoder 'word2vec'"),
        (["--class-weights", "PER"], "--class-weights PER: write TYPE=NUMBER"),
        (["--class-weights", "CAT=2"], "--class-weights CAT: no such type; there are: LOC, O, PER"),
        (["--encoder", "nowhere"], "nowhere"),
        (["--vectors", "nowhere.vec"], "nowhere.vec"),
        (["--lr", 0], "--lr must be above 0"),
        (["--batch-size", 0], "--batch-size must be 1 or more"),
        (["--device", "tpu"], "unknown --device 'tpu'"),
    ],
    ids=str,
)
def test_bad_options_are_one_line(seqkit, corpus, tmp_path, options, message):
    (tmp_path / "tables.conll").write_text(columns(sentences(9), (0, 1, 1)))
    result = seqkit("train-tagger", corpus, "--out", "run", *options)
    assert result.code == 2 and message in result.error
    assert not (tmp_path / "run").exists()


def test_an_encoder_is_named_and_its_states_are_used(train, corpus, trained, tmp_path):
    result = train(corpus, "--out", "run", "--encoder", trained, "--epochs", 1)
    assert result.code == 0 and ", affixes, wide, 1 encoder: " in result.err
    config = read_json(tmp_path / "run" / "config.json")
    assert config["settings"]["encoder"] == [str(trained)] and config["model"]["states"] > 0


def test_an_encoder_must_be_a_language_model(seqkit, corpus, finished):
    result = seqkit("train-tagger", corpus, "--out", "run", "--encoder", finished)
    assert result.code == 2 and str(finished) in result.error and "'tagging'" in result.error


# A sentence in one line.


def test_entities_are_bracketed_and_classes_follow_a_slash():
    tokens = ("Ann", "Lee", "met", "Bo", "Cy")
    spans = (Entity(0, 2, "PER", 0.9), Entity(3, 4, "PER", 0.8), Entity(4, 5, "ORG", 0.7))
    tags = ("B-PER", "I-PER", "O", "B-PER", "B-ORG")
    tagged = Tagging(tokens, tags, (1.0,) * 5, spans)
    assert inline(tagged) == "[Ann Lee PER] met [Bo PER] [Cy ORG]"
    assert inline(Tagging(tokens, ("O",) * 5, (1.0,) * 5, ())) == "Ann Lee met Bo Cy"
    classes = Tagging(tokens[1:3], ("NNP", "VBD"), (1.0, 1.0), ())
    assert inline(classes) == "Lee/NNP met/VBD"


# The options against the settings: no drift.

OPTIONS = {p.name: p for p in train_tagger.command.params if isinstance(p, click.Option)}
SHOWN_APART = {
    "encoder": "none",
    "crf": "crf",
    "chars": "chars",
    "affixes": "affixes",
    "wide": "wide",
    "class_weights": "none: all 1",
    "epochs": "8; of smallworld 2",
    "threads": "one a core",
}


@pytest.mark.parametrize("field", dataclasses.fields(TaggerSettings), ids=lambda f: f.name)
def test_every_setting_is_an_option_that_tells_its_default(field):
    option, default = OPTIONS[field.name], getattr(TaggerSettings(), field.name)
    found = re.search(r"\(([^()]*)\)\.$", option.help)
    assert found and option.default in (None, (), click.core.UNSET)
    expected = SHOWN_APART.get(field.name, "none" if default is None else default)
    shown = float(found[1]) if isinstance(expected, float) else found[1]
    assert shown == expected or shown == str(expected)
    if default is True:
        assert expected == field.name and option.opts == [f"--{field.name}"]


def test_no_option_is_without_a_setting_or_a_use():
    apart = {"out", "force", "resume", "dry_run", "quiet", "as_json", "config"}
    assert {*OPTIONS} == {f.name for f in dataclasses.fields(TaggerSettings)} | apart | (
        {*train_tagger.TEXTS} - {"train"}
    )
    assert int(SHOWN_APART["epochs"].split(";")[0]) == TaggerSettings().epochs
    assert int(SHOWN_APART["epochs"].split()[-1]) == train_tagger.SMALLWORLD["epochs"]


@pytest.mark.parametrize(
    ("option", "known"),
    [("schedule", SCHEDULES), ("optimizer", OPTIMIZERS), ("cell", CELLS), ("scheme", SCHEMES)],
)
def test_the_names_to_choose_from_are_all_there(option, known):
    for name in known:
        assert re.search(rf"(^|[ (]){re.escape(name)}([ ,.)]|$)", OPTIONS[option].help), name
