"""What is known exactly about a grammar: expected counts, entropy, lengths, word frequencies."""

import math
from dataclasses import dataclass

import numpy as np

from seqkit.corpora.smallworld.grammar import EOS, Grammar


@dataclass(frozen=True, slots=True)
class Entropy:
    """Nats, tokens (`<eos>` included) and characters (newline included), each a sentence."""

    nats: float
    tokens: float
    characters: float

    @property
    def nats_per_token(self) -> float:
        """The loss of a perfect word-level language model."""
        return self.nats / self.tokens

    @property
    def nats_per_character(self) -> float:
        """The loss of a perfect character-level language model."""
        return self.nats / self.characters

    @property
    def perplexity(self) -> float:
        """The word perplexity of a perfect language model."""
        return math.exp(self.nats_per_token)


def visits(grammar: Grammar) -> dict[str, float]:
    """Give how often each symbol that has rules is expanded in a sentence, on average.

    With M[i, j] the expected number of symbols j on the right side of i, the expected counts v
    solve v = e_start + M' v, for derivations end with probability 1.
    """
    index = {left: row for row, left in enumerate(grammar.rules)}
    expected = np.zeros((len(index), len(index)))
    for left, rights in grammar.rules.items():
        for right, probability in rights.items():
            for symbol in right:
                if symbol in index:
                    expected[index[left], index[symbol]] += probability
    start = np.zeros(len(index))
    start[index[grammar.start]] = 1.0
    counts = np.linalg.solve(np.eye(len(index)) - expected.T, start)
    return dict(zip(index, counts.tolist(), strict=True))


def word_counts(grammar: Grammar) -> dict[str, float]:
    """Give how often each word stands in a sentence, on average; `<eos>` once.

    Divided by their sum these are the true unigram probabilities.
    """
    counts = {EOS: 1.0}
    for left, visited in visits(grammar).items():
        for right, probability in grammar.rules[left].items():
            for symbol in right:
                if symbol not in grammar.rules:
                    counts[symbol] = counts.get(symbol, 0.0) + visited * probability
    return counts


def exact_entropy(grammar: Grammar) -> Entropy:
    """Give the entropy of a grammar in which every string has exactly one derivation.

    The entropy of a derivation is the sum over symbols of (expected expansions) x (entropy of the
    choice among its rules); where derivations are unique it is the entropy of the string.
    """
    nats = sum(
        visited * -sum(p * math.log(p) for p in grammar.rules[left].values())
        for left, visited in visits(grammar).items()
    )
    counts = word_counts(grammar)
    characters = sum(count * (len(word) + 1) for word, count in counts.items() if word != EOS)
    return Entropy(nats, sum(counts.values()), characters)
