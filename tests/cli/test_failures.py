"""Failures while running: numbers that overflow, a full disk, signals and closed pipes."""

import contextlib
import os
import signal
import subprocess
import sys
import time

import pytest

from seqkit.cli import training_report
from seqkit.tasks.runs import Run
from tests.cli.conftest import flags

resource = pytest.importorskip("resource")


def test_a_loss_that_is_not_finite_names_the_step(train, seqkit, text):
    result = train(text, "--out", "run", "--quiet", optimizer="sgd", lr=1e39, clip=1e30)
    assert result.code == 1
    assert result.error.startswith("step ") and "smaller --lr" in result.error
    assert Run("run").exists and not Run("run").finished
    sampled = seqkit("sample", "run")
    assert sampled.code == 2 and "--resume" in sampled.error
    again = train(text, "--out", "run", "--force", "--quiet", epochs=1)
    assert again.code == 0


@contextlib.contextmanager
def largest_file(size):
    """No file may grow beyond `size` bytes: writing fails as it does on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)


@pytest.mark.parametrize("size", [100, 1000, 2000])
def test_a_disk_that_is_full_at_the_start_leaves_nothing(train, text, trained, tmp_path, size):
    with largest_file(size):
        result = train(text, "--out", "run", "--quiet")
    assert result.code == 1
    assert "File too large" in result.error and "defect" not in result.error
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_fills_up_later_keeps_the_last_good_state(
    train, seqkit, text, trained, tmp_path, monkeypatch
):
    step = training_report._Watcher.on_step

    def on_step(self, loop):
        step(self, loop)
        if loop.at.steps == 40:
            signal.raise_signal(signal.SIGINT)

    with monkeypatch.context() as patch:
        patch.setattr(training_report._Watcher, "on_step", on_step)
        assert train(text, "--out", "run", "--quiet").code == 130
    state = tmp_path / "run" / "checkpoint" / "state.safetensors"
    before = state.read_bytes()
    with largest_file(len(before) // 2):
        result = seqkit("train-lm", "--resume", "--out", "run", "--quiet")
    assert result.code == 1 and "File too large" in result.error
    assert state.read_bytes() == before
    assert [path.name for path in state.parent.glob(".*")] == []
    assert seqkit("train-lm", "--resume", "--out", "run", "--quiet").code == 0
    weights = (tmp_path / "run" / "model.safetensors").read_bytes()
    assert weights == (trained / "model.safetensors").read_bytes()


def test_a_defect_is_called_one(seqkit, trained, monkeypatch):
    def broken(*arguments):
        raise KeyError("x")

    monkeypatch.setattr("seqkit.tasks.language.load", broken)
    result = seqkit("sample", trained)
    assert result.code == 1
    assert "KeyError: 'x' (a defect; --debug shows where)" in result.error


@pytest.fixture
def start(tmp_path):
    """Start `python -m seqkit …` as a process of its own."""
    started = []

    def call(*arguments, **options):
        process = subprocess.Popen(
            [sys.executable, "-m", "seqkit", *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join(sys.path)},
            cwd=tmp_path,
            **options,
        )
        started.append(process)
        return process

    yield call
    for process in started:
        process.kill()
        process.communicate()


def test_ctrl_c_in_a_real_process(start, text, tmp_path):
    process = start("train-lm", text, *flags(epochs=100_000), "--out", "run")
    deadline = time.monotonic() + 60
    while not (tmp_path / "run" / "history.jsonl").exists():
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130 and out == ""
    assert "go on with: seqkit train-lm --resume --out run" in err and "Traceback" not in err
    assert (tmp_path / "run" / "checkpoint" / "state.safetensors").exists()


def test_a_reader_that_goes_away_causes_no_traceback(start, trained):
    process = start("sample", trained, "--num", 20_000, "--max-tokens", 8)
    assert process.stdout.readline()
    process.stdout.close()
    err = process.stderr.read()
    assert process.wait(30) in (0, 1)
    assert err == ""
