"""Several processes that number stretches of one text at the same time (worker.py).

Each is fed by a thread of its own, which hands it the next stretch as soon as it has answered.
They are started as new Pythons, not forked: whoever uses them may run threads, and need not guard
its main module. They end when their input does, so none outlives the process that started them.
"""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Any

import numpy as np

from seqkit.text.store import Store, Written
from seqkit.text.worker import LENGTH, REFUSED, receive, send, unpack

Numbered = tuple[int, tuple[int, bytes]]
"""The number of a stretch in the text; the line it begins in, and its bytes."""
Worker = subprocess.Popen[bytes]


def spread(stretches: Iterable[Numbered], asked: Any, processes: int, store: Store) -> None:
    """Let processes number what is left of a text, into `store`; threads share `stretches`.

    `asked` is what they are told first (JSON). ValueError: what they say against the text.
    RuntimeError: one of them was killed. Whatever happens, they have ended afterwards.
    """
    workers: list[Worker] = []
    try:
        workers += (_start() for _ in range(processes))
        with ThreadPoolExecutor(processes) as pool:
            try:
                drives = [pool.submit(_drive, own, asked, stretches, store) for own in workers]
                for drive in as_completed(drives):
                    drive.result()
            except BaseException:
                for worker in workers:  # so that the threads, which wait for them, end too
                    worker.kill()
                raise
    finally:
        for worker in workers:
            _end(worker)


def _start() -> Worker:
    # -P: nothing is imported from the folder one happens to be in, unless this process does so.
    paths = os.pathsep.join(os.path.abspath(path) for path in sys.path)  # noqa: PTH100 (zip files)
    environment = {**os.environ, "PYTHONPATH": paths, "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, "-P", "-m", "seqkit.text.worker"]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, env=environment)


def _end(worker: Worker) -> None:
    worker.kill()
    worker.wait()
    for pipe in (worker.stdin, worker.stdout, worker.stderr):
        with contextlib.suppress(BrokenPipeError):  # of what was still to be written
            assert pipe
            pipe.close()


def _drive(worker: Worker, asked: Any, stretches: Iterable[Numbered], store: Store) -> None:
    """Hand stretches to a worker until there is none left."""
    assert worker.stdin and worker.stdout
    written: list[Written] = []
    try:
        send(worker.stdin, json.dumps(asked).encode())
        for place, (line, text) in stretches:
            send(worker.stdin, LENGTH.pack(line), text)
            ids = np.frombuffer(_answer(worker), np.int32)
            written.append((place, store.write(ids)))
            if table := _answer(worker):
                store.put(unpack(table), written)
                written = []
        worker.stdin.close()
    except BrokenPipeError:
        raise _failure(worker) from None
    store.put(unpack(_answer(worker)), written)


def _answer(worker: Worker) -> bytes:
    assert worker.stdout
    answer = receive(worker.stdout)
    if answer is None:
        raise _failure(worker)
    return answer


def _failure(worker: Worker) -> Exception:
    """Why a worker has ended."""
    assert worker.stderr
    said = worker.stderr.read().decode(errors="replace").strip()
    code = worker.wait()
    if code == REFUSED:
        return ValueError(said)
    why = f"by signal {-code}" if code < 0 else f"with code {code}: {said[-300:]!r}"
    return RuntimeError(
        f"a process that encoded the text was ended {why}; if memory is short, use --threads 1"
    )
