"""Cross-validation of classifiers: every text is tested once, by a model that never saw it.

    python benchmarks/folds.py splice.csv --text-column 3 --label-column 1 --level char
    python benchmarks/folds.py reviews/ --epochs 4

The folds are stratified by label. Of the rest a tenth, stratified as well, chooses the best epoch.
Beside the model stand the commonest label and the linear model of n-grams, trained on the same
texts. Settings of the model are those of `seqkit train-classifier`.
"""

import argparse
import dataclasses
import pathlib
import statistics
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from seqkit.corpora.labelled_catalogue import open_labelled
from seqkit.corpora.labelled_columns import LabelColumns
from seqkit.corpora.records import Labelled
from seqkit.metrics.comparison import accuracy_interval
from seqkit.report.terminal import table
from seqkit.tasks import classifying
from seqkit.tasks.classifying import ClassifierSettings

COLUMNS = ("majority", "linear", "model")


@dataclass(frozen=True)
class Part:
    """Some texts of a corpus."""

    name: str
    records: Sequence[Labelled]

    def __iter__(self) -> Iterator[Labelled]:
        return iter(self.records)

    def place(self, record: Labelled) -> str:
        """Where it stands in the file."""
        return f"line {record.line}"

    def warnings(self) -> list[str]:
        """Nothing: the texts were read before."""
        return []


@dataclass(frozen=True)
class Fold:
    """The three parts of one training."""

    train: Part
    valid: Part
    test: Part


def folds(records: Sequence[Labelled], count: int, seed: int) -> Iterator[Fold]:
    """Deal the texts of each label to `count` folds, in an order drawn at random."""
    numbers = deal(records, count, np.random.default_rng(seed))
    for k in range(count):
        test = [r for r, fold in zip(records, numbers, strict=True) if fold == k]
        rest = [r for r, fold in zip(records, numbers, strict=True) if fold != k]
        tenths = deal(rest, 10, np.random.default_rng([seed, k]))
        train = [r for r, tenth in zip(rest, tenths, strict=True) if tenth]
        valid = [r for r, tenth in zip(rest, tenths, strict=True) if not tenth]
        yield Fold(Part("train", train), Part("valid", valid), Part("test", test))


def deal(records: Sequence[Labelled], count: int, random: np.random.Generator) -> list[int]:
    """The fold of each text; those of a label are spread evenly."""
    order = sorted(random.permutation(len(records)), key=lambda n: records[n].labels)
    found = [0] * len(records)
    for rank, number in enumerate(order):
        found[number] = rank % count
    return found


def measure(fold: Fold, settings: ClassifierSettings) -> dict[str, float]:
    """Accuracies on the test texts of a fold, and how many they are."""
    with (
        tempfile.TemporaryDirectory() as folder,
        classifying.training(settings, fold, pathlib.Path(folder, "run")) as job,
    ):
        baselines = job.baselines()["test"]
        metrics = job.run_to_end()
    return {**baselines, "model": metrics["test"]["accuracy"], "texts": metrics["test"]["texts"]}


def main() -> None:
    """Train and test every fold, a line each, then the means."""
    options = parse()
    columns = LabelColumns(tuple(options.text_column), options.label_column)
    records = list(open_labelled(options.corpus, columns, encoding=options.encoding))
    settings = settings_of(options)
    rows: list[dict[str, float]] = []
    for number, fold in enumerate(folds(records, options.folds, options.seed)):
        rows.append(measure(fold, settings))
        shown = "  ".join(f"{name} {rows[-1][name]:.2%}" for name in COLUMNS)
        print(f"fold {number + 1:2}: {shown}", flush=True)
    found = []
    for name in COLUMNS:
        right = round(sum(row[name] * row["texts"] for row in rows))
        low, high = accuracy_interval(right, len(records))
        spread = statistics.pstdev(row[name] for row in rows)
        found.append(
            [name, f"{right / len(records):.2%}", f"{low:.2%} to {high:.2%}", f"{spread:.2%}"]
        )
    print(table(found, ["", "accuracy", "95 %", "spread of folds"]))


def settings_of(options: argparse.Namespace) -> ClassifierSettings:
    """Those settings that were given, the others by default."""
    names = {field.name for field in dataclasses.fields(ClassifierSettings)}
    given: dict[str, Any] = {n: v for n, v in vars(options).items() if n in names and v is not None}
    return ClassifierSettings(**given)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus")
    parser.add_argument("--folds", type=int, default=10)
    parser.add_argument("--text-column", nargs="*", default=[])
    parser.add_argument("--label-column", default="")
    parser.add_argument("--encoding", default="utf-8")
    parser.add_argument("--seed", type=int, default=0)
    for name in ("model", "level", "cell", "pooling", "vectors", "device"):
        parser.add_argument(f"--{name}")
    for name in ("hidden", "layers", "embed", "epochs", "batch-size", "ngrams", "threads"):
        parser.add_argument(f"--{name}", type=int)
    for name in ("lr", "dropout", "dropout-words"):
        parser.add_argument(f"--{name}", type=float)
    return parser.parse_args()


if __name__ == "__main__":
    main()
