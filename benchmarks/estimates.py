"""Is the memory that `--dry-run` tells what a training takes?

Runs each of a list of trainings on made-up text, each in a process of its own, and prints its peak
memory (the resident set, as the system counts it) beside what the dry run of the same command says.
The constants of the estimates were fitted to some of the runs, not to those of CHECKED.
Language models train two epochs, short ones: a text has as many types as a vocabulary and few
tokens, but for `long`, where counting trigrams takes more than training. Runs on corpora of others
want SEQKIT_TEST_DATA, the folder they lie in, and are left out without it.

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

TAGGER, CLASSIFIER = ["train-tagger"], ["train-classifier"]
TRANSLATOR, IMAGE = ["train-translator"], ["train-image"]
SHORT = ["--max-minutes", "0.2"]
CONLL = [*TAGGER, "$conll2003/eng.train", *SHORT]
TESTA = [*TAGGER, "$conll2003/eng.testa", *SHORT]
SST2, SST5 = ([*CLASSIFIER, f"$sst/sst{kinds}.train.txt"] for kinds in (2, 5))
IMDB = [*CLASSIFIER, "$imdb/imdb.train.tsv.gz", "--text-column", "4", "--label-column", "1"]
MULTI30K, VALID = (
    [f"$multi30k/tok/{name}.lc.norm.tok.{language}.gz" for language in ("en", "de")]
    for name in ("train", "val")
)
DEEP = ["--hidden", "300", "--layers", "2"]
NARROW = ["--hidden", "100", "--batch-size", "1000"]
WIDE = ["--hidden", "400", "--embed", "200"]
SPACES = ["--tokenizer", "whitespace"]
PAIRS = [*TRANSLATOR, *MULTI30K, *SPACES, "--valid", *VALID, *SHORT]
MNIST, TENTH = ([*IMAGE, f"$mnist/{name}-images-idx3-ubyte.gz"] for name in ("train", "t10k"))
RUNS |= {
    "tagger, smallworld": [*TAGGER, *SHORT],
    "tagger, CoNLL": CONLL,
    "tagger, CoNLL, 2 x 400": [*CONLL, "--hidden", "400", "--layers", "2", "--batch-size", "600"],
    "linear, SST-2": [*SST2, "--model", "linear"],
    "linear, IMDB": [*IMDB, "--model", "linear"],
    "averaged, SST-2": [*SST2, "--model", "averaged"],
    "recurrent, SST-2": [*SST2, *SHORT],
    "recurrent, IMDB": [*IMDB, *SHORT],
    "recurrent, SST-5, 2 x 300": [*SST5, *SHORT, *DEEP, *FP32],
    "translator, smallworld": [*TRANSLATOR, *SHORT],
    "translator, smallworld, fp32": [*TRANSLATOR, *SHORT, *FP32],
    "translator, dates": [*TRANSLATOR, "dates", *SHORT],
    "translator, Multi30k": PAIRS,
    "translator, valid, fp32": [*TRANSLATOR, *VALID, *SPACES, *SHORT, *FP32],
    "translator, valid, gru": [*TRANSLATOR, *VALID, *SPACES, *SHORT, *GRU],
    "images, shapes": [*IMAGE, *SHORT],
    "images, MNIST": [*MNIST, *SHORT],
    "images, MNIST, resnet": [*MNIST, *SHORT, "--model", "resnet"],
    "images, MNIST, mlp": [*MNIST, *SHORT, "--model", "mlp"],
    "images, MNIST, mlp of 4,000": [*MNIST, *SHORT, "--model", "mlp", "--hidden", "4000,4000"],
}
CHECKED = {
    "tagger, testa, gru": [
        *TESTA,
        *GRU,
        "--char-encoder",
        "rnn",
        "--hidden",
        "300",
        "--r-drop",
        "0",
    ],
    "tagger, softmax": [*CONLL, *NARROW, "--no-wide", "--softmax"],
    "linear, SST-5, letters": [*SST5, "--level", "char", "--model", "linear"],
    "averaged, IMDB": [*IMDB, "--model", "averaged"],
    "recurrent, SST-5, gru": [*SST5, *SHORT, *GRU, *WIDE, "--batch-size", "64"],
    "translator, dates, 2 x 300": [*TRANSLATOR, "dates", *SHORT, *DEEP, "--attention", "dot"],
    "translator, 1,024, fp32": [*PAIRS, "--hidden", "1024", "--embed", "400", *FP32],
    "images, shapes, fp32": [*IMAGE, *SHORT, *FP32],
    "images, siamese": [*TENTH, *SHORT, "--model", "siamese"],
    "images, resnet, fp32": [*TENTH, *SHORT, "--model", "resnet", "--widths", "16,32", *FP32],
}
RUNS |= CHECKED
DATA = os.environ.get("SEQKIT_TEST_DATA")


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
        if any(word.startswith("$") for word in command) and not DATA:
            continue
        files = [f"{DATA}/{word[1:]}" if word.startswith("$") else word for word in command]
        whole = [sys.executable, "-m", "seqkit", *files]
        row = {
            "name": name,
            "checked": name in CHECKED,
            "told": told(whole),
            "taken": taken([*whole, "--out", "out"]),
        }
        shutil.rmtree("out")
        rows.append(row)
        share = row["told"] / row["taken"] - 1
        print(f"{name:<28} {row['told']:>7,.0f} {row['taken']:>7,.0f} {share:>+6.0%}", flush=True)
        if given.json:
            write_json(given.json, rows)


if __name__ == "__main__":
    main()
