"""What a word is elsewhere in its document speaks for what it is here (G1).

Who is called by full name once is called by surname afterwards, and a sentence with the surname
alone may not tell that it is one.
"""

import torch
from torch import Tensor, nn

FORMS = 2
"""What a token of an entity can be: all of it (0), or a part (1)."""


class Agreement(nn.Module):
    """Adds to the scores of tags what a first reading made of the word's other occurrences.

        score<t>[k] += sum_j weight[j, form of k] * max_u P(y<u> is of the type of k, in form j)

    over the other occurrences u of the word of token t in its document. A second reading that
    knows what the first one found in the whole document is the idea of Krishnan & Manning 2006.
    The weights, 2 x 2 for all types, are no part of the training: they are 0, which changes
    nothing, until they are fitted on validation text.
    """

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(FORMS, FORMS), requires_grad=False)

    def forward(self, evidence: Tensor) -> Tensor:
        """What is added to C types in both forms: evidence (..., C, 2) -> (..., C, 2)."""
        return evidence @ self.weight


def elsewhere(shares: Tensor, words: Tensor) -> Tensor:
    """The largest share of each class among the other occurrences of a word.

    shares (N, R): probabilities of R classes at N tokens; words (N,): the number of each token's
    word, from 0. -> (N, R), 0 for a word that occurs once.
    """
    rows = words[:, None].expand_as(shares)  # (N, R)
    none = shares.new_zeros(int(words.max()) + 1, shares.shape[1])  # (words, R)
    largest = none.scatter_reduce(0, rows, shares, "amax")
    is_largest = shares == largest[words]  # (N, R)
    next_one = none.scatter_reduce(0, rows, shares.masked_fill(is_largest, 0), "amax")
    times = none.scatter_add(0, rows, is_largest.to(shares))
    only = is_largest & (times[words] == 1)  # it is itself the one that has the largest share
    return torch.where(only, next_one[words], largest[words])
