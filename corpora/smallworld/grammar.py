"""A probabilistic grammar, exactly: sampling, the probability of a sentence, the next word.

No rule may be empty and no symbol may begin with itself. Then every symbol has finitely many
*openings* (first word, the symbols that still follow), found by expanding its leftmost symbols,
and all questions are answered reading from left to right: what is still to come after a prefix is
a probability distribution over stacks of symbols.
"""

import math
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate

EOS = "<eos>"
START = "<sentence>"

Symbols = tuple[str, ...]
Rules = Mapping[str, Mapping[Symbols, float]]  # left side -> right side -> probability
Stacks = dict[Symbols, float]  # what may still have to follow -> probability


def normalize(rules: Rules) -> dict[str, dict[Symbols, float]]:
    """Turn the weights of each left side into probabilities."""
    totals = {left: sum(rights.values()) for left, rights in rules.items()}
    return {
        left: {right: weight / totals[left] for right, weight in rights.items()}
        for left, rights in rules.items()
    }


class Openings:
    """How one symbol may begin: first words, each with the symbols that follow it."""

    def __init__(self, probabilities: Mapping[tuple[str, Symbols], float]) -> None:
        self.probabilities = probabilities
        self.by_word: dict[str, list[tuple[Symbols, float]]] = {}
        for (word, rest), probability in probabilities.items():
            self.by_word.setdefault(word, []).append((rest, probability))
        self.words = {word: sum(p for _, p in ways) for word, ways in self.by_word.items()}
        # For drawing: the rest reversed, ready to be pushed on a stack.
        self.choices = [(word, rest[::-1]) for word, rest in probabilities]
        self.cumulative = list(accumulate(probabilities.values()))
        self.cumulative[-1] = 1.0


class Grammar:
    """A grammar of rules (left -> right -> weight); what is no left side is a word."""

    def __init__(self, rules: Rules, start: str = START) -> None:
        self.rules = normalize(rules)
        self.start = start
        self._openings: dict[str, Openings] = {}
        for left in self.rules:
            self._open(left, ())

    def _open(self, symbol: str, above: Symbols) -> Openings:
        """Find the openings of a symbol; `above` are those whose expansion led here."""
        if symbol in above:
            raise ValueError(f"grammar: {symbol} begins with itself; rewrite its rules")
        if symbol not in self._openings:
            found: dict[tuple[str, Symbols], float] = {}
            for (first, *rest), probability in self.rules[symbol].items():
                for (word, after), share in self._first_words(first, (*above, symbol)).items():
                    key = (word, (*after, *rest))
                    found[key] = found.get(key, 0.0) + probability * share
            self._openings[symbol] = Openings(found)
        return self._openings[symbol]

    def _first_words(self, symbol: str, above: Symbols) -> Mapping[tuple[str, Symbols], float]:
        if symbol not in self.rules:
            return {(symbol, ()): 1.0}
        return self._open(symbol, above).probabilities

    def sample(self, uniforms: Iterator[float]) -> list[str]:
        """Draw a sentence; `uniforms` gives independent numbers of [0, 1), one a choice."""
        openings = self._openings
        words: list[str] = []
        stack = [self.start]
        while stack:
            symbol = stack.pop()
            table = openings.get(symbol)
            if table is None:
                words.append(symbol)
            else:
                word, rest = table.choices[bisect_right(table.cumulative, next(uniforms))]
                words.append(word)
                stack.extend(rest)
        return words

    def _advance(self, stacks: Stacks, word: str) -> Stacks:
        """Read one word: the joint probability of the word and each stack after it."""
        after: Stacks = {}
        for (top, *rest), probability in ((s, p) for s, p in stacks.items() if s):
            if top == word:
                ways: Sequence[tuple[Symbols, float]] = [((), 1.0)]
            elif top in self._openings:
                ways = self._openings[top].by_word.get(word, ())
            else:
                ways = ()
            for pushed, share in ways:
                key = (*pushed, *rest)
                after[key] = after.get(key, 0.0) + probability * share
        return after

    def _read(self, words: Iterable[str]) -> tuple[float, Stacks]:
        """Read a prefix: its log-probability, and the stacks that may follow, summing to 1."""
        log_probability = 0.0
        stacks: Stacks = {(self.start,): 1.0}
        for word in words:
            stacks = self._advance(stacks, word)
            total = sum(stacks.values())
            if total == 0.0:
                return -math.inf, {}
            log_probability += math.log(total)
            stacks = {stack: probability / total for stack, probability in stacks.items()}
        return log_probability, stacks

    def log_probability(self, words: Iterable[str]) -> float:
        """Give log P(sentence) in nats, the end included (T4); -inf outside the language."""
        prefix, stacks = self._read(words)
        end = stacks.get((), 0.0)
        return prefix + math.log(end) if end else -math.inf

    def next_word(self, prefix: Iterable[str]) -> dict[str, float]:
        """Give P(next word | prefix) of the true distribution, `<eos>` included.

        Raises ValueError if no sentence begins with the prefix.
        """
        words = list(prefix)
        _, stacks = self._read(words)
        if not stacks:
            raise ValueError(f"smallworld: no sentence begins with {' '.join(words)!r}")
        following: dict[str, float] = {}
        for stack, probability in stacks.items():
            for word, share in self._following(stack).items():
                following[word] = following.get(word, 0.0) + probability * share
        return following

    def _following(self, stack: Symbols) -> Mapping[str, float]:
        if not stack:
            return {EOS: 1.0}
        top = stack[0]
        return self._openings[top].words if top in self._openings else {top: 1.0}
