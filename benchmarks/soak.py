"""An hour in one process: train, use and measure a model of every task, again and again.

After each round the memory in use, the open files and the threads of the process are noted; all
three should stay where they are once every part has run. Ends with a table, a picture and exit
code 1 where they do not. The models and texts are built in and small. Linux only (/proc).

oneDNN keeps a compiled kernel for each of the last 1,024 shapes of a product, which takes it a
quarter of an hour and half a gigabyte to fill. That is no leak, but would hide one; so it keeps 64.

    python benchmarks/soak.py [--minutes 60] [--threads 1] [--picture docs/soak.png]
"""

import argparse
import contextlib
import io
import os
import pathlib
import tempfile
import threading
import time

from seqkit.cli.main import run
from seqkit.corpora.catalogue import make

os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "64")  # before torch is imported

WARM = 0.2
"""The share of the rounds that it takes until all caches are filled."""
ALLOWED = 0.05
"""How much more memory the last rounds may use than the first warm ones."""
CYCLES = {
    "train-lm train.txt --preset tiny --epochs 1": (
        "sample RUN --num 3",
        "score RUN valid.txt",
        "evaluate RUN valid.txt",
    ),
    "train-tagger train.tagged.conll --epochs 1": (
        "tag RUN valid.txt --entities",
        "evaluate RUN valid.tagged.conll",
    ),
    "train-classifier train.reviews.tsv --epochs 1": (
        "classify RUN valid.txt",
        "evaluate RUN valid.reviews.tsv",
    ),
    "train-translator train.source train.target --hidden 64 --embed 32 --epochs 1": (
        "translate RUN valid.source --beam 2",
    ),
    "train-word2vec train.txt --dim 20 --epochs 1 --min-count 1": ("neighbors RUN the",),
    "train-image shapes --epochs 1 --model mlp": ("evaluate RUN shapes",),
}
"""What is trained in each round, and what is done with it; RUN is its folder."""


def round_of(folder: pathlib.Path, threads: int) -> None:
    """Train, use and measure a model of every task."""
    for number, (training, uses) in enumerate(CYCLES.items()):
        out = str(folder / f"run-{number}")
        common = ["--out", out, "--force", "--quiet", "--threads", str(threads)]
        do([*words(training, folder), *common])
        for use in uses:
            do([out if word == "RUN" else word for word in words(use, folder)])


def words(command: str, folder: pathlib.Path) -> list[str]:
    """The words of a command, its texts by their paths."""
    return [str(folder / w) if (folder / w).is_file() else w for w in command.split()]


SPOKEN = io.StringIO()
"""What commands print; one object for all of them, as click never lets go of a stream."""


def do(arguments: list[str]) -> None:
    """Run a command in this process, silently."""
    SPOKEN.seek(0)
    SPOKEN.truncate()
    with contextlib.redirect_stdout(SPOKEN), contextlib.redirect_stderr(SPOKEN):
        code = run(arguments)
    if code:
        raise SystemExit(f"seqkit {' '.join(arguments)} failed: {SPOKEN.getvalue()}")


def noted(begin: float) -> tuple[float, float, int, int]:
    """Minutes gone, megabytes of memory in use, open files, threads."""
    pages = int(pathlib.Path("/proc/self/statm").read_text().split()[1])
    files = len(list(pathlib.Path("/proc/self/fd").iterdir()))
    memory = pages * os.sysconf("SC_PAGE_SIZE") / 1e6
    return (time.monotonic() - begin) / 60, memory, files, threading.active_count()


def main() -> None:
    """Go round until the time is up."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--picture", type=pathlib.Path)
    given = parser.parse_args()
    begin, notes = time.monotonic(), []
    with tempfile.TemporaryDirectory() as name:
        make("smallworld", name, sentences=2_000)
        while time.monotonic() - begin < 60 * given.minutes:
            round_of(pathlib.Path(name), given.threads)
            notes.append(noted(begin))
            minutes, memory, files, threads = notes[-1]
            print(
                f"round {len(notes):>4}  {minutes:5.1f} min  {memory:7.1f} MB  {files} files  "
                f"{threads} threads",
                flush=True,
            )
    if given.picture:
        draw(notes, given.picture)
    judge(notes[int(WARM * len(notes)) :])


def judge(notes: list[tuple[float, float, int, int]]) -> None:
    """Compare the last warm rounds with the first ones."""
    quarter = max(1, len(notes) // 4)
    first, last = (
        [sum(column) / quarter for column in zip(*part, strict=True)]
        for part in (notes[:quarter], notes[-quarter:])
    )
    print(f"memory {first[1]:.1f} -> {last[1]:.1f} MB, files {first[2]:.1f} -> {last[2]:.1f}")
    if last[1] > (1 + ALLOWED) * first[1] or last[2] > first[2] or last[3] > first[3]:
        raise SystemExit("it grows")


def draw(notes: list[tuple[float, float, int, int]], path: pathlib.Path) -> None:
    """Memory and open files over time."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    minutes, memory, files, _ = zip(*notes, strict=True)
    figure, (top, bottom) = pyplot.subplots(2, sharex=True, figsize=(7, 4), layout="constrained")
    top.plot(minutes, memory)
    top.set_ylim(0, 1.2 * max(memory))
    top.set_ylabel("memory, MB")
    bottom.plot(minutes, files)
    bottom.set_ylim(0, 1.2 * max(files))
    bottom.set_ylabel("open files")
    bottom.set_xlabel(f"minutes; {len(notes)} rounds of training, using and measuring six models")
    figure.savefig(path, dpi=150)


if __name__ == "__main__":
    main()
