"""The page of all commands, from the commands themselves: usage, help, examples, options."""

import inspect
import re
from collections.abc import Iterator

import click
from cells_page import escaped

from seqkit.cli.main import COMMANDS, seqkit_command

OPENING = """\
<!-- Made by docs/generate.py from the commands in cli/: edit their help, not this. -->
<!-- fmt: off -->

# The commands

What `seqkit COMMAND --help` prints, for every command. Every command also has `--help`, and all but
the groups have `--config FILE`, which reads options from a TOML file; what is typed beats the file.
Where brackets at the end of a line hold a value, it is the default. What most commands have in
common:

- The result goes to standard output, everything else to standard error. `-` is standard input.
- The exit code is 0 for done, 1 for a failure while running, 2 for a bad option, file or model, 130
  for Ctrl-C.
- `seqkit --debug COMMAND` shows the traceback of an error, `seqkit --version` the version.
"""
SAME = {"train-ner": "train-tagger", "train-sentiment": "train-classifier"}
"""Second names of commands, and the first."""
EVERYWHERE = {"--help", "--config"}


def page() -> str:
    """The page as Markdown."""
    parts = [OPENING, contents()]
    for title, section in COMMANDS.items():
        parts.append(f"## {title}\n")
        parts += [described(name) for name in section]
    return "\n".join(parts)


def contents() -> str:
    """A table of the commands by section, each with a link."""
    lines = ["| | command | does |", "| --- | --- | --- |"]
    for title, section in COMMANDS.items():
        names = [title, *[""] * (len(section) - 1)]
        for first, (name, what) in zip(names, section.items(), strict=True):
            lines.append(f"| {first} | [`{name}`](#{anchor(name)}) | {escaped(what)} |")
    return "\n".join(lines) + "\n"


def described(name: str) -> str:
    """All about one command, and about those below it if it is a group."""
    if name in SAME:
        first = SAME[name]
        same = f"[`seqkit {first}`](#{anchor(first)}) by another name."
        return f"### seqkit {name}\n\n{same}\n"
    root = click.Context(seqkit_command, info_name="seqkit")
    command = seqkit_command.get_command(root, name)
    assert command is not None
    return "\n".join(sections(command, click.Context(command, root, name), "###"))


def sections(command: click.Command, ctx: click.Context, marks: str) -> Iterator[str]:
    """The section of a command, then those of its own commands, one level deeper."""
    yield f"{marks} {ctx.command_path}\n"
    yield f"```text\n{' '.join([ctx.command_path, *command.collect_usage_pieces(ctx)])}\n```\n"
    yield from (shown(paragraph) for paragraph in paragraphs(command))
    if rows := [row for param in command.params if (row := option(param, ctx))]:
        yield "\n".join(["| option | what it does |", "| --- | --- |", *rows]) + "\n"
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            yield from sections(inner, click.Context(inner, ctx, name), marks + "#")


def paragraphs(command: click.Command) -> list[str]:
    """The paragraphs of a help text."""
    return inspect.cleandoc(command.help or "").split("\n\n")


def shown(paragraph: str) -> str:
    """A paragraph of a help text as Markdown; its examples become a block of code."""
    if not paragraph.startswith("\b\n"):
        return escaped(" ".join(paragraph.split())) + "\n"
    title, *lines = paragraph.removeprefix("\b\n").splitlines()
    assert title in ("Example:", "Examples:"), title
    code = "\n".join(line.strip() for line in lines)
    return f"```sh needs=files\n{code}\n```\n"


def option(param: click.Parameter, ctx: click.Context) -> str | None:
    """A row of the table of options; None for an argument, or what every command has."""
    record = param.get_help_record(ctx)
    if isinstance(param, click.Argument) or record is None or EVERYWHERE & set(param.opts):
        return None
    names, what = record
    return f"| `{piped(names)}` | {escaped(' '.join(what.split()))} |"


def piped(text: str) -> str:
    """Code in a table, where a bar would end the cell."""
    return text.replace("|", r"\|")


def anchor(name: str) -> str:
    """What a forge makes of the heading of a command."""
    return re.sub(r"[^\w-]", "", f"seqkit-{name}".replace(" ", "-"))
