"""`train-lm`: what it prints, what it writes, and going on with --resume."""

import json
import signal
from pathlib import Path

import pytest

from seqkit.cli import training_report
from seqkit.layers import CELLS
from seqkit.tasks.runs import read_json
from tests.tasks import texts

PROMISED = {"run", "epochs", "seconds", "tokens_per_second", "train", "valid", "test"}


def weights(folder):
    return (folder / "model.safetensors").read_bytes()


def test_the_folder_holds_a_run_with_its_card(trained, text):
    names = {path.name for path in trained.iterdir()}
    assert names == {
        *("config.json", "vocabulary.json", "model.safetensors"),
        *("history.jsonl", "metrics.json", "README.md", "SHA256SUMS"),
    }
    card = (trained / "README.md").read_text()
    assert f"seqkit sample {trained}" in card and "sentences.txt" in card
    metrics = read_json(trained / "metrics.json")
    assert {*metrics} >= PROMISED
    assert metrics["valid"]["baselines"].keys() == {"unigram", "trigram"}
    assert read_json(trained / "config.json")["notes"]["corpus"] == str(text)


def test_the_library_trains_the_same_model(trained, tmp_path, text):
    from seqkit.corpora.catalogue import open_splits
    from seqkit.tasks import language

    language.train(texts.settings(), open_splits(str(text)), tmp_path / "run")
    assert weights(tmp_path / "run") == weights(trained)


def test_stdout_has_the_result_and_stderr_the_rest(train, text):
    result = train(text, "--out", "run")
    assert result.code == 0
    valid, test = result.out.splitlines()
    assert valid.startswith("valid  perplexity ") and test.startswith("test   perplexity ")
    for word in ("corpus", "sha256", "vocabulary", "model", "device", "seed 0", "baseline"):
        assert word in result.err
    assert sum("epoch" in line and "tok/s" in line for line in result.err.splitlines()) == 3
    assert result.err.endswith("next: seqkit sample run\n")


def test_json_is_one_object_with_what_is_promised(train, text, tmp_path):
    result = train(text, "--out", "run", "--json", "--quiet")
    assert (result.code, result.err) == (0, "")
    (line,) = result.out.splitlines()
    found = json.loads(line)
    assert {*found} >= PROMISED
    assert (found["run"], found["epochs"]) == ("run", 3)
    assert found["seconds"] > 0 and found["tokens_per_second"] > 0
    for split in ("valid", "test"):
        assert {"loss", "perplexity", "bits_per_char", "unknown_share"} <= {*found[split]}
    assert found["train"]["loss"] > 0
    assert found == read_json(tmp_path / "run" / "metrics.json")


@pytest.mark.parametrize("cell", CELLS)
def test_every_cell_trains_writes_and_scores(train, seqkit, text, cell):
    trained = train(text, "--out", "run", cell=cell, hidden=16, lr=0.02, epochs=6)
    assert trained.code == 0 and f"model       1 x 16 {cell}, tied: " in trained.err
    found = read_json(Path("run") / "metrics.json")
    assert found["test"]["perplexity"] < found["test"]["baselines"]["unigram"]
    sampled = seqkit("sample", "run", "--num", 3, "--max-tokens", 8)
    assert sampled.code == 0 and len(sampled.out.splitlines()) == 3
    lines = ["fox wet . a owl the red sees", "the red fox sees a wet owl ."]
    scored = seqkit("score", "run", "--rank", stdin="\n".join(lines))
    assert scored.code == 0
    assert [line.split("\t")[2] for line in scored.out.splitlines()] == lines[::-1]


def test_without_out_the_next_free_folder_is_taken(train, text, tmp_path):
    for name in ("lm", "lm-2", "lm-3"):
        assert train(text, "--json", epochs=1).code == 0
        assert (tmp_path / "runs" / name / "metrics.json").exists()


def test_a_dry_run_shows_the_settings_and_writes_nothing(train, text, tmp_path):
    result = train(text, "--dry-run", "--json", "--out", "run")
    shown = json.loads(result.out)
    assert shown["layers"] == 1 and shown["parameters"] > 0 and shown["memory_bytes"] > 0
    plain = train(text, "--dry-run").out
    assert f"parameters         {shown['parameters']}\n" in plain
    assert list(tmp_path.iterdir()) == []


def test_a_configuration_file_gives_way_to_options(seqkit, text, tmp_path):
    (tmp_path / "my.toml").write_text(
        'layers = 3\nhidden = 12\nbatch-size = 7\nbatch_size = 7\ntie = false\ncell = "lstm"\n'
        f'corpus = "{text}"\njson = true\n'
    )
    result = seqkit("train-lm", "--config", "my.toml", "--hidden", "14", "--dry-run")
    shown = json.loads(result.out)
    assert (shown["layers"], shown["hidden"], shown["batch_size"]) == (3, 14, 7)
    assert shown["tie"] is False and shown["tokens"] < 2000


def test_the_text_may_come_from_standard_input(seqkit, trained, text, tmp_path):
    from tests.cli.conftest import flags

    result = seqkit("train-lm", "-", *flags(), "--out", "run", stdin=text.read_bytes())
    assert result.code == 0
    assert weights(tmp_path / "run") == weights(trained)


@pytest.fixture
def stopped(train, text, tmp_path, monkeypatch):
    """The folder of a run stopped by Ctrl-C after 20 steps, and what was printed."""
    step = training_report._Watcher.on_step

    def on_step(self, loop):
        step(self, loop)
        if loop.at.steps == 20:
            signal.raise_signal(signal.SIGINT)

    with monkeypatch.context() as patch:
        patch.setattr(training_report._Watcher, "on_step", on_step)
        result = train(text, "--out", "run")
    return tmp_path / "run", result


def test_ctrl_c_saves_and_says_how_to_go_on(stopped, seqkit, trained):
    folder, result = stopped
    assert result.code == 130 and result.out == ""
    assert "stopped and saved; go on with: seqkit train-lm --resume --out run\n" in result.err
    assert "Traceback" not in result.err
    resumed = seqkit("train-lm", "--resume", "--out", "run", "--json")
    assert resumed.code == 0 and json.loads(resumed.out)["epochs"] == 3
    assert weights(folder) == weights(trained)
    assert (folder / "README.md").exists() and not (folder / "checkpoint").exists()


def test_resuming_a_finished_run_shows_its_result_again(seqkit, run_copy):
    before = weights(run_copy)
    result = seqkit("train-lm", "--resume", "--out", run_copy, "--json")
    assert result.code == 0 and "finished already" in result.err
    assert json.loads(result.out) == read_json(run_copy / "metrics.json")
    assert weights(run_copy) == before


def test_resuming_needs_a_folder(seqkit, text):
    assert "--resume needs --out" in seqkit("train-lm", text, "--resume").error


def test_resuming_with_other_options_is_refused(stopped, seqkit, text):
    differences = (
        *(("layers", 2, 1), ("lr", 0.5, 0.03), ("batch-size", 5, 4), ("cell", "gru", "lstm")),
        *(("direction", "backward", "forward"), ("input", "one-hot", "embedding")),
    )
    for option, value, began in differences:
        result = seqkit("train-lm", text, "--resume", "--out", "run", f"--{option}", value)
        assert result.code == 2
        assert f"--{option} {value}: the run in run began with {began}" in result.error
    assert seqkit("train-lm", "--resume", "--out", "run", "--layers", 1).code == 0


def test_resuming_with_another_text_is_refused(stopped, seqkit, tmp_path):
    texts.write(tmp_path / "other.txt", seed=8)
    result = seqkit("train-lm", "other.txt", "--resume", "--out", "run")
    assert result.code == 2 and "other.txt" in result.error
    result = seqkit("train-lm", "--resume", "--out", "run", "--valid", "other.txt")
    assert result.code == 2 and "--valid other.txt" in result.error


def test_a_finished_run_is_safe_without_force(train, text, trained, run_copy):
    before = weights(run_copy)
    result = train(text, "--out", run_copy, epochs=1)
    assert result.code == 2 and "add --force" in result.error
    assert weights(run_copy) == before
    assert train(text, "--out", run_copy, "--force", epochs=1).code == 0
    assert weights(run_copy) != before


def test_force_with_a_text_that_is_missing_keeps_the_old_run(train, run_copy):
    before = weights(run_copy)
    assert train("nowhere.txt", "--out", run_copy, "--force").code == 2
    assert weights(run_copy) == before
