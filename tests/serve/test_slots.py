"""Answers in threads: how many at a time, what they return, and how they end."""

import asyncio
import threading

import pytest

from seqkit.serve.slots import BusyError, Slots, answer, stream


def test_an_answer_is_what_the_work_returns_or_raises():
    def fail():
        raise KeyError("x")

    main, slots = threading.current_thread(), Slots(1)

    async def all_in_turn():
        assert await answer(slots, lambda: threading.current_thread(), 30) is not main
        assert slots.idle_within(30)
        with pytest.raises(KeyError):
            await answer(slots, fail, 30)
        assert slots.idle_within(30)
        return await answer(slots, lambda: 3, 30)

    assert asyncio.run(all_in_turn()) == 3


def test_more_than_there_are_slots_are_busy():
    free, slots = threading.Event(), Slots(2)
    slots.start(free.wait)
    slots.start(free.wait)
    with pytest.raises(BusyError):
        slots.start(free.wait)
    assert not slots.idle_within(0)
    free.set()
    assert slots.idle_within(30)
    slots.start(free.wait)
    assert slots.idle_within(30)


def test_a_thread_that_fails_frees_its_slot(monkeypatch):
    monkeypatch.setattr(threading, "excepthook", lambda arguments: None)
    slots = Slots(1)
    for _ in range(3):
        slots.start(lambda: 1 / 0)
        assert slots.idle_within(30)


def test_a_stream_has_all_pieces_in_order_and_the_error_in_its_place():
    def pieces(fails):
        yield from range(100)
        if fails:
            raise KeyError("x")

    async def read(fails):
        found = []
        try:
            async for piece in stream(Slots(1), ([n] for n in pieces(fails)), 30):
                found += piece
        except KeyError:
            found.append("failed")
        return found

    assert asyncio.run(read(False)) == [*range(100)]
    assert asyncio.run(read(True)) == [*range(100), "failed"]


def test_a_stream_ends_when_nobody_reads_on():
    made, slots = [], Slots(1)

    def pieces():
        while True:
            made.append(1)
            yield made

    async def read():
        told = stream(slots, pieces(), 30)
        async for _ in told:
            break
        await told.aclose()

    asyncio.run(read())
    assert slots.idle_within(30) and made
