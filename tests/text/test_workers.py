"""Several processes: the same bytes as one, and one clear error where something ends them."""

import contextlib
import functools
import hashlib
import itertools
import os
import pathlib
import random
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

from seqkit.text import scanner, workers
from seqkit.text.backward import Backward
from seqkit.text.scanner import scan
from seqkit.text.streams import encode, encode_new
from seqkit.text.subwords import SubwordTokenizer
from seqkit.text.tokenizers import build_tokenizer
from seqkit.text.vocabulary import Vocabulary
from seqkit.text.worker import can_be_sent, from_json, to_json

SMALL = {"ALONE": 500, "STRETCH": 300, "TYPES": 40}
"""So that a short text has many stretches and tables."""


@pytest.fixture
def small(monkeypatch):
    for name, value in SMALL.items():
        monkeypatch.setattr(scanner, name, value)


def made_up_text(words=4000):
    """Words of like frequencies among them, line ends of both kinds, no line end at the end."""
    chance = random.Random(3)
    parts = []
    for _ in range(words):
        number = int(chance.paretovariate(0.7)) % 700
        parts.append(f"w{number}é" if number % 3 else f"don't{number}")
        parts.append(chance.choice([" ", " ", " ", "\n", "\r\n", "\t"]))
    return "".join([*parts, "the end <unk> <eos>"])


def blocks_of(text, width=1000):
    data = text.encode()
    cuts = [*range(0, len(data), width), len(data)]
    while any(at < len(data) and data[at] & 0xC0 == 0x80 for at in cuts):
        cuts = [at - (at < len(data) and data[at] & 0xC0 == 0x80) for at in cuts]
    return [data[a:b] for a, b in itertools.pairwise(cuts)]


def written(path, text, tokenizer, processes, **limits):
    choose = functools.partial(Vocabulary.from_counts, **limits)
    _, vocabulary = encode_new(
        blocks_of(text), tokenizer, choose, path, processes=processes, **limits
    )
    return path.read_bytes(), vocabulary


def tokenizer_of(name):
    if name == "subword":
        return SubwordTokenizer.train([made_up_text(300)], 300)
    return Backward(build_tokenizer("word")) if name == "backward" else build_tokenizer(name)


@pytest.mark.parametrize("name", ["whitespace", "char", "word", "backward", "subword"])
def test_the_bytes_do_not_depend_on_processes_and_tables(name, tmp_path, monkeypatch):
    text, tokenizer = made_up_text(), tokenizer_of(name)
    alone = written(tmp_path / "a", text, tokenizer, 1)
    for key, value in SMALL.items():
        monkeypatch.setattr(scanner, key, value)
    assert written(tmp_path / "b", text, tokenizer, 1) == alone
    assert written(tmp_path / "c", text, tokenizer, 2) == alone
    assert alone[1].counts[alone[1].eos] == text.count("\n") + 1 + (name not in ("char", "subword"))


def test_limits_give_the_same_vocabulary_from_fewer_counts(small, tmp_path):
    text, tokenizer = made_up_text(), build_tokenizer("whitespace")
    with contextlib.closing(scan(blocks_of(text), tokenizer, tmp_path, 2)) as found:
        assert len(found.store.tables) > 4
        everything = found.counts
        assert sum(everything.values()) == found.tokens
        assert found.sha256 == hashlib.sha256(text.encode()).hexdigest()
        for limits in ({"size": 20}, {"min_count": 7}, {"size": 60, "min_count": 3}):
            few = found.common(**limits)
            assert len(few) < len(everything) / 2 and sum(few.values()) == found.tokens
            wanted = Vocabulary.from_counts(everything, **limits)
            assert Vocabulary.from_counts(few, **limits) == wanted


def test_a_long_line_is_spread_too(small, tmp_path, monkeypatch):
    """At white space, or where lines are cut in parts anyway."""
    monkeypatch.setattr("seqkit.text.lines.LONGEST", 64)  # not in the processes: they see parts
    text = " ".join(made_up_text(600).split())
    for name in ("whitespace", "char"):
        tokenizer = build_tokenizer(name)
        alone = written(tmp_path / "a", text, tokenizer, 1)
        assert written(tmp_path / "b", text, tokenizer, 2) == alone


def test_a_known_vocabulary(small, tmp_path):
    vocabulary = Vocabulary.from_counts({"w1é": 3, "the": 1, "<eos>": 1})
    text, tokenizer = made_up_text(900), build_tokenizer("whitespace")
    one = encode(blocks_of(text), tokenizer, vocabulary, tmp_path / "a")
    two = encode(blocks_of(text), tokenizer, vocabulary, tmp_path / "b", processes=2)
    assert np.array_equal(one.ids, two.ids) and set(one.ids.tolist()) == {0, 1, 2, 3}


@pytest.mark.parametrize("name", ["char", "word", "nltk:toktok", "backward", "subword"])
def test_a_tokenizer_is_rebuilt(name):
    tokenizer = tokenizer_of(name)
    assert can_be_sent(tokenizer)
    again = from_json(to_json(tokenizer))
    assert type(again) is type(tokenizer)
    assert again.tokens("Don't w12 stop.") == tokenizer.tokens("Don't w12 stop.")


def test_a_tokenizer_of_the_callers_own_stays_here(small, monkeypatch):
    class Own:
        name = "word"

        def tokens(self, line):
            return line.split()

    monkeypatch.setattr(scanner, "spread", None)
    with contextlib.closing(scan(blocks_of(made_up_text(900)), Own(), processes=2)) as found:
        assert found.tokens > 900


def test_what_is_wrong_with_the_text_is_said_once(small, tmp_path):
    lines = made_up_text(900) + "\n"
    tokenizer = build_tokenizer("whitespace")
    number = lines.count("\n") + 1
    with pytest.raises(ValueError, match=rf"^line {number}: .*'xxxx"):
        scan(blocks_of(lines + "x" * 70_000 + "\n" + lines), tokenizer, tmp_path, 2)

    def broken():
        yield from blocks_of(lines)
        raise ValueError("not utf-8")

    with pytest.raises(ValueError, match="not utf-8"):
        scan(broken(), tokenizer, tmp_path, 2)
    assert not list(tmp_path.iterdir())


@pytest.fixture
def started(monkeypatch):
    """The processes that were started."""
    found, start = [], workers._start
    monkeypatch.setattr(workers, "_start", lambda: found.append(start()) or found[-1])
    return found


def slow(text, started, then):
    """The blocks of a text; in the midst of them `then` is called."""
    blocks = blocks_of(text, 200)
    for place, block in enumerate(blocks):
        if place == len(blocks) // 2:
            then(started)
        yield block


@pytest.mark.skipif(os.name != "posix", reason="needs POSIX signals")
def test_a_killed_process_is_one_clear_error(small, tmp_path, started):
    def kill(processes):
        processes[0].kill()

    text, tokenizer = made_up_text(), build_tokenizer("word")
    with pytest.raises(RuntimeError, match=r"^a process that encoded .* signal 9; .*--threads 1$"):
        scan(slow(text, started, kill), tokenizer, tmp_path, 2)
    assert len(started) == 2 and all(worker.poll() is not None for worker in started)
    assert not list(tmp_path.iterdir())


def test_an_interrupt_ends_all(small, tmp_path, started):
    def interrupt(processes):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        scan(slow(made_up_text(), started, interrupt), build_tokenizer("word"), tmp_path, 2)
    assert len(started) == 2 and all(worker.poll() is not None for worker in started)
    assert not list(tmp_path.iterdir())


CALLER = """
import pathlib, sys, time
from seqkit.text import scanner, workers
from seqkit.text.tokenizers import build_tokenizer
scanner.ALONE = scanner.STRETCH = 100
start = workers._start
def told():
    worker = start()
    print(worker.pid, flush=True)
    return worker
workers._start = told
def blocks():
    while True:
        yield b"one two three\\n" * 100
        time.sleep(0.01)
scanner.scan(blocks(), build_tokenizer("word"), sys.argv[1], 2)
"""


@pytest.mark.skipif(os.name != "posix", reason="needs POSIX signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_no_process_outlives_its_caller(number, tmp_path):
    """A script without a guarded main module, stopped by Ctrl-C (which all get) or killed."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    caller = subprocess.Popen(
        [sys.executable, "-c", CALLER, str(tmp_path)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    pids = [int(caller.stdout.readline()) for _ in range(2)]
    time.sleep(0.5)
    if number == signal.SIGINT:
        os.killpg(caller.pid, number)
    else:
        caller.kill()
    _, errors = caller.communicate(timeout=20)
    assert errors.count(b"KeyboardInterrupt\n") == (number == signal.SIGINT)
    for _ in range(100):
        if not any(is_running(pid) for pid in pids):
            break
        time.sleep(0.05)
    assert not any(is_running(pid) for pid in pids)
    assert not list(tmp_path.iterdir())


def is_running(pid):
    """Whether there is such a process that has not ended; one may wait to be reaped."""
    status = pathlib.Path(f"/proc/{pid}/stat")
    try:
        return status.read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_threads_take_each_stretch_once():
    shared = scanner._Shared(iter([(i, (1, b"")) for i in range(5000)]))
    assert shared.more()
    taken = [[], [], []]
    threads = [threading.Thread(target=lambda own=own: own.extend(shared)) for own in taken]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(i for own in taken for i, _ in own) == list(range(5000))
    assert not shared.more()
