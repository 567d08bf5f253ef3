"""SHA256SUMS: what the files of a folder were when they were written, so that damage is found.

The form is that of sha256sum, so `sha256sum --check SHA256SUMS` in the folder says the same.
"""

import functools
import hashlib
import pathlib
from collections.abc import Iterable, Mapping

NAME = "SHA256SUMS"
LONGEST = 1 << 20
"""No file of sums is longer."""


def sums_of(
    folder: pathlib.Path, paths: Iterable[pathlib.Path], coming: Mapping[str, bytes]
) -> bytes:
    """The sums of files in a folder, and of those that are yet to be written there, by name."""
    found = {path.relative_to(folder).as_posix(): _digest(path) for path in paths}
    found |= {name: hashlib.sha256(data).hexdigest() for name, data in coming.items()}
    return "".join(f"{digest}  {name}\n" for name, digest in sorted(found.items())).encode()


def check_sums(sums: pathlib.Path, folder: pathlib.Path) -> None:
    """ValueError names a file in the folder that is not as `sums` says.

    What `sums` does not name passes, and so does everything where there are no sums, as in folders
    made by earlier versions.
    """
    if not sums.is_file():
        return
    with sums.open("rb") as file:
        lines = file.read(LONGEST).decode(errors="replace").splitlines()
    told = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    for path in plain_files(folder):
        name = path.relative_to(folder).as_posix()
        if name in told and told[name] != _digest(path):
            raise ValueError(
                f"{path}: damaged (it is not what {sums} says): copy the folder again, or train "
                f"anew with --force; if you have changed it yourself, remove {sums.name}"
            )


def plain_files(folder: pathlib.Path) -> list[pathlib.Path]:
    """The files in a folder and below it, links left out."""
    return [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]


def _digest(path: pathlib.Path) -> str:
    now = path.stat()
    return _digest_of(path.absolute(), now.st_size, now.st_mtime_ns)


@functools.lru_cache(maxsize=256)
def _digest_of(path: pathlib.Path, size: int, changed: int) -> str:
    """The sha256 of a file, computed once as long as it has this size and time of change."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
