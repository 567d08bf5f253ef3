"""How well a language model predicts a text, every target counted once at any batch size (L1)."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import torch

from seqkit.metrics.language import LanguageScore, by_sentence, exp_or_infinity, interval
from seqkit.metrics.ngrams import KneserNeyTrigram, Unigram
from seqkit.models.language import LanguageModel
from seqkit.text.streams import TokenStream
from seqkit.text.vocabulary import Vocabulary
from seqkit.text.windows import Windows

PIECE, WARMUP = 4096, 512
"""A text is scored in pieces of about so many tokens, each after so many tokens of warming up.

Pieces can run side by side. What a recurrent state still knows from beyond the warm-up is lost,
which is worth less than 1e-4 nats a token on real text.
"""

ROWS, STEPS = 16, 128


def text_losses(model: LanguageModel, ids: np.ndarray, rows: int = ROWS) -> np.ndarray:
    """-log P of every token given those before it, in nats: float32 (n,), in the order of the text.

    The pieces depend on the length of the text alone, and `rows` of them run side by side; so the
    result does not depend on `rows`.
    """
    return np.concatenate(list(_groups_of_losses(model, ids, rows)))


def score_stream(model: LanguageModel, stream: TokenStream, rows: int = ROWS) -> LanguageScore:
    """The score of a whole text, in the type the model computes in and in bounded memory."""
    groups = _groups_of_losses(model, stream.ids, rows)
    nats = sum(float(losses.sum(dtype=np.float64)) for losses in groups)
    return LanguageScore(nats, len(stream), stream.characters)


def _groups_of_losses(model: LanguageModel, ids: np.ndarray, rows: int) -> Iterator[np.ndarray]:
    """The losses (m,) of `rows` pieces of the text at a time, in the order of the text."""
    training = model.training
    model.eval()
    for windows in pieces_of(ids, rows):
        yield _losses(model, windows)
    model.train(training)


def pieces_of(ids: np.ndarray, rows: int) -> Iterator[Windows]:
    """The pieces of a text in its order, `rows` of them side by side."""
    pieces = Windows(ids, -(-len(ids) // PIECE), STEPS, warmup=WARMUP)
    return (pieces.rows(first, first + rows) for first in range(0, pieces.batch, rows))


def _losses(model: LanguageModel, windows: Windows) -> np.ndarray:
    """The losses (m,) of all that the windows score, row after row."""
    device = model.output_bias.device
    state = model.initial(windows.batch)
    losses, scored = [], []
    for inputs, targets in windows:
        found, state = model.losses(
            torch.from_numpy(inputs).to(device), torch.from_numpy(targets).to(device), state
        )
        losses.append(found.float().cpu().numpy())  # (B, T)
        scored.append(targets >= 0)
    return np.concatenate(losses, axis=1)[np.concatenate(scored, axis=1)]


def evaluate_stream(
    model: LanguageModel, stream: TokenStream, vocabulary: Vocabulary, rows: int = ROWS
) -> dict[str, Any]:
    """The metrics of a text as `metrics_of` has them.

    Computed in float32 whatever the model was trained in.
    """
    dtype, model.dtype = model.dtype, torch.float32
    losses = text_losses(model, stream.ids, rows)
    model.dtype = dtype
    return metrics_of(losses, stream, vocabulary)


def metrics_of(losses: np.ndarray, stream: TokenStream, vocabulary: Vocabulary) -> dict[str, Any]:
    """The metrics of a text with a 95 % interval of its perplexity by bootstrap over lines.

    losses (n,) has -log P of each of its tokens, in nats.
    """
    score = _score(float(losses.sum(dtype=np.float64)), stream, stream.count(vocabulary.unk))
    metrics: dict[str, Any] = {**score.to_dict(), "tokens": len(stream)}
    nats, tokens = by_sentence(losses, stream.ids, vocabulary.eos)
    if len(nats) > 1:
        low, high = interval(nats, tokens)
        metrics["perplexity_interval"] = [exp_or_infinity(low), exp_or_infinity(high)]
    return metrics


def _score(nats: float, stream: TokenStream, unknown: int | None = None) -> LanguageScore:
    """The score of a text; FloatingPointError where its perplexity is no finite number."""
    loss = nats / len(stream)
    if not math.isfinite(exp_or_infinity(loss)):
        raise FloatingPointError(
            f"the loss on held-out text is {loss:g} nats a token: the weights have run away; "
            "train with a smaller --lr or a tighter --clip"
        )
    return LanguageScore(nats, len(stream), stream.characters, unknown=unknown)


COUNTED = 4_000_000
"""Tokens of the training text that the trigram model counts, at most: 300 MB of memory."""


def ngram_perplexities(
    train: TokenStream, streams: Mapping[str, TokenStream], vocabulary: Vocabulary
) -> dict[str, dict[str, float]]:
    """Perplexity on each of `streams` of n-gram models fitted to the beginning of `train`.

    They are a unigram model, of ten times COUNTED tokens, and a Kneser-Ney trigram model.
    """
    size = len(vocabulary)
    unigram = Unigram.fit(train.read(0, min(len(train), 10 * COUNTED)), size)
    trigram = KneserNeyTrigram.fit(train.read(0, min(len(train), COUNTED)), size, vocabulary.eos)
    models: dict[str, Unigram | KneserNeyTrigram] = {"unigram": unigram, "trigram": trigram}
    return {
        name: {kind: model.perplexity(stream.ids) for kind, model in models.items()}
        for name, stream in streams.items()
    }
