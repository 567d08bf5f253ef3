"""Making confidences honest: one factor for the last scores (Guo et al. 2017)."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from seqkit.models.tagger import Tagger
from seqkit.tasks.tagging.encoding import Encoded
from seqkit.tasks.tagging.prediction import known_sentences
from seqkit.tasks.tagging.scores import TOKENS
from seqkit.text.batching import groups_of_one_length

LEAST, MOST, NEAR = 0.1, 2.0, 0.01
"""Between these the factor is looked for, and how near to the best one it has to be."""


@torch.no_grad()
def calibrate(model: Tagger, valid: Encoded) -> float:
    """Multiply all scores by the factor that gives the least loss on `valid`; return that factor.

    A net that has learnt its training text by heart is surer than it should be. What the output
    layer and the moves between tags score is scaled alike, so the best tags stay the best and only
    the probabilities change. The loss is convex in the factor.
    """
    model.eval()
    device = model.output.weight.device
    groups = groups_of_one_length(valid.lengths, known_sentences(valid), TOKENS)
    batches = [valid.batch(chosen, device) for chosen in groups]
    if not batches:
        return 1.0
    emissions = [(model(batch.tokens), batch.tags) for batch in batches]
    moves = list(model.head.parameters())
    kept = [move.clone() for move in moves]

    def loss(factor: float) -> float:
        _scale(moves, kept, factor)
        return sum(model.head.loss(factor * x, tags, None).item() for x, tags in emissions)

    best = _least(loss, LEAST, MOST)
    _scale(moves, kept, best)
    for parameter in last_weights(model):
        parameter.mul_(best)
    return best


def last_weights(model: Tagger) -> list[nn.Parameter]:
    """The weights that emissions are proportional to."""
    return [*model.output.parameters(), *(model.wide.parameters() if model.wide else ())]


def _scale(moves: list[nn.Parameter], kept: list[Tensor], factor: float) -> None:
    for move, whole in zip(moves, kept, strict=True):
        move.copy_(factor * whole)


def _least(function: Callable[[float], float], low: float, high: float) -> float:
    """Where a convex function is least between two numbers, by thirds, to NEAR."""
    while high - low > NEAR:
        left, right = low + (high - low) / 3, high - (high - low) / 3
        if function(left) < function(right):
            high = right
        else:
            low = left
    return (low + high) / 2
