"""`seqkit tune`: what it is asked, what it shows, and a real search killed and resumed."""

import json
import pathlib
import shlex
import subprocess
import sys
import time

import click
import pytest

from seqkit.cli.main import COMMANDS, run, seqkit_command
from seqkit.cli.tuning_settings import OF_TUNE
from seqkit.tasks.tuning import Folder, Settings
from seqkit.tasks.tuning.results import METRICS
from tests.cli.conftest import flags
from tests.tasks import texts

ROOT = pathlib.Path(__file__).parents[2]
TRAININGS = [name for name in COMMANDS["Train"] if name.startswith("train-")]
LR = ("--param", "lr=log:1e-4:1e-1")


def options_of(name):
    ctx = click.Context(seqkit_command)
    command = seqkit_command.get_command(ctx, name)
    return {o for p in command.params if isinstance(p, click.Option) for o in p.opts}


def test_every_training_command_has_a_measure():
    assert set(METRICS) == set(TRAININGS)


@pytest.mark.parametrize("name", TRAININGS)
def test_no_option_of_a_training_is_hidden_by_one_of_tune(name):
    """Those that are, a search gives its trials itself; the help says so of the others."""
    both = options_of("tune") & options_of(name)
    assert both <= {*(f"--{option}" for option in OF_TUNE), "--seed", "--config", "--help"}
    assert {"--out", "--resume", "--quiet", "--json", "--seed"} <= both
    assert {"--threads"} <= options_of(name)


@pytest.mark.parametrize(
    ("words", "part"),
    [
        ((), "name what to tune"),
        (("frobnicate", *LR), "COMMAND frobnicate: no training command; there are: train-lm, "),
        (("train-ml", *LR), "did you mean train-lm"),
        (("evaluate", *LR), "COMMAND evaluate: no training command"),
        (("--preset", "tiny", "train-lm", *LR), "--preset: the training command comes first"),
        (("train-lm",), "name a parameter"),
        (("train-lm", "--param", "lrr=1,2"), "train-lm has no such option; did you mean --lr"),
        (("train-lm", "--param", "out=a,b"), "train-lm has no such option"),
        (("train-lm", "--param", "lr=lgo:1e-4:1"), "--param lr=lgo:1e-4:1: unknown scale 'lgo'"),
        (("train-lm", "--param", "lr=log:1:1e-4"), "the lower bound comes first"),
        (("train-lm", "--param", "hidden=1.5,2"), "'1.5' is no whole number"),
        (("train-lm", "--grid", "--param", "hidden=int:1:99:30"), "30 points are 30 trials"),
        (("train-lm", *LR, "--trials", "0"), "--trials must be 1 or more"),
        (("train-lm", *LR, "--jobs", "0"), "--jobs must be 1 or more"),
        (("train-lm", *LR, *LR), "--param lr: stands there twice"),
        (("train-lm", *LR, "--trails", "3"), "--trails: no option of tune, nor of train-lm; did"),
        (("train-lm", *LR, "--force"), "--force: a search sees to that itself"),
        (("train-lm", *LR, "--", "--out", "x"), "--out: a search sees to that itself"),
        (("train-lm", "-", *LR), "-: every trial reads its data anew"),
        (("train-lm", *LR, "--metric", "test.loss"), "choosing by test text spoils it"),
        (("--resume",), "--resume needs --out FOLDER"),
        (("--resume", "--out", "nothing"), "--resume nothing: holds no search"),
    ],
)
def test_what_cannot_be_searched_is_one_line(seqkit, tmp_path, words, part):
    result = seqkit("tune", *words)
    assert result.code == 2 and part in result.error
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (("train-lm", *LR, "--hidden", "many"), "'many' is not a valid integer"),
        (("train-lm", "--param", "lr=1,x"), "'x' is not a valid float"),
    ],
)
def test_values_are_checked_before_the_first_trial(seqkit, tmp_path, words, part):
    assert part in seqkit("tune", *words).usage_error
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (("--seed", "1"), "--seed 1: the search in s began with 0; leave it out"),
        (("--trials", "3"), "--trials 3: the search in s began with 4; only one drawn"),
        (("--param", "lr=1,2"), "--param lr=1,2: the search in s began with lr=log:1e-4:1e-1"),
        (("--grid",), "--method grid: the search in s began with random"),
        (("train-tagger",), "COMMAND train-tagger: the search in s began with train-lm"),
        (("train-lm", "b.txt"), "the arguments b.txt: the search in s began with a.txt"),
    ],
)
def test_a_search_is_resumed_as_it_began(seqkit, tmp_path, words, part):
    settings = Settings("train-lm", ("a.txt",), "random", ("lr=log:1e-4:1e-1",), trials=4)
    Folder(tmp_path / "s").begin(settings)
    result = seqkit("tune", "--resume", "--out", "s", *words)
    assert result.code == 2 and part in result.error
    held = seqkit("tune", "train-lm", "a.txt", *LR, "--out", "s")
    assert "--out s: holds another search; add --resume" in held.error


# The real thing.


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    """A search of two small trainings, as typed."""
    text = texts.write(tmp_path_factory.mktemp("text") / "sentences.txt")
    given = flags(lr=None, epochs=2)
    own = ["--param", "lr=log:1e-3:1e-1", "--param", "tie=yes,no", "--trials", "2", "--seed", "3"]
    return ["tune", "train-lm", str(text), *own, *given]


@pytest.fixture(scope="module")
def searched(tmp_path_factory, asked):
    folder = tmp_path_factory.mktemp("searches") / "lm"
    assert run([*asked, "--out", str(folder), "--quiet"]) == 0
    return folder


def lines(folder):
    """trials.jsonl without the time it took."""
    found = map(json.loads, (folder / "trials.jsonl").read_text().splitlines())
    return [{**line, "seconds": None} for line in found]


def test_it_shows_a_table_the_best_run_and_the_command_to_copy(seqkit, searched):
    result = seqkit("tune", "--resume", "--out", searched)
    head, _, *rows = result.out.splitlines()
    assert result.code == 0 and head.split() == [
        *("trial", "valid.loss", "lr", "tie", "epochs", "seconds", "end")
    ]
    losses = [float(row.split()[1]) for row in rows]
    assert len(losses) == 2 and losses == sorted(losses)
    best = min(lines(searched), key=lambda line: line["figure"])
    assert f"best run: {searched}/trials/{best['trial']:03}\n" in result.err
    (shown,) = [line for line in result.err.splitlines() if line.startswith("next: ")]
    words = shlex.split(shown)
    assert words[1:5] == ["seqkit", "train-lm", "--seed", "3"]
    tie = "--tie" if best["values"]["tie"] == "yes" else "--no-tie"
    assert words[-3:] == ["--lr", str(best["values"]["lr"]), tie]


def test_json_is_one_object(seqkit, searched):
    result = seqkit("tune", "--resume", "--out", searched, "--json", "--quiet")
    assert result.err == ""
    found = json.loads(result.out)
    assert found["metric"] == "valid.loss" and found["command"][0] == "train-lm"
    assert found["best"] == {**found["trials"][0], "run": found["best"]["run"]}
    metrics = json.loads((searched / "trials" / "001" / "metrics.json").read_text())
    assert metrics["valid"]["loss"] in [trial["figure"] for trial in found["trials"]]


def test_there_is_a_picture(searched):
    pytest.importorskip("matplotlib")
    assert (searched / "trials.png").read_bytes()[:4] == b"\x89PNG"


def test_killed_and_resumed_it_has_the_same_trials(seqkit, searched, asked, tmp_path):
    out = tmp_path / "killed"
    words = [*asked, "--out", str(out), "--quiet"]
    process = subprocess.Popen([sys.executable, "-m", "seqkit", *words], cwd=ROOT)
    try:
        while not (out / "trials" / "002" / "config.json").exists():
            assert process.poll() is None
            time.sleep(0.01)
    finally:
        process.kill()
        process.wait()
    assert run(["tune", "--resume", "--out", str(out), "--quiet"]) == 0
    assert lines(out) == lines(searched)
