"""What `seqkit translate` prints of a line: its translation, several with scores, tables, JSON."""

import json
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import click

from seqkit.cli.options import note, shown

if TYPE_CHECKING:
    from seqkit.tasks.translating import Candidate, Translation

Form = Callable[["Translation"], str]


class Answers:
    """Prints translations in one form, and notes of which line not all was read.

    Where one is a block of lines, a blank line stands between two.
    """

    def __init__(self, form: Form, is_block: bool) -> None:
        self.form, self.is_block = form, is_block
        self.line = 0

    def show(self, many: "Iterable[Translation]") -> None:
        """Print the translations of the next lines."""
        for one in many:
            if self.is_block and self.line:
                click.echo()
            self.line += 1
            if one.cut:
                read = len(one.tokens)
                note(
                    f"line {self.line}: read up to token {read:,} of {read + one.cut:,}; "
                    "--max-tokens N reads more"
                )
            click.echo(self.form(one), nl=False)


def form_of(many: bool, align: bool, as_json: bool) -> tuple[Form, bool]:
    """How a translation is written down, and whether that is a block of several lines."""
    if as_json:
        return json_of, False
    if not many and not align:
        return lambda found: f"{shown(found.text)}\n", False
    return lambda found: _block(found, many), True


def json_of(found: "Translation") -> str:
    """A JSON object: the source, its tokens, and the translations, best first."""
    translations = [_fields(one) for one in found.candidates]
    value = {"source": found.source, "tokens": found.tokens, "translations": translations}
    return json.dumps(value, ensure_ascii=False) + "\n"


def _fields(one: "Candidate") -> dict[str, Any]:
    value: dict[str, Any] = {
        "text": one.text,
        "score": one.score,
        "log_prob": one.log_prob,
        "tokens": one.tokens,
    }
    if one.alignment is not None:
        value["alignment"] = one.alignment.tolist()
    return value


def _block(found: "Translation", scored: bool) -> str:
    """A line a translation, with its score if asked for, and below it where it looked, if known."""
    return "".join(
        (f"{one.score:.4f}\t" if scored else "") + f"{shown(one.text)}\n{_table(found, one)}"
        for one in found.candidates
    )


def _table(found: "Translation", one: "Candidate") -> str:
    """The alignment, behind a blank line and before one where others follow."""
    if one.alignment is None:
        return ""
    import shutil

    from seqkit.report.alignment_terminal import alignment_table

    ends = ("<eos>",)
    width = shutil.get_terminal_size().columns
    rows = one.alignment.tolist()
    return alignment_table((*found.tokens, *ends), (*one.tokens, *ends), rows, width) + "\n"
