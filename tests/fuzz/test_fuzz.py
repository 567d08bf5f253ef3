"""The fuzzers in short, on every reader; and that they see what they are for."""

import functools
import os
import pathlib
import pickle
import random
import resource
import subprocess
import sys
import time

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz import sandbox as sandboxes
from tests.fuzz.array_targets import image_targets, vector_targets
from tests.fuzz.campaign import fuzz, save_crashes, shared_out, table
from tests.fuzz.option_targets import option_targets
from tests.fuzz.run_targets import run_targets
from tests.fuzz.sandbox import judge, sandbox
from tests.fuzz.target import Target, of_file
from tests.fuzz.text_targets import text_targets

INPUTS = 40


def survives(target, count, folder):
    tally = fuzz(target, count, seed=1, folder=folder)
    assert not tally.crashes, save_crashes([tally], pathlib.Path("build/crashes"))
    assert tally.inputs == count


@pytest.fixture(scope="module")
def scratch():
    with sandbox() as folder:
        yield folder


def test_readers_of_text(scratch):
    for target in text_targets(scratch):
        survives(target, INPUTS, scratch)


def test_readers_of_images_and_vectors(scratch):
    for target in (*image_targets(), *vector_targets()):
        survives(target, INPUTS, scratch)


def test_run_folders(scratch, small_runs):
    for target in run_targets(small_runs, ("language", "tagger", "averaged", "images")):
        survives(target, 5, scratch)


def test_options_and_commands(scratch, small_runs):
    *small, commands = option_targets(small_runs)
    for target in small:
        survives(target, INPUTS, scratch)
    survives(commands, INPUTS, scratch)


BYTES = st.one_of(
    st.binary(max_size=200),
    st.text(max_size=100).map(lambda text: text.encode(errors="surrogatepass")),
    st.lists(st.sampled_from([b"\0", b"\n", b",", b'"', b"\t", b"1", b"\xff", b"{", b" "])).map(
        b"".join
    ),
)


@functools.cache
def _of_bytes(folder):
    return [*text_targets(folder), *vector_targets()]


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(data=BYTES)
def test_any_bytes_at_all(scratch, data):
    place = scratch / "any"
    place.mkdir(exist_ok=True)
    for target in _of_bytes(scratch):
        verdict = judge(lambda: target.read(place, data), target.names)  # noqa: B023
        assert verdict.kind != "crash", (target.name, verdict)


def fault(read):
    """What the sandbox says of a reader."""
    with sandbox(memory=1 << 30) as folder:
        return judge(lambda: read(folder), ("x.txt",))


def _raises(error):
    def read(folder):
        raise error

    return read


def _spare():
    """Bytes by which the memory that the process takes is below what it ever took."""
    taken = int(pathlib.Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
    return 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - taken


class _Code:
    def __reduce__(self):
        return (print, ("executed",))


@pytest.mark.parametrize(
    ("read", "why"),
    [
        (_raises(KeyError("x.txt")), "KeyError"),
        (_raises(ValueError("x.txt:\nno")), "no line that names the input"),
        (_raises(ValueError("no")), "no line that names the input"),
        (_raises(RecursionError("x.txt")), "RecursionError"),
        (_raises(UnicodeDecodeError("utf-8", b"x.txt", 0, 1, "x.txt")), "UnicodeDecodeError"),
        (lambda folder: np.empty(1 << 40), "MemoryError"),
        (lambda folder: np.ones((_spare() + (260 << 20)) // 8), "MiB of memory"),
        (lambda folder: (folder.parent / "fuzz-out").write_text("x"), "Escape"),
        (lambda folder: (folder / ".." / "fuzz-out").mkdir(), "Escape"),
        (lambda folder: (folder / "x").symlink_to("/") or (folder / "x/a").touch(), "Escape"),
        (lambda folder: os.remove(__file__), "Escape"),  # noqa: PTH107
        (lambda folder: pathlib.Path(__file__).rename(folder / "x"), "Escape"),
        (lambda folder: subprocess.run([sys.executable, "-c", ""]), "Escape"),
        (lambda folder: os.system("true"), "Escape"),
        (lambda folder: pickle.loads(pickle.dumps(_Code())), "Escape"),
    ],
)
def test_the_sandbox_sees_crashes(read, why):
    verdict = fault(read)
    assert verdict.kind == "crash" and why in verdict.why, verdict
    assert pathlib.Path(__file__).exists()


def test_the_sandbox_sees_hangs(monkeypatch):
    monkeypatch.setattr(sandboxes, "SECONDS", 0.05)
    verdict = fault(lambda folder: time.sleep(60))
    assert verdict.kind == "crash" and verdict.why.startswith("Hang")


def test_the_sandbox_lets_readers_work():
    assert fault(lambda folder: (folder / "x").write_text("x")).kind == "accepted"
    assert fault(_raises(ValueError("x.txt, line 1: no; write yes"))).kind == "refused"
    assert fault(_raises(OSError(2, "no such file", "/a/x.txt"))).kind == "refused"
    pathlib.Path(os.devnull).write_text("x")


def _buggy(path):
    text = path.read_text("latin-1")
    if text.count(",") != 1:
        raise ValueError(f"{path}: write one comma")
    return 1 / len(text.split(",")[1])


def test_a_campaign_finds_a_fault_again_and_keeps_the_input(tmp_path):
    target = of_file("x.csv", ["a,b\n"], _buggy)
    with sandbox() as folder:
        tallies = [fuzz(target, 400, 0, folder) for _ in range(2)]
        other = fuzz(target, 400, 1, folder)
    assert tallies[0].counts == tallies[1].counts and tallies[0].crashes == tallies[1].crashes
    assert tallies[0].counts["crash"] and tallies[0].counts["accepted"] and other.inputs == 400
    assert any("ZeroDivisionError" in why for why in tallies[0].crashes)
    lines = save_crashes(tallies[:1], tmp_path / "crashes")
    assert lines[0].startswith("x.csv: ZeroDivisionError at test_fuzz.py")
    (path,) = (tmp_path / "crashes").iterdir()
    assert path.read_bytes().endswith(b",")
    shown = table(tallies[:1]).splitlines()
    assert shown[0].split() == ["reader", "inputs", "accepted", "refused", "crashes"]
    assert shown[1].split()[:2] == ["x.csv", "400"] and shown[2].split()[:3] == ["in", "all", "400"]


def test_inputs_are_shared_out():
    targets = [Target(str(k), [b"x"], lambda f, d: None, share=k) for k in (1, 2, 5)]
    assert shared_out(targets, 800) == [100, 200, 500]
    assert sum(shared_out(targets, 1_000_003)) == 1_000_003
    assert shared_out(targets, 3) == [1, 1, 1]


def test_mutations_differ_from_their_seed_and_are_drawn_again():
    with sandbox() as folder:
        targets = [*text_targets(folder), *image_targets(), *vector_targets()]
    for target in targets:
        first = [target.input(random.Random(k)) for k in range(60)]
        assert first == [target.input(random.Random(k)) for k in range(60)]
        changed = sum(data not in target.seeds for data in first)
        assert changed >= 40, target.name
