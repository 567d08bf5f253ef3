"""A second task for the states of a bidirectional net: to tell the word that comes next (G1)."""

import torch
from torch import Tensor, nn

from seqkit.layers.softmax import linear_cross_entropy
from seqkit.models.token_vectors import Tokens

UNKNOWN, EDGE = 0, 1
"""The ids of `<unk>`, which rare words are here, and of `<eos>`, which stands at both ends."""


class ContextTask(nn.Module):
    """-sum_t log P(w<t+1> | a→<t>) + log P(w<t-1> | a←<t>), in training only (Rei 2017, section 4).

    Tags are few and most are O; words are many. So the states learn more of the language from the
    same text, and fit the tags less by heart. Each direction has tanh(W a) and a softmax over the
    most frequent words of its own.
    """

    NARROW = 50
    WORDS = 7_500

    def __init__(self, hidden: int, words: int) -> None:
        super().__init__()
        self.words = min(words, self.WORDS)
        self.narrow = nn.ModuleList(nn.Linear(hidden, self.NARROW) for _ in range(2))
        self.output = nn.ModuleList(nn.Linear(self.NARROW, self.words) for _ in range(2))

    def forward(self, hidden: Tensor, tokens: Tokens) -> Tensor:
        """The loss in nats, summed over both directions of hidden (B, T, 2H), as a scalar."""
        real = torch.ones_like(tokens.words, dtype=torch.bool)  # (B, T)
        if tokens.lengths is not None:
            positions = torch.arange(real.shape[1], device=real.device)
            real = positions < tokens.lengths[:, None]
        words = tokens.words.where(tokens.words < self.words, UNKNOWN).where(real, EDGE)
        edge = torch.full_like(words[:, :1], EDGE)
        targets = (torch.cat([words[:, 1:], edge], 1), torch.cat([edge, words[:, :-1]], 1))
        total = hidden.new_zeros(())
        sides = zip(hidden.chunk(2, dim=2), targets, self.narrow, self.output, strict=True)
        for states, target, narrow, output in sides:
            rows = narrow(states[real]).tanh()  # (N, 50)
            total = total + linear_cross_entropy(rows, output.weight, output.bias, target[real])
        return total
