"""Models of n-grams as ONNX: the weights of a text's n-grams added up, or averaged (N1, G2).

`ngrams` (B, J) are the different known n-grams of each text as ids, in any order; a row with fewer
than J is filled with F, the number of all, whose weights are 0.
"""

from typing import Any

import numpy as np
import torch

from seqkit.tasks.classifying.averaged import AveragedScorer
from seqkit.tasks.classifying.linear import LinearScorer
from seqkit.tasks.exporting.graph import FLOAT, Array, Graph
from seqkit.tasks.exporting.subject import Feeds
from seqkit.text.sparse import SparseMatrix


class NGramsPart:
    """The linear model, or averaged embeddings: ngrams (B, J) -> scores (B, K)."""

    def __init__(self, scorer: LinearScorer | AveragedScorer) -> None:
        self.scorer, self.ngrams = scorer, scorer.ngrams

    def scores(self, graph: Graph) -> str:
        """Add the model to a graph."""
        ids = graph.input("ngrams", "int64", "batch", "ngrams")
        if isinstance(self.scorer, LinearScorer):
            return _linear(graph, self.scorer, ids)
        return _averaged(graph, self.scorer, ids)

    def metadata(self) -> dict[str, Any]:
        """All n-grams, by their ids: tokens with a space between, or characters with nothing."""
        step = 2 if self.scorer.level == "char" else 1
        names = [self.ngrams.name(feature)[::step] for feature in range(len(self.ngrams))]
        return {
            "ngrams": names,
            "ngram_level": self.scorer.level,
            "ngram_order": self.ngrams.order,
        }

    def inputs(self) -> dict[str, str]:
        """What the input is."""
        return {
            "ngrams": "the different n-grams of each text by their place in ngrams, those that are "
            f"not there left out; rows are filled with {len(self.ngrams)}"
        }

    def example(self, batch: int, positions: int, draw: np.random.Generator) -> Feeds:
        """Any n-grams, in each row from none to as many as fit."""
        size = len(self.ngrams)
        rows = np.full((batch, positions), size)
        for row, count in zip(rows, draw.integers(0, positions + 1, batch), strict=True):
            chosen = draw.permutation(size)[:count]
            row[: len(chosen)] = chosen
        return {"ngrams": rows}

    def outputs(self, feeds: Feeds) -> Array:
        """The scores by our own model."""
        rows = [np.sort(row[row < len(self.ngrams)]) for row in feeds["ngrams"]]
        starts, indices = np.cumsum([0, *map(len, rows)]), np.concatenate(rows).astype(np.int32)
        matrix = SparseMatrix(starts, indices, np.ones(len(indices), np.float32), len(self.ngrams))
        return np.pad(self.scorer.model.scores(matrix), ((0, 0), (_missing(self.scorer), 0)))


def _linear(graph: Graph, scorer: LinearScorer, ids: str) -> str:
    """W^T x + b; of two labels the first has the score 0."""
    missing = _missing(scorer)
    weights = np.pad(scorer.model.weights, ((0, 1), (missing, 0))).astype(np.float32)
    biases = np.pad(scorer.model.biases, (missing, 0)).astype(np.float32)
    return graph.add("Add", _sum(graph, weights, ids), graph.constant(biases))


def _missing(scorer: LinearScorer | AveragedScorer) -> int:
    """How many labels have no weights: the first, where one of two is sought."""
    return scorer.classes - len(scorer.model.biases) if isinstance(scorer, LinearScorer) else 0


def _averaged(graph: Graph, scorer: AveragedScorer, ids: str) -> str:
    """The mean of the embeddings times the outputs; a text without known n-grams has 0."""
    model = scorer.model
    known = graph.add("Less", ids, graph.constant(np.array(len(model.embeddings), np.int64)))
    numbers = graph.add("Cast", known, attributes={"to": FLOAT})
    count = graph.add("ReduceSum", numbers, graph.ints(1))  # (B, 1)
    total = _sum(graph, np.pad(model.embeddings, ((0, 1), (0, 0))), ids)  # (B, D)
    mean = graph.add("Div", total, graph.add("Max", count, graph.number(1.0)))
    return graph.linear(mean, torch.from_numpy(model.outputs), None)


def _sum(graph: Graph, rows: Array, ids: str) -> str:
    """Add up the rows that ids (B, J) name: (B, D)."""
    found = graph.add("Gather", graph.constant(rows), ids)  # (B, J, D)
    return graph.add("ReduceSum", found, graph.ints(1), attributes={"keepdims": 0})
