"""Answers computed in threads of their own, a few at a time, while the server goes on listening.

A thread cannot be stopped from outside. So one that computes a single answer keeps its slot until
it is done, whatever became of who asked; one that streams looks after each piece whether it is
still wanted. The threads are daemons: none of them holds up the end of the program.
"""

import asyncio
import contextlib
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, TypeVar

T = TypeVar("T")


class BusyError(Exception):
    """As many answers are being computed as may be."""


class Slots:
    """So many answers at a time; who comes when all slots are taken is turned away."""

    def __init__(self, count: int) -> None:
        self._free = threading.Semaphore(count)
        self._working: set[threading.Thread] = set()

    def start(self, work: Callable[[], None]) -> None:
        """Run `work` in a thread; BusyError where no slot is free."""
        if not self._free.acquire(blocking=False):
            raise BusyError

        def run() -> None:
            try:
                work()
            finally:
                self._working.discard(threading.current_thread())
                self._free.release()

        thread = threading.Thread(target=run, daemon=True)
        self._working.add(thread)
        thread.start()

    def idle_within(self, seconds: float) -> bool:
        """Wait at most so long for all that is being computed; say whether it is done."""
        end = time.monotonic() + seconds
        for thread in list(self._working):
            thread.join(max(0.0, end - time.monotonic()))
        return not self._working


async def answer(slots: Slots, work: Callable[[], T], seconds: float) -> T:
    """What `work` returns or raises; TimeoutError if that takes longer. BusyError as `start`."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def settle(take: Callable[[Any], None], value: object) -> None:
        if not done.done():
            take(value)

    def run() -> None:
        try:
            value = work()
        except Exception as error:
            _tell(loop, settle, done.set_exception, error)
        else:
            _tell(loop, settle, done.set_result, value)

    slots.start(run)
    async with asyncio.timeout(seconds):
        return await done


def stream(slots: Slots, pieces: Iterator[T], seconds: float) -> AsyncIterator[T]:
    """The pieces, each when it is there. BusyError at once, as `start`.

    What `pieces` raises comes in its place among them. TimeoutError if all of them take longer;
    then, and when nobody reads on, the thread ends after the piece it is at.
    """
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue[tuple[T | None, Exception | None]] = asyncio.Queue()
    unwanted = threading.Event()

    def run() -> None:
        end: Exception | None = None
        stop = time.monotonic() + seconds
        try:
            for piece in pieces:
                _tell(loop, queue.put_nowait, (piece, None))
                if unwanted.is_set():
                    return
                if time.monotonic() > stop:
                    raise TimeoutError
        except Exception as error:
            end = error
        _tell(loop, queue.put_nowait, (None, end))

    slots.start(run)
    return _read(queue, unwanted)


async def _read(
    queue: "asyncio.Queue[tuple[T | None, Exception | None]]", unwanted: threading.Event
) -> AsyncIterator[T]:
    try:
        while True:
            piece, error = await queue.get()
            if error is not None:
                raise error
            if piece is None:
                return
            yield piece
    finally:
        unwanted.set()


def _tell(loop: asyncio.AbstractEventLoop, function: Callable[..., Any], *values: Any) -> None:
    """Call a function in the loop; nobody listens any more where the server has ended."""
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(function, *values)
