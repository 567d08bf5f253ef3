"""Is the memory that `--dry-run` tells what a training takes?

Runs each of a list of trainings on made-up text, each in a process of its own, and prints its peak
memory (the resident set, as the system counts it) beside what the dry run of the same command says.
Language models train two epochs, short ones: a text has as many types as a vocabulary and few
tokens, but for `long`, where counting trigrams takes more than training.

    python benchmarks/estimates.py FOLDER [NAME...] [--json FILE]
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys

from zipf_text import write_text

from seqkit.files import write_json

LM = ["train-lm", "words.txt", "--valid", "letters.txt", "--epochs", "2"]
LM += ["--tokenizer", "whitespace"]
CHAR = ["train-lm", "letters.txt", "--valid", "letters.txt", "--epochs", "2", "--level", "char"]
MANY = ["train-lm", "many.txt", *LM[2:], "--vocab-size", "50000"]
LONG = ["train-lm", "long.txt", *LM[2:], "--max-minutes", "0.05"]
W2V = ["train-word2vec", "long.txt", "--epochs", "1"]
FP32, GRU, SGD = ["--precision", "fp32"], ["--cell", "gru"], ["--optimizer", "sgd", "--lr", "1"]
TINY, MEDIUM, LARGE = (["--preset", name] for name in ("tiny", "medium", "large"))
RUNS = {
    "tiny": [*LM, *TINY],
    "tiny, fp32": [*LM, *TINY, *FP32],
    "tiny, char": [*CHAR, *TINY],
    "tiny, long": [*LONG, *TINY],
    "small": LM,
    "small, fp32": [*LM, *FP32],
    "small, gru": [*LM, *GRU],
    "small, sgd": [*LM, *SGD],
    "small, char": CHAR,
    "small, 50,000 types": MANY,
    "small, 50,000 types, fp32": [*MANY, *FP32],
    "small, untied, averaged": [*LM, "--no-tie", "--average", "0.99"],
    "medium": [*LM, *MEDIUM],
    "medium, fp32": [*LM, *MEDIUM, *FP32],
    "medium, gru, fp32": [*LM, *MEDIUM, *GRU, *FP32],
    "medium, char": [*CHAR, *MEDIUM],
    "large": [*LM, *LARGE],
    "large, fp32": [*LM, *LARGE, *FP32],
    "large, gru, sgd": [*LM, *LARGE, *GRU, *SGD],
    "large, char": [*CHAR, *LARGE],
    "vectors": W2V,
    "vectors, 300 numbers": [*W2V, "--dim", "300"],
    "vectors, all words": [*W2V, "--min-count", "1"],
    "vectors, all words, hs": [*W2V, "--min-count", "1", "--loss", "hs"],
    "vectors, all words, 1000 numbers": [*W2V, "--min-count", "1", "--dim", "1000"],
    "vectors, cbow, 500 numbers": [*W2V, "--model", "cbow", "--dim", "500"],
}


def write_texts(folder: pathlib.Path) -> None:
    """The texts of the list."""
    for name, types in (("words", 11_000), ("many", 51_000), ("letters", 2_000)):
        words = [f"w{number}" for number in range(types)]
        lines = [" ".join(words[start : start + 20]) for start in range(0, types, 20)]
        (folder / f"{name}.txt").write_text("\n".join(lines) + "\n")
    write_text(folder / "long.txt", 5_000_000)


def told(command: list[str]) -> float:
    """Megabytes, as the dry run has them."""
    done = subprocess.run([*command, "--dry-run", "--json"], check=True, capture_output=True)
    return json.loads(done.stdout)["memory_bytes"] / 1e6


def taken(command: list[str]) -> float:
    """Megabytes, at most, while the command ran."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, **quiet)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"failed: {' '.join(command)}")
    return usage.ru_maxrss * 1024 / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--json", type=pathlib.Path)
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    given.json = given.json and given.json.resolve()
    write_texts(given.folder)
    os.chdir(given.folder)
    rows = []
    for name, command in RUNS.items():
        if given.names and name not in given.names:
            continue
        whole = [sys.executable, "-m", "seqkit", *command]
        row = {"name": name, "told": told(whole), "taken": taken([*whole, "--out", "out"])}
        shutil.rmtree("out")
        rows.append(row)
        share = row["told"] / row["taken"] - 1
        print(f"{name:<28} {row['told']:>7,.0f} {row['taken']:>7,.0f} {share:>+6.0%}", flush=True)
        if given.json:
            write_json(given.json, rows)


if __name__ == "__main__":
    main()
