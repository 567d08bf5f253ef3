"""Classifiers of texts: seqkit beside fastText, scikit-learn and spaCy, in turn, on the same texts.

    pip install fasttext-wheel scikit-learn spacy
    python benchmarks/classifier.py sst2.train.txt sst2.dev.txt sst2.test.txt --epochs 25
    python benchmarks/classifier.py imdb.train.tsv.gz 5% imdb.test.tsv.gz --text 4 --label 1

TRAIN, VALID and TEST are labelled files as `seqkit train-classifier` takes them; VALID may be the
share of TRAIN to hold out. They are written out once, as JSON lines and shuffled, which fastText
does not do itself; every tool reads those and sees nothing else. Every training and every
prediction runs in a process of its own, so that its peak memory can be told. How each is trained
and asked stands in benchmarks/classifier_peers.py. `train s` is from texts to a model on disk;
`all s` is everything from the files on, imports included. `texts/s` is from texts to labels,
`--repeats` times in turn for each model; libraries and model are loaded by then, and the first 50
texts, which warm up, are not counted. Of accuracies on the test text the mean over the seeds is
told, of all else the median.
"""

import argparse
import contextlib
import importlib.metadata
import json
import os
import pathlib
import platform
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator

from classifier_peers import LIMITED, TOOLS, Job, Labelled, read

from seqkit.corpora.labelled_catalogue import open_labelled_splits
from seqkit.corpora.labelled_columns import LabelColumns
from seqkit.report.terminal import table

WARM = 50
"""Texts that are classified before the clock runs."""
THREADS = ("OMP", "MKL", "OPENBLAS", "BLIS", "NUMBA")
SPLITS = ("train", "valid", "test")
NAMES = ("accuracy", "train s", "all s", "texts/s", "train MB", "predict MB")
Figures = dict[str, float]


def train(tool: str, job: Job) -> Figures:
    """Train in this process."""
    start = time.perf_counter()
    seconds = TOOLS[tool](job).train()
    return {"train s": seconds, "all s": time.perf_counter() - start, "train MB": peak_memory()}


def predict(tool: str, job: Job, test: Labelled) -> Figures:
    """Load a model in this process and classify the test text with it, in one go."""
    classifier = TOOLS[tool](job)
    classifier.load()
    warm = classifier.classify(test.texts[:WARM])
    start = time.perf_counter()
    found = classifier.classify(test.texts[WARM:])
    seconds = time.perf_counter() - start
    right = [a == b for a, b in zip(warm + found, test.labels, strict=True)]
    return {
        "accuracy": 100 * sum(right) / len(right),
        "texts/s": len(found) / seconds,
        "predict MB": peak_memory(),
    }


def peak_memory() -> float:
    """The most memory that this process held, in MB."""
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def write_splits(options: argparse.Namespace, folder: pathlib.Path) -> None:
    """Write the texts as all tools read them; of each part at most `--most`, evenly spread."""
    columns = LabelColumns(options.text, options.label)
    splits = open_labelled_splits(options.train, options.valid, options.test, columns)
    for name in SPLITS:
        records = list(getattr(splits, name))
        if any(len(record.labels) != 1 for record in records):
            sys.exit(f"{name}: a text has other than one label: they cannot be compared")
        some = list(spread(records, options.most))
        random.Random(0).shuffle(some)
        lines = (json.dumps({"label": r.labels[0], "text": r.text}) + "\n" for r in some)
        path_of(folder, name).write_text("".join(lines), "utf-8")


def spread(records: list, most: int | None) -> Iterable:
    """At most so many, in equal steps."""
    if most is None or len(records) <= most:
        return records
    return (records[n * len(records) // most] for n in range(most))


def path_of(folder: pathlib.Path, split: str) -> pathlib.Path:
    return folder / f"{split}.jsonl"


class Bench:
    """The parent: starts the children and gathers what they print, by tool and figure."""

    def __init__(self, options: argparse.Namespace, folder: pathlib.Path) -> None:
        self.options, self.folder = options, folder
        self.found: dict[str, dict[str, list[float]]] = {tool: {} for tool in options.tools}

    def run(self) -> None:
        """Train each tool, then ask each in turn, for each seed."""
        for seed in self.options.seeds:
            with tempfile.TemporaryDirectory() as folder:
                place = pathlib.Path(folder)
                for tool in self.options.tools:
                    (place / tool).mkdir()
                    self._add(tool, seed, self._child("train", tool, seed, place / tool))
                for _ in range(self.options.repeats):
                    for tool in self.options.tools:
                        self._add(tool, seed, self._child("predict", tool, seed, place / tool))

    def _child(self, what: str, tool: str, seed: int, place: pathlib.Path) -> Figures:
        """Run this script again, to do one thing."""
        told = [what, tool, str(seed), str(self.folder), str(place)]
        done = subprocess.run(
            [sys.executable, *sys.argv, "--child", *told],
            env=os.environ | {f"{name}_NUM_THREADS": str(self.options.threads) for name in THREADS},
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        return json.loads(done.stdout.splitlines()[-1])

    def _add(self, tool: str, seed: int, figures: Figures) -> None:
        """Keep the figures, and show them."""
        for name, value in figures.items():
            self.found[tool].setdefault(name, []).append(value)
        shown = (f"{name} {value:,.2f}" for name, value in figures.items())
        print(f"{tool} seed {seed}:", *shown, sep="  ", flush=True)

    def report(self) -> None:
        """The middle of each figure of each tool, and what seqkit's are to those of others."""
        middle = {tool: dict(self._middle(tool)) for tool in self.options.tools}
        rows = [
            [tool, *(f"{own[n]:,.{1 + (n == 'accuracy')}f}" for n in NAMES)]
            for tool, own in middle.items()
        ]
        print("\n" + table(rows, ["tool", *NAMES]))
        for own in (tool for tool in middle if tool.startswith("seqkit")):
            for other in (tool for tool in middle if not tool.startswith("seqkit")):
                print(f"{own} to {other}: {compared(middle[own], middle[other])}")

    def _middle(self, tool: str) -> Iterator[tuple[str, float]]:
        for name, values in self.found[tool].items():
            yield name, (statistics.mean if name == "accuracy" else statistics.median)(values)


def compared(own: Figures, other: Figures) -> str:
    """How much better in accuracy, and how many times the time and the speed."""
    time_ratio, speed_ratio = (own[name] / other[name] for name in ("train s", "texts/s"))
    return (
        f"accuracy {own['accuracy'] - other['accuracy']:+.2f}, {time_ratio:.2f} times the training "
        f"time, {speed_ratio:.2f} times the texts a second"
    )


def describe(options: argparse.Namespace, folder: pathlib.Path) -> str:
    """The machine, the versions and the settings that the figures belong to."""
    versions = []
    for name in ("torch", "numpy", "numba", "fasttext-wheel", "scikit-learn", "spacy"):
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            versions.append(f"{name} {importlib.metadata.version(name)}")
    sizes = (f"{name} {len(read(str(path_of(folder, name))).texts):,}" for name in SPLITS)
    return (
        f"{platform.machine()}, Python {platform.python_version()}, {', '.join(versions)}\n"
        f"{options.threads} threads, seeds {options.seeds}, seqkit's minutes "
        f"{options.minutes or 'its own'}, spaCy's {options.spacy_minutes:g}, fastText's epochs "
        f"{options.epochs}; texts: {', '.join(sizes)}"
    )


def job_of(
    options: argparse.Namespace, tool: str, seed: str, folder: pathlib.Path, place: str
) -> Job:
    limit = options.spacy_minutes if tool == "spacy" else options.minutes
    return Job(
        *(str(path_of(folder, name)) for name in ("train", "valid")),
        pathlib.Path(place),
        int(seed),
        limit if tool in LIMITED else None,
        options.threads,
        options.epochs,
    )


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("train")
    parser.add_argument("valid", help="a file, or the share of TRAIN to hold out")
    parser.add_argument("test")
    parser.add_argument("--text", nargs="+", default=(), help="columns of the text")
    parser.add_argument("--label", default="", help="the column of the label")
    parser.add_argument("--most", type=int, help="texts of each part; left out, all")
    parser.add_argument("--tools", nargs="+", choices=list(TOOLS), default=list(TOOLS))
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--minutes", type=float, help="seqkit's limit; left out, its own epochs")
    parser.add_argument("--spacy-minutes", type=float, default=2)
    parser.add_argument("--epochs", type=int, default=5, help="fastText's; 25 for short texts")
    parser.add_argument("--repeats", type=int, default=3, help="predictions with each model")
    parser.add_argument("--child", nargs=5, help=argparse.SUPPRESS)
    return parser.parse_args()


def main() -> None:
    """Run all tools in turn, a line each, then a table."""
    options = parse()
    if not options.child:
        with tempfile.TemporaryDirectory() as kept:
            folder = pathlib.Path(kept)
            write_splits(options, folder)
            print(describe(options, folder), flush=True)
            bench = Bench(options, folder)
            bench.run()
            bench.report()
        return
    what, tool, seed, texts, place = options.child
    folder = pathlib.Path(texts)
    job = job_of(options, tool, seed, folder, place)
    if what == "train":
        done = train(tool, job)
    else:
        done = predict(tool, job, read(str(path_of(folder, "test"))))
    print(json.dumps(done))


if __name__ == "__main__":
    main()
