"""Where made corpora are kept, and writing files so that nobody ever sees half of one."""

import os
import pathlib
import tempfile
from collections.abc import Iterable


def cache_folder() -> pathlib.Path:
    """Return the user's cache: $SEQKIT_CACHE, else seqkit in $XDG_CACHE_HOME or ~/.cache."""
    own = os.environ.get("SEQKIT_CACHE")
    if own:
        return pathlib.Path(own)
    shared = os.environ.get("XDG_CACHE_HOME")
    base = pathlib.Path(shared) if shared else pathlib.Path("~/.cache").expanduser()
    return base / "seqkit"


def write_whole(path: pathlib.Path, blocks: Iterable[bytes]) -> None:
    """Write `blocks` to `path`, folders made where missing; on errors `path` stays as it was."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = pathlib.Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines(blocks)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o644)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
