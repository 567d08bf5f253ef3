"""`train-lm --from RUN`: what it prints, what it refuses, and going on."""

import json
import signal

import pytest

from seqkit.cli import training_report
from seqkit.tasks.runs import read_json
from tests.tasks import texts


@pytest.fixture
def other(tmp_path):
    """Another text, with one word that the run does not know."""
    path = texts.write(tmp_path / "other.txt", 90, seed=4)
    path.write_text("the heron sees a fox .\n" * 9 + path.read_text())
    return path


def test_it_says_what_it_begins_from_and_how_much_of_the_text_that_knows(seqkit, trained, other):
    begin = ("train-lm", other, "--from", trained, "--epochs", 1, "--batch-size", 4)
    result = seqkit(*begin, "--out", "run")
    assert result.code == 0
    types = read_json(trained / "config.json")["model"]["vocabulary_size"]
    known = f"it knows {types} of the {types + 1} types\n"
    assert f"from        {trained}, of sentences.txt (train): {known}" in result.err
    assert "model       1 x 8 lstm, tied: " in result.err
    quiet = seqkit(*begin, "--out", "another", "--quiet")
    assert (quiet.code, quiet.err) == (0, "")


def test_a_dry_run_shows_what_is_handed_down(seqkit, trained, other):
    result = seqkit("train-lm", other, "--from", trained, "--dry-run", "--json")
    shown = json.loads(result.out)
    assert (shown["hidden"], shown["dropout"], shown["schedule"]) == (8, 0.1, "one-cycle")
    assert shown["begin_from"] == str(trained)


def test_a_configuration_file_may_name_the_run(seqkit, trained, other, tmp_path):
    (tmp_path / "my.toml").write_text(f'from = "{trained}"\ncorpus = "{other}"\njson = true\n')
    shown = json.loads(seqkit("train-lm", "--config", "my.toml", "--dry-run").out)
    assert (shown["begin_from"], shown["layers"]) == (str(trained), 1)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--hidden", 9), "--hidden 9: the run of --from "),
        (("--no-tie",), "--no-tie: the run of --from "),
        (("--level", "char"), "--level char: the run of --from "),
        (("--vectors", "v.bin"), "--from brings the embedding of its run"),
    ],
)
def test_what_goes_against_the_run_is_one_line(seqkit, trained, other, options, message):
    result = seqkit("train-lm", other, "--from", trained, *options, "--out", "run")
    assert result.code == 2 and result.error.startswith(message)


def test_a_folder_that_is_no_run_is_one_line(seqkit, other):
    result = seqkit("train-lm", other, "--from", "nowhere")
    assert result.code == 2 and result.error.startswith("--from nowhere: not a run folder")


def test_a_stopped_run_goes_on_and_only_from_what_it_began_with(
    seqkit, trained, other, tmp_path, monkeypatch
):
    begin = ("train-lm", other, "--from", trained, "--epochs", 2, "--batch-size", 4)
    assert seqkit(*begin, "--out", "whole").code == 0
    step = training_report._Watcher.on_step

    def on_step(self, loop):
        step(self, loop)
        if loop.at.steps == 3:
            signal.raise_signal(signal.SIGINT)

    with monkeypatch.context() as patch:
        patch.setattr(training_report._Watcher, "on_step", on_step)
        assert seqkit(*begin, "--out", "run").code == 130
    result = seqkit("train-lm", "--resume", "--out", "run", "--from", "another")
    assert result.code == 2
    assert f"--from another: the run in run began with {trained}" in result.error
    assert seqkit(*begin, "--out", "run", "--resume").code == 0
    found, wanted = ((tmp_path / n / "model.safetensors").read_bytes() for n in ("run", "whole"))
    assert found == wanted
