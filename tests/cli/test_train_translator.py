"""`train-translator`: what it prints and writes, going on with --resume, and bad input."""

import dataclasses
import gzip
import json
import re
import signal
import sys

import click
import pytest

from seqkit.cli import train_translator, translating_report
from seqkit.corpora import dates
from seqkit.corpora.parallel_catalogue import open_parallel_splits
from seqkit.corpora.smallworld import translation
from seqkit.layers import CELLS
from seqkit.layers.attention import ATTENTIONS
from seqkit.tasks import translating
from seqkit.tasks.runs import Run, read_json
from seqkit.tasks.translating import TranslatorSettings
from seqkit.tasks.translating.settings import LEVELS
from seqkit.train.optimizers import OPTIMIZERS
from seqkit.train.precision import PRECISIONS
from seqkit.train.schedules import SCHEDULES
from tests.cli.translators import SMALL, flags, write
from tests.tasks.translated import sentences

PROMISED = {"run", "epochs", "seconds", "tokens_per_second", "train", "valid", "test"}


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A text and its translation."""
    return write(tmp_path_factory.mktemp("parallel") / "own")


@pytest.fixture
def train(seqkit):
    def call(*arguments, changes=None, **options):
        return seqkit("train-translator", *arguments, *flags(**(changes or {})), **options)

    return call


@pytest.fixture(scope="module")
def finished(files, tmp_path_factory):
    """A run of the library on the same text, with the same settings."""
    folder = tmp_path_factory.mktemp("runs") / "library"
    translating.train(TranslatorSettings(**SMALL), open_parallel_splits(*map(str, files)), folder)
    return folder


def weights(folder):
    return (folder / "model.safetensors").read_bytes()


def test_stdout_has_the_result_and_stderr_the_rest(train, files, finished, tmp_path):
    result = train(*files, "--out", "run")
    assert result.code == 0 and weights(tmp_path / "run") == weights(finished)
    config, metrics = (read_json(tmp_path / "run" / f"{n}.json") for n in ("config", "metrics"))
    figures = r"bleu {bleu:.2f} \(95 %: \S+ to \S+; source copied: {copied:.2f}\), "
    figures += r"chrf {chrf:.2f}, exact_match {exact_match:.4f}, loss {loss:.4f}, "
    figures += r"perplexity {perplexity:.2f}"
    for line, name in zip(result.out.splitlines(), ("valid", "test"), strict=True):
        own = {**metrics[name], "copied": metrics[name]["baselines"]["copy_bleu"]}
        assert re.fullmatch(f"{name:<6} {figures.format(**own)}", line)
    facts = dict(re.findall(r"^(\w+) {2,}(.+)$", result.err, re.MULTILINE))
    corpus = config["corpus"]
    assert facts["corpus"] == f"{corpus['name']}: pairs train 160, valid 20, test 20"
    assert facts["sha256"] == f"{corpus['train']['sha256']} (train)"
    found = translating.load(finished, "cpu")
    for name, side in (("source", found.sides.source), ("target", found.sides.target)):
        longest = corpus["longest"][name == "target"]
        start = f"{len(side.vocabulary)} types of words, at most {longest} in a line; "
        assert facts[name].startswith(start)
    parameters = sum(p.numel() for p in found.model.parameters())
    assert facts["model"] == (
        f"1 x 2 x 8 lstm -> 1 x 16 lstm, dot attention: {parameters:,} parameters"
    )
    assert facts["device"].startswith("cpu") and facts["device"].endswith("fp32, seed 0")
    assert facts["run"] == "run"
    baselines = metrics["valid"]["baselines"]
    assert facts["copied"].startswith(f"valid BLEU {baselines['copy_bleu']:.2f}, ")
    assert facts["unigram"].startswith(f"valid perplexity {baselines['unigram']:.2f}, ")
    assert result.err.splitlines()[-2:] == [
        "next: seqkit translate run -",
        "      seqkit translate run - --align shows where it looks",
    ]


def test_a_line_and_a_sample_an_epoch(train, files, tmp_path):
    result = train(*files, "--out", "run")
    lines = result.err.splitlines()
    epochs = [number for number, line in enumerate(lines) if " epoch " in line]
    history = Run(tmp_path / "run").read_history()
    assert len(epochs) == len(history) == 4
    pairs = dict(sentences())
    for number, record in zip(epochs, history, strict=True):
        valid, mark = record["valid"], "*" if record["best"] else " "
        assert (
            f"  train {record['train']['loss']:.4f}  valid {valid['loss']:.4f}  BLEU "
            in (lines[number])
        )
        assert (
            f"  BLEU {valid['bleu']:.2f}{mark}  exact {valid['exact_match']:.4f}  "
            in (lines[number])
        )
        assert " tokens/s  " in lines[number]
        found = re.fullmatch(r" {12}(.+?) -> (.*?)(?: \(in truth: (.+)\))?", lines[number + 1])
        assert found and found[3] in (None, pairs[found[1]])
        assert (found[3] is None) == (found[2] == pairs[found[1]])


def test_json_is_one_object_with_what_is_promised(train, files, tmp_path):
    result = train(*files, "--out", "run", "--json", "--quiet")
    assert (result.code, result.err) == (0, "")
    (line,) = result.out.splitlines()
    found = json.loads(line)
    assert {*found} >= PROMISED and (found["run"], found["epochs"]) == ("run", 4)
    for split in ("valid", "test"):
        assert {"loss", "perplexity", "bleu", "chrf", "exact_match"} <= {*found[split]}
        assert {*found[split]["baselines"]} == {"copy_bleu", "unigram"}
    assert found["train"]["loss"] > 0 and found["tokens_per_second"] > 0
    assert found == read_json(tmp_path / "run" / "metrics.json")


def test_the_card_and_the_notes_tell_where_the_run_comes_from(train, files, tmp_path):
    shares = ("--valid-share", "0.2", "--test-share", "10%")
    assert train(*files, "--out", "run", *shares, "--quiet", changes={"epochs": 1}).code == 0
    card = (tmp_path / "run" / "README.md").read_text()
    assert "A translator with " in card and "text.en and text.xx" in card
    assert "seqkit translate run -\n" in card
    assert "seqkit evaluate run SOURCE --target TARGET\n" in card
    assert "Losses are in nats a token of the target, BLEU and chrF in percent, shares" in card
    metrics = read_json(tmp_path / "run" / "metrics.json")["test"]
    head, row = (
        re.search(r"^(\| +\| loss.*)$", card, re.M)[1],
        re.search(r"^\| test .*", card, re.M),
    )
    shown = dict(zip(head.split(" | "), row[0].split(" | "), strict=True))
    assert shown["bleu"] == f"{metrics['bleu']:.2f}"
    assert "| the source as its translation |" in card and "| words by their shares |" in card
    assert read_json(tmp_path / "run" / "config.json")["notes"] == {
        **{"source": str(files[0]), "target": str(files[1]), "encoding": "utf-8"},
        **{"valid": None, "valid_share": "0.2", "test": None, "test_share": "10%"},
        "synthetic": False,
    }


def test_texts_of_their_own_and_no_test(train, files, tmp_path):
    valid, test = write(tmp_path / "a", 200, 230), write(tmp_path / "b", 230, 250)
    short = {"epochs": 1}
    result = train(*files, "--valid", *valid, "--out", "run", changes=short)
    assert result.code == 0 and "pairs train 200, valid 30\n" in result.err
    assert "\ntest" not in result.out and "| test |" not in (tmp_path / "run/README.md").read_text()
    options = ("--valid", *valid, "--test", *test, "--out", "both")
    assert "train 200, valid 30, test 20\n" in train(*files, *options, changes=short).err
    options = ("--valid", *valid, "--test-share", 0.1, "--out", "one")
    assert "train 180, valid 30, test 20\n" in train(*files, *options, changes=short).err


def test_without_attention_there_is_no_hint_to_align(train, files):
    result = train(*files, "--out", "run", "--attention", "none", changes={"epochs": 1})
    assert result.code == 0 and "--align" not in result.err and ", no attention: " in result.err


def test_the_model_line_tells_what_it_is(train, files):
    options = ("--cell", "gru", "--decoder-cell", "rnn", "--input-feeding", "--no-bidirectional")
    options += ("--attention", "additive", "--share-vocab", "--layers", 2)
    result = train(*files, "--out", "run", *options, changes={"epochs": 1})
    assert result.code == 0
    line = "model       2 x 16 gru -> 2 x 16 rnn, additive attention, input feeding: "
    assert line in result.err and result.err.count("types of words, shared by both sides") == 2


def test_one_side_may_be_standard_input_and_both_may_be_compressed(
    train, files, finished, tmp_path
):
    result = train("-", files[1], "--out", "run", stdin=files[0].read_bytes())
    assert result.code == 0 and weights(tmp_path / "run") == weights(finished)
    for path in files:
        (tmp_path / f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes()))
    result = train("text.en.gz", "text.xx.gz", "--out", "again")
    assert result.code == 0 and weights(tmp_path / "again") == weights(finished)


def test_without_out_the_next_free_folder_is_taken(train, files, tmp_path):
    for name in ("translator", "translator-2"):
        assert train(*files, "--quiet", changes={"epochs": 1}).code == 0
        assert (tmp_path / "runs" / name / "metrics.json").exists()


def test_a_dry_run_shows_the_settings_and_writes_nothing(train, files, finished, tmp_path):
    shown = json.loads(train(*files, "--dry-run", "--json", "--out", "run").out)
    assert (shown["hidden"], shown["attention"], shown["max_tokens"]) == (16, "dot", None)
    found = translating.load(finished, "cpu")
    assert shown["parameters"] == sum(p.numel() for p in found.model.parameters())
    assert shown["source_types"] == len(found.sides.source.vocabulary)
    assert shown["target_types"] == len(found.sides.target.vocabulary)
    assert shown["pairs"] == 160 and shown["memory_bytes"] > 4 * shown["parameters"]
    plain = train(*files, "--dry-run").out
    assert f"parameters         {shown['parameters']}\n" in plain
    assert list(tmp_path.iterdir()) == []


def test_built_in_corpora_have_settings_of_their_own(seqkit, files, monkeypatch):
    for sizes in (translation.SIZES, dates.SIZES):
        for split in sizes:
            monkeypatch.setitem(sizes, split, 40)

    def shown(*arguments):
        return json.loads(seqkit("train-translator", *arguments, "--dry-run", "--json").out)

    other = shown(*files)
    for name in ("smallworld", "dates"):
        found = shown(name)
        assert found["pairs"] == 40
        for key, value in train_translator.BUILT_IN[name].items():
            assert found[key] == value and other[key] == getattr(TranslatorSettings(), key)
        assert shown(name, "--hidden", 78)["hidden"] == 78
    assert shown() == shown("smallworld")


def test_the_built_in_language_is_learnt_at_the_spaces(train, tmp_path, monkeypatch):
    for split in translation.SIZES:
        monkeypatch.setitem(translation.SIZES, split, 40)
    assert train("smallworld", "--out", "run", "--quiet", changes={"epochs": 1}).code == 0
    assert read_json(tmp_path / "run" / "metrics.json")["test"]["bleu_tokenize"] == "none"
    assert read_json(tmp_path / "run" / "config.json")["notes"]["synthetic"] is True
    assert "the synthetic corpus smallworld" in (tmp_path / "run" / "README.md").read_text()


def test_a_configuration_file_gives_way_to_options(seqkit, files, tmp_path):
    source, target = (json.dumps(str(path)) for path in files)
    (tmp_path / "my.toml").write_text(
        f"hidden = 12\ntie = false\nsource = {source}\ntarget = {target}\n"
        f"valid = [{source}, {target}]\n"
    )
    arguments = ("--config", "my.toml", "--hidden", 14, "--dry-run", "--json")
    shown = json.loads(seqkit("train-translator", *arguments).out)
    assert (shown["hidden"], shown["tie"], shown["pairs"]) == (14, False, 200)


# Stopping and going on.


@pytest.fixture
def stopped(train, files, monkeypatch):
    """What was printed of a run in the folder run, stopped by Ctrl-C after some steps."""
    step = translating_report._Watcher.on_step

    def on_step(self, loop):
        step(self, loop)
        if loop.at.steps == 20:
            signal.raise_signal(signal.SIGINT)

    with monkeypatch.context() as patch:
        patch.setattr(translating_report._Watcher, "on_step", on_step)
        return train(*files, "--out", "run")


def test_ctrl_c_saves_and_resume_goes_on(stopped, seqkit, finished, tmp_path):
    assert stopped.code == 130 and stopped.out == "" and "Traceback" not in stopped.err
    assert "go on with: seqkit train-translator --resume --out run\n" in stopped.err
    result = seqkit("train-translator", "--resume", "--out", "run", "--json")
    assert result.code == 0 and json.loads(result.out)["epochs"] == 4
    assert weights(tmp_path / "run") == weights(finished)
    assert {path.name for path in (tmp_path / "run").iterdir()} == {
        *(path.name for path in finished.iterdir()),
        "README.md",
    }
    again = seqkit("train-translator", "--resume", "--out", "run", "--json")
    assert again.code == 0 and "finished already" in again.err and again.out == result.out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--hidden", 18], "--hidden 18: the run in run began with 16;"),
        (["--no-tie"], "--no-tie: the run in run began with --tie;"),
        (["--input-feeding"], "--input-feeding: the run in run began with --no-input-feeding;"),
        (["--valid", "a", "b"], "--valid a b: the run in run began with none;"),
        (["--valid-share", "0.3"], "--valid-share 0.3: the run in run began with none;"),
        (["--encoding", "latin-1"], "--encoding latin-1: the run in run began with utf-8;"),
        (["other.en"], "SOURCE other.en: the run in run began with "),
    ],
    ids=str,
)
def test_resuming_with_other_options_is_refused(stopped, seqkit, options, message):
    result = seqkit("train-translator", "--resume", "--out", "run", *options)
    assert result.code == 2 and message in result.error


def test_resuming_with_the_same_options_is_not(stopped, train, files):
    assert train(*files, "--resume", "--out", "run", "--tie", "--separate-vocab").code == 0


def test_the_texts_may_be_gone_when_it_goes_on(train, files, finished, tmp_path, monkeypatch):
    own = write(tmp_path / "own")
    with monkeypatch.context() as patch:
        patch.setattr(translating_report._Watcher, "on_step", _stop)
        assert train(*own, "--out", "run").code == 130
    for path in own:
        path.unlink()
    result = train("--resume", "--out", "run")
    assert result.code == 0 and weights(tmp_path / "run") == weights(finished)


def _stop(watcher, loop):
    signal.raise_signal(signal.SIGINT)


def test_resume_begins_where_there_is_no_run_and_needs_a_folder(train, files, finished, tmp_path):
    result = train(*files, "--resume", "--out", "run")
    assert result.code == 0 and "holds no run yet; a new one begins" in result.err
    assert weights(tmp_path / "run") == weights(finished)
    assert "--resume needs --out" in train(*files, "--resume").error


def test_a_finished_run_is_safe_without_force(train, files, tmp_path):
    short = {"epochs": 1}
    assert train(*files, "--out", "run", "--quiet", changes=short).code == 0
    before = weights(tmp_path / "run")
    assert "add --force" in train(*files, "--out", "run").error
    assert train("nowhere.en", files[1], "--out", "run", "--force").code == 2
    assert weights(tmp_path / "run") == before
    options = ("--share-vocab", "--force", "--quiet")
    assert train(*files, "--out", "run", *options, changes=short).code == 0
    assert weights(tmp_path / "run") != before


# Bad input.


def bad(folder, sources, targets):
    """Write lines, or bytes, as two files."""
    for name, lines in (("a.en", sources), ("a.xx", targets)):
        text = (
            lines if isinstance(lines, bytes) else "".join(f"{line}\n" for line in lines).encode()
        )
        (folder / name).write_bytes(text)


SOURCES, TARGETS = ([pair[k] for pair in sentences()[:40]] for k in (0, 1))
FILES = {
    "more sources": (SOURCES, TARGETS[:-3], "a.en has 40 lines and a.xx 37 lines: each line must"),
    "more targets": (SOURCES[:-1], TARGETS, "a.en has 39 lines and a.xx 40 lines: each line must"),
    "one empty": (SOURCES, [], "a.xx"),
    "blank": ([" "] * 9, [""] * 9, "a.en is empty"),
    "sides apart": (["a", "", "b", ""], ["", "a", "", "b"], "none of the 4 lines has text in bo"),
    "short": (SOURCES[:2], TARGETS[:2], "a.en and a.xx is too short to hold out"),
    "other bytes": (SOURCES, b"la kato\n" * 39 + b"caf\xe9\n", "line 40: byte 0xE9"),
    "long": ([" a" * 101] * 30, ["b"] * 30, "every pair is longer than 100 and 100 tokens; raise"),
}  # fmt: skip


@pytest.mark.parametrize("kind", FILES)
def test_bad_files_are_named_and_leave_nothing(train, tmp_path, kind):
    *texts, message = FILES[kind]
    if kind == "long":
        texts[0] = [f"{line} {k}" for k, line in enumerate(texts[0])]
    bad(tmp_path, *texts)
    result = train("a.en", "a.xx", "--out", "run")
    assert result.code == 2 and message in result.error
    assert not (tmp_path / "run").exists()


def test_what_users_should_know_is_told(train, tmp_path):
    sources = [*SOURCES, "", "the cat", "the " * 101]
    bad(tmp_path, sources, [*TARGETS, "la kato", "", "la"])
    result = train("a.en", "a.xx", "--out", "run", changes={"epochs": 1})
    assert result.code == 0
    warnings = [line for line in result.err.splitlines() if line.startswith("warning ")]
    assert "a.en and a.xx: 2 lines are blank on one side or both and left out" in warnings[0]
    assert "the first is line 41" in warnings[0]
    assert "1 pairs left out, as a side has more than 100 or 100 tokens (--max" in warnings[1]
    quiet = train("a.en", "a.xx", "--out", "b", "--quiet", changes={"epochs": 1})
    assert (quiet.code, quiet.err) == (0, "")


def test_unknown_characters_of_validation_are_told(train, tmp_path):
    bad(tmp_path, SOURCES, TARGETS)
    (tmp_path / "v.en").write_text("жук the cat\n" * 3, "utf-8")
    (tmp_path / "v.xx").write_text("la kato\n" * 3, "utf-8")
    options = ("--valid", "v.en", "v.xx", "--level", "char", "--out", "run")
    result = train("a.en", "a.xx", *options, changes={"epochs": 1})
    assert result.code == 0
    assert f"in a line; {3 / 11:.1%} of those of valid are unknown" in result.err
    assert "types of characters" in result.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["a.en", "gone.xx"], "gone.xx: no such file"),
        (["gone.en", "a.xx"], "gone.en: no such file"),
        (["a.en"], "a.en is one side alone: give both files"),
        (["smallworld", "a.xx"], "smallworld has both sides: leave a.xx out, or say ./smallworld"),
        (["pydocs"], "pydocs has no translations: take smallworld or dates, or give two files"),
        (["-", "-"], "standard input (-) is one text"),
        ([".", "a.xx"], ". is a folder: name one file"),
        (["--valid", "a.en", "gone.xx"], "gone.xx: no such file"),
        (["--valid", "a.en", "a.xx", "--valid-share", 0.1], "--valid and --valid-share both say"),
        (["--valid-share", 0.7], "--valid-share 0.7: give one between 0 and 0.5, such as 0.1"),
        (["--test-share", "some"], "--test-share some: give one between 0 and 0.5"),
        (["--encoding", "utf-9"], "unknown encoding 'utf-9'"),
        (["--cell", "gru9"], "unknown --cell 'gru9'"),
        (["--attention", "both"], "unknown --attention 'both'; there are: none, dot, additive"),
        (["--level", "letter"], "unknown --level 'letter'"),
        (["--hidden", 15], "hidden must be even"),
        (["--attention", "none", "--input-feeding"], "choose an attention"),
        (["--share-vocab", "--source-level", "char"], "--share-vocab: the source is read by char"),
        (["--level", "char", "--tokenizer", "word"], "--tokenizer is for --level word"),
        (["--dropout", 1], "--dropout must be in [0, 1)"),
        (["--label-smoothing", -0.1], "--label-smoothing must be in [0, 1)"),
        (["--lr", 0], "--lr must be above 0"),
        (["--batch-size", 0], "--batch-size must be 1 or more"),
        (["--max-tokens", 0], "--max-tokens must be 1 or more"),
        (["--device", "tpu"], "unknown --device 'tpu'"),
    ],
    ids=str,
)
def test_bad_options_are_one_line(seqkit, tmp_path, arguments, message):
    bad(tmp_path, SOURCES, TARGETS)
    if arguments[0].startswith("--"):
        arguments = ["a.en", "a.xx", *arguments]
    result = seqkit("train-translator", *arguments, "--out", "run")
    assert result.code == 2 and message in result.error
    assert not (tmp_path / "run").exists()


# The options against the settings: no drift.

OPTIONS = {p.name: p for p in train_translator.command.params if isinstance(p, click.Option)}
SHOWN_APART = {
    **{"source_level": "as --level", "target_level": "as --level", "tokenizer": "word"},
    **{"vocab_size": "10000; characters: all", "min_count": "2 of words, else 1"},
    **{"share_vocab": "separate", "max_tokens": "100; characters: 400"},
    **{"decoder_cell": "as --cell", "input_feeding": "no", "threads": "one a core"},
    **{"bidirectional": "bidirectional", "tie": "tie"},
}


@pytest.mark.parametrize("field", dataclasses.fields(TranslatorSettings), ids=lambda f: f.name)
def test_every_setting_is_an_option_that_tells_its_default(field):
    option, default = OPTIONS[field.name], getattr(TranslatorSettings(), field.name)
    found = re.search(r"\(([^()]*)\)\.$", option.help)
    assert found and option.default in (None, click.core.UNSET)
    expected = SHOWN_APART.get(field.name, "none" if default is None else default)
    shown = float(found[1]) if isinstance(expected, float) else found[1]
    assert shown == expected or shown == str(expected)


def test_defaults_that_are_told_in_words_are_those():
    default = TranslatorSettings()
    assert (default.share_vocab, default.input_feeding, default.tie, default.bidirectional) == (
        *(False, False),
        *(True, True),
    )
    assert (default.longest("word"), default.longest("char")) == (100, 400)


def test_options_name_what_there_is_to_choose_from():
    known = {
        **{"level": LEVELS, "cell": CELLS, "attention": ("none", *ATTENTIONS)},
        **{"optimizer": OPTIMIZERS, "schedule": SCHEDULES, "precision": PRECISIONS},
    }
    for name, choices in known.items():
        assert set(choices) <= set(re.findall(r"[\w/-]+", OPTIONS[name].help)), name


def test_on_a_terminal_there_is_a_bar(train, files, monkeypatch):
    from tests.cli.test_reporting import Terminal

    monkeypatch.setattr("sys.stderr", Terminal())
    assert train(*files, "--out", "run", changes={"epochs": 1}).code == 0
    shown = sys.stderr.getvalue()
    assert "epoch 1:" in shown and " steps/s" in shown
