"""Taggers as ONNX: what the model knows of each token in, scores of tags and moves out (G1)."""

from typing import Any

import numpy as np
import torch

from seqkit.layers.characters import PAD
from seqkit.models.token_vectors import Tokens
from seqkit.tasks.exporting.graph import Array, Graph
from seqkit.tasks.exporting.recurrent import padding_of, run_stack
from seqkit.tasks.exporting.subject import Feeds
from seqkit.tasks.exporting.tokens import token_vectors
from seqkit.tasks.exporting.wide import wide_scores
from seqkit.tasks.tagging.trained import TrainedTagger
from seqkit.text.wordforms import PARTS, SHAPES

TOLD = {
    "words": "of each token its place in vocabulary, in small letters with every digit as 0",
    "forms": "of each token which of the F forms below it has",
    "characters": "of each form <eos>, its characters by their place in characters, <eos>; padded "
    "with <pad>; of a form of more than 40 its first and last 20",
    "shapes": "of each form a number for its kind: 0 digits, 1 digits and letters, 2 digits and "
    "signs, 3 signs, 4 small, 5 capitals, 6 one capital, 7 Capital, 8 CapiTal, 9 any other",
    "hashes": "of each form the CRC-32 of the UTF-8 of its parts: " + ", ".join(PARTS),
    "features": "of each token its further columns by their place in features",
    "states": "of each token what the language models of the run tell of it",
    "lengths": "how many tokens of each sentence are no padding, 1 or more",
}
"""What each input is."""


class TaggerSubject:
    """Sentences (B, T) of F word forms -> scores (B, T, K), 0 at padding, and the chain's moves.

    Each sentence stands for itself; what documents add to the scores is left to the reader, whom
    the metadata tell the weights of that (`models/agreement.py`).

    The likeliest tags y have the greatest start[y<0>] + sum_t scores[t, y<t>] +
    sum_t transitions[y<t-1>, y<t>] + end[y<T-1>]; what is forbidden has -inf.
    """

    def __init__(self, trained: TrainedTagger) -> None:
        self.model, self.trained = trained.model, trained

    def write(self, graph: Graph) -> None:
        """As `Subject`."""
        model, tags = self.model, self.model.config.tags
        inputs = {
            name: graph.input(name, "float32" if name == "states" else "int64", *shape)
            for name, shape in self._shapes().items()
        }
        vectors = token_vectors(graph, model, inputs)  # (B, T, D)
        x = graph.add("Transpose", vectors, attributes={"perm": [1, 0, 2]})  # (T, B, D)
        padding = padding_of(graph, inputs["lengths"], x)
        real = graph.add("Transpose", padding.real, attributes={"perm": [1, 0, 2]})  # (B, T, 1)
        ran = run_stack(graph, model.stack, x, padding=padding)
        turned = graph.add("Transpose", ran.outputs, attributes={"perm": [1, 0, 2]})  # (B, T, 2 H)
        scores = graph.linear(turned, model.output.weight, model.output.bias)
        if model.wide is not None:
            scores = graph.add("Add", scores, wide_scores(graph, model.wide, inputs))
        if not model.config.crf:
            scores = graph.add("LogSoftmax", scores, attributes={"axis": 2})
        scores = graph.add("Where", real, scores, graph.number(0.0))
        graph.output(scores, "scores", "float32", "batch", "positions", tags)
        for name, moves in model.head.chain.moves()._asdict().items():
            graph.output(graph.weights(moves), name, "float32", *moves.shape)

    def _shapes(self) -> dict[str, tuple[str | int, ...]]:
        """The inputs that this model reads, and their shapes."""
        config, sentence = self.model.config, ("batch", "positions")
        shapes: dict[str, tuple[str | int, ...]] = {"words": sentence, "forms": sentence}
        if config.char_encoder is not None:
            shapes["characters"] = ("forms", "characters")
        shapes["shapes"] = ("forms",)
        if config.affixes or config.wide:
            shapes["hashes"] = ("forms", len(PARTS))
        if config.features:
            shapes["features"] = (*sentence, len(config.features))
        if config.states:
            shapes["states"] = (*sentence, config.states)
        return {**shapes, "lengths": ("batch",)}

    def metadata(self) -> dict[str, Any]:
        """The tags, in the order of the scores, and all symbols that the inputs number."""
        symbols, agreement = self.trained.symbols, self.model.agreement
        documents = {} if agreement is None else {"agreement": agreement.weight.tolist()}
        return {
            **documents,
            "task": "tagging",
            "tags": list(symbols.tags),
            "scheme": symbols.scheme,
            "vocabulary": list(symbols.words.types),
            "characters": list(symbols.characters.types),
            "features": [list(feature.types) for feature in symbols.features],
            "inputs": {name: TOLD[name] for name in self._shapes()},
        }

    def example(self, batch: int, positions: int, seed: int) -> Feeds:
        """Any tokens of any forms."""
        draw, config, forms = np.random.default_rng(seed), self.model.config, positions + 1
        size = (batch, positions)
        columns = [draw.integers(0, known, size) for known in config.features]
        every = {
            "words": draw.integers(0, config.words, size),
            "forms": draw.integers(0, forms, size),
            "characters": _characters(config.characters, forms, draw),
            "shapes": draw.integers(0, SHAPES, forms),
            "hashes": draw.integers(0, 1 << 32, (forms, len(PARTS))),
            "features": np.stack(columns, 2) if columns else np.zeros((*size, 0), np.int64),
            "states": draw.normal(size=(*size, config.states)).astype(np.float32),
            "lengths": draw.integers(1, positions + 1, batch),
        }
        return {name: every[name] for name in self._shapes()}

    def outputs(self, feeds: Feeds) -> list[Array]:
        """As `Subject`."""
        forms = len(feeds["shapes"])
        none = {
            "characters": np.full((forms, 1), PAD),
            "hashes": np.zeros((forms, len(PARTS)), np.int64),
            "features": np.zeros((*feeds["words"].shape, 0), np.int64),
        }
        tokens = Tokens(**{k: torch.from_numpy(v) for k, v in {**none, **feeds}.items()})
        moves = self.model.head.chain.moves()
        scores = self.model.scores(tokens).numpy()  # (B, T, K)
        real = np.arange(scores.shape[1]) < feeds["lengths"][:, None]  # (B, T)
        return [scores * real[:, :, None], *(one.detach().float().numpy() for one in moves)]


def _characters(types: int, forms: int, draw: np.random.Generator) -> Array:
    """Forms of one to five characters between two `<eos>`, padded: (F, C)."""
    table = np.full((forms, 7), PAD)
    for row, count in zip(table, draw.integers(1, 6, forms), strict=True):
        row[: count + 2] = [EOS, *draw.integers(PAD + 1, max(types, PAD + 2), count) % types, EOS]
    return table


EOS = 1
"""The id of what stands at both ends of a form."""
