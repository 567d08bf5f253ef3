"""Writing files so that a reader sees the old one or the new one whole; reading JSON.

What is read may be made by a stranger, so it is taken as nothing but data.
"""

import contextlib
import errno
import json
import os
import pathlib
import tempfile
from collections.abc import Iterator
from typing import Any, BinaryIO


@contextlib.contextmanager
def atomic_write(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """Yield a binary file that becomes `path` when the block ends well and vanishes otherwise.

    The bytes go to a temporary name in the same folder, are synced to the disk and renamed; so
    neither a crash nor a full disk (OSError) ever leaves a half-written `path`.
    """
    target = pathlib.Path(path)
    if not target.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, "there is no such folder", str(target.parent))
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        pathlib.Path(temporary).chmod(0o644)
        pathlib.Path(temporary).replace(target)
    except OSError as error:
        pathlib.Path(temporary).unlink(missing_ok=True)
        if error.errno is None:
            raise
        raise OSError(error.errno, error.strerror, str(target)) from error
    except BaseException:
        pathlib.Path(temporary).unlink(missing_ok=True)
        raise
    sync_folder(target.parent)


def sync_folder(folder: str | os.PathLike[str]) -> None:
    """Make renames in `folder` survive a power cut, on systems that can open a folder."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_json(path: str | os.PathLike[str], value: Any) -> None:
    """Write `value` as indented UTF-8 JSON, atomically."""
    with atomic_write(path) as file:
        file.write(json_bytes(value))


def json_bytes(value: Any) -> bytes:
    """What `write_json` writes."""
    text = json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False)
    return text.encode() + b"\n"


def read_json(path: str | os.PathLike[str]) -> Any:
    """The JSON value in a file; ValueError names one that is missing, no plain file, or no JSON."""
    data = read_plain(path)
    try:
        return parse_json(data)
    except ValueError as error:
        raise ValueError(f"{path}: damaged, not JSON ({error})") from error


def parse_json(text: bytes | str) -> Any:
    """A JSON value; ValueError for anything else, NaN, infinite numbers, and nesting too deep."""
    try:
        plain = text.decode() if isinstance(text, bytes) else text
        value = json.loads(plain, parse_constant=_refuse)
        if "\\ud" in plain.lower():  # the half of a pair may be written, but is no text
            json.dumps(value, ensure_ascii=False).encode()
        return value
    except UnicodeEncodeError:
        raise ValueError("it holds half a surrogate pair, such as \\ud83d") from None
    except UnicodeDecodeError as error:
        raise ValueError(f"byte {error.start + 1:,} is not UTF-8") from None
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def read_plain(path: str | os.PathLike[str]) -> bytes:
    """The bytes of a file in a folder that may be a stranger's; errors as `check_plain`."""
    check_plain(path)
    return pathlib.Path(path).read_bytes()


def check_plain(path: str | os.PathLike[str]) -> None:
    """ValueError unless `path` is a plain file that lies where it says.

    A link may lead to anything outside the folder that one was asked to open, and a pipe or a
    device never ends.
    """
    place = pathlib.Path(path)
    if not place.exists():
        raise ValueError(f"{place}: no such file; the run folder is incomplete")
    if not place.is_file():
        raise ValueError(f"{place}: is no plain file; put the file itself there")
    if place.resolve().parent != place.parent.resolve():
        raise ValueError(f"{place}: is a link out of its folder; put the file itself there")


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is no number that JSON knows")
