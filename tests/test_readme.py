"""What the README tells people to type works.

Its `sh` blocks run, in their order, in one empty folder, and then its `python` blocks beside what
those left. Blocks that make an environment or train for minutes do not run in the suite: of those,
the targets, files, extras and options they name are checked to exist. Transcripts are `console`.
"""

import os
import pathlib
import re
import shlex
import subprocess
import sys
import tomllib
from typing import NamedTuple

import click
import pytest

from seqkit.cli.main import seqkit_command
from seqkit.tasks.language import PRESETS, build_settings

ROOT = pathlib.Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
SETS_UP = ("make", "python3 -m venv", ".venv/bin/python -m pip")


class Block(NamedTuple):
    """A fenced block: its language, and its text."""

    language: str
    text: str

    @property
    def sets_up(self) -> bool:
        """Whether it makes an environment."""
        return self.language == "sh" and self.text.startswith(SETS_UP)


BLOCKS = [Block(*found) for found in re.findall(r"^```(\w*)\n(.*?)^```$", README, re.M | re.S)]
COMMANDS = [
    *re.findall(r"`(seqkit [^`]+)`", re.sub(r"^```.*?^```$", "", README, flags=re.M | re.S)),
    *(line for block in BLOCKS for line in re.findall(r"^(?:\$ )?(seqkit .+)$", block.text, re.M)),
]


def test_every_block_says_what_it_is():
    assert {block.language for block in BLOCKS} <= {"sh", "python", "console"}
    assert README.count("```") == 2 * len(BLOCKS)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> pathlib.Path:
    """An empty folder; beside it, the command `seqkit` of this checkout."""
    base = tmp_path_factory.mktemp("readme")
    script = base / "bin" / "seqkit"
    script.parent.mkdir()
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m seqkit "$@"\n')
    script.chmod(0o755)
    (base / "work").mkdir()
    return base / "work"


def _run(command: list[str], folder: pathlib.Path, text: str) -> str:
    environment = {
        **os.environ,
        "PATH": f"{folder.parent / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "OMP_NUM_THREADS": "1",
    }
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, f"{text}\n{done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def toured(folder) -> pathlib.Path:
    """The folder after all shell blocks that do not set up."""
    for block in BLOCKS:
        if block.language == "sh" and not block.sets_up:
            _run(["bash", "-euo", "pipefail", "-c", block.text], folder, block.text)
    return folder


@pytest.mark.slow
def test_shell_blocks_run(toured):
    assert (toured / "runs/tour/metrics.json").exists()
    assert (toured / "curves.svg").exists()


@pytest.mark.slow
def test_python_blocks_run(toured):
    programs = [block.text for block in BLOCKS if block.language == "python"]
    assert programs
    for text in programs:
        _run([sys.executable, "-c", text], toured, text)
    assert (toured / "runs/library/metrics.json").exists()


def _parse(command: str) -> click.Context:
    """Read a command line as the program does, without running it; UsageError if it is wrong."""
    words = shlex.split(command.split(" | ")[0])[1:]
    found: click.Command = seqkit_command
    while isinstance(found, click.Group) and words and not words[0].startswith("-"):
        name = words.pop(0)
        inner = found.get_command(click.Context(found), name)
        assert inner is not None, f"{command}: there is no {name}"
        found = inner
    return found.make_context(command, [word for word in words if word != "--help"])


@pytest.mark.parametrize("command", [c for c in COMMANDS if not c.startswith("seqkit COMMAND")])
def test_commands_and_options_exist(command):
    assert _parse(command).command is not None


@pytest.mark.parametrize("command", ["seqkit train-lm --nosuch 1", "seqkit score"])
def test_a_wrong_command_would_be_found(command):
    with pytest.raises(click.UsageError):
        _parse(command)


def test_every_command_is_mentioned():
    names = set(seqkit_command.list_commands(click.Context(seqkit_command)))
    assert names <= {command.split()[1] for command in COMMANDS}


def test_blocks_that_set_up_name_what_exists():
    """They need a network and minutes, so they are read, not run."""
    makefile = (ROOT / "Makefile").read_text("utf-8")
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"][
        "optional-dependencies"
    ]
    pins = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    lines = [line for block in BLOCKS if block.sets_up for line in block.text.splitlines()]
    assert all(line.startswith(SETS_UP) for line in lines)
    for target in re.findall(r"^make (\w+)", "\n".join(lines), re.M):
        assert re.search(rf"^{target}:", makefile, re.M), target
    for variable in re.findall(r" ([A-Z_]+)=", "\n".join(lines)):
        assert f"$({variable})" in makefile
    for file in re.findall(r"--constraint (\S+)", "\n".join(lines)):
        assert (ROOT / file).exists()
    for pin in re.findall(r"\w+==\S+", "\n".join(lines)):
        assert pin in pins
    for listed in re.findall(r'"\.\[(.+?)\]"', "\n".join(lines)):
        assert set(listed.split(",")) <= set(extras)


def test_the_sizes_it_tells_are_those_of_the_presets():
    rows = re.findall(r"^\| `(\w+)` \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|", README, re.M)
    assert {name for name, *_ in rows} == set(PRESETS)
    for name, *told in rows:
        settings = build_settings(name)
        width = settings.hidden if settings.embed is None else settings.embed
        real = (settings.layers, settings.hidden, width, settings.epochs)
        assert tuple(map(int, told)) == real, name


def test_the_folders_and_files_it_names_exist():
    links = re.findall(r"\]\((?!http)([^)#]+)\)", README)
    folders = re.findall(r"^\| `([a-z/]+/)` \|", README, re.M)
    assert links
    assert folders
    assert [name for name in links + folders if not (ROOT / name).exists()] == []
