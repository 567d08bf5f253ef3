"""Language models as ONNX: ids and states in, log-probabilities of what follows and states out."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from seqkit.tasks.exporting.graph import Array, Graph
from seqkit.tasks.exporting.recurrent import run_stack
from seqkit.tasks.exporting.subject import Feeds
from seqkit.tasks.language.trained import TrainedLanguageModel
from seqkit.text.backward import Backward
from seqkit.text.subwords import SubwordTokenizer
from seqkit.text.tokenizers import Tokenizer
from seqkit.text.vocabulary import Vocabulary


class LanguageSubject:
    """ids (B, T), state_1 ... -> log_probs (B, T, V), next_state_1 ...; all states (B, H).

    log_probs[:, t] is of the token behind ids[:, t] (T4). The states are as `LanguageModel` has
    them, zeros before a text, and what comes out goes in again for the text that follows.
    """

    def __init__(self, trained: TrainedLanguageModel) -> None:
        self.model, self.trained = trained.model, trained

    @property
    def sizes(self) -> list[int]:
        """H of each state."""
        return [tensor.shape[1] for tensor in self.model.initial(1)]

    def write(self, graph: Graph) -> None:
        """As `Subject`. Where the output layer is tied, its matrix stands there once (T3, C6)."""
        ids = graph.input("ids", "int64", "batch", "positions")
        states = [
            graph.input(f"state_{number}", "float32", "batch", size)
            for number, size in enumerate(self.sizes, start=1)
        ]
        embedding = graph.weights(self.model.embedding.weight)  # (V, D)
        turned = graph.add("Transpose", ids)  # (T, B)
        x = graph.add("Gather", embedding, turned)  # (T, B, D)
        outputs, after, _ = run_stack(graph, self.model.stack, x, states)
        output = embedding if self.model.config.tie else graph.weights(self.model.output_weight)
        log_probs = self._log_probs(graph, outputs, output, ids)
        size = self.model.config.vocabulary_size
        graph.output(log_probs, "log_probs", "float32", "batch", "positions", size)
        for number, (value, width) in enumerate(zip(after, self.sizes, strict=True), start=1):
            graph.output(value, f"next_state_{number}", "float32", "batch", width)

    def _log_probs(self, graph: Graph, outputs: str, weight: str, ids: str) -> str:
        """outputs (T, B, H) of the top layer and a weight (V, H) -> (B, T, V) (C6)."""
        turned = graph.add("Transpose", outputs, attributes={"perm": [1, 0, 2]})  # (B, T, H)
        rows = graph.add("Reshape", turned, graph.ints(-1, self.model.output_weight.shape[1]))
        bias = graph.weights(self.model.output_bias)
        logits = graph.add("Gemm", rows, weight, bias, attributes={"transB": 1})  # (B * T, V)
        found = graph.add("LogSoftmax", logits)
        size = graph.ints(self.model.config.vocabulary_size)
        shape = graph.add("Concat", graph.add("Shape", ids), size, attributes={"axis": 0})
        return graph.add("Reshape", found, shape)

    def metadata(self) -> dict[str, Any]:
        """The vocabulary, the tokenizer, the direction, the cell and the sizes of the states."""
        known = reading(self.trained.tokenizer, self.trained.vocabulary)
        return {
            "task": "language",
            **known,
            "cell": self.model.config.cell,
            "state_sizes": self.sizes,
        }

    def example(self, batch: int, positions: int, seed: int) -> Feeds:
        """Any ids, and states as a text before them may leave."""
        draw = np.random.default_rng(seed)
        vocabulary = self.model.config.vocabulary_size
        feeds = {"ids": draw.integers(0, vocabulary, (batch, positions))}
        for number, size in enumerate(self.sizes, start=1):
            state = draw.uniform(-1, 1, (batch, size))
            feeds[f"state_{number}"] = state.astype(np.float32)
        return feeds

    @torch.no_grad()
    def outputs(self, feeds: Feeds) -> list[Array]:
        """As `Subject`, by the layers' own loops and torch's softmax."""
        ids, *states = map(torch.from_numpy, feeds.values())
        hidden, after = self.model(ids, tuple(states))  # (B, T, H)
        logits = torch.nn.functional.linear(
            hidden, self.model.output_weight, self.model.output_bias
        )
        return [one.numpy() for one in (logits.log_softmax(2), *after)]


def reading(tokenizer: Tokenizer, vocabulary: Vocabulary) -> Mapping[str, Any]:
    """What says how text becomes ids: by which tokenizer, in which direction, of which types."""
    backward = isinstance(tokenizer, Backward)
    plain = tokenizer.tokenizer if isinstance(tokenizer, Backward) else tokenizer
    found = {
        "tokenizer": plain.name,
        "direction": "backward" if backward else "forward",
        "vocabulary": list(vocabulary.types),
        "unk": vocabulary.unk,
        "eos": vocabulary.eos,
    }
    return found | pieces(plain if isinstance(plain, SubwordTokenizer) else None)


def pieces(tokenizer: SubwordTokenizer | None) -> dict[str, Any]:
    """What a tokenizer that learnt its pieces has learnt; nothing for another."""
    return {"subwords": tokenizer.to_json()} if tokenizer else {}
