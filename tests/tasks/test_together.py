"""Every training command by two processes, as torchrun starts them: as one, and after a kill."""

import contextlib
import json
import sys
import time

import numpy as np
import pytest

from seqkit.cli.main import run
from seqkit.tasks.runs import Run
from seqkit.train.distribution import team
from tests import together
from tests.tasks import classified, pictured, tagged, texts, translated

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs fork")

FEW = {"epochs": 2, "average": 0.5, "seed": 3}
TRAININGS = {
    "train-lm": (texts.write, {**texts.SETTINGS, "dropout": 0, "reset_state": 0}),
    "train-tagger": (tagged.write, {**tagged.SETTINGS, "dropout": 0, "dropout_words": 0}),
    "train-classifier": (
        classified.write,
        {**classified.SETTINGS, "dropout": 0, "dropout_words": 0, "precision": "fp32"},
    ),
    "train-translator": (translated.write, {**translated.SETTINGS, "dropout": 0}),
    "train-image": (
        pictured.write,
        {**pictured.SETTINGS, "layers": "conv 6x3 same, relu, pool 2, flatten, dense 4"},
    ),
}
"""What writes a text, and settings without chance, which several processes would not share."""


def train(arguments, folder):
    """Run a command in one process of a team: its exit code, its stdout and its stderr."""
    out, err = (folder / f"{name}.{team().rank}" for name in ("out", "err"))
    with (
        out.open("w") as file,
        err.open("w") as errors,
        contextlib.redirect_stdout(file),
        contextlib.redirect_stderr(errors),
    ):
        try:
            code = run(arguments)
        except SystemExit as end:
            code = end.code
    return code, out.read_text(), err.read_text()


def arguments(command, folder, **changes):
    """A command with its text and options."""
    write, settings = TRAININGS[command]
    text = write(folder / "text.txt", 120)
    others = [str(text.with_suffix(".xx"))] if command == "train-translator" else []
    options = {**settings, **FEW, **changes}
    flags = [part for k, v in options.items() for part in (f"--{k.replace('_', '-')}", str(v))]
    return [command, str(text), *others, *flags]


def history(folder):
    return [
        (r["steps"], r["train"]["loss"], r["valid"]["loss"]) for r in Run(folder).read_history()
    ]


@pytest.mark.parametrize("command", TRAININGS)
def test_two_processes_train_as_one_and_one_of_them_speaks(command, tmp_path, capsys):
    given = arguments(command, tmp_path)
    assert run([*given, "--out", str(tmp_path / "one"), "--json"]) == 0
    capsys.readouterr()
    both = [*given, "--out", str(tmp_path / "two"), "--json"]
    (code, out, _), other = together.run(train, 2, both, tmp_path)
    assert code == 0 and other == (0, "", "")
    assert json.loads(out)["run"] == str(tmp_path / "two")
    np.testing.assert_allclose(history(tmp_path / "two"), history(tmp_path / "one"), rtol=1e-5)
    assert not (tmp_path / "two" / "checkpoint").exists()


def test_dropout_differs_between_processes_and_the_result_can_be_had_again(tmp_path):
    given = arguments("train-lm", tmp_path, dropout=0.3)
    for name in ("a", "b"):
        together.run(train, 2, [*given, "--out", str(tmp_path / name)], tmp_path)
    one, other = (tmp_path / name / "model.safetensors" for name in ("a", "b"))
    assert one.read_bytes() == other.read_bytes()


def test_bad_input_is_told_once(tmp_path):
    given = [*arguments("train-lm", tmp_path, batch_size=1), "--out", str(tmp_path / "run")]
    (code, _, said), other = together.run(train, 2, given, tmp_path)
    assert code == 2 and said.startswith("Error: --batch-size 1 cannot be cut into 2 parts")
    assert other == (0, "", "") and not (tmp_path / "run").exists()


@pytest.mark.parametrize("victim", [0, 1])
def test_after_a_kill_the_same_command_ends_with_the_same_bytes(victim, tmp_path):
    changes = {"epochs": 12, "dropout": 0.2, "checkpoint_seconds": 0.05}
    given = [*arguments("train-lm", tmp_path, **changes), "--resume"]
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    together.run(train, 2, [*given, "--out", str(whole)], tmp_path)
    started = together.start(train, 2, [*given, "--out", str(killed)], tmp_path)
    deadline = time.monotonic() + 60
    while not Run(killed).exists or len(Run(killed).read_history()) < 2:
        assert time.monotonic() < deadline
        time.sleep(0.005)
    started[victim][0].kill()
    code, _, said = started[1 - victim][1].recv()
    assert code == 1 and f"Error: process {2 - victim} of 2 has lost the others" in said
    together.run(train, 2, [*given, "--out", str(killed)], tmp_path)
    assert (killed / "model.safetensors").read_bytes() == (whole / "model.safetensors").read_bytes()


def test_word_vectors_of_two_processes_are_as_good_and_can_be_had_again(tmp_path):
    text = texts.write(tmp_path / "text.txt", 2_000)
    given = ["train-word2vec", str(text), "--dim", "8", "--epochs", "10", "--min-count", "1"]
    given += ["--threads", "1"]
    assert run([*given, "--out", str(tmp_path / "one"), "--quiet"]) == 0
    for name in ("a", "b"):
        together.run(train, 2, [*given, "--out", str(tmp_path / name)], tmp_path)
    one, a, b = (tmp_path / name / "model.safetensors" for name in ("one", "a", "b"))
    assert a.read_bytes() == b.read_bytes() != one.read_bytes()
    losses = [Run(path.parent).read_history()[-1]["train"]["loss"] for path in (one, a)]
    assert losses[1] < 1.1 * losses[0]
