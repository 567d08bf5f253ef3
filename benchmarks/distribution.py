"""Training by several processes: the same losses, how fast, after a kill, and over a network.

Trains one language model four times with one thread a process: by one process; by two, which
torchrun starts; by two, of which one is killed (-9) in mid-run and started again by torchrun; and
by two on two hosts, which are network namespaces of this machine (Linux, as root). The text is made
here, and there is no dropout, so that all four should have the same losses.

    python benchmarks/distribution.py [--sentences 20000] [-- OPTIONS OF train-lm]
"""

import argparse
import contextlib
import hashlib
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator

from seqkit.corpora.catalogue import make

OPTIONS = ["--preset", "tiny", "--epochs", "4", "--reset-state", "0", "--precision", "fp32"]
TORCHRUN = [sys.executable, "-m", "torch.distributed.run", "--max-restarts", "3"]
HOSTS = {"seqkit-a": "10.231.77.1", "seqkit-b": "10.231.77.2"}
PORT = "29477"


def start(
    folder: pathlib.Path, before: list[str], options: list[str], **more: str
) -> subprocess.Popen:
    """Start a training into a folder; `before` is what comes before `-m seqkit`."""
    text = str(folder.parent / "train.txt")
    command = [*before, "-m", "seqkit", "train-lm", text, *options, "--threads", "1", "--quiet"]
    command += ["--checkpoint-seconds", "1", "--out", str(folder)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", **more}
    log = folder.with_suffix(".log").open("ab")
    return subprocess.Popen(command, stdout=log, stderr=log, env=environment)


def end(process: subprocess.Popen, folder: pathlib.Path) -> None:
    """Wait for a training; show its log where it fails."""
    if process.wait():
        raise SystemExit(folder.with_suffix(".log").read_text())


def kill_one(folder: pathlib.Path, rank: int) -> None:
    """Kill the process of this rank once an epoch has ended."""
    while not (folder / "history.jsonl").exists():
        time.sleep(0.05)
    time.sleep(random.Random(rank).uniform(0.2, 1.5))
    for path in pathlib.Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            words = (path / "cmdline").read_bytes().split(b"\0")
            values = (path / "environ").read_bytes().split(b"\0")
            if str(folder).encode() in words and f"RANK={rank}".encode() in values:
                os.kill(int(path.name), signal.SIGKILL)
                print(f"killed process {rank}", flush=True)


@contextlib.contextmanager
def network() -> Iterator[None]:
    """Two hosts with a cable between them."""
    (a, _), (b, _) = HOSTS.items()
    commands = [f"netns add {a}", f"netns add {b}"]
    commands += [f"link add {a} netns {a} type veth peer name {b} netns {b}"]
    for host, address in HOSTS.items():
        commands += [f"-n {host} addr add {address}/24 dev {host}"]
        commands += [f"-n {host} link set {name} up" for name in (host, "lo")]
    try:
        for command in commands:
            subprocess.run(["ip", *command.split()], check=True)
        yield
    finally:
        for host in HOSTS:
            subprocess.run(["ip", "netns", "del", host], check=False)


def two_hosts(folder: pathlib.Path, options: list[str]) -> None:
    """Train by one process on each of two hosts."""
    first = next(iter(HOSTS.values()))
    with network():
        processes = []
        for host, address in HOSTS.items():
            inside = ["ip", "netns", "exec", host, *TORCHRUN, "--nnodes", "2", "--nproc-per-node"]
            inside += ["1", "--rdzv-backend", "c10d", "--rdzv-endpoint", f"{first}:{PORT}"]
            inside += ["--rdzv-id", "seqkit", "--local-addr", address]
            # Namespaces share the name of the machine, so torchrun cannot tell who is the first.
            inside += ["--rdzv-conf", f"is_host={int(address == first)}"]
            processes.append(start(folder, inside, options, GLOO_SOCKET_IFNAME=host))
        for process in processes:
            end(process, folder)


def history(folder: pathlib.Path) -> list[dict]:
    """The epochs of a run."""
    return [json.loads(line) for line in (folder / "history.jsonl").read_text().splitlines()]


def apart(one: pathlib.Path, other: pathlib.Path) -> float:
    """The largest relative difference between the losses of two runs."""
    pairs = [
        (mine[part]["loss"], its[part]["loss"])
        for mine, its in zip(history(one), history(other), strict=True)
        for part in ("train", "valid")
    ]
    return max(abs(a - b) / abs(b) for a, b in pairs)


def show(name: str, folder: pathlib.Path, one: pathlib.Path) -> None:
    """One line of the table."""
    speeds = sorted(record["tokens_per_second"] for record in history(folder))
    weights = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()[:12]
    speed, loss = speeds[len(speeds) // 2], history(folder)[-1]["valid"]["loss"]
    print(f"{name:<28} {speed:>8,.0f} tok/s  valid {loss:.6f}  {apart(folder, one):.1e}  {weights}")


def main() -> None:
    """Train four times, and compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sentences", type=int, default=20_000)
    parser.add_argument("options", nargs="*", default=OPTIONS)
    given = parser.parse_args()
    together = [*TORCHRUN, "--standalone", "--nproc-per-node", "2"]
    with tempfile.TemporaryDirectory() as name:
        base = pathlib.Path(name)
        make("smallworld", name, sentences=given.sentences)
        one, two, killed, hosts = (base / run for run in ("one", "two", "killed", "hosts"))
        end(start(one, [sys.executable], given.options), one)
        show("one process", one, one)
        end(start(two, together, given.options), two)
        show("two processes", two, one)
        process = start(killed, together, given.options)
        kill_one(killed, 1)
        end(process, killed)
        show("two, one of them killed", killed, one)
        if shutil.which("ip") and os.geteuid() == 0:
            two_hosts(hosts, given.options)
            show("two hosts", hosts, one)


if __name__ == "__main__":
    main()
