"""Stands in for a training command, without torch: writes a run folder, epoch by epoch.

    python stand_in.py train-lm --lr 0.01 --epochs 4 --out RUN --resume ...

Its loss after epoch e is (log10 lr + 2)² + 1 / e. With --fail-above a larger rate fails; with
--hold FOLDER it waits before its second epoch as long as FOLDER has a file named like its run. A
signal ends it after the epoch; like a real training it goes on from there, and locks its folder.
"""

import argparse
import fcntl
import json
import math
import os
import pathlib
import signal
import sys
import time


def parse(words):
    parser = argparse.ArgumentParser()
    parser.add_argument("command")
    for name in ("--lr", "--fail-above"):
        parser.add_argument(name, type=float, default=math.inf)
    for name in ("--seed", "--threads", "--epochs"):
        parser.add_argument(name, type=int, default=4)
    for name in ("--out", "--hold"):
        parser.add_argument(name, type=pathlib.Path)
    for name in ("--resume", "--quiet", "--json"):
        parser.add_argument(name, action="store_true", required=True)
    return parser.parse_args(words)


def write(path, text):
    path.with_suffix(".new").write_text(text)
    path.with_suffix(".new").replace(path)


def main(given):
    if given.lr > given.fail_above:
        sys.exit("a warning\nError: the loss became nan; lower --lr")
    signals = []
    signal.signal(signal.SIGTERM, lambda *_: signals.append(1))
    (given.out / "checkpoint").mkdir(parents=True, exist_ok=True)
    lock = (given.out / "checkpoint" / "lock").open("a")
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    write(given.out / "pid.txt", str(os.getpid()))
    settings = {"epochs": given.epochs, "seed": given.seed, "threads": given.threads}
    parts = {"task": "language", "settings": settings, "model": {}, "corpus": {}, "precision": "x"}
    write(given.out / "config.json", json.dumps({"format": "seqkit-run", "version": 1, **parts}))
    path = given.out / "history.jsonl"
    lines = path.read_text().splitlines() if path.exists() else []
    starts = given.out / "starts.txt"
    starts.write_text((starts.read_text() if starts.exists() else "") + f"{len(lines)}\n")
    for epoch in range(len(lines) + 1, given.epochs + 1):
        while epoch == 2 and given.hold and (given.hold / given.out.name).exists() and not signals:
            time.sleep(0.01)
        if signals:
            sys.stderr.write("stopped and saved\n")
            sys.exit(130)
        loss = (math.log10(given.lr) + 2) ** 2 + 1 / epoch
        record = {"epoch": epoch, "train": {}, "valid": {"loss": loss}, "seconds": 0.1 * epoch}
        lines.append(json.dumps(record))
        write(path, "\n".join(lines) + "\n")
    metrics = {"epochs": given.epochs, "seconds": 0.5, "valid": {"loss": loss}, "train": {}}
    write(given.out / "metrics.json", json.dumps(metrics))


if __name__ == "__main__":
    main(parse(sys.argv[1:]))
