"""A training killed (SIGKILL) at random moments and resumed ends with the bytes of one never
stopped. The processes are forked from a server that has torch imported, which saves seconds."""

import multiprocessing
import random
import sys
import time

import pytest

from seqkit.cli.main import run
from seqkit.tasks.runs import Run
from tests.tasks import pictured, tagged, texts, translated

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs fork")


KINDS = {
    "lstm": {},
    "gru, backward": {"cell": "gru", "direction": "backward"},
    "tagger": {"checkpoint_seconds": 0.05},
    "translator": {"checkpoint_seconds": 0.05, "scheduled_sampling": 0.2},
    "images": {"checkpoint_seconds": 0.05, "shift": 1},
}
KILLS = {
    "lstm": (0, 1, 3, 3, 7),
    "gru, backward": (1, 4),
    "tagger": (0, 2, 5),
    "translator": (0, 4),
    "images": (0, 3),
}
"""How many epochs of each kind of model have ended before each kill."""


def train(text, folder, changes):
    """What `seqkit train-lm TEXT --out FOLDER --resume …` does."""
    options = {**texts.SETTINGS, "epochs": 12, "dropout_words": 0.1, "average": 0.9, **changes}
    _run("train-lm", text, folder, options)


def train_tagger(text, folder, changes):
    """What `seqkit train-tagger TEXT --out FOLDER --resume …` does."""
    _run("train-tagger", text, folder, {**tagged.SETTINGS, "epochs": 10, **changes})


def train_translator(text, folder, changes):
    """What `seqkit train-translator SOURCE TARGET --out FOLDER --resume …` does."""
    options = {**translated.SETTINGS, "epochs": 8, **changes}
    _run("train-translator", text, folder, options, str(text.with_suffix(".xx")))


def train_image(images, folder, changes):
    """What `seqkit train-image IMAGES --out FOLDER --resume …` does."""
    _run("train-image", images, folder, {**pictured.SETTINGS, "epochs": 8, **changes})


def _run(command, text, folder, options, *others):
    flags = [part for k, v in options.items() for part in (f"--{k.replace('_', '-')}", str(v))]
    given = [command, str(text), *others, "--out", str(folder), "--resume", "--quiet"]
    sys.exit(run([*given, *flags]))


TRAININGS = {
    "tagger": (tagged.write, train_tagger),
    "translator": (translated.write, train_translator),
    "images": (pictured.write, train_image),
}
"""What writes a text and what trains on it, but for language models."""


@pytest.fixture(scope="module")
def processes():
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(
        [
            __name__,
            "seqkit.cli.train_lm",
            "seqkit.cli.training_report",
            "seqkit.cli.train_tagger",
            "seqkit.cli.tagging_report",
            "seqkit.cli.train_translator",
            "seqkit.cli.translating_report",
            "seqkit.cli.train_image",
            "seqkit.cli.imaging_report",
            "seqkit.text.kernels",
            "seqkit.layers.fast",
            "torch._dynamo",  # every optimizer of torch imports it
        ]
    )
    return context


@pytest.mark.parametrize("kind", KINDS)
def test_killed_at_any_moment_it_ends_with_the_same_bytes(processes, tmp_path, kind):
    write, target = TRAININGS.get(kind, (texts.write, train))
    text, whole, killed = write(tmp_path / "text.txt", 400), tmp_path / "a", tmp_path / "b"
    assert _finish(processes.Process(target=target, args=(text, whole, KINDS[kind]))) == 0
    delays = random.Random(4)
    for epochs in KILLS[kind]:
        process = processes.Process(target=target, args=(text, killed, KINDS[kind]))
        process.start()
        _wait_for(killed, epochs)
        time.sleep(delays.uniform(0, 0.1))
        process.kill()
        process.join()
        assert process.exitcode == -9
    assert (killed / "checkpoint" / "state.safetensors").exists()
    assert _finish(processes.Process(target=target, args=(text, killed, KINDS[kind]))) == 0
    assert (killed / "model.safetensors").read_bytes() == (whole / "model.safetensors").read_bytes()
    assert not (killed / "checkpoint").exists()


def _finish(process):
    process.start()
    process.join(60)
    return process.exitcode


def _wait_for(folder, epochs):
    """Until a run has begun, and so many epochs of it have ended."""
    deadline = time.monotonic() + 60
    while not Run(folder).exists or len(Run(folder).read_history()) < epochs:
        assert time.monotonic() < deadline, f"{epochs} epochs of {folder} never came"
        time.sleep(0.005)
