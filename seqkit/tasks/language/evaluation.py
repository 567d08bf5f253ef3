"""How well a language model predicts a text, every target counted once at any batch size (L1)."""

from typing import Any

import numpy as np
import torch

from seqkit.metrics.language import LanguageScore, by_sentence, exp_or_infinity, interval
from seqkit.metrics.ngrams import KneserNeyTrigram, Unigram
from seqkit.models.language import LanguageModel
from seqkit.text.streams import TokenStream
from seqkit.text.vocabulary import Vocabulary
from seqkit.text.windows import Windows

WARMUP = 500
"""Tokens that each row but the first reads before its own, so that its state is as good as true."""

ROWS, STEPS = 16, 128


def text_losses(model: LanguageModel, ids: np.ndarray, rows: int = ROWS) -> np.ndarray:
    """-log P of every token given all before it, in nats: float32 (n,), in the order of the text.

    The text is cut into `rows` pieces that run side by side, each warmed up on the tokens before
    it; with one row it is the plain definition. Short texts are cut into fewer.
    """
    rows = max(1, min(rows, len(ids) // (2 * WARMUP)))
    windows = Windows(ids, rows, STEPS, warmup=WARMUP)
    device = model.output_bias.device
    training = model.training
    model.eval()
    state, losses, scored = model.initial(rows), [], []
    for inputs, targets in windows:
        found, state = model.losses(
            torch.from_numpy(inputs).to(device), torch.from_numpy(targets).to(device), state
        )
        losses.append(found.float().cpu().numpy())
        scored.append(targets >= 0)
    model.train(training)
    return np.concatenate(losses, axis=1)[np.concatenate(scored, axis=1)]


def score_stream(model: LanguageModel, stream: TokenStream, rows: int = ROWS) -> LanguageScore:
    """The score of a whole text, in the type the model computes in."""
    losses = text_losses(model, stream.ids, rows)
    return LanguageScore(
        nats=float(losses.sum(dtype=np.float64)),
        tokens=len(stream),
        characters=stream.characters,
    )


def evaluate_stream(
    model: LanguageModel, stream: TokenStream, vocabulary: Vocabulary, rows: int = ROWS
) -> dict[str, Any]:
    """The metrics of a text with a 95 % interval of its perplexity by bootstrap over lines.

    Computed in float32 whatever the model was trained in.
    """
    dtype, model.dtype = model.dtype, torch.float32
    losses = text_losses(model, stream.ids, rows)
    model.dtype = dtype
    score = LanguageScore(
        nats=float(losses.sum(dtype=np.float64)),
        tokens=len(stream),
        characters=stream.characters,
        unknown=int((np.asarray(stream.ids) == vocabulary.unk).sum()),
    )
    metrics: dict[str, Any] = {**score.to_dict(), "tokens": len(stream)}
    nats, tokens = by_sentence(losses, stream.ids, vocabulary.eos)
    if len(nats) > 1:
        low, high = interval(nats, tokens)
        metrics["perplexity_interval"] = [exp_or_infinity(low), exp_or_infinity(high)]
    return metrics


def ngram_perplexities(
    train: np.ndarray, ids: np.ndarray, vocabulary: Vocabulary
) -> dict[str, float]:
    """Perplexity on `ids` of a unigram and a Kneser-Ney trigram model fitted to `train`."""
    unigram = Unigram.fit(train, len(vocabulary))
    trigram = KneserNeyTrigram.fit(train, len(vocabulary), vocabulary.eos)
    return {"unigram": unigram.perplexity(ids), "trigram": trigram.perplexity(ids)}
