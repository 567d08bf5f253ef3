"""Run folders that are damaged, foreign, unfinished or in use, as every command meets them."""

import json

import pytest

from seqkit.tasks.runs import Run, read_json

USERS = ["sample", "score", "evaluate", "inspect", "plot"]


@pytest.fixture
def refused(seqkit, text):
    """The error of a command that is given a bad run folder."""

    def call(name, folder):
        extra = [text] if name in ("score", "evaluate") else []
        result = seqkit(name, folder, *extra)
        assert result.code == 2, result
        return result.error

    return call


@pytest.mark.parametrize("name", USERS)
def test_folders_that_are_no_runs(refused, tmp_path, name):
    assert "nowhere: not a run folder" in refused(name, "nowhere")
    (tmp_path / "a-file").write_text("x")
    assert "a-file" in refused(name, "a-file")


@pytest.mark.parametrize("name", USERS)
def test_a_damaged_configuration(refused, run_copy, name):
    path = run_copy / "config.json"
    whole = read_json(path)
    path.write_text(path.read_text()[:50])
    assert "config.json: damaged, not JSON" in refused(name, run_copy)
    path.write_text(json.dumps({**whole, "format": "somebody else's"}))
    assert "not the configuration of a seqkit run" in refused(name, run_copy)
    path.write_text(json.dumps({**whole, "version": 2}))
    assert "format version 2" in refused(name, run_copy)


@pytest.mark.parametrize("name", [name for name in USERS if name != "plot"])
def test_damaged_weights_and_words(refused, run_copy, name):
    weights, words = run_copy / "model.safetensors", run_copy / "vocabulary.json"
    whole = weights.read_bytes()
    weights.write_bytes(whole[:100])
    assert "model.safetensors: damaged" in refused(name, run_copy)
    weights.write_bytes(whole)
    words.write_text("{}")
    assert "vocabulary.json: damaged" in refused(name, run_copy)


@pytest.mark.parametrize("name", ["inspect", "plot"])
def test_a_damaged_history(refused, run_copy, name):
    for content in ("{", "[]", "7", '{"epoch": 1}'):
        (run_copy / "history.jsonl").write_text(content + "\n")
        assert "history.jsonl: damaged" in refused(name, run_copy)


def test_an_unfinished_run_says_how_to_finish_it(refused, run_copy):
    (run_copy / "model.safetensors").unlink()
    (run_copy / "metrics.json").unlink()
    (run_copy / "checkpoint").mkdir()
    for name in ("sample", "score", "evaluate", "inspect"):
        assert "incomplete, finish it with --resume" in refused(name, run_copy)
    (run_copy / "history.jsonl").unlink()
    assert "no epoch has ended yet" in refused("plot", run_copy)


def test_a_run_in_use(train, seqkit, text, run_copy):
    (run_copy / "metrics.json").unlink()
    with Run(run_copy).locked():
        for arguments in (["--force"], ["--resume"]):
            result = train(text, "--out", run_copy, *arguments)
            assert result.code == 2 and "another training is using this folder" in result.error


def test_resuming_what_cannot_be_resumed(train, seqkit, text, run_copy, tmp_path):
    (run_copy / "metrics.json").unlink()
    result = seqkit("train-lm", "--resume", "--out", run_copy)
    assert result.code == 2 and "token streams are gone" in result.error
    config = read_json(run_copy / "config.json")
    for key in ("settings", "model", "precision", "corpus"):
        damaged = {k: v for k, v in config.items() if k != key}
        (run_copy / "config.json").write_text(json.dumps(damaged))
        result = seqkit("train-lm", "--resume", "--out", run_copy)
        assert result.code == 2 and str(run_copy) in result.error
    (run_copy / "config.json").write_text("{")
    result = seqkit("train-lm", "--resume", "--out", run_copy)
    assert result.code == 2 and "config.json: damaged" in result.error
