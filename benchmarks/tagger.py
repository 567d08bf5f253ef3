"""Taggers of entities: seqkit beside spaCy and CRFsuite, in turn, on the same files of columns.

    pip install spacy python-crfsuite
    python benchmarks/tagger.py eng.train eng.testa eng.testb --seeds 1 2 3 --threads 2

Every training and every prediction runs in a process of its own, so that its peak memory can be
told; all read tokens from the first column and tags from the last, and see nothing else. How each
is trained and asked stands in benchmarks/tagger_peers.py. `train` is the seconds of training
alone, features and evaluations included; `all` is everything from the files to a model on disk,
imports included. `F1 1 min` is the F1 of a training that may take a minute: a second one, with
that limit, unless the first took less; empty for a tool that has no such limit. Tokens a second are
from tokens to entities, the text in one go or one call a sentence (`alone`), `--repeats` times in
turn for each model; libraries and model are loaded by then, and the first 50 sentences, which warm
up, are not counted.

All is judged on the test text by seqkit.metrics.entities, and that by seqeval (pip install
seqeval) where it is there. Of F1 the mean over the seeds is told, of all else the median.
"""

import argparse
import contextlib
import importlib.metadata
import json
import os
import pathlib
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator

from tagger_peers import TOOLS, Job, Sentences, Spans, read

from seqkit.metrics.entities import count_entities
from seqkit.report.terminal import table
from seqkit.text.schemes import from_spans

WARM = 50
"""Sentences that are tagged before the clock runs."""
THREADS = ("OMP", "MKL", "OPENBLAS", "BLIS", "NUMBA")
Figures = dict[str, float]


def train(tool: str, job: Job) -> Figures:
    """Train in this process."""
    start = time.perf_counter()
    seconds = TOOLS[tool](job).train()
    return {"train s": seconds, "all s": time.perf_counter() - start, "train MB": peak_memory()}


def tag(tool: str, job: Job, test: Sentences, alone: bool) -> Figures:
    """Load a model in this process and tag the test text with it, in one go or one by one."""
    tagger = TOOLS[tool](job)
    tagger.load()
    first, others = test.tokens[:WARM], test.tokens[WARM:]
    warm = tagger.many(first)
    start = time.perf_counter()
    found = [tagger.one(tokens) for tokens in others] if alone else tagger.many(others)
    seconds = time.perf_counter() - start
    memory = peak_memory()
    which = " alone" * alone
    return {
        f"F1{which}": score(test, warm + found),
        f"tokens/s{which}": sum(map(len, others)) / seconds,
        f"tag MB{which}": memory,
    }


def score(test: Sentences, found: list[Spans]) -> float:
    """The F1 of all entities, in per cent; exits if seqeval, where it is there, has another."""
    f1 = 100 * count_entities(test.spans, found).overall.f1
    with contextlib.suppress(ImportError):
        from seqeval.metrics import f1_score
        from seqeval.scheme import IOB2

        tags = [
            [list(from_spans(s, len(t), "iob2")) for t, s in zip(test.tokens, spans, strict=True)]
            for spans in (test.spans, found)
        ]
        other = 100 * f1_score(*tags, mode="strict", scheme=IOB2)
        if abs(f1 - other) > 1e-6:
            sys.exit(f"F1 is {f1:.4f} by seqkit, {other:.4f} by seqeval")
    return f1


def peak_memory() -> float:
    """The most memory that this process held, in MB."""
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


class Bench:
    """The parent: starts the children and gathers what they print, by tool and figure."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.found: dict[str, dict[str, list[float]]] = {tool: {} for tool in options.tools}

    def run(self) -> None:
        for seed in self.options.seeds:
            with tempfile.TemporaryDirectory() as folder:
                self._run_seed(seed, pathlib.Path(folder))

    def _run_seed(self, seed: int, folder: pathlib.Path) -> None:
        """Train each tool, for as long as it takes and with each limit; then tag, in turn."""
        for tool in self.options.tools:
            limit = self.options.spacy_minutes if tool == "spacy" else self.options.minutes
            made = self._train(tool, seed, limit, folder / tool)
            self._add(tool, seed, made)
            for minutes in self.options.after:
                if made["train s"] > 60 * minutes and not tool.startswith("crfsuite"):
                    self._train_shortly(tool, seed, minutes, folder / f"{tool}-{minutes:g}")
        for _ in range(self.options.repeats):
            for how in ("many", "alone"):
                for tool in self.options.tools:
                    self._add(tool, seed, self._child(how, tool, seed, 0, folder / tool))

    def _train_shortly(self, tool: str, seed: int, minutes: float, place: pathlib.Path) -> None:
        made = self._train(tool, seed, minutes, place)
        f1 = self._child("many", tool, seed, minutes, place)["F1"]
        self._add(tool, seed, {f"F1 {minutes:g} min": f1, f"all s {minutes:g} min": made["all s"]})

    def _train(self, tool: str, seed: int, minutes: float | None, place: pathlib.Path) -> Figures:
        place.mkdir()
        return self._child("train", tool, seed, minutes or 0, place)

    def _child(
        self, what: str, tool: str, seed: int, minutes: float, place: pathlib.Path
    ) -> Figures:
        """Run this script again, to do one thing."""
        told = [what, tool, str(seed), str(minutes), str(place)]
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
        after = [f"F1 {minutes:g} min" for minutes in self.options.after]
        names = ["F1", *after, "train s", "all s", "F1/min"]
        names += ["tokens/s", "tokens/s alone", "train MB", "tag MB"]
        rows = [
            [tool, *(f"{own[n]:,.{2 * n.startswith('F1')}f}" if n in own else "" for n in names)]
            for tool, own in middle.items()
        ]
        print("\n" + table(rows, ["tool", *names]))
        if {"seqkit", "spacy"} <= set(middle):
            for name in ("tokens/s", "tokens/s alone"):
                ratio = middle["seqkit"][name] / middle["spacy"][name]
                print(f"{name}: {ratio:.1f} times spaCy")
        rivals = [own["F1"] for tool, own in middle.items() if tool.startswith("crfsuite")]
        if rivals and "seqkit" in middle:
            for name in after:
                print(f"{name}: {middle['seqkit'][name] - max(rivals):+.2f} to CRFsuite's best F1")

    def _middle(self, tool: str) -> Iterator[tuple[str, float]]:
        found = self.found[tool]
        for name, values in found.items():
            yield name, (statistics.mean if name.startswith("F1") else statistics.median)(values)
        f1, seconds = statistics.mean(found["F1"]), statistics.median(found["train s"])
        yield "F1/min", f1 / seconds * 60
        for minutes in self.options.after:
            if max(found["train s"]) <= 60 * minutes:  # the whole training is what a limit allows
                yield f"F1 {minutes:g} min", f1


def describe(options: argparse.Namespace) -> str:
    """The machine, the versions and the settings that the figures belong to."""
    versions = []
    for name in ("torch", "numba", "spacy", "python-crfsuite", "seqeval"):
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            versions.append(f"{name} {importlib.metadata.version(name)}")
    return (
        f"{platform.machine()}, Python {platform.python_version()}, {', '.join(versions)}\n"
        f"{options.threads} threads, seeds {options.seeds}, seqkit's minutes "
        f"{options.minutes or 'its own'}, spaCy's {options.spacy_minutes:g}"
    )


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("train")
    parser.add_argument("valid")
    parser.add_argument("test")
    parser.add_argument("--tools", nargs="+", choices=list(TOOLS), default=list(TOOLS))
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--minutes", type=float, help="seqkit's limit; left out, its own epochs")
    parser.add_argument("--spacy-minutes", type=float, default=8)
    parser.add_argument("--after", type=float, nargs="*", default=[1], help="F1 after such minutes")
    parser.add_argument("--repeats", type=int, default=3, help="predictions with each model")
    parser.add_argument("--child", nargs=5, help=argparse.SUPPRESS)
    return parser.parse_args()


def main() -> None:
    """Run all tools in turn, a line each, then a table."""
    options = parse()
    if not options.child:
        print(describe(options), flush=True)
        bench = Bench(options)
        bench.run()
        bench.report()
        return
    what, tool, seed, minutes, folder = options.child
    limit = float(minutes) or None
    place = pathlib.Path(folder)
    job = Job(options.train, options.valid, place, int(seed), limit, options.threads)
    if what == "train":
        done = train(tool, job)
    else:
        done = tag(tool, job, read(options.test), alone=what == "alone")
    print(json.dumps(done))


if __name__ == "__main__":
    main()
