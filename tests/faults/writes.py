"""The places where a command changes the disk, numbered in their order, so that a fault can strike.

They lie before and after each call that makes, syncs, renames or removes a file or folder, and
before and after the first write to each file that `atomic_write` has opened.
"""

import io
import os
import pathlib
import signal
import tempfile
from collections.abc import Callable
from typing import Any

CALLS = ("fsync", "replace", "unlink", "rmdir", "mkdir", "chmod")
FREEING = ("unlink", "rmdir", "chmod")
"""The calls that a full disk does not refuse."""

Strike = Callable[[int, str, bool], None]
"""Told the number of a place from 1, the name of the call, and whether it is before it."""


def watch(strike: Strike) -> None:
    """From now on in this process, `strike` is called at every place."""
    number = 0

    def at(name: str, before: bool) -> None:
        nonlocal number
        number += 1
        strike(number, name, before)

    def watched(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def with_places(*given: Any, **named: Any) -> Any:
            at(name, True)
            value = call(*given, **named)
            at(name, False)
            return value

        return with_places

    class File(io.BufferedRandom):
        begun = False

        def write(self, data: Any) -> int:
            if self.begun:
                return super().write(data)
            self.begun = True
            at("write", True)
            written = super().write(data)
            self.flush()
            at("write", False)
            return written

    def fdopen(handle: int, mode: str = "r", *given: Any, **named: Any) -> Any:
        if mode == "w+b":
            return File(io.FileIO(handle, "w+"))
        return opened(handle, mode, *given, **named)

    opened = os.fdopen
    for name in CALLS:
        setattr(os, name, watched(name, getattr(os, name)))
    os.fdopen = fdopen
    tempfile.mkstemp = watched("mkstemp", tempfile.mkstemp)


def die_at(place: int) -> Callable[[], None]:
    """What makes a process kill itself at a place."""

    def strike(number: int, name: str, before: bool) -> None:
        if number == place:
            os.kill(os.getpid(), signal.SIGKILL)

    return lambda: watch(strike)


def full_from(place: int, code: int) -> Callable[[], None]:
    """What lets every write from a place on fail with an error number, as on a full disk."""

    def strike(number: int, name: str, before: bool) -> None:
        if number >= place and before and name not in FREEING:
            raise OSError(code, os.strerror(code))

    return lambda: watch(strike)


def count_into(path: pathlib.Path, only_writes: bool = False) -> Callable[[], None]:
    """What notes the numbers of the places in a file, a line each; perhaps only those of writes."""
    file = path.open("a", buffering=1)

    def strike(number: int, name: str, before: bool) -> None:
        if not only_writes or (before and name not in FREEING):
            file.write(f"{number}\n")

    return lambda: watch(strike)
