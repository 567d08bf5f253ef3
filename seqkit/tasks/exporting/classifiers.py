"""Classifiers of texts as ONNX: what they read in, the probability of each label out (G2, G3)."""

from typing import Any, Protocol

import numpy as np

from seqkit.models.classifier import Classifier
from seqkit.models.fine_tuned import FineTunedClassifier
from seqkit.tasks.classifying.averaged import AveragedScorer
from seqkit.tasks.classifying.bodies import Bodies
from seqkit.tasks.classifying.linear import LinearScorer
from seqkit.tasks.classifying.net import NetScorer
from seqkit.tasks.classifying.reading import Reader
from seqkit.tasks.classifying.scorers import Scorer
from seqkit.tasks.classifying.summed import SumScorer
from seqkit.tasks.classifying.trained import TrainedClassifier
from seqkit.tasks.exporting.grams import NGramsPart
from seqkit.tasks.exporting.graph import Array, Graph
from seqkit.tasks.exporting.nets import BodiesPart, NetPart
from seqkit.tasks.exporting.subject import Feeds


class Part(Protocol):
    """What gives scores; a classifier adds up those of its parts."""

    def scores(self, graph: Graph) -> str: ...  # noqa: D102
    def metadata(self) -> dict[str, Any]: ...  # noqa: D102
    def inputs(self) -> dict[str, str]: ...  # noqa: D102
    def example(self, batch: int, positions: int, draw: np.random.Generator) -> Feeds: ...  # noqa: D102
    def outputs(self, feeds: Feeds) -> Array: ...  # noqa: D102


class ClassifierSubject:
    """The inputs of all parts -> probabilities (B, K)."""

    def __init__(self, trained: TrainedClassifier) -> None:
        self.labels, self.parts = trained.labels, parts_of(trained.scorer)

    def write(self, graph: Graph) -> None:
        """As `Subject`."""
        scores = graph.add("Sum", *[part.scores(graph) for part in self.parts])
        name, how = ("Sigmoid", {}) if self.labels.many else ("Softmax", {"axis": 1})
        shares = graph.add(name, scores, attributes=how)
        graph.output(shares, "probabilities", "float32", "batch", len(self.labels.names))

    def metadata(self) -> dict[str, Any]:
        """The labels, in the order of the probabilities, and how texts are read."""
        found: dict[str, Any] = {
            "task": "classifying",
            "labels": list(self.labels.names),
            "many_labels": self.labels.many,
            "inputs": {name: told for part in self.parts for name, told in part.inputs().items()},
        }
        for part in self.parts:
            found |= part.metadata()
        return found

    def example(self, batch: int, positions: int, seed: int) -> Feeds:
        """What each part reads."""
        draw = np.random.default_rng(seed)
        feeds: dict[str, Array] = {}
        for part in self.parts:
            feeds |= part.example(batch, positions, draw)
        return feeds

    def outputs(self, feeds: Feeds) -> list[Array]:
        """As `Subject`."""
        scores = sum(part.outputs(feeds).astype(np.float64) for part in self.parts)
        return [self.labels.probabilities(np.asarray(scores))]


def parts_of(scorer: Scorer) -> list[Part]:
    """The parts of a scorer."""
    match scorer:
        case SumScorer():
            return [*parts_of(scorer.first), *parts_of(scorer.second)]
        case LinearScorer() | AveragedScorer():
            return [NGramsPart(scorer)]
    assert isinstance(scorer, NetScorer)
    model, reader = scorer.model, scorer.reader
    if isinstance(model, FineTunedClassifier):
        assert isinstance(reader, Bodies)
        return [BodiesPart(model, reader)]
    assert isinstance(model, Classifier) and isinstance(reader, Reader)
    return [NetPart(model, reader)]
