"""What a net is told of each token: word, characters, shape, affixes, further columns (G1)."""

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn

from seqkit.layers.characters import CHARACTER_ENCODERS
from seqkit.layers.embedding import Embedding
from seqkit.text.wordforms import PARTS, SHAPES


class Tokens(NamedTuple):
    """B sentences of T tokens, with F distinct word forms among them."""

    words: Tensor  # (B, T): ids of normalised words
    forms: Tensor  # (B, T): which of the F forms
    characters: Tensor  # (F, C)
    shapes: Tensor  # (F,)
    hashes: Tensor  # (F, 11): of parts of words
    features: Tensor  # (B, T, N): ids of further columns
    states: Tensor | None = None  # (B, T, E): what trained language models make of the sentence
    lengths: Tensor | None = None  # (B,): how many tokens are real; None: all

    def to(self, device: torch.device) -> "Tokens":
        """The same on another device."""
        moved = [part if part is None else part.to(device) for part in self]
        return Tokens(*moved)  # type: ignore[arg-type]


def twice(tokens: Tokens) -> Tokens:
    """The same B sentences and then once more; the F forms stand there once."""
    words, forms, features = (
        torch.cat([x, x]) for x in (tokens.words, tokens.forms, tokens.features)
    )
    states, lengths = (
        None if x is None else torch.cat([x, x]) for x in (tokens.states, tokens.lengths)
    )
    return tokens._replace(
        words=words, forms=forms, features=features, states=states, lengths=lengths
    )


class WordEmbedding(nn.Module):
    """A look-up (T3). In training some words are taken for `<unk>`, to learn what to do with it.

    `rare` words are forgotten so half of the time, the others with the probability `dropout`. The
    last `frozen` rows are not trained: words that only finished vectors know, not the training
    text.
    """

    RARE = 0.5
    rare: Tensor

    def __init__(self, vocabulary_size: int, width: int, frozen: int, dropout: float) -> None:
        super().__init__()
        self.embedding = spread(Embedding(vocabulary_size - frozen, width))
        self.frozen = spread(Embedding(frozen, width)).requires_grad_(False) if frozen else None
        self.dropout = dropout
        self.register_buffer(
            "rare", torch.zeros(vocabulary_size, dtype=torch.bool), persistent=False
        )

    def forget(self, words: Tensor) -> Tensor:
        """The ids of words (B, T), in training with some of them 0, which is `<unk>`."""
        if not self.training:
            return words
        rates = self.rare[words] * (self.RARE - self.dropout) + self.dropout
        return words.masked_fill(torch.rand_like(rates) < rates, 0)

    def forward(self, words: Tensor) -> Tensor:
        """words (B, T) -> (B, T, D)."""
        if self.frozen is None:
            return self.embedding(words)  # type: ignore[no-any-return]
        trained = len(self.embedding.weight)
        known = words < trained
        own = self.embedding(words.where(known, 0))
        return torch.where(known[..., None], own, self.frozen((words - trained).clamp_min(0)))

    @torch.no_grad()
    def rows(self) -> Tensor:
        """A copy of all rows, (V, D)."""
        tables = [self.embedding, *([] if self.frozen is None else [self.frozen])]
        return torch.cat([table.weight for table in tables])

    @torch.no_grad()
    def fill(self, rows: Tensor) -> None:
        """Take over rows (V, D)."""
        trained = len(self.embedding.weight)
        self.embedding.weight.copy_(rows[:trained])
        if self.frozen is not None:
            self.frozen.weight.copy_(rows[trained:])


class FormEmbedding(nn.Module):
    """The looks of a word: characters, shape and affixes side by side, (F, D).

    Affixes are the first and last two and three characters, each hashed into a table of its own.
    """

    AFFIXES = tuple(PARTS.index(f"{end} {n}") for end in ("prefix", "suffix") for n in (2, 3))
    BUCKETS = 4_000
    SHAPE, CHARACTER, CHARACTERS, AFFIX = 20, 30, 100, 25  # widths
    columns: Tensor
    offsets: Tensor

    def __init__(self, characters: int, encoder: str | None, affixes: bool) -> None:
        super().__init__()
        widths = (characters, self.CHARACTER, self.CHARACTERS)
        self.characters = CHARACTER_ENCODERS[encoder](*widths) if encoder else None
        self.shape = spread(Embedding(SHAPES, self.SHAPE))
        tables = len(self.AFFIXES)
        self.affixes = spread(Embedding(tables * self.BUCKETS, self.AFFIX)) if affixes else None
        self.register_buffer("columns", torch.tensor(self.AFFIXES), persistent=False)
        offsets = self.BUCKETS * torch.arange(tables)
        self.register_buffer("offsets", offsets, persistent=False)
        width = self.characters.output_size if self.characters is not None else 0
        self.output_size = width + self.SHAPE + (tables * self.AFFIX if affixes else 0)

    def forward(self, tokens: Tokens) -> Tensor:
        """Every form once, however often it comes."""
        parts = [self.shape(tokens.shapes)]
        if self.characters is not None:
            parts.append(self.characters(tokens.characters))
        if self.affixes is not None:
            buckets = tokens.hashes.index_select(1, self.columns) % self.BUCKETS  # (F, 4)
            parts.append(self.affixes(buckets + self.offsets).flatten(1))  # (F, 4 * 25)
        return torch.cat(parts, dim=1)


def spread(embedding: Embedding) -> Embedding:
    """The same embedding begun wider: uniform with variance 1 / D (Lample et al. 2016)."""
    bound = math.sqrt(3 / embedding.weight.shape[1])
    nn.init.uniform_(embedding.weight, -bound, bound)
    return embedding
