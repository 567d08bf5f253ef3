"""Time and memory against the size of the text: encoding, word vectors, a language model.

Makes a text of each size (zipf_text.py), encodes it, trains one pass of word vectors on it and, if
it has at most 0.2 GB, a tiny language model for half a minute, each in a process of its own. Prints
and keeps the time, and the most memory that the process and all that it started held at once: pages
that several share are counted once; looked at ten times a second; Linux. The text is removed again.
A size that the JSON file has already is not measured again.

    python benchmarks/scale.py FOLDER [--gigabytes 0.1 1 10] [--json FILE] [--plot docs/scale.png]
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import time

from zipf_text import write_text

from seqkit.files import write_json

VECTORS = {"dim": 32, "window": 3, "negative": 3, "epochs": 1, "vocab-size": 200_000}
MODEL = {
    "preset": "tiny",
    "tokenizer": "whitespace",
    "max-minutes": 0.5,
    "valid": 0.002,
    "test": 0.002,
}
LARGEST = 0.2
"""GB: larger texts train no language model."""
ENCODE = """
import os, sys
from functools import partial
from seqkit.corpora.catalogue import open_corpus
from seqkit.text.streams import encode_new
from seqkit.text.tokenizers import build_tokenizer
from seqkit.text.vocabulary import Vocabulary
text, out, processes = sys.argv[1:]
limits = {"size": 50_000, "min_count": 1}
stream, _ = encode_new(
    open_corpus(text).blocks(),
    build_tokenizer("whitespace"),
    partial(Vocabulary.from_counts, **limits),
    out,
    **limits,
    processes=int(processes),
)
print('{"tokens": %d}' % len(stream))
"""


def measure(command: list[str]) -> dict:
    """Run a command: its seconds, the most memory in MB, and the JSON that it printed last."""
    start, most = time.perf_counter(), 0
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    while process.poll() is None:
        most = max(most, sum(map(resident, family(process.pid))))
        time.sleep(0.1)
    seconds = time.perf_counter() - start
    printed = process.stdout.read()
    if process.returncode:
        raise SystemExit(f"failed with code {process.returncode}: {' '.join(command)}")
    return {"seconds": seconds, "megabytes": most / 1e6, "said": json.loads(printed)}


def family(pid: int) -> list[int]:
    """A process and all below it."""
    found = [pid]
    for task in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += [own for child in task.read_text().split() for own in family(int(child))]
        except OSError:  # it has just ended
            continue
    return found


def resident(pid: int) -> int:
    """The memory a process holds, bytes, pages that n share as an n-th; 0 where it has ended."""
    try:
        lines = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((1024 * int(own.split()[1]) for own in lines if own.startswith("Pss:")), 0)


def options(values: dict) -> list[str]:
    return [part for name, value in values.items() for part in (f"--{name}", str(value))]


def one_size(gigabytes: float, folder: pathlib.Path, processes: int) -> dict:
    """A row of the results."""
    text, out = folder / "text.txt", folder / "out"
    start = time.perf_counter()
    write_text(text, round(gigabytes * 1e9))
    found = {"gigabytes": gigabytes, "making": time.perf_counter() - start}
    python, threads = sys.executable, options({"threads": processes})
    seqkit = [python, "-m", "seqkit"]
    rest = ["--out", str(out), "--json", "--quiet", *threads]
    jobs = {
        "encoding": [python, "-c", ENCODE, str(text), str(out), str(processes)],
        "vectors": [*seqkit, "train-word2vec", str(text), *options(VECTORS), *rest],
    }
    if gigabytes <= LARGEST:
        jobs["model"] = [*seqkit, "train-lm", str(text), *options(MODEL), *rest]
    for name, command in jobs.items():
        found[name] = measure(command)
        print(f"{gigabytes:>6g} GB {name:<9}", line(found[name]), flush=True)
        shutil.rmtree(out) if out.is_dir() else out.unlink()
    text.unlink()
    return found


def line(row: dict) -> str:
    """What was measured, for people."""
    said = row["said"]
    more = {name: said[name] for name in ("tokens", "seconds", "words_per_second") if name in said}
    shown = ", ".join(f"{name} {value:,.0f}" for name, value in more.items())
    return f"{row['seconds']:>8.1f} s {row['megabytes']:>6.0f} MB   {shown}"


def plot(rows: list[dict], path: str) -> None:
    """Seconds and memory against size."""
    from seqkit.report.figure import BLUE, GREY, ORANGE, save_figure

    sizes = [row["gigabytes"] for row in rows]
    kinds = {"encoding": ("encoded", BLUE, "o"), "vectors": ("one pass of vectors", ORANGE, "s")}

    def draw(figure) -> None:
        time_, memory = figure.subplots(1, 2)
        for name, (label, colour, marker) in kinds.items():
            style = {"color": colour, "marker": marker, "label": label}
            time_.plot(sizes, [row[name]["seconds"] for row in rows], **style)
            memory.plot(sizes, [row[name]["megabytes"] for row in rows], **style)
        first = rows[0]["vectors"]["seconds"]
        ideal = [first * size / sizes[0] for size in sizes]
        time_.plot(sizes, ideal, color=GREY, linestyle=":", label="in proportion")
        memory.axhline(1000, color=GREY, linestyle="--", linewidth=1)
        memory.set_ylim(50, 2000)
        for axes, title in ((time_, "seconds"), (memory, "memory of all processes, MB")):
            axes.set(xscale="log", yscale="log", xlabel="text, GB", title=title)
            axes.set_xticks(sizes, [f"{size:g}" for size in sizes])
            axes.minorticks_off()
        memory.set_yticks([100, 200, 500, 1000], ["100", "200", "500", "1,000"])
        time_.legend(frameon=False)

    save_figure(path, draw, (8.4, 3.6))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path, help="for the texts, three times their size")
    parser.add_argument("--gigabytes", type=float, nargs="+", default=[0.1, 1, 10])
    parser.add_argument("--processes", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--json", type=pathlib.Path)
    parser.add_argument("--plot")
    given = parser.parse_args()
    known = json.loads(given.json.read_text()) if given.json and given.json.exists() else []
    rows = {row["gigabytes"]: row for row in known}
    given.folder.mkdir(parents=True, exist_ok=True)
    for gigabytes in given.gigabytes:
        if gigabytes not in rows:
            rows[gigabytes] = one_size(gigabytes, given.folder, given.processes)
        if given.json:
            write_json(given.json, [rows[size] for size in sorted(rows)])
    if given.plot:
        plot([rows[size] for size in sorted(rows)], given.plot)


if __name__ == "__main__":
    main()
