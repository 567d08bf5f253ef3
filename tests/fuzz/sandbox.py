"""What a reader may do with an input: answer, or refuse it in one line; all else is a crash.

A hang, memory without bounds, a file outside the scratch folder and the start of code are crashes.
"""

import contextlib
import os
import pathlib
import resource
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

SECONDS = 5.0
"""An input that takes longer hangs."""
PATIENCE = 6
"""One that waits does so this many times longer."""
BYTES = 200 << 20
"""More memory than this for an input of some kilobytes is a crash."""

_CODE = {
    *("pickle.find_class", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork"),
    *("subprocess.Popen", "socket.connect", "socket.bind"),
}
_CHANGES = {
    *("os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate"),
    *("os.chmod", "os.chown", "shutil.rmtree", "shutil.move"),
}
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC


class Hang(BaseException):
    """An input took longer than SECONDS."""


class Escape(BaseException):
    """An input wrote outside the scratch folder, or started code."""


@dataclass(frozen=True)
class Verdict:
    """What became of an input: accepted, refused or crash, and for a crash why."""

    kind: str
    why: str = ""


def judge(read: Callable[[], object], names: Sequence[str] = ()) -> Verdict:
    """Read an input; a refusal must be one line that has one of `names` in it, if there are any."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    signal.setitimer(signal.ITIMER_REAL, SECONDS, SECONDS)
    _Watch.armed, _Watch.rings, _Watch.began = True, 0, time.process_time()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            read()
        verdict = Verdict("accepted")
    except (Hang, Escape, Exception) as error:
        signal.setitimer(signal.ITIMER_REAL, 0)
        _Watch.armed = False
        verdict = _of_error(error, names)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        _Watch.armed = False
    grown = 1024 * (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
    if verdict.kind != "crash" and grown > BYTES:
        return Verdict("crash", f"it took {grown >> 20} MiB of memory")
    return verdict


def _of_error(error: BaseException, names: Sequence[str]) -> Verdict:
    text = str(error)
    named = not names or any(name in text or name == _file_of(error) for name in names)
    plain = isinstance(error, ValueError | OSError) and not isinstance(error, UnicodeError)
    if plain and "\n" not in text and text and named:
        return Verdict("refused")
    last = traceback.extract_tb(error.__traceback__)[-1]
    fault = type(error).__name__ if not plain else "no line that names the input"
    where = f"{pathlib.Path(last.filename).name}:{last.lineno}"
    return Verdict("crash", f"{fault} at {where}: {' '.join(text.split())[:200]}")


def _file_of(error: BaseException) -> str:
    """The name of the file of an OSError."""
    found = getattr(error, "filename", None)
    return pathlib.Path(os.fsdecode(found)).name if isinstance(found, str | bytes) else ""


class _Watch:
    """What the audit hook may see; there is one hook, as none can be taken away again."""

    folder = ""
    armed = False  # while an input is read
    began = 0.0  # seconds of the processor, when it began
    rings = 0
    installed = False


def _audit(event: str, arguments: tuple[object, ...]) -> None:
    if not _Watch.armed:
        return
    if event in _CODE and not _is_of_numba():
        raise Escape(f"{event} {arguments}"[:200])
    if event == "open":
        path, _, flags = arguments
        if isinstance(flags, int) and flags & _WRITES:
            _check_inside(event, path)
    elif event in _CHANGES:
        base, last = "", arguments[-1]
        if event in ("os.remove", "os.mkdir", "os.rmdir") and isinstance(last, int) and last >= 0:
            base = f"/proc/self/fd/{last}"  # the path begins at this open folder
        for path in arguments[: 2 if event in ("os.rename", "shutil.move") else 1]:
            _check_inside(event, path, base)


def _is_of_numba() -> bool:
    """Whether it is numba that reads the loops it has compiled, which it keeps as pickles."""
    frame = sys._getframe(1)
    while frame.f_back:
        frame = frame.f_back
        if f"{os.sep}numba{os.sep}" in frame.f_code.co_filename:
            return True
    return False


def _check_inside(event: str, path: object, base: str = "") -> None:
    if isinstance(path, str | bytes | os.PathLike):
        place = os.path.realpath(os.path.join(base, os.fsdecode(path)))  # noqa: PTH118
        own = place.startswith(_Watch.folder) or place == os.devnull
        if not own and "__pycache__" not in place:  # where Python and numba keep what they compiled
            raise Escape(f"{event} of {place}")


def _ring(*_: object) -> None:
    """A hang works, or waits; on a busy machine a reader may do neither for a while."""
    _Watch.rings += 1
    if time.process_time() - _Watch.began > 0.8 * SECONDS or _Watch.rings >= PATIENCE:
        raise Hang(f"after {_Watch.rings * SECONDS:g} seconds")


@contextlib.contextmanager
def sandbox(memory: int = 4 << 30) -> Iterator[pathlib.Path]:
    """A scratch folder; inside the block hangs, escapes and huge allocations are errors.

    memory: bytes of address space that may still be taken.
    """
    if not _Watch.installed:
        sys.addaudithook(_audit)
        _Watch.installed = True
    base = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=base, prefix="fuzz-") as folder, _limits(memory):
        was, tempfile.tempdir = tempfile.tempdir, folder
        outer, _Watch.folder = _Watch.folder, os.path.realpath(folder)
        old = signal.signal(signal.SIGALRM, _ring)
        try:
            yield pathlib.Path(folder)
        finally:
            _Watch.folder = outer
            signal.signal(signal.SIGALRM, old)
            tempfile.tempdir = was


@contextlib.contextmanager
def _limits(memory: int) -> Iterator[None]:
    """Let the process take so much more address space; no limit where that cannot be told."""
    status = pathlib.Path("/proc/self/statm")
    if not status.exists():
        yield
        return
    taken = int(status.read_text().split()[0]) * resource.getpagesize()
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (taken + memory, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
