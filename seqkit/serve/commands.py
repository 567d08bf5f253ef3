"""The command line that gives the same answer as a request, to be pasted into a shell."""

import shlex
from collections.abc import Iterable

Option = tuple[str, object, object]
"""An option's name, its value, and the value that need not be typed."""


def command(*words: str, options: Iterable[Option] = (), text: str | None = None) -> str:
    """`seqkit` and these words; with a text, one that reads it from standard input."""
    typed = [
        part for name, value, usual in options if value != usual for part in (name, str(value))
    ]
    line = shlex.join(["seqkit", *words, *typed])
    return line if text is None else f"printf '%s\\n' {shlex.quote(text)} | {line}"


def argument(value: str) -> str:
    """A file's name that no command takes for an option."""
    return f"./{value}" if value.startswith("-") else value
