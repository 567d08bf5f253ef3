"""Measuring a translator: loss, BLEU, chrF, exact matches, by the length of the source (G4)."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from seqkit.metrics.bleu import Tokenization, bleu, bleu_of, bleu_statistics
from seqkit.metrics.bootstrap import interval_of
from seqkit.metrics.chrf import chrf, chrf_of, chrf_statistics
from seqkit.models.translator import Translator
from seqkit.tasks.translating.encoding import Encoded, groups
from seqkit.tasks.translating.sides import Side
from seqkit.tasks.translating.texts import TextPairs

TOKENS = 4_000
"""Tokens of a batch that is only scored."""
BANDS = 6
"""Groups of sources of like length, each with about as many pairs."""
LEAST = 20
"""Pairs of such a group, unless many sources are of one length."""
WORST = 5
"""The translations that share least with their references, listed."""
SHOWN = 300
"""Characters of a listed text."""


@torch.no_grad()
def mean_loss(model: Translator, encoded: Encoded) -> tuple[float, int]:
    """-log P a target token, `<eos>` included, in nats, and how many tokens that were (L1)."""
    device, total, count = model.output_bias.device, 0.0, 0
    was_training = model.training
    model.eval()
    for group in groups(encoded, np.arange(len(encoded)), TOKENS):
        loss, tokens, _ = model.loss(encoded.batch(group.tolist(), device))
        total, count = total + float(loss), count + tokens
    model.train(was_training)
    return total / count, count


def tokenization_of(target: Side) -> Tokenization:
    """How BLEU takes the target apart: text that was tokenized when it came is left as it is."""
    return "none" if target.tokenizer.name == "whitespace" else "13a"


def quick_scores(
    written: Sequence[str], wanted: Sequence[str], tokenize: Tokenization
) -> dict[str, float]:
    """What is looked at after each epoch: BLEU in percent, chrF, the share of exact matches."""
    return {
        "bleu": bleu(written, wanted, tokenize).score,
        "chrf": chrf(written, wanted),
        "exact_match": exact_match(written, wanted),
    }


def exact_match(written: Sequence[str], wanted: Sequence[str]) -> float:
    """The share of lines that are their reference to the letter, but for spaces."""
    same = [one.split() == other.split() for one, other in zip(written, wanted, strict=True)]
    return sum(same) / len(same)


def evaluate_texts(
    written: Sequence[str],
    pairs: TextPairs,
    lengths: Sequence[int],
    tokenize: Tokenization,
) -> dict[str, Any]:
    """All there is to say of N translations, in plain numbers fit for JSON.

    `lengths` (N,) are those of the sources in tokens. BLEU and chrF are sacrebleu's, in percent;
    their intervals come from a bootstrap over lines.
    """
    counts = bleu_statistics(written, pairs.targets, tokenize)  # (N, 10)
    found = bleu_of(counts.sum(0))
    letters = chrf_statistics(written, pairs.targets)  # (N, 18)
    metrics: dict[str, Any] = {
        "bleu": found.score,
        "bleu_tokenize": tokenize,
        "precisions": list(found.precisions),
        "brevity_penalty": found.brevity_penalty,
        "chrf": chrf_of(letters.sum(0)),
        "exact_match": exact_match(written, pairs.targets),
        "pairs": len(pairs),
        "by_length": _by_length(counts, lengths),
        "worst": _worst(written, pairs, letters),
    }
    if len(pairs) > 1:
        metrics["bleu_interval"] = list(interval_of(counts, lambda sums: bleu_of(sums).score))
        metrics["chrf_interval"] = list(interval_of(letters, chrf_of))
    return metrics


def with_loss(metrics: dict[str, Any], loss: float) -> dict[str, Any]:
    """The metrics behind loss and perplexity."""
    return {"loss": loss, "perplexity": math.exp(min(loss, 700)), **metrics}


def _by_length(counts: np.ndarray, lengths: Sequence[int]) -> list[dict[str, float]]:
    """BLEU of groups of sources of like length, shortest first."""
    sizes = np.asarray(lengths)  # (N,)
    bands = max(1, min(BANDS, len(sizes) // LEAST))
    edges = np.unique(np.quantile(sizes, np.linspace(0, 1, bands + 1)[1:], method="inverted_cdf"))
    below, found = -1, []
    for edge in edges.tolist():
        inside = (sizes > below) & (sizes <= edge)
        found.append(
            {
                "from": int(sizes[inside].min()),
                "to": int(edge),
                "mean_length": float(sizes[inside].mean()),
                "pairs": int(inside.sum()),
                "bleu": bleu_of(counts[inside].sum(0)).score,
            }
        )
        below = edge
    return found


def _worst(written: Sequence[str], pairs: TextPairs, letters: np.ndarray) -> list[dict[str, Any]]:
    """The translations with the least chrF, worst first; none that is exact."""
    scores = np.array([chrf_of(row) for row in letters])
    order = [k for k in np.argsort(scores, kind="stable")[:WORST].tolist() if scores[k] < 100]
    return [
        {
            "place": pairs.places[k],
            "source": pairs.sources[k][:SHOWN],
            "target": pairs.targets[k][:SHOWN],
            "translation": written[k][:SHOWN],
            "chrf": float(scores[k]),
        }
        for k in order
    ]
