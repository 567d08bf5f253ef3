"""Pages of Markdown as a reader meets them: blocks of code, run in an empty folder, and commands.

A block runs unless a word behind its language says what it would need: ```sh needs=gpu. Of such
blocks, of transcripts and of inline code the commands and options are checked to exist.
"""

import contextlib
import functools
import itertools
import os
import pathlib
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from typing import NamedTuple

import click

from seqkit.cli.main import seqkit_command

ROOT = pathlib.Path(__file__).parent.parent
LANGUAGES = {"sh", "python", "console", "text", "toml"}
NEEDS = {
    "setup",  # makes an environment, from the network
    "files",  # files that are the reader's
    "network",
    "gpu",
    "torchrun",
    "slurm",
    "source",  # an excerpt, no program
    "server",  # one that runs until Ctrl-C, or that is running
}
FENCE = re.compile(r"^```(\w*)(?: needs=(\w+))?\n(.*?)^```$", re.M | re.S)
COMMAND = re.compile(r"(?:^|[\s`])(?:\$ |-m )?(seqkit [^\n]+)")
EACH_BY_ITSELF = """
import sys
for program in sys.argv[1:]:
    exec(compile(program, "block", "exec"), {"__name__": "__main__"})
"""


class Block(NamedTuple):
    """A fenced block: its language, what it needs to run (nothing: ""), and its text."""

    language: str
    needs: str
    text: str

    @property
    def runs(self) -> bool:
        """Whether a test runs it."""
        return self.language in ("sh", "python") and not self.needs

    @property
    def commands(self) -> list[str]:
        """The lines of seqkit in it, a line that goes on below put together."""
        if self.language not in ("sh", "console"):
            return []
        return [found.strip() for found in COMMAND.findall(self.text.replace("\\\n", " "))]


class Page(NamedTuple):
    """A page by its path from the root of the repository."""

    name: str
    text: str

    @property
    def blocks(self) -> list[Block]:
        """Its fenced blocks."""
        return [Block(*found) for found in FENCE.findall(self.text)]

    @property
    def prose(self) -> str:
        """All that stands outside of them."""
        return FENCE.sub("", self.text)

    @property
    def inline(self) -> list[str]:
        """Inline code."""
        return re.findall(r"`([^`\n]+)`", self.prose)

    @property
    def mentioned(self) -> list[str]:
        """Commands in inline code, which may leave out arguments."""
        return [code for code in self.inline if re.match(r"seqkit [a-z]", code)]

    @property
    def links(self) -> list[str]:
        """Where its links and pictures lead, within the repository."""
        return re.findall(r"\]\((?!https?:)([^)\s]+)\)", self.prose)


def read_page(path: pathlib.Path) -> Page:
    """A page of this repository."""
    return Page(path.relative_to(ROOT).as_posix(), path.read_text("utf-8"))


def parse(command: str) -> click.Context:
    """Read a command line as the program does, without running it; UsageError if it is wrong."""
    words = list(itertools.takewhile(lambda word: not _ends(word), _split(command)))[1:]
    words = ["1" if word.startswith("$") else word for word in words]  # a variable of the shell
    found: click.Command = seqkit_command
    while isinstance(found, click.Group) and words and not words[0].startswith("-"):
        name = words.pop(0)
        inner = found.get_command(click.Context(found), name)
        assert inner is not None, f"{command}: there is no {name}"
        found = inner
    return found.make_context(command, [w for w in words if w not in ("--help", "--version")])


def parse_part(command: str) -> None:
    """The same for one that may leave out arguments, and what an option is set to."""
    with contextlib.suppress(click.MissingParameter, click.BadOptionUsage):
        parse(command)


def _split(command: str) -> list[str]:
    lexer = shlex.shlex(command, posix=True, punctuation_chars="|&;<>")
    lexer.whitespace_split = True
    return list(lexer)


def _ends(word: str) -> bool:
    return bool(word) and set(word) <= set("|&;<>")


@functools.cache
def all_options() -> frozenset[str]:
    """Every option of every command, its groups' too."""
    return frozenset(_options(seqkit_command)) | {"--help", "--version"}


def _options(command: click.Command) -> Iterator[str]:
    for param in command.params:
        yield from (*param.opts, *param.secondary_opts)
    if isinstance(command, click.Group):
        for name in command.list_commands(click.Context(command)):
            inner = command.get_command(click.Context(command), name)
            assert inner is not None
            yield from _options(inner)


def run_blocks(page: Page, base: pathlib.Path) -> pathlib.Path:
    """Run what runs on a page, in its order, in an empty folder; return that folder."""
    script, folder = base / "bin" / "seqkit", base / "work"
    script.parent.mkdir()
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m seqkit "$@"\n')
    script.chmod(0o755)
    folder.mkdir()
    running = [block for block in page.blocks if block.runs]
    for language, blocks in itertools.groupby(running, lambda block: block.language):
        texts = [block.text for block in blocks]
        if language == "python":
            _run([sys.executable, "-c", EACH_BY_ITSELF, *texts], folder)
        else:
            for text in texts:
                _run(["bash", "-euo", "pipefail", "-c", text], folder)
    return folder


def _run(command: list[str], folder: pathlib.Path) -> None:
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
    assert done.returncode == 0, "\n".join([*command[3:], done.stdout, done.stderr])
