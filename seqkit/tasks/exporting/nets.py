"""The nets of classifiers as ONNX: from scratch, or out of language models (G2, G3)."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

from seqkit.layers.pooling import Pooling
from seqkit.models.classifier import Classifier, Texts
from seqkit.models.fine_tuned import Body, FineTunedClassifier, Readings
from seqkit.tasks.classifying.bodies import Bodies
from seqkit.tasks.classifying.reading import Reader
from seqkit.tasks.exporting.graph import Array, Graph
from seqkit.tasks.exporting.languages import pieces, reading
from seqkit.tasks.exporting.pools import pool
from seqkit.tasks.exporting.recurrent import padding_of, run_stack
from seqkit.tasks.exporting.subject import Feeds


class NetPart:
    """A net from scratch: ids (B, T) and lengths (B,) -> scores (B, K)."""

    def __init__(self, model: Classifier, reader: Reader) -> None:
        self.model, self.reader = model, reader

    def scores(self, graph: Graph) -> str:
        """Add the net to a graph."""
        ids, lengths = text_inputs(graph, "")
        turned = graph.add("Transpose", ids)  # (T, B)
        x = graph.add("Gather", graph.weights(self.model.words.rows()), turned)  # (T, B, D)
        padding = padding_of(graph, lengths, turned)
        ran = run_stack(graph, self.model.stack, x, padding=padding)
        pooled = pool(graph, self.model.pooling, ran, padding)
        return graph.linear(pooled, self.model.output.weight, self.model.output.bias)

    def metadata(self) -> dict[str, Any]:
        """How a text becomes ids."""
        reader = self.reader
        return {
            "level": reader.level,
            "max_tokens": reader.max_tokens,
            "vocabulary": list(reader.vocabulary.types),
            "unk": reader.vocabulary.unk,
            "eos": reader.vocabulary.eos,
            **pieces(reader.pieces),
        }

    def inputs(self) -> dict[str, str]:
        """What each input is."""
        return _told("")

    def example(self, batch: int, positions: int, draw: np.random.Generator) -> Feeds:
        """Any ids."""
        return text_example("", self.model.config.words, (batch, positions), draw)

    @torch.no_grad()
    def outputs(self, feeds: Feeds) -> Array:
        """The scores by our own model."""
        scores: Array = self.model(_texts(feeds, "")).numpy()
        return scores


class BodiesPart:
    """Language models that a classifier has trained further; each reads ids of its own."""

    def __init__(self, model: FineTunedClassifier, reader: Bodies) -> None:
        self.model, self.reader = model, reader

    def scores(self, graph: Graph) -> str:
        """Add the net to a graph."""
        read = [_body(graph, body, *text_inputs(graph, end)) for end, body in self._bodies()]
        x = graph.add("Concat", *read, attributes={"axis": 1})  # (B, 3 H of all)
        if self.model.hidden is not None:
            x = graph.add("Relu", graph.linear(x, self.model.hidden.weight, self.model.hidden.bias))
        return graph.linear(x, self.model.output.weight, self.model.output.bias)

    def metadata(self) -> dict[str, Any]:
        """How a text becomes ids, for each language model."""
        found: dict[str, Any] = {"max_tokens": self.reader.max_tokens}
        for (end, _), own in zip(self._bodies(), self.reader.readings, strict=True):
            known = reading(own.tokenizer, own.vocabulary)
            found |= {f"{key}{end}": value for key, value in known.items()}
        return found

    def inputs(self) -> dict[str, str]:
        """What each input is."""
        return {
            name: text
            for end, _ in self._bodies()
            for name, text in _told(end, "<eos>, then ").items()
        }

    def example(self, batch: int, positions: int, draw: np.random.Generator) -> Feeds:
        """Any ids; the language models may cut a text into more or fewer tokens."""
        feeds: dict[str, Array] = {}
        for number, (end, body) in enumerate(self._bodies()):
            size = (batch, positions + number)
            feeds |= text_example(end, body.config.vocabulary_size, size, draw)
        return feeds

    @torch.no_grad()
    def outputs(self, feeds: Feeds) -> Array:
        """The scores by our own model."""
        texts = tuple(_texts(feeds, end) for end, _ in self._bodies())
        scores: Array = self.model(Readings(texts)).numpy()
        return scores

    def _bodies(self) -> Iterator[tuple[str, Body]]:
        """What the names of each one's inputs end in, and the body."""
        several = len(self.model.bodies) > 1
        for number, body in enumerate(self.model.bodies, start=1):
            yield f"_{number}" if several else "", body  # type: ignore[misc]


def _body(graph: Graph, body: Body, ids: str, lengths: str) -> str:
    """The layers of a language model and what is pooled of them: (B, 3 H)."""
    turned = graph.add("Transpose", ids)  # (T, B)
    x = graph.add("Gather", graph.weights(body.embedding.weight), turned)  # (T, B, D)
    padding = padding_of(graph, lengths, turned)
    ran = run_stack(graph, body.stack, x, padding=padding)
    kinds: list[Pooling] = list(body.poolings)  # type: ignore[arg-type]
    pooled = [pool(graph, pooling, ran, padding) for pooling in kinds]
    return graph.add("Concat", *pooled, attributes={"axis": 1})


def text_inputs(graph: Graph, end: str) -> tuple[str, str]:
    """ids and lengths."""
    ids = graph.input(f"ids{end}", "int64", "batch", f"positions{end}")
    return ids, graph.input(f"lengths{end}", "int64", "batch")


def text_example(
    end: str, types: int, size: tuple[int, int], draw: np.random.Generator
) -> dict[str, Array]:
    """Any ids below `types`, of any lengths."""
    batch, positions = size
    lengths = draw.integers(1, positions + 1, batch)
    return {f"ids{end}": draw.integers(0, types, size), f"lengths{end}": lengths}


def _texts(feeds: Feeds, end: str) -> Texts:
    return Texts(*(torch.from_numpy(feeds[f"{name}{end}"]) for name in ("ids", "lengths")))


def _told(end: str, before: str = "") -> dict[str, str]:
    return {
        f"ids{end}": f"{before}the tokens of each text by their place in vocabulary{end}, padded",
        f"lengths{end}": "how many ids of each text are no padding, 1 or more",
    }
