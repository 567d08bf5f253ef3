"""The command line: small languages of options, configuration files, and whole commands."""

import contextlib
import io
import json
import os
import pathlib
import random
import shutil
import sys
from collections.abc import Callable, Sequence
from unittest import mock

import click

from seqkit.cli.main import COMMANDS, run, seqkit_command
from seqkit.cli.out_of_memory import REMEDY
from seqkit.corpora.splitting import held_out
from seqkit.tasks.checks import read_weights
from seqkit.tasks.tuning import Known, read_parameter
from seqkit.vision.shapes import plan
from seqkit.vision.specification import parse, write
from tests.fuzz.small_runs import KINDS, train
from tests.fuzz.target import Target, put

LAYERS = (
    "conv 6x3 same stride 2 relu, bn, pool 2 stride 1, avgpool all, dropout 0.1, dense 10 from 4",
    "conv 2x5 pad 2\nkeep 0.5\nflatten\ndense 3 tanh\nsigmoid, leaky-relu, identity, avgpool 2",
)
PARAMETERS = ("lr=log:1e-4:1e-1", "hidden=int:1:8:3", "beta=1-log:0.9:0.99", "tie=yes,no", "x=a,b")
KNOWN = Known(("lr", "hidden", "beta", "tie", "x"), ("hidden",), {"tie": ("--tie", "--no-tie")})
CONFIG = 'hidden = 8\ntie = true\n"batch-size" = 4\nlr = 0.1\n# remark\nlevel = "char"\n'
LEFT_OUT = ("gradcheck", "doctor", "plot", "tune", "corpora", "completion")
"""Commands that read nothing, start programs, or work for long whatever they are given."""
NOTHING_TRAINS = (
    "seqkit.train.loop.Loop.fit",
    "seqkit.tasks.word2vec.training.Training.run_to_end",
)
WORDS = (
    *("", "-", "x", "0", "1", "2", "3", "7", "-1", "0.5", "1e-3", "nan", "inf", "1e400", "9" * 25),
    *("missing.txt", "\x1b[2J", "\u202ex", "\ud83d", "a\nb", "a=b", "x,y", "word", "char", "cpu"),
    *(
        "cuda",
        "lstm",
        "gru",
        "0:1",
        "valid.loss",
        "utf-16",
        "utf-9",
        "the",
        "Ann left Ulm.",
        "x" * 999,
    ),
)


def _text(read: Callable[[str], object]) -> Callable[[pathlib.Path, bytes], object]:
    def read_input(folder: pathlib.Path, data: bytes) -> object:
        try:
            return read(data.decode(errors="replace"))
        except ValueError as error:  # the command line puts what was typed into one line
            raise ValueError(" ".join(str(error).split())) from error

    return read_input


def _layers(text: str) -> object:
    found = parse(text)
    return parse(write(found)) == found, plan(found, (3, 20, 20))


def _parameter(text: str) -> object:
    parameter = read_parameter(text, KNOWN)
    value = parameter.at(0.3)
    return parameter.grid(), parameter.words(value)


def _of_command_line(text: str) -> object:
    return held_out("x", text, None, False), read_weights(text, "NAME=NUMBER", "a=1")


def called(arguments: Sequence[str], stdin: bytes = b"") -> str:
    """Run a command; what it printed, or ValueError with its error, or AssertionError: a defect."""
    out, err = io.StringIO(), io.StringIO()
    old = sys.stdin
    sys.stdin = io.TextIOWrapper(io.BytesIO(stdin), "utf-8")
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = run(list(arguments))
    finally:
        sys.stdin = old
    told = err.getvalue()
    if code not in (0, 1, 2) or "(a defect" in told or "Traceback" in told or REMEDY in told:
        raise AssertionError(f"exit {code}: {told[-300:]}")
    if code:
        raise ValueError(told.strip().split("\n")[-1])
    return out.getvalue()


def drawn(draw: random.Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """A command line, drawn anew."""
    names = [n for part in COMMANDS.values() for n in part if n not in LEFT_OUT]
    name = draw.choice(names)
    context = click.Context(seqkit_command)
    command = seqkit_command.get_command(context, name)
    assert command is not None
    arguments = [name]
    if isinstance(command, click.Group):
        inner = draw.choice(command.list_commands(context))
        arguments.append(inner)
        command = command.get_command(context, inner)
        assert command is not None
    for parameter in command.params:
        arguments += _given(draw, parameter)
    return json.dumps(arguments).encode()


def _given(draw: random.Random, parameter: click.Parameter) -> list[str]:
    if isinstance(parameter, click.Argument):
        count = draw.choice((1, 1, 1, 1, 2, 0)) if parameter.nargs == -1 else 1
        return [_value(draw, parameter) for _ in range(count)]
    if parameter.name == "help" or draw.random() > 0.12:
        return []
    option = draw.choice((*parameter.opts, *parameter.secondary_opts))
    if isinstance(parameter, click.Option) and (parameter.is_flag or parameter.count):
        return [option]
    return [option, _value(draw, parameter)]


def _value(draw: random.Random, parameter: click.Parameter) -> str:
    if isinstance(parameter.type, click.Choice) and draw.random() < 0.9:
        return str(draw.choice(list(parameter.type.choices)))
    if parameter.name in ("out", "html", "png", "svg", "write"):
        return draw.choice(("made", "made.html", "made.json", "made.png"))
    if isinstance(parameter, click.Argument) and draw.random() < 0.85:
        return draw.choice(_FILES)
    kinds = (click.types.IntParamType, click.types.FloatParamType)
    if isinstance(parameter.type, kinds) and draw.random() < 0.8:
        return draw.choice(("0", "1", "2", "3", "7", "-1", "0.5", "0.01"))
    return draw.choice((*WORDS, *_FILES))


_FILES = (
    *KINDS, "prose.txt", "names.conll", "rows.tsv", "text.en", "text.xx", "x-images-idx3-ubyte.gz",
)  # fmt: skip


def _command(whole: pathlib.Path) -> Callable[[pathlib.Path, bytes], object]:
    def read(folder: pathlib.Path, data: bytes) -> object:
        place = folder / "work"
        if not place.exists():
            shutil.copytree(whole, place)
        for made in place.glob("made*"):
            shutil.rmtree(made) if made.is_dir() else made.unlink()
        old = pathlib.Path.cwd()
        os.chdir(place)
        try:
            with contextlib.ExitStack() as stack:
                for name in NOTHING_TRAINS:
                    refusal = ValueError("nothing is trained here")
                    stack.enter_context(mock.patch(name, side_effect=refusal))
                return called(json.loads(data), b"the red fox\nAnn left Ulm.\n")
        finally:
            os.chdir(old)

    return read


def _config(whole: pathlib.Path) -> Callable[[pathlib.Path, bytes], object]:
    def read(folder: pathlib.Path, data: bytes) -> object:
        path = str(put(folder, "options.toml", data))
        return called(["train-lm", str(whole / "prose.txt"), "--dry-run", "--config", path])

    return read


def option_targets(folder: pathlib.Path) -> list[Target]:
    """The small languages, --config, and all commands; small runs are trained in `folder`."""
    for kind in KINDS:
        train(folder, kind)
    layers = [text.encode() for text in LAYERS]
    parameters = [text.encode() for text in PARAMETERS]
    shares = [b"0.1", b"10%", b"x.txt", b"a=1,b=0.5"]
    return [
        Target("layers", layers, _text(_layers), share=2),
        Target("--param", parameters, _text(_parameter), ("--param",), share=2),
        Target("--valid, --class-weights", shares, _text(_of_command_line)),
        Target("--config", [CONFIG.encode()], _config(folder), share=0.2),
        Target("commands", [b'["--help"]'], _command(folder), (), drawn, 0.1),
    ]
