"""A linear model beside the net: parts of words and of their neighbours vote for tags (G1).

What CRFs without nets have always looked at: the word, its ends and its outline, the same of the
words around it, and pairs of these. Each such feature is a row of weights, found by a hash, that
is added to the scores of the tags. The idea of a wide model beside a deep one is that of Cheng et
al. 2016; hashing is that of Weinberger et al. 2009.
"""

import torch
from torch import Tensor, nn

from seqkit.models import wide_features
from seqkit.models.token_vectors import Tokens


class WideFeatures(nn.Module):
    """sum_j w_j over the features j of each token: a score for each of K tags, (B, T, K).

    In training each feature is left out with the probability `dropout`, so that the rare ones have
    their say and the net is not idle. All weights begin at 0.
    """

    BUCKETS = 1 << 17

    def __init__(self, tags: int, dropout: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(self.BUCKETS, tags))
        self.dropout = dropout

    def forward(self, tokens: Tokens) -> Tensor:
        """Add up the weights of the features of B sentences."""
        if self.weight.device.type == "cpu" and not torch.is_grad_enabled() and not self.training:
            from seqkit.models.wide_compiled import scores  # by numba, which is slow to import

            return scores(tokens, self.weight)
        ids = features_of(tokens) % self.BUCKETS  # (B, T, J)
        batch, positions, count = ids.shape
        kept = None
        if self.training and self.dropout:
            kept = (torch.rand_like(ids, dtype=self.weight.dtype) >= self.dropout).to(self.weight)
            kept = kept.div_(1 - self.dropout).view(-1, count)  # (B * T, J)
        sums = nn.functional.embedding_bag(
            ids.view(-1, count), self.weight, mode="sum", per_sample_weights=kept
        )
        return sums.view(batch, positions, -1)


def features_of(tokens: Tokens) -> Tensor:
    """As `wide_features.features_of`, by the fastest way that the device has."""
    if tokens.forms.device.type == "cpu":
        from seqkit.models.wide_compiled import features  # by numba, which is slow to import

        return features(tokens)
    return wide_features.features_of(tokens)
