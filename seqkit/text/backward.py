"""Reading each line from its end: a tokenizer turned round, for models from right to left (T4).

P(line) = prod_t P(y<t> | y<t+1>, …, y<T>): the same chain rule in the other order. `<eos>` still
stands between lines, and the lines keep their order.
"""

from collections.abc import Sequence

from seqkit.text.tokenizers import Tokenizer

DIRECTIONS = ("forward", "backward")
"""The directions a language model may read in, by the names users type."""


class Backward:
    """Another tokenizer, its tokens in reverse; `tokenizer` is that other one.

    What works with the tokens of lines (encoding, scoring, sampling, novelty) need not know of it.
    A line longer than `seqkit.text.lines.LONGEST` bytes reaches it in parts, and each is turned
    round by itself.
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        self.tokenizer = tokenizer
        self.name = tokenizer.name

    def tokens(self, line: str) -> list[str]:
        """Take a line apart: its last token first."""
        return self.tokenizer.tokens(line)[::-1]

    def join(self, tokens: Sequence[str]) -> str:
        """Return such tokens as text in reading order."""
        return self.tokenizer.join(tokens[::-1])


def directed(tokenizer: Tokenizer, direction: str) -> Tokenizer:
    """Return the tokenizer that reads forward or backward; ValueError for another direction.

    A language model cannot be bidirectional (C7), and the error says why.
    """
    check_direction(direction)
    return Backward(tokenizer) if direction == "backward" else tokenizer


def check_direction(direction: str) -> None:
    """Raise ValueError for a direction that a language model cannot read in."""
    if direction in ("both", "bidirectional"):
        raise ValueError(
            f"--direction {direction}: a language model that reads in both directions would see "
            "the words it is to predict (the future would leak); train one forward and one "
            "backward, or use both directions for tagging or classifying"
        )
    if direction not in DIRECTIONS:
        raise ValueError(f"unknown --direction {direction!r}; there are: {', '.join(DIRECTIONS)}")
