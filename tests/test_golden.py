"""Runs that an earlier seqkit made open as they are, and answer as they did then."""

import json
import shutil

import pytest

from seqkit.cli.main import run
from tests.fuzz.small_runs import KINDS
from tests.golden.asking import ASKED, HERE, answers

THEN = json.loads((HERE / "answers.json").read_text("utf-8"))


def alike(now, then):
    """Compare figures as figures and all else exactly."""
    assert type(now) is type(then), (now, then)
    if isinstance(then, dict):
        assert now.keys() >= then.keys()
        for key, value in then.items():
            alike(now[key], value)
    elif isinstance(then, list):
        assert len(now) == len(then)
        for mine, its in zip(now, then, strict=True):
            alike(mine, its)
    elif isinstance(then, float):
        assert now == pytest.approx(then, rel=1e-3, abs=1e-4)
    else:
        assert now == then


def test_there_is_one_of_each_kind():
    assert set(ASKED) == set(KINDS) == set(THEN)


@pytest.mark.parametrize("kind", ASKED)
def test_an_old_run_answers_as_it_did(kind):
    assert THEN[kind]
    alike(answers(kind), THEN[kind])


def test_a_run_of_a_later_version_is_refused_by_name(tmp_path, capsys):
    folder = tmp_path / "later"
    shutil.copytree(HERE / "language", folder)
    config = json.loads((folder / "config.json").read_text("utf-8"))
    (folder / "config.json").write_text(json.dumps({**config, "version": 2, "seqkit": "9.1"}))
    assert run(["inspect", str(folder)]) == 2
    said = capsys.readouterr().err
    assert f"{folder}: a run of format version 2" in said and "9.1" in said
