"""Speed and memory of encoding text to token streams, by the size of the text.

Makes text files of the sizes asked for by repeating TEXT, encodes each in a process of its own that
may start others (the vocabulary included: one pass, then the ids are re-mapped), and prints MB/s
and the peak memory of that process and of the largest of the others. For texts whose types grow
with their size, and beyond a gigabyte, see scale.py.

    python benchmarks/encoding.py TEXT [--megabytes 100 1000] [--tokenizer whitespace]
                                       [--processes 1 2]
"""

import argparse
import json
import pathlib
import resource
import subprocess
import sys
import tempfile
import time

TYPES = 50_000


def child(path: str, tokenizer: str, processes: int) -> None:
    """One measurement, as JSON."""
    from seqkit.corpora.catalogue import open_corpus
    from seqkit.text.streams import encode_new
    from seqkit.text.tokenizers import build_tokenizer
    from seqkit.text.vocabulary import Vocabulary

    def choose(counts):
        return Vocabulary.from_counts(counts, TYPES)

    with tempfile.TemporaryDirectory(dir=pathlib.Path(path).parent) as folder:
        warm = pathlib.Path(folder) / "warm.txt"
        warm.write_text("compiled once, then cached\n")
        for text in (str(warm), path):
            start = time.perf_counter()
            blocks = open_corpus(text).blocks()
            out = pathlib.Path(folder) / "text.tokens"
            words = build_tokenizer(tokenizer)
            stream, _ = encode_new(blocks, words, choose, out, size=TYPES, processes=processes)
        seconds = time.perf_counter() - start
    whose = {"own": resource.RUSAGE_SELF, "others": resource.RUSAGE_CHILDREN}
    peak = {name: resource.getrusage(who).ru_maxrss / 1024 for name, who in whose.items()}
    print(json.dumps({"seconds": seconds, "tokens": len(stream), **peak}))


def repeat(text: str, megabytes: int, path: pathlib.Path) -> None:
    """Write the text of a corpus again and again until the file has its size."""
    from seqkit.corpora.catalogue import open_corpus

    left = megabytes * 1_000_000
    with path.open("wb") as file:
        while left > 0:
            for block in open_corpus(text).blocks():
                file.write(block[:left])
                left -= min(left, len(block))
                if not left:
                    break
            file.write(b"\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("text")
    parser.add_argument("--megabytes", type=int, nargs="+", default=[100, 300, 1000])
    parser.add_argument("--tokenizer", default="whitespace")
    parser.add_argument("--processes", type=int, nargs="+", default=[1])
    parser.add_argument("--child", action="store_true")
    given = parser.parse_args()
    if given.child:
        child(given.text, given.tokenizer, *given.processes)
        return
    print(f"{'MB':>6} {'processes':>9} {'seconds':>8} {'MB/s':>6} {'tokens':>12} {'peak MB':>8}")
    with tempfile.TemporaryDirectory() as folder:
        for megabytes in given.megabytes:
            path = pathlib.Path(folder) / "text.txt"
            repeat(given.text, megabytes, path)
            for processes in given.processes:
                show(megabytes, processes, measured(path, given.tokenizer, processes))


def measured(path: pathlib.Path, tokenizer: str, processes: int) -> dict:
    """One measurement, in a process of its own."""
    options = ["--tokenizer", tokenizer, "--processes", str(processes), "--child"]
    command = [sys.executable, __file__, str(path), *options]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def show(megabytes: int, processes: int, found: dict) -> None:
    """One line of the table."""
    print(
        f"{megabytes:>6} {processes:>9} {found['seconds']:>8.1f} "
        f"{megabytes / found['seconds']:>6.1f} {found['tokens']:>12,} "
        f"{found['own']:>8.0f} + {found['others']:.0f}",
        flush=True,
    )


if __name__ == "__main__":
    main()
