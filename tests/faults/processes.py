"""Commands of seqkit in processes forked from one that has imported everything and run nothing.

So a training costs what it computes and no second of imports, and whatever is to go wrong can be
patched in the child before its command begins.
"""

import importlib
import multiprocessing
import os
import pathlib
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

COMMANDS = ("lm", "tagger", "classifier", "translator", "image", "word2vec")
USES = ("sample", "tag", "classify", "translate", "classify_image", "neighbors", "inspect")
REPORTS = ("training", "tagging", "classifying", "translating", "imaging", "word2vec")
TASKS = ("language", "tagging", "classifying", "translating", "imaging", "word2vec")
PATIENCE = 120.0
"""Seconds after which a command is taken to hang."""


def import_everything() -> None:
    """Import what the commands do, so that children need not; runs nothing of torch."""
    names = [
        *(f"seqkit.cli.train_{name}" for name in COMMANDS),
        *(f"seqkit.cli.{name}" for name in USES),
        *(f"seqkit.cli.{name}_report" for name in REPORTS),
        *(f"seqkit.tasks.{name}.training" for name in TASKS),
        *("seqkit.text.kernels", "seqkit.text.ngram_kernels", "seqkit.models.averaged_kernels"),
        *("seqkit.layers.fast", "seqkit.word2vec.tile_engine", "seqkit.vectors.files"),
        *("seqkit.cli.vector_files", "seqkit.decode.beam", "seqkit.corpora.catalogue"),
        *(f"seqkit.corpora.{name}_catalogue" for name in ("tagged", "labelled", "parallel")),
        *("seqkit.corpora.image_catalogue", "seqkit.corpora.parallel_splitting"),
        "torch._dynamo",  # every optimizer of torch imports it
    ]
    for name in names:
        importlib.import_module(name)
    from numba.core.registry import cpu_target

    cpu_target.typing_context.refresh()  # half of what numba imports it imports when first used
    cpu_target.target_context.refresh()


def in_server(function: Callable[..., Any], *arguments: Any) -> Any:
    """What a function returns in a process forked from a server that has run nothing of torch.

    For tests, whose own process has run too much to be forked. RuntimeError tells what it raised.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.faults.preloaded"])
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_answer, args=(sender, function, arguments))
    process.start()
    sender.close()
    try:
        sound, value = receiver.recv()
    except EOFError:
        sound, value = False, "the process died"
    process.join()
    if not sound:
        raise RuntimeError(value)
    return value


def _answer(sender: Any, function: Callable[..., Any], arguments: Sequence[Any]) -> None:
    try:
        sender.send((True, function(*arguments)))
    except BaseException:
        sender.send((False, traceback.format_exc()))


@dataclass(frozen=True)
class Ended:
    """How a command ended: its exit code (minus the signal that ended it), what it printed."""

    code: int
    out: str
    err: str
    peak: int  # memory, in MiB

    @property
    def clear(self) -> bool:
        """Whether it failed as it should: one line that says why."""
        one = self.err.startswith("Error: ") and self.err.count("\n") == 1
        return one and self.code in (1, 2) and "Traceback" not in self.out and self.blameless

    @property
    def blameless(self) -> bool:
        """Whether it does not speak of a defect."""
        return "a defect" not in self.err


class Command:
    """A command in a forked child, begun in `folder`; `prepare` is called in the child first."""

    def __init__(
        self,
        arguments: Sequence[str],
        folder: pathlib.Path,
        prepare: Callable[[], None] = lambda: None,
        stdin: str = "",
    ) -> None:
        self._files = [tempfile.TemporaryFile() for _ in range(3)]  # noqa: SIM115
        self._files[0].write(stdin.encode())
        self._files[0].seek(0)
        sys.stdout.flush()
        sys.stderr.flush()
        self.pid = os.fork()
        if not self.pid:
            self._be_child(list(arguments), folder, prepare)
        self._begin = time.monotonic()

    def _be_child(
        self, arguments: list[str], folder: pathlib.Path, prepare: Callable[[], None]
    ) -> None:
        code = 70
        try:
            from seqkit.cli.main import run

            for number, file in enumerate(self._files):
                os.dup2(file.fileno(), number)
            streams = [os.fdopen(number, mode) for number, mode in enumerate("rww")]
            sys.stdin, sys.stdout, sys.stderr = streams
            os.chdir(folder)
            prepare()
            code = run(arguments)
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)

    def kill(self) -> None:
        """End it at once, as `kill -9` does."""
        os.kill(self.pid, signal.SIGKILL)

    def wait(self, patience: float = PATIENCE) -> Ended:
        """Wait for its end; one that hangs is killed, and its code is -SIGALRM."""
        for hung in (False, True):
            while hung or time.monotonic() < self._begin + patience:
                pid, status, usage = os.wait4(self.pid, 0 if hung else os.WNOHANG)
                if pid:
                    code = -signal.SIGALRM if hung else os.waitstatus_to_exitcode(status)
                    return Ended(code, *self._printed(), usage.ru_maxrss >> 10)
                time.sleep(0.001)
            self.kill()
        raise AssertionError

    def ended_within(self, seconds: float) -> Ended | None:
        """How it ended, if it does within so many seconds."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
                return self.wait()
            time.sleep(0.0005)
        return None

    def _printed(self) -> Iterator[str]:
        for file in self._files[1:]:
            file.seek(0)
            yield file.read().decode(errors="replace")
        for file in self._files:
            file.close()


def call(
    arguments: Sequence[str],
    folder: pathlib.Path,
    prepare: Callable[[], None] = lambda: None,
    stdin: str = "",
) -> Ended:
    """Run a command to its end."""
    return Command(arguments, folder, prepare, stdin).wait()
