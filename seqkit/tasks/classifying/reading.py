"""How the recurrent net reads: from texts to ids, cut where they are long (T1)."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from seqkit.files import write_json
from seqkit.models.classifier import Texts
from seqkit.tasks.classifying.features import splitter
from seqkit.tasks.runs import Run, read_json
from seqkit.text.batching import Ints
from seqkit.text.subwords import SubwordTokenizer
from seqkit.text.vocabulary import Vocabulary

LONGEST_TOKEN = 50
"""Characters a token takes on average at most: what lies further from both ends is not split."""


@dataclass(frozen=True)
class EncodedTexts:
    """B texts as ids, end to end; text b has those from starts[b] on."""

    ids: Ints  # (N,)
    starts: Ints  # (B + 1,)

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def lengths(self) -> Ints:
        """How many tokens each text has, (B,)."""
        lengths: Ints = np.diff(self.starts)
        return lengths

    def texts(self, chosen: Ints) -> Texts:
        """Some texts side by side, padded to the longest."""
        lengths = self.lengths[chosen]  # (B,)
        ids = np.zeros((len(chosen), int(lengths.max())), np.int64)  # (B, T)
        for row, text, length in zip(ids, chosen, lengths, strict=True):
            row[:length] = self.ids[self.starts[text] : self.starts[text] + length]
        same = bool((lengths == lengths[0]).all())
        return Texts(torch.from_numpy(ids), None if same else torch.from_numpy(lengths))


class Reader:
    """Turns texts into ids over the vocabulary of the training text.

    A text of more than `max_tokens` (0: no limit) keeps the first half of so many and the last.
    One without any token is read as `<eos>`.
    """

    def __init__(
        self, level: str, vocabulary: Vocabulary, max_tokens: int, pieces: SubwordTokenizer | None
    ) -> None:
        self.level, self.vocabulary, self.max_tokens = level, vocabulary, max_tokens
        self.pieces = pieces
        self._split = pieces.tokens if pieces else splitter(level)

    @classmethod
    def learn(
        cls, texts: Sequence[str], level: str, max_tokens: int, size: int, min_count: int,
        known: Iterable[str] = (),
    ) -> "Reader":  # fmt: skip
        """Choose the vocabulary of a training text: at most `size` types, and `known` words."""
        pieces = SubwordTokenizer.train(texts, size) if level == "subword" else None
        plain = cls(level, Vocabulary.from_counts({}), max_tokens, pieces)
        counts = Counter(token for tokens in plain.tokens(texts) for token in tokens)
        if pieces:
            vocabulary = Vocabulary.from_counts(counts, keep=pieces.types)
        else:
            vocabulary = Vocabulary.from_counts(counts, size, min_count)
            if known := tuple(known):
                kept = Counter({token: counts[token] for token in vocabulary.types[2:]})
                vocabulary = Vocabulary.from_counts(kept, keep=known)
        return cls(level, vocabulary, max_tokens, pieces)

    def tokens(self, texts: Iterable[str]) -> Iterator[Sequence[str]]:
        """The tokens of each text that the net gets to see."""
        return (cut(text, self._split, self.max_tokens) for text in texts)

    def encode(self, texts: Sequence[str]) -> EncodedTexts:
        """Texts as ids; unknown tokens are `<unk>`."""
        eos = [self.vocabulary.eos]
        rows = [self.vocabulary.ids(tokens) if tokens else eos for tokens in self.tokens(texts)]
        starts = np.cumsum([0, *map(len, rows)])
        return EncodedTexts(np.fromiter((i for row in rows for i in row), np.int64), starts)

    def save(self, run: Run) -> None:
        """Write vocabulary.json, and tokenizer.json where pieces of words were learnt."""
        self.vocabulary.save(run.path / "vocabulary.json")
        if self.pieces:
            write_json(run.path / "tokenizer.json", self.pieces.to_json())


def read_reader(run: Run, level: str, max_tokens: int) -> Reader:
    """The reader of a run; ValueError names a file that is missing or damaged."""
    path = run.path / "vocabulary.json"
    if not path.exists():
        raise ValueError(f"{path}: no such file; the run folder is incomplete")
    pieces = None
    if level == "subword":
        kept = run.path / "tokenizer.json"
        try:
            pieces = SubwordTokenizer.from_json(read_json(kept))
        except ValueError as error:
            raise ValueError(f"{kept}: damaged ({error})") from error
    return Reader(level, Vocabulary.load(path), max_tokens, pieces)


def cut(text: str, split: Callable[[str], Sequence[str]], most: int) -> Sequence[str]:
    """The tokens of a text, of many the first and the last, `most` in all (0: no limit)."""
    reach = most * LONGEST_TOKEN
    if most and len(text) > 2 * reach:  # its middle need not even be split
        head, tail = split(text[:reach]), split(text[-reach:])
        return [*head[: most - most // 2], *tail[max(0, len(tail) - most // 2) :]]
    tokens = split(text)
    if not most or len(tokens) <= most:
        return tokens
    return [*tokens[: most - most // 2], *tokens[len(tokens) - most // 2 :]]
