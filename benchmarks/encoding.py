"""Speed and memory of encoding text to token streams, by the size of the text.

Makes text files of the sizes asked for by repeating TEXT, encodes each in a process of its own on
one thread (the vocabulary included: one pass, then the ids are re-mapped), and prints MB/s and the
peak memory.

    python benchmarks/encoding.py TEXT [--megabytes 100 1000] [--tokenizer whitespace]
"""

import argparse
import json
import pathlib
import resource
import subprocess
import sys
import tempfile
import time


def child(path: str, tokenizer: str) -> None:
    """One measurement, as JSON."""
    from seqkit.corpora.catalogue import open_corpus
    from seqkit.text.streams import encode_new
    from seqkit.text.tokenizers import build_tokenizer
    from seqkit.text.vocabulary import Vocabulary

    def choose(counts):
        return Vocabulary.from_counts(counts, 50_000)

    with tempfile.TemporaryDirectory(dir=pathlib.Path(path).parent) as folder:
        warm = pathlib.Path(folder) / "warm.txt"
        warm.write_text("compiled once, then cached\n")
        for text in (str(warm), path):
            start = time.perf_counter()
            blocks = open_corpus(text).blocks()
            stream, _ = encode_new(
                blocks, build_tokenizer(tokenizer), choose, pathlib.Path(folder) / "text.tokens"
            )
        seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "tokens": len(stream), "peak": peak}))


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
    parser.add_argument("--child", action="store_true")
    given = parser.parse_args()
    if given.child:
        child(given.text, given.tokenizer)
        return
    print(f"{'MB':>6} {'seconds':>8} {'MB/s':>6} {'tokens':>12} {'peak MB':>8}")
    with tempfile.TemporaryDirectory() as folder:
        for megabytes in given.megabytes:
            path = pathlib.Path(folder) / "text.txt"
            repeat(given.text, megabytes, path)
            done = subprocess.run(
                [sys.executable, __file__, str(path), "--tokenizer", given.tokenizer, "--child"],
                check=True,
                capture_output=True,
                text=True,
            )
            found = json.loads(done.stdout)
            speed = megabytes / found["seconds"]
            print(
                f"{megabytes:>6} {found['seconds']:>8.1f} {speed:>6.1f} "
                f"{found['tokens']:>12,} {found['peak']:>8.0f}"
            )


if __name__ == "__main__":
    main()
