"""Using a trained classifier: labels and probabilities of texts, evaluation."""

import os
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from seqkit.tasks.classifying.averaged import AveragedScorer
from seqkit.tasks.classifying.evaluation import evaluate_texts
from seqkit.tasks.classifying.labels import Array, Labels
from seqkit.tasks.classifying.linear import LinearScorer
from seqkit.tasks.classifying.nets import load_net
from seqkit.tasks.classifying.scorers import Scorer
from seqkit.tasks.classifying.settings import ClassifierSettings
from seqkit.tasks.classifying.summed import SumScorer
from seqkit.tasks.classifying.texts import Source, read_texts
from seqkit.tasks.holding import read_settings
from seqkit.tasks.runs import Run, read_json

TEXTS = 1_000
"""Texts that are read and worked on together."""


@dataclass(frozen=True, slots=True)
class Classification:
    """A text, its label (of many, all that are likelier than not), and P of every label."""

    text: str
    labels: tuple[str, ...]
    probabilities: tuple[float, ...]


class TrainedClassifier:
    """A scorer, the labels that its scores are of, and how both were made."""

    def __init__(self, scorer: Scorer, labels: Labels, settings: ClassifierSettings) -> None:
        self.scorer, self.labels, self.settings = scorer, labels, settings

    def classify(self, texts: Iterable[str], batch_size: int = TEXTS) -> Iterator[Classification]:
        """Classify texts, in order; the answer for one does not depend on the others.

        So many texts are read and worked on at a time.
        """
        rest = iter(texts)
        while chunk := list(islice(rest, batch_size)):
            shares = self.probabilities(chunk)
            for text, labels, row in zip(chunk, self.labels.decide(shares), shares, strict=True):
                yield Classification(text, labels, tuple(row.tolist()))

    def probabilities(self, texts: list[str]) -> Array:
        """P of each label, (B, K), in the order of `labels.names`."""
        return self.labels.probabilities(self.scorer.scores(texts))

    def evaluate(
        self, source: Source, weights: Mapping[str, float] | None = None
    ) -> dict[str, Any]:
        """Measure on labelled texts; `weights` by label add the weighted error (O8)."""
        texts = read_texts(source)
        start = time.perf_counter()
        shares = self.probabilities(texts.texts)
        speed = len(texts) / max(time.perf_counter() - start, 1e-9)
        metrics = evaluate_texts(self.labels, shares, texts, weights)
        return {**metrics, "texts_per_second": speed, "warnings": texts.warnings}


def load(path: str | os.PathLike[str], device: str = "auto") -> TrainedClassifier:
    """A trained classifier from its run folder.

    ValueError for a folder that is no run, is damaged, or holds a run of another task.
    """
    run = Run(path)
    config = run.read_config("classifying")
    labels, settings = read_labels(run), read_settings(run, ClassifierSettings)
    scorer = _load_scorer(run, config, labels, settings, device)
    return TrainedClassifier(scorer, labels, settings)


def read_labels(run: Run) -> Labels:
    """The labels of a run; ValueError where they are damaged."""
    path = run.path / "symbols.json"
    value = read_json(path)
    try:
        names, many = value["labels"], value["many"]
        if not isinstance(names, list) or not all(type(name) is str and name for name in names):
            raise ValueError("'labels' is no list of names")
        if type(many) is not bool or len(names) < (1 if many else 2):
            raise ValueError("there are too few labels, or 'many' is neither true nor false")
        return Labels(tuple(names), many)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path}: damaged ({error})") from error


def _load_scorer(
    run: Run, config: dict[str, Any], labels: Labels, settings: ClassifierSettings, device: str
) -> Scorer:
    if settings.model == "linear":
        return LinearScorer.load(run, labels)
    if settings.model == "averaged":
        return AveragedScorer.load(run, labels)
    net = load_net(run, config, settings, device)
    shape, own = net.model.config, (len(labels.names), labels.many)
    if (shape.classes, shape.many_labels) != own:
        raise ValueError(f"{run.path / 'symbols.json'}: has other labels than config.json says")
    return SumScorer(LinearScorer.load(run, labels), net) if settings.wide else net
