"""What a tagger says of encoded sentences: tags, how sure it is of each, entities, the loss."""

from collections.abc import Iterator, Sequence
from math import prod
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from seqkit.models.tagger import Tagger
from seqkit.tasks.tagging.encoding import Encoded
from seqkit.tasks.tagging.scores import all_scores
from seqkit.tasks.tagging.symbols import Symbols
from seqkit.text.batching import Ints
from seqkit.text.schemes import Span, to_spans

Numbers = Tensor | np.ndarray[Any, Any]


class Prediction(NamedTuple):
    """One sentence: numbers of its tags, P of each, entities and P of each."""

    tags: list[int]
    confidences: list[float]
    entities: list[Span]
    entity_confidences: list[float]


@torch.inference_mode()
def predict(model: Tagger, symbols: Symbols, text: Encoded) -> list[Prediction]:
    """The likeliest legal tags of each sentence, in order."""
    found: list[Prediction | None] = [None] * len(text)
    for chosen, scores in all_scores(model, symbols, text):
        tags, sure, steps = model.head.chain.decode_with_confidence(scores)
        together = as_predictions(symbols, tags, sure, steps)
        for sentence, one in zip(chosen, together, strict=True):
            found[sentence] = one
    return [one for one in found if one is not None]


def as_predictions(
    symbols: Symbols, tags: Numbers, sure: Numbers, steps: Numbers
) -> Iterator[Prediction]:
    """What `decode_with_confidence` found: (B, T), (B, T) and (B, T-1)."""
    for row, confidences, onward in zip(tags.tolist(), sure.tolist(), steps.tolist(), strict=True):
        yield as_prediction(symbols, row, confidences, onward)


def as_prediction(
    symbols: Symbols, tags: list[int], confidences: list[float], onward: list[float]
) -> Prediction:
    """The same for one sentence: T tags, T confidences and T-1 steps, or more."""
    spans = entities_of(tags, symbols)
    shares = [confidences[s.start] * prod(onward[s.start : s.stop - 1]) for s in spans]
    return Prediction(tags, confidences, spans, shares)


def entities_of(tags: Sequence[int], symbols: Symbols) -> list[Span]:
    """The entities that numbers of tags spell out; none where tags are classes."""
    if symbols.scheme == "plain":
        return []
    outside = symbols.tags.index("O")
    if tags.count(outside) == len(tags):
        return []
    return to_spans([symbols.tags[tag] for tag in tags], "bioes")


@torch.no_grad()
def mean_loss(model: Tagger, symbols: Symbols, text: Encoded) -> float:
    """-log P(tags) of all sentences whose tags the model knows, in nats a token."""
    total = count = 0.0
    for chosen, scores in all_scores(model, symbols, text):
        tags = torch.from_numpy(text.tags[text.at(chosen)]).to(scores.device)  # (B, T)
        known = (tags >= 0).all(dim=1)  # (B,)
        if known.any():
            total += model.head.loss(scores[known], tags[known], None).item()
            count += tags[known].numel()
    return total / max(count, 1)


def known_sentences(text: Encoded) -> Ints:
    """The numbers of the sentences all of whose tags the model knows."""
    known: Ints = np.logical_and.reduceat(text.tags >= 0, text.starts[:-1]).nonzero()[0]
    return known
