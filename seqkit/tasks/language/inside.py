"""Looking inside a trained language model: its gates at work, and how far its gradients reach."""

import pathlib
import tempfile
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from seqkit.layers.gates import activations
from seqkit.layers.reach import gradient_reach
from seqkit.tasks.language.data import Source
from seqkit.tasks.language.trained import TrainedLanguageModel
from seqkit.text.streams import encode

WARMUP, PASSAGES = 64, 128
"""A gradient is followed back in so many passages of a text, each after so many tokens of warm-up.

With more passages the distance at which gradients have faded hardly changes; the far end of the
curve, where few passages carry all there is, still does.
"""


@dataclass(frozen=True)
class Reading:
    """What one layer computes while a sentence is read from `<eos>`; each array is (T, H)."""

    tokens: list[str]  # T tokens in reading order, `<eos>` first
    layer: int  # 1 is the lowest
    gates: dict[str, np.ndarray]  # Γ by name, within 0..1; empty for a cell without gates
    values: dict[str, np.ndarray]  # candidate, memory and output, as far as the cell has them


def read_sentence(model: TrainedLanguageModel, sentence: str, layer: int | None = None) -> Reading:
    """The gates and states of a layer, the top one unless given, at every token of a sentence.

    ValueError for a sentence without a token and for a layer that the model does not have.
    """
    ids = model.ids(sentence)
    if not ids:
        raise ValueError("the sentence is empty: give at least one word")
    layers: list[Any] = list(model.model.stack.layers)
    layer = len(layers) if layer is None else layer
    if not 1 <= layer <= len(layers):
        raise ValueError(f"layer {layer}: the model has layers 1 to {len(layers)}")
    ids = [model.vocabulary.eos, *ids]
    with torch.no_grad():
        x = _embedded(model, np.array([ids]))  # (1, T, D)
        for below in layers[: layer - 1]:
            x, _ = below(x)
    found = activations(layers[layer - 1], x)
    gates, values = (
        {name: tensor[0].float().cpu().numpy() for name, tensor in kind.items()}
        for kind in (found.gates, found.values)
    )
    return Reading(model.vocabulary.tokens(ids), layer, gates, values)


def measure_reach(model: TrainedLanguageModel, source: Source, farthest: int = 100) -> list[float]:
    """The norm of the gradient 0, 1, …, `farthest` tokens back in a text (L5); float64, on the CPU.

    As `gradient_reach` defines it, over passages that are spread evenly over the text. ValueError
    for a text that is shorter than the distance.
    """
    exact = model.in_float64()
    exact.model.cpu()
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "text.tokens"
        ids = encode(source.blocks(), model.tokenizer, model.vocabulary, path).ids
        passages = _passages(ids, farthest)
    x = _embedded(exact, passages).detach()  # (B, T, D)
    norms: list[float] = gradient_reach(exact.model.stack, x, farthest).tolist()
    return norms


def _passages(ids: np.ndarray, farthest: int) -> np.ndarray:
    """Passages of warm-up and distance, spread evenly over a text: int64 (B, T)."""
    length = min(farthest + WARMUP, len(ids))
    if farthest > length:
        raise ValueError(
            f"the text has {len(ids)} tokens, too few to look {farthest} back: give a longer "
            f"text, or a distance of {len(ids)} or less"
        )
    last = len(ids) - length
    rows = min(PASSAGES, last + 1)
    starts = np.arange(rows) * last // max(rows - 1, 1)
    return np.asarray(ids[starts[:, None] + np.arange(length)], np.int64)


def _embedded(model: TrainedLanguageModel, ids: np.ndarray) -> torch.Tensor:
    """The vectors that the lowest layer reads: ids (B, T) -> (B, T, D)."""
    device = model.model.output_bias.device
    x: torch.Tensor = model.model.embedding(torch.from_numpy(ids).to(device))
    return x.to(model.model.dtype)
