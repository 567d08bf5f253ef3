"""Word vectors: seqkit beside gensim, in turn, on the same words with the same settings.

    python benchmarks/word2vec.py enwiki100m.txt.gz --analogies questions-words.txt \
        --similarity EN-WS-353-ALL.txt EN-MEN-TR-3k.txt --epochs 5 --seeds 1 2 3

Each training runs in a process of its own, so that its peak memory can be told. Words a second are
words of the text, times epochs, by the seconds of training alone; `all` is everything from the
text file to vectors in memory, counting included. gensim (pip install gensim) gets the text as
people give it to it: an iterable of lists of words. One evaluator, seqkit's, judges both.
"""

import argparse
import contextlib
import gzip
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
from typing import Any

import numpy as np

LINE = 1000
"""Words of a line of the text that both are given."""
MODES = {
    "skipgram-ns": ("skipgram", "ns"),
    "skipgram-hs": ("skipgram", "hs"),
    "cbow-ns": ("cbow", "ns"),
    "cbow-hs": ("cbow", "hs"),
}


def take_words(source: str, words: int, target: pathlib.Path) -> int:
    """Write the first words of a text in lines of LINE; their number."""
    read = gzip.open if source.endswith(".gz") else open
    count, rest, line = 0, "", []
    with read(source, "rt") as file, target.open("w") as out:
        while count < words and (block := file.read(1 << 20)):
            *whole, rest = (rest + block).split(" ")
            line += whole[: words - count]
            count += len(whole[: words - count])
            while len(line) >= LINE:
                out.write(" ".join(line[:LINE]) + "\n")
                line = line[LINE:]
        out.write(" ".join(line) + "\n")
    return count


def train_seqkit(text: str, options: argparse.Namespace, seed: int) -> tuple[Any, float, float]:
    """Vectors, seconds of training, seconds of all."""
    from seqkit.corpora.catalogue import open_corpus
    from seqkit.tasks import word2vec
    from seqkit.vectors.files import load

    begin = time.perf_counter()
    model, loss = MODES[options.mode]
    settings = word2vec.Word2VecSettings(
        model=model,
        loss=loss,
        dim=options.dim,
        epochs=options.epochs,
        threads=options.threads,
        seed=seed,
    )
    with tempfile.TemporaryDirectory() as folder:
        metrics = word2vec.train(settings, open_corpus(text), pathlib.Path(folder, "run"))
        vectors = load(pathlib.Path(folder, "run"))
        seconds = time.perf_counter() - begin
        matrix = np.array(vectors.vectors)
    return type(vectors)(vectors.index_to_key, matrix), metrics["seconds"], seconds


class Lines:
    """The lines of a text as lists of words, again and again."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __iter__(self) -> Iterator[list[str]]:
        with open(self.path) as file:  # noqa: PTH123
            for line in file:
                yield line.split()


def train_gensim(text: str, options: argparse.Namespace, seed: int) -> tuple[Any, float, float]:
    """The same by gensim."""
    from gensim.models import Word2Vec

    from seqkit.vectors.vectors import WordVectors

    begin = time.perf_counter()
    model, loss = MODES[options.mode]
    trainer = Word2Vec(
        vector_size=options.dim,
        sg=int(model == "skipgram"),
        hs=int(loss == "hs"),
        negative=0 if loss == "hs" else 5,
        alpha=0.025 if model == "skipgram" else 0.05,
        min_alpha=(0.025 if model == "skipgram" else 0.05) * 1e-4,
        workers=options.threads,
        seed=seed,
        window=5,
        min_count=5,
        sample=1e-3,
    )
    lines = Lines(text)
    trainer.build_vocab(lines)
    middle = time.perf_counter()
    trainer.train(lines, total_examples=trainer.corpus_count, epochs=options.epochs)
    end = time.perf_counter()
    vectors = WordVectors(trainer.wv.index_to_key, np.array(trainer.wv.vectors))
    return vectors, end - middle, end - begin


def judge(vectors: Any, options: argparse.Namespace) -> dict[str, float]:
    """Analogies of the 30,000 most frequent words, and rank correlations, in per cent."""
    from seqkit.vectors.evaluation import answer_analogies, judge_pairs, read_analogies, read_pairs

    found = {}
    if options.analogies:
        answered = answer_analogies(vectors, read_analogies(options.analogies), 30_000)
        found["analogies"] = 100 * sum(s.right for s in answered) / sum(s.known for s in answered)
    for path in options.similarity:
        found[pathlib.Path(path).stem] = 100 * judge_pairs(vectors, read_pairs(path)).spearman
    return found


def work(tool: str, text: str, words: int, options: argparse.Namespace, seed: int) -> None:
    """What a child process does: train, judge, print."""
    train = train_seqkit if tool == "seqkit" else train_gensim
    vectors, training, seconds = train(text, options, seed)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        json.dumps(
            {
                "kwords_per_second": words * options.epochs / training / 1000,
                "train_seconds": training,
                "all_seconds": seconds,
                "peak_mb": peak,
                **judge(vectors, options),
            }
        )
    )


def run_child(tool: str, text: str, words: int, seed: int) -> dict[str, float]:
    """Run `work` in a process of its own."""
    command = [sys.executable, *sys.argv, "--child", tool, text, str(words), str(seed)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    """Run both in turn and print a line each, then the medians and ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus")
    parser.add_argument("--words", type=float, default=10e6)
    parser.add_argument("--mode", choices=list(MODES), default="skipgram-ns")
    parser.add_argument("--dim", type=int, default=100)
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--seeds", type=int, nargs="*", default=[1])
    parser.add_argument("--tools", nargs="*", default=["gensim", "seqkit"])
    parser.add_argument("--analogies")
    parser.add_argument("--similarity", nargs="*", default=[])
    parser.add_argument("--child", nargs=4, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        tool, text, words, seed = options.child
        work(tool, text, int(words), options, int(seed))
        return
    versions = [f"{name} {importlib.metadata.version(name)}" for name in ("numpy", "numba")]
    with contextlib.suppress(importlib.metadata.PackageNotFoundError):
        versions.append(f"gensim {importlib.metadata.version('gensim')}")
    print(f"{platform.machine()}, {options.threads} threads, {', '.join(versions)}")
    print(f"{options.mode}, dim {options.dim}, {options.epochs} epochs", flush=True)
    found: dict[str, list[dict[str, float]]] = {tool: [] for tool in options.tools}
    with tempfile.TemporaryDirectory() as folder:
        text = pathlib.Path(folder, "text.txt")
        words = take_words(options.corpus, int(options.words), text)
        for seed in options.seeds:
            for tool in options.tools:
                found[tool].append(run_child(tool, str(text), words, seed))
                show(f"{tool} seed {seed}", found[tool][-1])
    report(found)


def report(found: dict[str, list[dict[str, float]]]) -> None:
    """The median of each tool, and how many times faster seqkit is."""
    middle = {
        tool: {name: statistics.median(run[name] for run in runs) for name in runs[0]}
        for tool, runs in found.items()
    }
    for tool, figures in middle.items():
        show(f"{tool} median", figures)
    if {"seqkit", "gensim"} <= set(middle):
        ours, theirs = middle["seqkit"], middle["gensim"]
        print(f"words/s {ours['kwords_per_second'] / theirs['kwords_per_second']:.1f} times gensim")
        print(f"all     {theirs['all_seconds'] / ours['all_seconds']:.1f} times faster than gensim")


def show(name: str, figures: dict[str, float]) -> None:
    """One line."""
    print(f"{name:<16}", *(f"{key} {value:,.1f}" for key, value in figures.items()), flush=True)


if __name__ == "__main__":
    main()
