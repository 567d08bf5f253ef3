"""Does a killed training end as if it had never been killed? Byte for byte, at random moments.

Trains once in peace, then again and again with `kill -9` at random moments, resuming each time, and
compares the sha256 of the weights. The text is made here.

    python benchmarks/kills.py [--kills 20] [-- OPTIONS OF train-lm]
"""

import argparse
import hashlib
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time

from seqkit.corpora.catalogue import make

DEFAULT = ["--preset", "tiny", "--dropout", "0.2", "--epochs", "4", "--checkpoint-seconds", "0.5"]


def train(folder: pathlib.Path, options: list[str]) -> subprocess.Popen:
    text = str(folder.parent / "train.txt")
    command = [sys.executable, "-m", "seqkit", "train-lm", text, *options, "--quiet", "--json"]
    return subprocess.Popen([*command, "--out", str(folder), "--resume"], stdout=subprocess.DEVNULL)


def digest(folder: pathlib.Path) -> str:
    return hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("options", nargs="*", default=DEFAULT)
    given = parser.parse_args()
    chance = random.Random(given.seed)
    with tempfile.TemporaryDirectory() as name:
        peace, war = pathlib.Path(name) / "peace", pathlib.Path(name) / "war"
        make("smallworld", name, sentences=20_000)
        start = time.monotonic()
        assert train(peace, given.options).wait() == 0
        whole = time.monotonic() - start
        killed = early = 0
        while killed < given.kills:
            process = train(war, given.options)
            moment = chance.uniform(0, whole)
            try:
                process.wait(timeout=moment)
                early += 1
                if early > 100:
                    raise SystemExit("the training ends before it can be killed; make it longer")
                if killed < given.kills:  # it ended: begin anew, so that every kill counts
                    compare(peace, war)
                    for path in sorted(war.rglob("*"), reverse=True):
                        path.unlink() if path.is_file() else path.rmdir()
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                process.wait()
                killed += 1
                print(f"kill {killed} after {moment:.1f} s", flush=True)
        assert train(war, given.options).wait() == 0
        compare(peace, war)
        print(f"{killed} kills, {early} runs that ended in between; weights identical each time")


def compare(one: pathlib.Path, other: pathlib.Path) -> None:
    if digest(one) != digest(other):
        raise SystemExit(f"the weights differ: {digest(one)} and {digest(other)}")
    print(f"finished: sha256 {digest(other)[:16]} as in peace", flush=True)


if __name__ == "__main__":
    main()
