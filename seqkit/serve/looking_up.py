"""The panel of word vectors: neighbours and analogies."""

from collections.abc import Mapping
from typing import Any

from seqkit.serve.asking import Asked
from seqkit.serve.commands import command
from seqkit.serve.limits import LIMITS, Limits
from seqkit.serve.panel import Answer, Events
from seqkit.vectors import WordVectors

WORD = 200
"""Characters of a word."""
WORDS = 10
"""Words whose neighbours are looked for at a time."""
METHODS = ("add", "mul")


class VectorsPanel:
    """Answers as `seqkit neighbors` and `seqkit analogy` do (W6)."""

    kind = "vectors"

    def __init__(self, path: str, vectors: WordVectors, limits: Limits = LIMITS) -> None:
        self.path, self.vectors, self.limits = path, vectors, limits
        first = list(vectors.index_to_key[:WORDS])
        self.command = command("neighbors", path, *first[:1])
        self.facts = {"words": len(vectors), "dimension": vectors.vector_size, "first": first}
        self.answers: Mapping[str, Answer] = {"neighbors": self.neighbors, "analogy": self.analogy}
        self.streams: Mapping[str, Events] = {}

    def neighbors(self, asked: Asked) -> dict[str, Any]:
        """The words nearest to each word, with their cosines."""
        words = asked.texts("words", WORDS, WORD)
        top = self._top(asked)
        asked.end()
        if not words:
            raise ValueError("'words' names no word; name one")
        found = self.vectors.neighbours(words, top)
        pairs = zip(words, found, strict=True)
        return {
            "found": [{"word": word, "neighbors": near} for word, near in pairs],
            "command": _command("neighbors", self.path, words, [("--top", top, 10)]),
        }

    def analogy(self, asked: Asked) -> dict[str, Any]:
        """ "A is to B as C is to ?": the words that answer best, with their scores."""
        a, b, c = (asked.text(name, None, WORD) for name in "abc")
        method, top = asked.text("method", "add", WORD), self._top(asked)
        asked.end()
        if method not in METHODS:
            raise ValueError(f"'method' is one of {', '.join(METHODS)}")
        by_product = method == "mul"
        search = self.vectors.most_similar_cosmul if by_product else self.vectors.most_similar
        options = [("--method", method, "add"), ("--top", top, 10)]
        return {
            "answers": search([b, c], [a], top),
            "command": _command("analogy", self.path, [a, b, c], options),
        }

    def _top(self, asked: Asked) -> int:
        return asked.whole("top", 10, 1, self.limits.top)


def _command(name: str, path: str, words: list[str], options: list[Any]) -> str:
    """A command whose words may begin with a dash, as those of a text do."""
    if not any(word.startswith("-") for word in words):
        return command(name, path, *words, options=options)
    typed = [part for option in options if option[1] != option[2] for part in map(str, option[:2])]
    return command(name, *typed, "--", path, *words)
