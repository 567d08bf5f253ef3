"""`train-word2vec`: what it prints, what it writes, and going on with --resume."""

import dataclasses
import json
import re
import signal

import pytest

from seqkit.cli import train_word2vec, word2vec_report
from seqkit.tasks.runs import read_json
from seqkit.tasks.word2vec import Word2VecSettings

FLAGS = ("--dim", 8, "--min-count", 1, "--sample", 0, "--epochs", 3, "--threads", 1)


@pytest.fixture
def train(seqkit):
    def call(text, *arguments):
        return seqkit("train-word2vec", text, *FLAGS, *arguments)

    return call


def test_stdout_has_the_result_and_stderr_the_rest(train, text):
    result = train(text, "--out", "run")
    assert result.code == 0
    assert result.out.startswith("loss   ")
    for word in ("corpus", "sha256", "vocabulary", "model", "device", "seed 0", "baseline"):
        assert word in result.err
    assert sum("epoch" in line and "words/s" in line for line in result.err.splitlines()) == 3
    assert result.err.endswith("next: seqkit neighbors run WORD\n")


def test_json_is_one_object_with_what_is_promised(train, text, tmp_path):
    result = train(text, "--out", "run", "--json", "--quiet")
    assert (result.code, result.err) == (0, "")
    found = json.loads(result.out)
    promised = {"run", "epochs", "seconds", "words_per_second", "train", "valid", "test"}
    assert {*found} >= promised
    assert found == read_json(tmp_path / "run" / "metrics.json")


def test_the_card_says_how_to_use_the_vectors(train, text, tmp_path):
    train(text, "--out", "run")
    card = (tmp_path / "run" / "README.md").read_text()
    assert "seqkit neighbors run WORD" in card and "sentences.txt" in card


def test_ctrl_c_saves_and_resume_goes_on(train, seqkit, text, tmp_path, monkeypatch):
    whole = train(text, "--out", "whole", "--quiet")
    assert whole.code == 0
    original = word2vec_report._Watcher.on_epoch

    def interrupt(self, job, record):
        original(self, job, record)
        signal.raise_signal(signal.SIGINT)

    with monkeypatch.context() as patch:
        patch.setattr(word2vec_report._Watcher, "on_epoch", interrupt)
        stopped = train(text, "--out", "run")
    assert stopped.code == 130
    assert "seqkit train-word2vec --resume --out run" in stopped.err
    assert seqkit("train-word2vec", "--resume", "--out", "run").code == 0
    whole, run = (tmp_path / name / "model.safetensors" for name in ("whole", "run"))
    assert whole.read_bytes() == run.read_bytes()
    again = seqkit("train-word2vec", "--resume", "--out", "run")
    assert again.code == 0 and "finished already" in again.err


def test_resuming_with_other_options_is_an_error(train, seqkit, text):
    train(text, "--out", "run")
    result = seqkit("train-word2vec", "--resume", "--out", "run", "--dim", 9)
    assert result.code == 2
    assert "--dim 9: the run in run began with 8" in result.error


def test_a_dry_run_trains_nothing(train, text, tmp_path):
    shown = json.loads(train(text, "--dry-run", "--json").out)
    assert shown["dim"] == 8 and shown["words"] > 10
    assert list(tmp_path.iterdir()) == []


def test_without_out_the_next_free_folder_is_taken(train, text, tmp_path):
    for name in ("word2vec", "word2vec-2"):
        assert train(text, "--quiet").code == 0
        assert (tmp_path / "runs" / name / "metrics.json").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--min-count", 5000], "no word that comes --min-count 5000 times"),
        (["--model", "glove"], "unknown --model 'glove'"),
        (["--analogies", "nowhere.txt"], "nowhere.txt"),
        (["--tokenizer", "runes"], "runes"),
        (["--device", "tpu"], "unknown --device 'tpu'"),
        (["--patience", 2], "--patience needs"),
        (["--resume"], "--resume needs --out"),
    ],
)
def test_bad_options_are_one_line(seqkit, text, tmp_path, arguments, message):
    out = () if "--resume" in arguments else ("--out", "run")
    result = seqkit("train-word2vec", text, *arguments, *out)
    assert result.code == 2 and message in result.error
    assert list(tmp_path.iterdir()) == []


def test_other_commands_refuse_a_run_of_vectors(train, seqkit, text):
    train(text, "--out", "run", "--quiet")
    for command in (["sample", "run"], ["score", "run", text]):
        result = seqkit(*command)
        assert result.code == 2 and "run" in result.error


OPTIONS = {option.name: option for option in train_word2vec.command.params}
DEFAULTS = Word2VecSettings()
SHOWN_APART = {
    "divide_gradient": None,
    "exact": None,
    "vocab_size": "all",
    "init": None,
    "lr": "0.025; cbow 0.05",
    "threads": "one a core",
    "seed": "0",
}
"""What stands in brackets where the default is None, or nothing."""


@pytest.mark.parametrize("field", dataclasses.fields(Word2VecSettings), ids=lambda f: f.name)
def test_every_setting_is_an_option_that_tells_its_default(field):
    option, default = OPTIONS[field.name], getattr(DEFAULTS, field.name)
    found = re.search(r"\(([^()]*)\)\.$", option.help)
    shown = found[1] if found else None
    expected = SHOWN_APART.get(field.name, "none" if default is None else default)
    if isinstance(default, float) and field.name not in SHOWN_APART:
        shown = float(shown)
    assert str(shown) == str(expected)
