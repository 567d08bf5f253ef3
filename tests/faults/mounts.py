"""File systems of a process's own, in a namespace of its own: small ones, read-only ones."""

import contextlib
import ctypes
import json
import os
import pathlib
import traceback
from collections.abc import Callable
from typing import Any

NEW_MOUNTS, NEW_USERS = 0x00020000, 0x10000000
READ_ONLY, REMOUNT, PRIVATE = 1, 32, (1 << 14) | (1 << 18)


def apart(function: Callable[[], Any]) -> Any:
    """What a function returns, as JSON has it, in a forked process that can mount.

    OSError where the system does not allow that; RuntimeError tells what the function raised.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        with os.fdopen(writing, "w") as answer:
            json.dump(_tried(function), answer)
            answer.flush()
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answer:
        text = answer.read()
    os.waitpid(child, 0)
    kind, value = json.loads(text) if text else ("failed", "the process died")
    if kind == "refused":
        raise OSError(value)
    if kind == "failed":
        raise RuntimeError(value)
    return value


def _tried(function: Callable[[], Any]) -> tuple[str, Any]:
    try:
        _leave()
    except OSError as error:
        return "refused", f"no file system can be mounted here ({error})"
    try:
        return "done", function()
    except BaseException:
        return "failed", traceback.format_exc()


def _leave() -> None:
    """Enter a namespace of mounts; as another user than root, one of users, too."""
    user, group = os.getuid(), os.getgid()
    _check(_C.unshare(NEW_MOUNTS | (NEW_USERS if user else 0)))
    if user:
        pathlib.Path("/proc/self/setgroups").write_text("deny")
        pathlib.Path("/proc/self/uid_map").write_text(f"0 {user} 1")
        pathlib.Path("/proc/self/gid_map").write_text(f"0 {group} 1")
    _mount(b"none", b"/", b"none", PRIVATE, b"")


def small_disk(folder: pathlib.Path, size: int) -> None:
    """Put an empty file system of so many bytes at a folder."""
    _mount(b"none", bytes(folder), b"tmpfs", 0, b"size=%d" % size)


def resize(folder: pathlib.Path, size: int, read_only: bool = False) -> None:
    """Give it another size; perhaps nothing can be written to it from now on."""
    flags = REMOUNT | (READ_ONLY if read_only else 0)
    _mount(b"none", bytes(folder), b"tmpfs", flags, b"size=%d" % size)


def _mount(*arguments: Any) -> None:
    _check(_C.mount(*arguments))


def _check(result: int) -> None:
    if result:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


_C: Any = None
with contextlib.suppress(OSError, AttributeError):
    _C = ctypes.CDLL(None, use_errno=True)
