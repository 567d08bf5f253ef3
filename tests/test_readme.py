"""What the README says of the rest of the repository is so.

Its blocks and commands are tested with those of the other pages, in test_documents.py.
"""

import re
import tomllib

import click

from seqkit.cli.main import seqkit_command
from seqkit.tasks.language import PRESETS, build_settings
from tests.pages import ROOT, read_page

README = read_page(ROOT / "README.md")
SETS_UP = ("make", "python3 -m venv", ".venv/bin/python -m", "source", "seqkit")
"""How the lines of blocks begin that make an environment."""


def test_every_command_is_mentioned():
    names = set(seqkit_command.list_commands(click.Context(seqkit_command)))
    commands = [*README.mentioned, *(line for block in README.blocks for line in block.commands)]
    assert names <= {command.split()[1] for command in commands}


def test_blocks_that_set_up_name_what_exists():
    """They need a network and minutes, so they are read, not run."""
    pages = [README, read_page(ROOT / "docs/installation.md")]
    blocks = [block for page in pages for block in page.blocks if block.needs == "setup"]
    lines = [line for block in blocks for line in block.text.splitlines()]
    assert len(lines) > 5
    assert [line for line in lines if not line.startswith(SETS_UP)] == []
    _check_setup("\n".join(lines))


def _check_setup(text):
    makefile = (ROOT / "Makefile").read_text("utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    pins = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    for target in re.findall(r"^make (\w+)", text, re.M):
        assert re.search(rf"^{target}:", makefile, re.M), target
    for variable in re.findall(r" ([A-Z_]+)=", text):
        assert f"$({variable})" in makefile
    for file in re.findall(r"--constraint (\S+)", text):
        assert (ROOT / file).exists()
    for pin in re.findall(r"\w+==\S+", text):
        assert pin in pins
    for listed in re.findall(r'"\.\[(.+?)\]"', text):
        assert set(listed.split(",")) <= set(project["optional-dependencies"])


def test_the_sizes_it_tells_are_those_of_the_presets():
    row = r"^\| `(\w+)` \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|"
    rows = re.findall(row, README.text, re.M)
    assert {name for name, *_ in rows} == set(PRESETS)
    for name, *told in rows:
        settings = build_settings(name)
        width = settings.hidden if settings.embed is None else settings.embed
        real = (settings.layers, settings.hidden, width, settings.epochs)
        assert tuple(map(int, told)) == real, name


def test_the_folders_it_names_exist():
    folders = re.findall(r"^\| `([a-z2/]+/)` \|", README.text, re.M)
    assert len(folders) > 12
    assert [name for name in folders if not (ROOT / name).exists()] == []
