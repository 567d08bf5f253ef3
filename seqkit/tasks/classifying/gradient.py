"""Explanations of recurrent nets by gradient times input: one pass forward, one backward."""

from collections.abc import Iterable
from itertools import takewhile
from typing import TypeGuard

import numpy as np
import torch
from torch import Tensor, nn

from seqkit.models.classifier import Classifier
from seqkit.tasks.classifying.explanation import contrast
from seqkit.tasks.classifying.features import splitter
from seqkit.tasks.classifying.labels import Array, Labels
from seqkit.tasks.classifying.net import NetScorer
from seqkit.tasks.classifying.reading import Reader
from seqkit.tasks.classifying.scorers import Scorer


def has_gradient(scorer: Scorer) -> TypeGuard[NetScorer]:
    """Whether `Gradient` can explain it: a net of its own whose tokens are words or characters."""
    return (
        isinstance(scorer, NetScorer)
        and isinstance(scorer.model, Classifier)
        and isinstance(scorer.reader, Reader)
        and scorer.reader.pieces is None
    )


class Gradient:
    """sum_d x_td · ∂margin/∂x_td of each token's vector x_t (Shrikumar et al. 2017).

    It says how the margin would change to first order if the token's vector shrank to nothing.
    """

    def __init__(self, net: NetScorer, labels: Labels) -> None:
        assert isinstance(net.model, Classifier) and isinstance(net.reader, Reader)
        self.model, self.reader, self.labels = net.model, net.reader, labels

    def shares(self, text: str, k: int) -> Array:
        """What each token of `token_places` adds to the margin of label k; one not read adds 0."""
        tokens = splitter(self.reader.level)(text)
        read = next(iter(self.reader.tokens([text])))
        shares = np.zeros(len(tokens))
        if not read:
            return shares
        found = self._of_tokens(text, k)  # (T,)
        first = len(read) - (len(read) < len(tokens)) * (len(read) // 2)  # the rest is its end
        head = _alike(read[:first], tokens)
        tail = _alike(reversed(read[head:]), reversed(tokens[head:]))
        shares[:head] = found[:head]
        shares[len(shares) - tail :] = found[len(found) - tail :]
        return shares

    def _of_tokens(self, text: str, k: int) -> Array:
        """Gradient times input of the tokens that the net reads, (T,)."""
        self.model.eval()
        factors = torch.from_numpy(contrast(self.labels, k))  # (K,)
        texts = self.reader.encode([text]).texts(np.zeros(1, np.int64))
        held: list[Tensor] = []

        def hold(module: nn.Module, inputs: tuple[Tensor], vectors: Tensor) -> Tensor:
            held.append(vectors.detach().requires_grad_())  # (1, T, D)
            return held[0]

        hook = self.model.dropout.register_forward_hook(hold)
        try:
            with torch.enable_grad():
                scores = self.model(texts.to(self.model.output.weight.device))  # (1, K)
                margin = scores[0] @ factors.to(scores)
                (gradient,) = torch.autograd.grad(margin, held)
        finally:
            hook.remove()
        shares: Array = (gradient * held[0]).sum(2)[0].detach().double().cpu().numpy()
        return shares


def _alike(some: Iterable[str], others: Iterable[str]) -> int:
    """How many of the first tokens are the same."""
    pairs = zip(some, others, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
