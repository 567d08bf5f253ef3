"""Holding a run folder for one training, of a task that does next to nothing."""

import dataclasses
import json
import sys

import numpy as np
import pytest
import torch

from seqkit.files import write_json
from seqkit.tasks.holding import (
    new_training,
    read_settings,
    run_config,
    unfinished_training,
    versions,
)
from seqkit.tasks.runs import Run


@dataclasses.dataclass(frozen=True)
class Settings:
    lr: float = 0.5
    encoder: tuple[str, ...] = ()
    seed: int | None = None

    def __post_init__(self):
        if self.lr <= 0:
            raise ValueError("--lr must be above 0")


def config(**settings):
    """A config.json that a run accepts."""
    kept = {**dataclasses.asdict(Settings()), **settings}
    return {"task": "none", "settings": kept, "model": {}, "corpus": {}, "precision": "fp32"}


def begin(run):
    """The training is its own run."""
    run.clear()
    run.create(config())
    return run


def fail(run):
    (run.checkpoint / "half.tokens").write_bytes(b"half")
    raise RuntimeError("no memory")


def never(run, config):
    raise AssertionError("the only process does not take part in the training of another")


def tree(folder):
    """All that lies in a folder, by path."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "run"


@pytest.fixture
def unfinished(folder):
    with new_training(folder, False, begin, never) as run:
        (run.checkpoint / "state.safetensors").write_bytes(b"state")
    return folder


@pytest.fixture
def finished(folder):
    with new_training(folder, False, begin, never) as run:
        run.write_metrics({"loss": 1})
    return folder


def test_a_training_holds_its_folder_and_lets_it_go_when_it_has_ended(folder):
    with new_training(folder, False, begin, never) as run:
        assert run.path == folder and run.checkpoint.exists()
        with pytest.raises(ValueError, match="another training is using this folder"):
            new_training(folder, True, begin, never).__enter__()
        run.write_metrics({"loss": 1})
        assert run.checkpoint.exists()
    assert {*tree(folder)} == {"config.json", "metrics.json", "SHA256SUMS"}


def test_a_training_that_stops_keeps_what_it_needs_to_go_on(folder):
    with pytest.raises(KeyboardInterrupt), new_training(folder, False, begin, never) as run:
        (run.checkpoint / "state.safetensors").write_bytes(b"state")
        raise KeyboardInterrupt
    assert (folder / "checkpoint" / "state.safetensors").read_bytes() == b"state"

    def go_on(run, found):
        assert found["settings"]["lr"] == 0.5
        return (run.checkpoint / "state.safetensors").read_bytes(), run

    with unfinished_training(folder, go_on) as (state, run):
        assert state == b"state"
        with pytest.raises(ValueError, match="another training is using this folder"):
            unfinished_training(folder, go_on).__enter__()
        run.write_metrics({"loss": 1})
    assert {*tree(folder)} == {"config.json", "metrics.json", "SHA256SUMS"}


def test_where_the_beginning_fails_nothing_is_left(folder):
    with pytest.raises(RuntimeError, match="no memory"):
        new_training(folder, False, fail, never).__enter__()
    assert not folder.exists()
    folder.mkdir()
    with pytest.raises(RuntimeError, match="no memory"):
        new_training(folder, False, fail, never).__enter__()
    assert list(folder.iterdir()) == []


def test_where_the_beginning_fails_a_finished_run_stays(finished):
    before = tree(finished)
    with pytest.raises(RuntimeError, match="no memory"):
        new_training(finished, True, fail, never).__enter__()
    assert tree(finished) == before


def test_where_the_beginning_fails_an_unfinished_run_stays(unfinished):
    with pytest.raises(RuntimeError, match="no memory"):
        new_training(unfinished, True, fail, never).__enter__()
    assert tree(unfinished)["checkpoint/state.safetensors"] == b"state"
    with unfinished_training(unfinished, lambda run, config: run) as run:
        assert run.exists


@pytest.mark.parametrize(
    ("kind", "message"), [("finished", "add --force"), ("unfinished", "add --resume")]
)
def test_an_earlier_run_is_safe_without_force(kind, message, folder, request):
    request.getfixturevalue(kind)
    before = tree(folder)
    with pytest.raises(ValueError, match=message):
        new_training(folder, False, begin, never).__enter__()
    assert tree(folder) == before
    with new_training(folder, True, begin, never):
        assert "metrics.json" not in tree(folder)


def test_only_an_unfinished_run_is_gone_on_with(finished, tmp_path):
    for folder, message in ((finished, "the run is finished"), (tmp_path / "none", "not a run")):
        with pytest.raises(ValueError, match=message):
            unfinished_training(folder, lambda run, config: run).__enter__()


def test_settings_come_back_as_they_were(folder):
    settings = Settings(0.25, ("runs/a", "runs/b"), 7)
    Run(folder).create(config(**dataclasses.asdict(settings), tokenizer_name="word"))
    assert read_settings(Run(folder), Settings) == settings


def test_settings_that_came_later_than_a_run_have_their_defaults(folder):
    Run(folder).create({**config(), "settings": {"lr": 0.25}})
    assert read_settings(Run(folder), Settings) == Settings(0.25)


@pytest.mark.parametrize("kept", [{"lr": -1}, {"lr": "fast"}, {"lr": None}])
def test_damaged_settings_name_the_file(folder, kept):
    Run(folder).create(config())
    (folder / "checkpoint" / "SHA256SUMS").unlink()  # else no change passes
    path = folder / "config.json"
    found = json.loads(path.read_text())
    settings = {**found["settings"], **kept}
    write_json(path, {**found, "settings": {k: v for k, v in settings.items() if v is not ...}})
    with pytest.raises(ValueError) as caught:
        read_settings(Run(folder), Settings)
    assert str(caught.value).startswith(f"{path}: damaged settings (")
    assert "\n" not in str(caught.value)


def test_the_versions_are_those_of_this_process():
    python = ".".join(map(str, sys.version_info[:3]))
    found = versions()
    assert found.pop("python").startswith(python)
    assert found == {"torch": torch.__version__, "numpy": np.__version__}


def test_the_config_of_a_run_is_one_that_it_accepts(folder):
    made = run_config("none", Settings(lr=0.25), {"hidden": 3}, {"name": "a text"}, "bf16")
    run = Run(folder)
    run.create(made)
    assert {name: run.read_config("none")[name] for name in made} == json.loads(json.dumps(made))
    assert made["model"] == {"hidden": 3} and made["corpus"] == {"name": "a text"}
    assert (made["precision"], made["versions"]) == ("bf16", versions())
    assert read_settings(run, Settings) == Settings(lr=0.25)
    with pytest.raises(ValueError, match="a run of the task 'none', not 'tagging'"):
        run.read_config("tagging")
