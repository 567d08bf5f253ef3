"""Help: every command explains itself with an example, and what it says of defaults is true."""

import dataclasses
import re
import subprocess
import sys

import click
import pytest

from seqkit.cli.main import COMMANDS, OTHER_TOOL, seqkit_command
from seqkit.cli.train_lm import SETTINGS
from seqkit.layers import CELLS
from seqkit.layers.embedding import INPUTS
from seqkit.tasks.language import PRESETS, LanguageSettings, build_settings
from seqkit.text.backward import DIRECTIONS
from seqkit.train.optimizers import OPTIMIZERS
from seqkit.train.schedules import SCHEDULES

NAMES = [name for section in COMMANDS.values() for name in section]
FIRST_LINES = {name: line for section in COMMANDS.values() for name, line in section.items()}


def every_command():
    """All commands, those of groups too, by the words to type."""
    ctx = click.Context(seqkit_command)
    found = {}
    for name in NAMES:
        command = seqkit_command.get_command(ctx, name)
        assert command is not None
        found[name] = command
        if isinstance(command, click.Group):
            found |= {f"{name} {sub}": command.commands[sub] for sub in command.commands}
    return found


ALL = every_command()


@pytest.mark.parametrize("name", ALL)
def test_every_help_ends_with_an_example_of_that_command(seqkit, name):
    result = seqkit(*name.split(), "--help")
    assert (result.code, result.err) == (0, "")
    lines = result.out.rstrip().splitlines()
    start = max(i for i, line in enumerate(lines) if re.fullmatch(r"\s*Examples?:", line))
    indent = len(lines[start + 1]) - len(lines[start + 1].lstrip())
    examples = []
    for line in lines[start + 1 :]:
        if len(line) - len(line.lstrip()) < indent or not line.strip():
            break
        examples.append(line)
    assert all(f"seqkit {name}" in line for line in examples) and examples
    rest = lines[start + 1 + len(examples) :]
    assert [line for line in rest if line.strip() and not line.startswith(("Options", "Comm"))] == [
        line for line in rest if line.startswith("  ")
    ]


@pytest.mark.parametrize("name", ALL)
def test_every_option_of_every_command_is_explained(name):
    for parameter in ALL[name].params:
        if isinstance(parameter, click.Option):
            assert parameter.help, parameter.name


@pytest.mark.parametrize("name", NAMES)
def test_the_table_of_commands_says_what_the_help_begins_with(name):
    first = (ALL[name].help or "").replace("\b", "").strip().splitlines()[0]
    assert first == FIRST_LINES[name]


def test_the_help_of_all_lists_every_command_by_section(seqkit):
    out = seqkit("--help").out
    places = [out.index(f"\n{title}:\n") for title in COMMANDS]
    assert places == sorted(places)
    for name, line in FIRST_LINES.items():
        assert re.search(rf"^  {name} +{re.escape(line)}$", out, re.MULTILINE)
    assert seqkit("-h").out == out


def test_bare_it_shows_two_commands_that_need_no_download(seqkit):
    result = seqkit()
    assert result.code == 0 and result.err == ""
    shown = re.findall(r"^  (seqkit train-lm.*?)  ", result.out, re.MULTILINE)
    assert len(shown) == 2
    assert seqkit(*shown[0].split()[1:], "--help").code == 0


def test_the_version_says_which_seqkit_it_is(seqkit):
    import seqkit as package

    wanted = f"seqkit {package.__version__} (sequence models for text)\n"
    assert seqkit("--version").out == wanted


def test_help_imports_nothing_heavy():
    heavy = ["torch", "numpy", "nltk", "matplotlib", "numba", "tqdm", "tokenizers"]
    code = (
        "import sys; from seqkit.cli.main import run; run(['--help']); run([]);"
        "run(['train-lm', '--help']);"
        f"print('LOADED', [m for m in {heavy} if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.endswith("LOADED []\n")


# The options of a training against its settings: no drift.

FIELDS = {field.name: field for field in dataclasses.fields(LanguageSettings)}
OPTIONS = {p.name: p for p in ALL["train-lm"].params if isinstance(p, click.Option)}
OF_THE_COMMAND = {
    *("valid", "test", "out", "force", "resume", "preset", "dry_run"),
    *("encoding", "quiet", "as_json", "config"),
}
DEFAULTS = build_settings(OPTIONS["preset"].default)
WORDS = {
    "tokenizer": "that of the level",
    "vocab_size": "10000",
    "embed": "as --hidden",
    "dropout_input": "as --dropout",
    "dropout_output": "as --dropout",
    "threads": "one a core",
    "clip_value": "none",
    "decay_rate": "none",
    "max_minutes": "none",
    "vectors": "none",
    "begin_from": "none",
}
"""What stands in brackets where the default is None."""


def test_every_setting_is_an_option_and_the_other_way_round():
    assert set(OPTIONS) - OF_THE_COMMAND == set(FIELDS)
    assert len(SETTINGS) == len(FIELDS)


@pytest.mark.parametrize("name", FIELDS)
def test_the_default_in_brackets_is_the_default(name):
    found = re.search(r"\(([^()]*)\)\.?$", OPTIONS[name].help or "")
    assert found, OPTIONS[name].help
    shown, default = found[1], getattr(DEFAULTS, name)
    if name == "tie":
        assert (shown, default) == ("tied", True)
    elif default is None:
        assert shown == WORDS[name]
    elif isinstance(default, str):
        assert shown.split(":")[0] == default
    else:
        assert float(shown) == default
    assert OPTIONS[name].default in (None, click.core.UNSET)


def test_the_bracket_of_the_vocabulary_is_its_limit():
    assert DEFAULTS.vocabulary_limit == int(WORDS["vocab_size"])


CONVERTED = {int: click.INT, float: click.FLOAT, str: click.STRING, bool: click.BOOL}


@pytest.mark.parametrize("name", FIELDS)
def test_an_option_has_the_type_of_its_setting(name):
    kinds = {"int": int, "float": float, "str": str, "bool": bool}
    wanted = kinds[str(getattr(FIELDS[name].type, "__name__", FIELDS[name].type)).split(" ")[0]]
    assert OPTIONS[name].type.name == CONVERTED[wanted].name


@pytest.mark.parametrize(
    ("option", "known"),
    [
        ("preset", PRESETS),
        ("schedule", SCHEDULES),
        ("optimizer", OPTIMIZERS),
        ("cell", CELLS),
        ("input", INPUTS),
        ("direction", DIRECTIONS),
    ],
)
def test_the_names_to_choose_from_are_all_there(option, known):
    shown = OPTIONS[option].help or ""
    for name in known:
        assert re.search(rf"(^|[ (]){re.escape(name)}([ ,.)]|$)", shown), (name, shown)


# Names that are no command.


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("trainlm", "Did you mean train-lm or "),
        ("evalute", "Did you mean evaluate?"),
        ("frobnicate", "See seqkit --help."),
        *[(name, "That is a command of the FASTA/Q tool seqkit") for name in OTHER_TOOL],
    ],
)
def test_an_unknown_command_gets_a_hint(seqkit, typed, hint):
    message = seqkit(typed, "file.fa", "--flag").usage_error
    assert f"No such command '{typed}'" in message and hint in message


def test_an_unknown_option_gets_a_hint(seqkit):
    assert "--temperature" in seqkit("sample", "run", "--temprature", "1").usage_error
