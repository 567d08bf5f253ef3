"""Which cell models language best, with equal parameters and equal time?

Trains one two-layer language model for each cell: tied embeddings of one width, the first layer as
wide as the parameters allow, one recipe, the same minutes on the same threads, one after the other.
What is printed is the perplexity on the validation and the test text, and the speed.

    python benchmarks/cells_lm.py TRAIN VALID TEST --out FOLDER [--minutes 10] [--parameters 5e6]

A cell whose run in FOLDER is finished is not trained again; --cells chooses some.
"""

import argparse
import json
import os
import pathlib
import platform
import subprocess
import sys

from seqkit.layers import CELLS
from seqkit.models.language import LanguageModel, LanguageModelConfig

RECIPE = {
    "level": "word",
    "tokenizer": "whitespace",
    "dropout": 0.1,
    "dropout-input": 0.15,
    "dropout-output": 0.2,
    "weight-decay": 0.03,
    "clip": 0.25,
    "batch-size": 32,
    "bptt": 35,
    "epochs": 100,
}
RATES = {
    "rnn": 2e-3,
    "rnn-relu": 2e-3,
    "gru-simple": 2e-3,
    "gru": 4e-3,
    "gru-reset-after": 4e-3,
    "lstm": 4e-3,
    "lstm-peephole": 1e-3,
    "lstm-peephole-diagonal": 4e-3,
}
"""The learning rate of each cell, from a few trials of 250 steps."""


def parameters(cell: str, hidden: int, embed: int, types: int) -> int:
    """Parameters of the model, counted, not calculated."""
    config = LanguageModelConfig(types, cell=cell, layers=2, hidden=hidden, embed=embed)
    return sum(p.numel() for p in LanguageModel(config).parameters())


def width(cell: str, wanted: float, embed: int, types: int) -> int:
    """The first layer's width that comes nearest to the wanted number of parameters."""
    low, high = 1, 8192
    while high - low > 1:
        middle = (low + high) // 2
        if parameters(cell, middle, embed, types) > wanted:
            high = middle
        else:
            low = middle
    return low


def train(cell: str, hidden: int, options: argparse.Namespace) -> dict:
    """Train one model, or read what its finished run left."""
    folder = pathlib.Path(options.out) / cell
    if not (folder / "metrics.json").exists():
        recipe = {**RECIPE, "lr": RATES[cell]}
        flags = [part for name, value in recipe.items() for part in (f"--{name}", str(value))]
        command = [
            *(sys.executable, "-m", "seqkit", "train-lm", options.train),
            *("--valid", options.valid, "--test", options.test, "--out", str(folder), "--force"),
            *("--cell", cell, "--hidden", str(hidden), "--embed", str(options.embed)),
            *("--max-minutes", str(options.minutes), "--threads", str(options.threads)),
            *flags,
        ]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    metrics = json.loads((folder / "metrics.json").read_text("utf-8"))
    return {"cell": cell, "hidden": hidden, **metrics}


def main() -> None:
    """Train all cells in turn and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("train")
    parser.add_argument("valid")
    parser.add_argument("test")
    parser.add_argument("--out", required=True)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--parameters", type=float, default=5e6)
    parser.add_argument("--embed", type=int, default=250)
    parser.add_argument("--types", type=int, default=10_000)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--cells", nargs="*", default=list(CELLS), choices=list(CELLS))
    options = parser.parse_args()
    print(f"{platform.processor() or platform.machine()}, {options.threads} threads", flush=True)
    print("cell\thidden\tparameters\tepochs\ttokens/s\tvalid\ttest", flush=True)
    for cell in options.cells:
        hidden = width(cell, options.parameters, options.embed, options.types)
        count = parameters(cell, hidden, options.embed, options.types)
        found = train(cell, hidden, options)
        row = (
            *(cell, hidden, f"{count:,}", found["epochs"], f"{found['tokens_per_second']:,.0f}"),
            *(f"{found[split]['perplexity']:.2f}" for split in ("valid", "test")),
        )
        print(*row, sep="\t", flush=True)


if __name__ == "__main__":
    main()
