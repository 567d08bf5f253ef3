"""`train-classifier`: what it prints and writes, going on with --resume, and bad input."""

import dataclasses
import json
import re
import signal

import click
import numpy as np
import pytest
from safetensors.numpy import load_file

from seqkit.cli import classifying_report, train_classifier, train_sentiment
from seqkit.corpora.labelled_catalogue import open_labelled_splits
from seqkit.corpora.smallworld import reviews
from seqkit.layers import CELLS
from seqkit.layers.pooling import POOLINGS
from seqkit.models.averaged import AveragedConfig
from seqkit.tasks import classifying
from seqkit.tasks.classifying import ClassifierSettings
from seqkit.tasks.classifying.averaged import AveragedScorer
from seqkit.tasks.classifying.settings import MODELS
from seqkit.tasks.runs import read_json
from seqkit.train.optimizers import OPTIMIZERS
from seqkit.train.precision import PRECISIONS
from seqkit.train.schedules import SCHEDULES
from tests.cli.classifiers import SMALL, flags
from tests.tasks.classified import rows, write

PROMISED = {"run", "epochs", "seconds", "tokens_per_second", "train", "valid", "test"}
BOTH = ["bad", "good"]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """A file of labels and texts."""
    return write(tmp_path_factory.mktemp("labelled") / "opinions.tsv")


@pytest.fixture
def train(seqkit):
    def call(text, *arguments, **options):
        return seqkit("train-classifier", text, *flags(*arguments), *arguments, **options)

    return call


@pytest.fixture(scope="module")
def finished(corpus, tmp_path_factory):
    """A run of the library on the same text, with the same settings."""
    folder = tmp_path_factory.mktemp("runs") / "library"
    classifying.train(ClassifierSettings(**SMALL), open_labelled_splits(str(corpus)), folder)
    return folder


def weights(folder):
    """The bytes of all that was learnt."""
    found = {path.name: path.read_bytes() for path in sorted(folder.glob("*.safetensors"))}
    assert {"model.safetensors", "linear.safetensors"} <= set(found)
    return found


def test_stdout_has_the_result_and_stderr_the_rest(train, corpus, finished, tmp_path):
    result = train(corpus, "--out", "run")
    assert result.code == 0
    valid, test, empty, head, rule, *labels = result.out.splitlines()
    figures = r"accuracy \S+ \(95 %: \S+ to \S+; linear baseline [01]\.\d{4}\), f1 \S+, "
    figures += r"loss \S+, calibration_error \S+"
    assert re.fullmatch(f"valid  {figures}", valid)
    assert re.fullmatch(f"test   {figures}", test) and empty == "" and rule.startswith("--")
    assert head.split() == ["test", "precision", "recall", "f1", "gold", "predicted"]
    assert [line.split()[0] for line in labels] == BOTH
    facts = dict(re.findall(r"^(\w+) {2,}(.+)$", result.err, re.MULTILINE))
    counts = [sum(label == one for label, _ in rows(160)) for one in BOTH]
    config = read_json(tmp_path / "run" / "config.json")
    kept = config["corpus"]["train"]["labels"]
    assert facts["corpus"] == "opinions.tsv (train): texts train 128, valid 16, test 16"
    assert facts["sha256"] == f"{config['corpus']['train']['sha256']} (train)"
    shown = sorted(kept, key=lambda one: -kept[one])
    assert facts["labels"] == f"2: {', '.join(f'{one} {kept[one]}' for one in shown)}"
    assert all(0.7 * n < kept[one] < 0.9 * n for one, n in zip(BOTH, counts, strict=True))
    parameters = sum(
        p.numel() for p in classifying.load(finished, "cpu").scorer.second.model.parameters()
    )
    assert facts["model"] == (
        f"1 x 2 x 8 lstm, max pooling, wide (word): {parameters:,} parameters"
    )
    assert facts["device"].startswith("cpu") and facts["device"].endswith("seed 0")
    assert facts["run"] == "run"
    found = re.fullmatch(
        "the first and last 200 tokens of texts with more than 400, 0.0% of train; "
        r"(\S+)% of the tokens of valid are unknown",
        facts["reads"],
    )
    assert found and float(found[1]) < 5
    baselines = read_json(tmp_path / "run" / "metrics.json")["valid"]["baselines"]
    assert facts["majority"].startswith(f"valid accuracy {baselines['majority']:.4f}, ")
    assert re.fullmatch(
        rf"valid accuracy {baselines['linear']:.4f} in \d+\.\d s, n-grams of up to 2 words: a "
        "baseline to beat",
        facts["linear"],
    )
    lines = result.err.splitlines()
    epochs = [number for number, line in enumerate(lines) if " epoch " in line]
    assert len(epochs) == 4
    assert all(" accuracy " in lines[n] and "texts/s" in lines[n] for n in epochs)
    texts = {text for _, text in rows(160)}
    for n in [*epochs, epochs[-1] + 2]:  # below each a sample, at last by the whole model
        found = re.fullmatch(
            r" {12}(.*) -> (bad|good) \([01]\.\d{4}(, in truth (bad|good))?\)", lines[n + 1]
        )
        assert found and found[1] in texts
    assert lines[epochs[-1] + 2] == "with the linear model added:"
    assert lines[-1] == "next: seqkit classify run -"
    assert weights(tmp_path / "run") == weights(finished)


def test_json_is_one_object_with_what_is_promised(train, corpus, tmp_path):
    result = train(corpus, "--out", "run", "--json", "--quiet")
    assert (result.code, result.err) == (0, "")
    (line,) = result.out.splitlines()
    found = json.loads(line)
    assert {*found} >= PROMISED and (found["run"], found["epochs"]) == ("run", 4)
    for split in ("valid", "test"):
        assert {"loss", "accuracy", "precision", "recall", "f1", "by_label"} <= {*found[split]}
        assert found[split]["baselines"].keys() == {"majority", "linear"}
        assert len(found[split]["reliability"]) == 10
    assert found["train"]["loss"] > 0 and found["tokens_per_second"] > 0
    assert found == read_json(tmp_path / "run" / "metrics.json")


def test_the_card_and_the_notes_tell_where_the_run_comes_from(train, corpus, tmp_path):
    options = ("--text-column", "text", "--label-column", "label", "--valid", 0.2, "--test", 0.1)
    assert train(corpus, "--out", "run", *options, "--format", "tsv", "--quiet").code == 0
    card = (tmp_path / "run" / "README.md").read_text()
    for text in ("A classifier of texts (2 labels)", "opinions.tsv", "| test, good |"):
        assert text in card
    assert "seqkit classify run -\n" in card and "seqkit evaluate run FILE\n" in card
    assert "Losses are in nats a text, shares fractions of 1." in card
    assert "| the commonest label |" in card and "| a linear model of n-grams |" in card
    assert read_json(tmp_path / "run" / "config.json")["notes"] == {
        "train": str(corpus),
        "valid": "0.2",
        "test": "0.1",
        "encoding": "utf-8",
        "text_column": ["text"],
        "label_column": "label",
        "label_separator": None,
        "format": "tsv",
        "synthetic": False,
    }


@pytest.mark.parametrize(
    ("model", "shown"),
    [
        ("linear", "linear, naive-Bayes weighted n-grams of up to 1 words"),
        ("averaged", "averaged embeddings of n-grams of up to 1 words"),
    ],
)
def test_models_that_are_fitted_in_one_go(train, corpus, tmp_path, model, shown):
    result = train(corpus, "--out", "run", "--model", model, "--ngrams", 1)
    assert result.code == 0 and f"model       {shown}\n" in result.err
    (epoch,) = [line for line in result.err.splitlines() if " epoch " in line]
    assert "accuracy" in epoch and "reads " not in result.err
    metrics = read_json(tmp_path / "run" / "metrics.json")
    assert ("linear baseline" in result.out) == (model == "averaged")
    if model == "linear":
        assert metrics["valid"]["accuracy"] == metrics["valid"]["baselines"]["linear"]
    (path,) = (tmp_path / "run").glob("*.safetensors")
    assert path.stat().st_size > 100


def test_the_averaged_model_obeys_epochs_and_lr(seqkit, corpus, tmp_path):
    train = list(open_labelled_splits(str(corpus)).train)
    texts, given = [one.text for one in train], [one.labels for one in train]
    labels = classifying.Labels(tuple(BOTH))
    for options, config in (
        ((), AveragedConfig(16, 0.5, -(-20_000 // len(texts)))),
        (("--epochs", 3, "--lr", 0.25), AveragedConfig(16, 0.25, 3)),
    ):
        arguments = ("--model", "averaged", "--ngrams", 1, "--force", "--out", "run", *options)
        assert seqkit("train-classifier", corpus, *arguments).code == 0
        wanted = AveragedScorer.fit(texts, given, labels, "word", 1, config=config)
        found = load_file(tmp_path / "run" / "averaged.safetensors")["embeddings"]
        np.testing.assert_array_equal(found, wanted.model.embeddings)


def test_what_is_set_for_the_built_in_reviews_is_for_the_net_alone(seqkit):
    for model, lr in (("averaged", None), ("recurrent", 0.006)):
        arguments = ("smallworld", "--model", model, "--dry-run", "--json")
        assert json.loads(seqkit("train-classifier", *arguments).out)["lr"] == lr


def test_many_labels_a_text(train, tmp_path):
    pairs = [(f"{'warm ' * (k % 2)}{'soup ' * (k % 3 == 0)}of day {k % 7}", k) for k in range(120)]
    lines = [
        json.dumps({"text": text, "label": ["warm"] * (k % 2) + ["food"] * (k % 3 == 0)})
        for text, k in pairs
    ]
    (tmp_path / "many.jsonl").write_text("\n".join(lines))
    result = train("many.jsonl", "--out", "run", "--no-wide")
    assert result.code == 0 and re.search(r"^labels +2, any number a text: ", result.err, re.M)
    assert ", micro_f1 " in result.out.splitlines()[0]
    assert "with the linear model added" not in result.err
    cells = [
        f'"{text}",{"+".join(json.loads(line)["label"])}'
        for (text, _), line in zip(pairs, lines, strict=True)
    ]
    (tmp_path / "many.csv").write_text("\n".join(["text,labels", *cells]))
    again = train("many.csv", "--label-separator", "+", "--out", "again", "--no-wide")
    assert again.code == 0 and again.out == result.out


def test_without_a_test_text_the_labels_are_those_of_valid(train, corpus, tmp_path):
    write(tmp_path / "valid.tsv", 12, seed=5)
    result = train(corpus, "--valid", "valid.tsv", "--out", "run")
    assert result.code == 0 and "\ntest " not in result.out
    assert re.search(r"^valid +precision", result.out, re.MULTILINE)
    assert "| valid, good |" in (tmp_path / "run" / "README.md").read_text()


def test_train_sentiment_is_the_same_by_another_name(seqkit, corpus, finished, tmp_path):
    assert seqkit("train-sentiment", corpus, *flags(), "--out", "run").code == 0
    assert weights(tmp_path / "run") == weights(finished)
    assert train_sentiment.command.params is train_classifier.command.params
    assert "seqkit train-classifier" not in seqkit("train-sentiment", "--help").out
    assert "seqkit train-sentiment" not in seqkit("train-classifier", "--help").out


def test_the_text_may_come_from_standard_input(train, corpus, finished, tmp_path):
    result = train("-", "--format", "tsv", "--out", "run", stdin=corpus.read_bytes())
    assert result.code == 0 and weights(tmp_path / "run") == weights(finished)


def test_without_out_the_next_free_folder_is_taken(train, corpus, tmp_path):
    for name in ("classifier", "classifier-2"):
        assert train(corpus, "--epochs", 1, "--quiet").code == 0
        assert (tmp_path / "runs" / name / "metrics.json").exists()


def test_a_dry_run_shows_the_settings_and_writes_nothing(train, corpus, tmp_path):
    result = train(corpus, "--dry-run", "--json", "--out", "run")
    shown = json.loads(result.out)
    assert (shown["hidden"], shown["wide"], shown["encoder"]) == (8, True, [])
    assert shown["parameters"] > 0 and shown["memory_bytes"] > 0 and shown["labels"] == 2
    assert f"parameters         {shown['parameters']}\n" in train(corpus, "--dry-run").out
    assert list(tmp_path.iterdir()) == []


def test_the_built_in_reviews_are_the_default_and_have_settings_of_their_own(
    seqkit, corpus, monkeypatch
):
    for split in reviews.SIZES:
        monkeypatch.setitem(reviews.SIZES, split, 40)

    def shown(*arguments):
        return json.loads(seqkit("train-classifier", *arguments, "--dry-run", "--json").out)

    default, other = shown(), shown(corpus)
    assert default == shown("smallworld") and default["labels"] == 5
    for name, value in train_classifier.SMALLWORLD.items():
        assert (default[name], other[name]) == (value, getattr(ClassifierSettings(), name))
        assert value != other[name]
    assert shown("--hidden", 77)["hidden"] == 77


def test_a_configuration_file_gives_way_to_options(seqkit, corpus, tmp_path):
    (tmp_path / "my.toml").write_text(
        f'hidden = 12\nwide = false\ntrain = "{corpus}"\ntext-column = ["text"]\n'
    )
    shown = json.loads(
        seqkit("train-classifier", "--config", "my.toml", "--hidden", 14, "--dry-run", "--json").out
    )
    assert (shown["hidden"], shown["wide"], shown["texts"]) == (14, False, 128)


# Stopping and going on.


@pytest.fixture
def stopped(train, corpus, monkeypatch):
    """What was printed of a run in the folder run, stopped by Ctrl-C after some steps."""
    step = classifying_report._Watcher.on_step

    def on_step(self, loop):
        step(self, loop)
        if loop.at.steps == 20:
            signal.raise_signal(signal.SIGINT)

    with monkeypatch.context() as patch:
        patch.setattr(classifying_report._Watcher, "on_step", on_step)
        return train(corpus, "--out", "run")


def test_ctrl_c_saves_and_resume_goes_on(stopped, seqkit, finished, tmp_path):
    assert stopped.code == 130 and stopped.out == "" and "Traceback" not in stopped.err
    assert "go on with: seqkit train-classifier --resume --out run\n" in stopped.err
    result = seqkit("train-classifier", "--resume", "--out", "run", "--json")
    assert result.code == 0 and json.loads(result.out)["epochs"] == 4
    assert weights(tmp_path / "run") == weights(finished)
    assert {path.name for path in (tmp_path / "run").iterdir()} == {
        *(path.name for path in finished.iterdir()),
        "README.md",
    }
    again = seqkit("train-classifier", "--resume", "--out", "run", "--json")
    assert again.code == 0 and "finished already" in again.err and again.out == result.out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--hidden", 9], "--hidden 9: the run in run began with 8;"),
        (["--no-wide"], "--no-wide: the run in run began with --wide;"),
        (["--encoder", "a", "--encoder", "b"], "--encoder a b: the run in run began with none;"),
        (["--label-column", 2], "--label-column 2: the run in run began with none;"),
        (["--text-column", "t"], "--text-column t: the run in run began with none;"),
        (["--format", "csv"], "--format csv: the run in run began with auto;"),
        (["--valid", "0.3"], "--valid 0.3: the run in run began with none;"),
        (["other.tsv"], "TRAIN other.tsv: the run in run began with "),
    ],
)
def test_resuming_with_other_options_is_refused(stopped, seqkit, options, message):
    result = seqkit("train-classifier", "--resume", "--out", "run", *options)
    assert result.code == 2 and message in result.error


def test_resuming_with_the_same_options_is_not(stopped, train, corpus):
    assert train(corpus, "--resume", "--out", "run", "--format", "auto", "--wide").code == 0


def test_resume_begins_where_there_is_no_run_and_needs_a_folder(train, corpus, finished, tmp_path):
    result = train(corpus, "--resume", "--out", "run")
    assert result.code == 0 and "holds no run yet; a new one begins" in result.err
    assert weights(tmp_path / "run") == weights(finished)
    assert "--resume needs --out" in train(corpus, "--resume").error


def test_a_finished_run_is_safe_without_force(train, corpus, tmp_path):
    assert train(corpus, "--out", "run", "--quiet").code == 0
    before = weights(tmp_path / "run")
    assert "add --force" in train(corpus, "--out", "run", "--epochs", 1).error
    assert train("nowhere.tsv", "--out", "run", "--force").code == 2
    assert weights(tmp_path / "run") == before
    assert train(corpus, "--out", "run", "--model", "linear", "--force").code == 0
    assert not (tmp_path / "run" / "model.safetensors").exists()  # nothing of the old run is left
    assert not (tmp_path / "run" / "vocabulary.json").exists()


# Bad input.


def test_what_users_should_know_is_told(train, corpus, tmp_path):
    pairs = [*rows(60), ("odd", "the lamp was square .")]
    lines = ["label\ttext", *("\t".join(pair) for pair in pairs)]
    (tmp_path / "a.tsv").write_text("\n".join(lines))
    (tmp_path / "b.tsv").write_text("\n".join([*lines[:9], "new\tthe lamp was round ."]))
    result = train("a.tsv", "--valid", "b.tsv", "--out", "run", "--epochs", 1)
    assert result.code == 0
    warnings = [line for line in result.err.splitlines() if line.startswith("warning ")]
    assert len(warnings) == 2
    assert "a.tsv: only one text has the label odd: too few to learn from" in warnings[0]
    assert "b.tsv: valid has labels that the training text lacks" in warnings[1]
    assert "count as wrong: new" in warnings[1]
    quiet = train("a.tsv", "--valid", "b.tsv", "--out", "run-2", "--epochs", 1, "--quiet")
    assert (quiet.code, quiet.err) == (0, "")


def test_long_texts_are_cut_as_announced(train, tmp_path):
    lines = [f"{label} {text * (1 + 9 * (k % 4 == 0))}" for k, (label, text) in enumerate(rows(80))]
    (tmp_path / "long.txt").write_text("\n".join(lines))
    result = train("long.txt", "--max-tokens", 20, "--out", "run", "--epochs", 1)
    assert result.code == 0
    share = re.search(
        r"^reads +the first and last 10 tokens of texts with more than 20, (\S+)% of train;",
        result.err,
        re.MULTILINE,
    )
    train_texts = [one.text for one in open_labelled_splits("long.txt").train]
    counts = [len(re.findall(r"\w+|[^\w\s]", text)) for text in train_texts]
    assert 10 < float(share[1]) < 40
    assert float(share[1]) == pytest.approx(
        100 * sum(n > 20 for n in counts) / len(counts), abs=0.05
    )
    assert (
        "reads       all of each text; "
        in train("long.txt", "--max-tokens", 0, "--out", "run-2", "--epochs", 1).err
    )


CSV = "text,label\n" + "".join(f'"{text}",{label}\n' for label, text in rows(40))
FILES = {
    "one class": ("text,label\na,x\nb,x\n", "every text has the label x, so there is nothing to"),
    "a label each": ("text,label\na,1\nb,2\nc,3\n", "each of its 3 texts has a label of its own"),
    "broken quotes": (CSV + '"it" is good,bad\n', "texts.csv, line 42: the quotes of the row"),
    "an open quote": (CSV + '"good,bad\n', "texts.csv, line 42: the quotes of the row"),
    "ragged": (CSV + "a,b,c\n", "texts.csv, line 42: 3 columns where line 1 has 2"),
    "an empty text": (CSV + '" ",bad\n', "texts.csv, line 42: the text is empty"),
    "an empty label": (CSV + '"good",\n', "texts.csv, line 42: the label is empty"),
    "a text as label": (CSV + f"good,{'x' * 999}\n", "line 42: the label has 999 characters"),
    "no columns": ("a,b\n1,2\n", "texts.csv, line 1: no column of (a, b) is called text or the"),
    "no text": ("text,label\n", "texts.csv holds no text"),
    "empty": ("", "texts.csv is empty"),
    "blank": ("\n \n\n", "texts.csv is empty"),
    "short": ("text,label\na,x\nb,y\n", "too short to hold out"),
    "other bytes": (CSV.encode() + b"caf\xe9,good\n", "texts.csv, line 42: byte 0xE9"),
    "UTF-16": (CSV.encode("utf-16"), "texts.csv, line 1: byte 0xFF (position 0 of the file)"),
    "NUL": (CSV + "a\0b,good\n", "texts.csv, line 42: a NUL byte"),
}


@pytest.mark.parametrize("kind", FILES)
def test_bad_files_name_the_line_and_leave_nothing(train, tmp_path, kind):
    data, message = FILES[kind]
    (tmp_path / "texts.csv").write_bytes(data if isinstance(data, bytes) else data.encode())
    result = train("texts.csv", "--out", "run")
    assert result.code == 2 and message in result.error
    assert not (tmp_path / "run").exists()


def test_mixed_encodings_in_a_folder_name_the_file(train, tmp_path):
    for label in BOTH:
        (tmp_path / "texts" / label).mkdir(parents=True)
        for k, (own, text) in enumerate(rows(60)):
            if own == label:
                (tmp_path / "texts" / label / f"{k:02}.txt").write_text(text)
    (tmp_path / "texts" / "good" / "99.txt").write_bytes("schön".encode("latin-1"))
    result = train("texts", "--out", "run")
    assert result.code == 2 and "good/99.txt, line 1: byte 0xF6" in result.error
    assert not (tmp_path / "run").exists()
    (tmp_path / "texts" / "good" / "99.txt").unlink()
    assert train("texts", "--out", "run", "--epochs", 1, "--quiet").code == 0


LINEAR = "{} goes with --model {}, not linear: leave it out"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--text-column", "txt"], "opinions.tsv, line 1: there is no column 'txt' among (la"),
        (["--label-column", 9], "opinions.tsv, line 1: there is no column 9"),
        (["--label-column", 0], "no column 0"),
        (["--text-column", "text", "--label-column", "text"], "cannot be both text and label"),
        (["--label-separator", ""], "labels cannot be separated by nothing"),
        (["--format", "jsonl"], "opinions.tsv, line 1: no JSON object"),
        (["--encoding", "utf-9"], "unknown encoding 'utf-9'"),
        (["--valid", "1.5"], "--valid 1.5"),
        (["--valid", "nowhere.tsv"], "nowhere.tsv"),
        (["--valid", "strange.tsv"], "--valid strange.tsv: no text has labels of the training"),
        (["--model", "bert"], "unknown --model 'bert'; there are: recurrent"),
        (["--cell", "gru9"], "unknown --cell 'gru9'"),
        (["--pooling", "sum"], "unknown --pooling 'sum'"),
        (["--level", "letter"], "unknown --level 'letter'"),
        (["--class-weights", "bad"], "--class-weights bad: write balanced, or LABEL=NUMBER"),
        (["--class-weights", "ugly=2"], "--class-weights ugly: no such label; there are: bad, g"),
        (["--encoder", "nowhere"], "nowhere"),
        (["--vectors", "nowhere.vec"], "nowhere.vec"),
        (["--encoder", "a", "--vectors", "b"], "--encoder brings its own embedding"),
        (["--model", "linear", "--encoder", "a"], "--encoder goes with --model recurrent"),
        (["--model", "linear", "--epochs", 5], LINEAR.format("--epochs", "recurrent or averaged")),
        (["--model", "linear", "--lr", 1], LINEAR.format("--lr", "recurrent or averaged")),
        (["--model", "linear", "--threads", 2], LINEAR.format("--threads", "recurrent")),
        (["--model", "linear", "--batch-size", 32], LINEAR.format("--batch-size", "recurrent")),
        (["--model", "linear", "--no-wide"], LINEAR.format("--wide", "recurrent")),
        (["--model", "averaged", "--optimizer", "adamw"], "--optimizer goes with --model recu"),
        (["--unfreeze", 2], "--unfreeze goes with --encoder: leave it out"),
        (["--encoder", "a", "--hidden", 9], "--hidden goes with a net from scratch, not with"),
        (["--lr", 0], "--lr must be above 0"),
        (["--batch-size", 0], "--batch-size must be 1 or more"),
        (["--device", "tpu"], "unknown --device 'tpu'"),
    ],
    ids=str,
)  # fmt: skip
def test_bad_options_are_one_line(seqkit, corpus, tmp_path, options, message):
    (tmp_path / "strange.tsv").write_text("label\ttext\nodd\tthe lamp\nodd\tthe bed\n")
    result = seqkit("train-classifier", corpus, "--out", "run", *options)
    assert result.code == 2 and message in result.error
    assert not (tmp_path / "run").exists()


def test_an_encoder_is_named_and_trained_further(train, corpus, trained, tmp_path):
    result = train(corpus, "--out", "run", "--encoder", trained, "--epochs", 1)
    assert result.code == 0
    assert re.search(
        r"^model +1 language model, wide \(word\): [\d,]+ parameters$", result.err, re.M
    )
    config = read_json(tmp_path / "run" / "config.json")
    assert config["settings"]["encoder"] == [str(trained)]
    share = re.search(r"; (\S+)% of the tokens of valid are unknown", result.err)[1]
    assert float(share) > 25  # it was trained on other words, and that is told
    assert f"--encoder does not know {share}% of the tokens: was it trained on" in result.err
    assert (tmp_path / "run" / "encoders").is_dir()


def test_an_encoder_must_be_a_language_model_of_the_level(seqkit, corpus, finished, trained):
    result = seqkit("train-classifier", corpus, "--out", "run", "--encoder", finished)
    assert result.code == 2 and str(finished) in result.error and "'classifying'" in result.error
    options = ["--encoder", trained, "--level", "char"]
    result = seqkit("train-classifier", corpus, "--out", "run", *options)
    assert result.code == 2 and f"--encoder {trained}: it reads by --level word" in result.error


# The options against the settings: no drift.

OPTIONS = {p.name: p for p in train_classifier.command.params if isinstance(p, click.Option)}
SHOWN_APART = {
    "wide": "wide",
    "ngrams": "2 words, 4 characters",
    "bidirectional": "bidirectional",
    "encoder": "none",
    "dropout": "0.5; with --encoder 0.3",
    "lr": "0.002; with --encoder 0.01, averaged 0.5",
    "epochs": "5; averaged as many as 20,000 texts take",
    "class_weights": "none: all 1",
    "threads": "one a core",
}


@pytest.mark.parametrize("field", dataclasses.fields(ClassifierSettings), ids=lambda f: f.name)
def test_every_setting_is_an_option_that_tells_its_default(field):
    option, default = OPTIONS[field.name], getattr(ClassifierSettings(), field.name)
    found = re.search(r"\(([^()]*)\)\.$", option.help)
    assert found and option.default in (None, (), click.core.UNSET)
    expected = SHOWN_APART.get(field.name, "none" if default is None else default)
    shown = float(found[1]) if isinstance(expected, float) else found[1]
    assert shown == expected or shown == str(expected)
    if default is True:
        assert expected == field.name and option.opts == [f"--{field.name}"]


def test_options_name_what_there_is_to_choose_from():
    known = {
        "model": MODELS,
        "cell": CELLS,
        "pooling": POOLINGS,
        "optimizer": OPTIMIZERS,
        "schedule": SCHEDULES,
        "precision": PRECISIONS,
    }
    for name, choices in known.items():
        words = set(re.findall(r"[\w/-]+", OPTIONS[name].help))
        assert set(choices) <= words, name
