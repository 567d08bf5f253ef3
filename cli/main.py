"""The command `seqkit`: which commands there are, how errors are shown, and nothing heavy.

A command's module is imported when the command runs; `seqkit --help` needs none of them.
"""

import contextlib
import difflib
import importlib
import io
import os
import sys
import traceback
from collections.abc import Sequence

import click

import seqkit
from seqkit.cli.out_of_memory import REMEDY, is_out_of_memory

COMMANDS = {
    "Train": {
        "train-lm": "Train a language model, then let it write.",
        "train-tagger": "Train a tagger: named entities, parts of speech.",
        "train-ner": "Train a tagger: named entities, parts of speech.",
        "train-classifier": "Train a classifier of texts: sentiment, topics, languages.",
        "train-sentiment": "Train a classifier of texts: sentiment, topics, languages.",
        "train-translator": "Train a translator: one language, or form, into another.",
        "train-image": "Train a net of images: digits, shapes, photographs.",
        "train-word2vec": "Train word vectors: skip-gram or CBOW.",
        "tune": "Find the best hyper-parameters of any training command.",
    },
    "Use": {
        "sample": "Write novel text with a trained language model.",
        "score": "Tell how likely each line is, and which is likeliest.",
        "tag": "Tag words, or find entities, in raw text or in columns.",
        "classify": "Tell the label of each text, and how likely it is.",
        "translate": "Translate each line with a trained translator.",
        "classify-image": "Tell the class of each image, and how likely it is.",
        "analogy": 'Answer "A is to B as C is to ?" by word vectors.',
        "neighbors": "Find the words nearest to each word by cosine.",
        "serve": "Try trained models in a browser, on this machine alone.",
    },
    "Look inside": {
        "evaluate": "Measure a trained model or word vectors.",
        "diagnose": "Tell bias from variance, and what to try next.",
        "gradcheck": "Check every gradient by two-sided differences.",
        "inspect": "Show what a run holds.",
        "plot": "Draw learning curves, gates, alignments or a map of words.",
    },
    "Data": {
        "corpora": "List, show, download and make corpora.",
        "vocab": "Count the types and tokens of a corpus.",
        "phrases": "Join words that belong together, such as new_york.",
        "vectors": "Convert word vectors, look into them and compare words.",
    },
    "System": {
        "export": "Write a trained model as one ONNX file.",
        "doctor": "Show versions, devices and which fast paths are in use.",
        "bench": "Measure this machine's speed on every kind of model.",
        "completion": "Print the shell code that completes seqkit's commands.",
    },
}
"""The commands by section, each with the first line of its help."""

BARE = """seqkit: sequence models for text. Two commands that need no download:

  seqkit train-lm                      train a small language model and watch it learn to write
  seqkit train-lm pydocs --level char  the same, letter by letter, on Python's own documentation

seqkit --help lists all commands.
"""

OTHER_TOOL = ("seq", "stats", "fq2fa", "fx2tab", "grep", "subseq", "rmdup", "split", "faidx")
"""Commands of the FASTA/Q tool that goes by the same name."""


class Commands(click.Group):
    """The commands of the table above, imported one at a time."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All command names, by section."""
        return [name for section in COMMANDS.values() for name in section]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of one command."""
        if cmd_name not in self.list_commands(ctx):
            return None
        module = importlib.import_module(f"seqkit.cli.{cmd_name.replace('-', '_')}")
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with a hint where the name is wrong."""
        name = args[0]
        known = self.list_commands(ctx)
        if name not in known and not name.startswith("-"):
            near = difflib.get_close_matches(name, known, 3)
            hint = f" Did you mean {' or '.join(near)}?" if near else " See seqkit --help."
            if name in OTHER_TOOL:
                hint = " That is a command of the FASTA/Q tool seqkit; this is seqkit for text."
            ctx.fail(f"No such command {name!r}.{hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The commands under their section's title."""
        for title, section in COMMANDS.items():
            with formatter.section(title):
                formatter.write_dl(list(section.items()))


@click.group(
    cls=Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(
    seqkit.__version__,
    prog_name="seqkit",
    message="%(prog)s %(version)s (sequence models for text)",
)
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.pass_context
def seqkit_command(ctx: click.Context, debug: bool) -> None:
    """Sequence models for text: train, sample, score and understand recurrent nets.

    \b
    Example:
      seqkit train-lm
    """
    if ctx.invoked_subcommand is None:
        click.echo(BARE, nl=False)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and exit with its code (0, 1, 2 or 130)."""
    sys.exit(run(list(sys.argv[1:] if arguments is None else arguments)))


def run(arguments: list[str]) -> int:
    """Run a command; an error is one line on stderr, and a traceback only with --debug."""
    several = os.environ.get("WORLD_SIZE", "1") != "1"
    return _follow(arguments) if several and os.environ.get("RANK") != "0" else _run(arguments)


def _follow(arguments: list[str]) -> int:
    """Run a command in a process of torchrun that is not the first: silent, unless it fails alone.

    What is wrong with the input the first process says, too.
    """
    heard = io.StringIO()
    with contextlib.redirect_stdout(heard), contextlib.redirect_stderr(heard):
        code = _run(arguments)
    if code == 1:
        _tell(f"process {os.environ.get('RANK')}: {heard.getvalue().strip()}")
    return code


def _run(arguments: list[str]) -> int:
    debug = "--debug" in arguments
    color = False if "NO_COLOR" in os.environ or os.environ.get("TERM") == "dumb" else None
    try:
        result = seqkit_command.main(
            [a for a in arguments if a != "--debug"],
            prog_name="seqkit",
            standalone_mode=False,
            color=color,
        )
        sys.stdout.flush()
        return result if isinstance(result, int) else 0
    except click.ClickException as error:
        _show(error)
        return error.exit_code
    except (click.Abort, KeyboardInterrupt) as error:
        _tell(str(error) or "interrupted")
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        if debug:
            _tell(_printable(traceback.format_exc(), keep="\n"))
        if is_out_of_memory(error):
            _tell(f"Error: {REMEDY}")
            return 1
        _tell(f"Error: {_one_line(error)}")
        return 2 if isinstance(error, BAD_INPUT) else 1


BAD_INPUT = (
    ValueError,
    FileNotFoundError,
    FileExistsError,
    IsADirectoryError,
    NotADirectoryError,
    PermissionError,
)
"""What a caller did wrong; every other exception is a failure while running."""


def _show(error: click.ClickException) -> None:
    """As click does; but it repeats what was typed, a name of a file perhaps, as it is."""
    text = io.StringIO()
    error.show(file=text)
    _tell(_printable(text.getvalue(), keep="\n").removesuffix("\n"))


def _printable(text: str, keep: str = "") -> str:
    from seqkit.report.terminal import printable

    return printable(text, keep)


def _one_line(error: Exception) -> str:
    """What went wrong, in one line that can be shown safely."""
    if isinstance(error, OSError) and error.filename and error.strerror:
        text = f"{error.filename}: {error.strerror}"
    elif isinstance(error, (ValueError, OSError, ArithmeticError, RuntimeError)) and str(error):
        text = str(error)
    else:
        text = f"{type(error).__name__}: {error} (a defect; --debug shows where)"
    return _printable(" ".join(text.split()))


def _tell(text: str) -> None:
    click.echo(text, err=True)
