"""The classifier: embedding -> recurrent stack -> pooling -> scores of classes -> head (G2)."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn

from seqkit.layers import CELLS, Bidirectional, Stack
from seqkit.layers.dropout import LockedDropout, checked_rate
from seqkit.layers.embedding import INPUTS
from seqkit.layers.pooling import POOLINGS
from seqkit.layers.sizes import check_sizes
from seqkit.models.class_heads import ManyLabelsHead, OneClassHead
from seqkit.models.token_vectors import WordEmbedding, spread

CHOICES: dict[str, Collection[str]] = {"cell": CELLS, "pooling": POOLINGS, "input": INPUTS}
"""What the fields that are names can be."""


@dataclass(frozen=True)
class ClassifierConfig:
    """The shape and the regularization of a classifier."""

    words: int  # V, types of tokens, be they words, characters or subwords
    classes: int  # K
    many_labels: bool = False  # any number of labels a text, not one class
    frozen: int = 0  # how many of the words only finished vectors know
    input: str = "embedding"
    cell: str = "lstm"
    bidirectional: bool = True
    layers: int = 1
    hidden: int = 150  # H, of each direction
    top: int | None = None  # of the top layer, where it differs
    embed: int = 100  # D
    pooling: str = "max"
    dropout: float = 0.5  # on the vectors, between the layers and on what is pooled
    dropout_words: float = 0.05  # words taken for <unk>

    def __post_init__(self) -> None:
        """Reject sizes below 1, rates outside [0, 1) and unknown names."""
        for name, table in CHOICES.items():
            if getattr(self, name) not in table:
                known = ", ".join(table)
                raise ValueError(f"unknown {name} {getattr(self, name)!r}; there are: {known}")
        check_sizes(self, "words", "layers", "hidden", "embed")
        if self.top is not None and self.top < 1:
            raise ValueError(f"top must be 1 or more, got {self.top}")
        if self.classes < (1 if self.many_labels else 2):
            raise ValueError(f"{self.classes} class is nothing to choose from: two are the least")
        if not 0 <= self.frozen < self.words:
            raise ValueError(f"of {self.words} words {self.frozen} cannot be frozen")
        checked_rate(self.dropout)
        checked_rate(self.dropout_words)

    @property
    def widths(self) -> list[int]:
        """H of each layer and direction, from the bottom to the top."""
        return [self.hidden] * (self.layers - 1) + [self.top or self.hidden]


class Texts(NamedTuple):
    """B texts of T tokens."""

    ids: Tensor  # (B, T)
    lengths: Tensor | None = None  # (B,): how many tokens are real; None: all

    def to(self, device: torch.device) -> "Texts":
        """The same on another device."""
        lengths = None if self.lengths is None else self.lengths.to(device)
        return Texts(self.ids.to(device), lengths)


class LabelledBatch(NamedTuple):
    """Texts and what they are."""

    texts: Texts
    labels: Tensor  # (B,) classes, or (B, K) of 0 and 1


class Classifier(nn.Module):
    """P(y | x) of the class y, or of each label, from a deep recurrent net over a text (G2).

    `weights` (K,) say how dear errors are on each class. `dtype` is the type that the recurrent
    layers compute in (bfloat16 where that pays); None: that of the weights.
    """

    def __init__(self, config: ClassifierConfig, weights: Tensor | None = None) -> None:
        super().__init__()
        self.config = config
        self.dtype: torch.dtype | None = None
        self.words = _words(config)
        self.stack = _stack(config)
        top = config.widths[-1]
        self.pooling = POOLINGS[config.pooling](top * _directions(config), top)
        self.output = nn.Linear(self.pooling.output_size, config.classes)
        self.dropout = LockedDropout(config.dropout)
        self.dropout_pooled = nn.Dropout(config.dropout)
        head = ManyLabelsHead if config.many_labels else OneClassHead
        self.head = head(torch.ones(config.classes) if weights is None else weights)

    def forward(self, texts: Texts) -> Tensor:
        """The score of every class: (B, K)."""
        x = self.words(self.words.forget(texts.ids))  # (B, T, D)
        inputs = self.dropout(x).to(self.dtype or x.dtype)
        hidden, _ = self.stack(inputs, lengths=texts.lengths)  # (B, T, H)
        pooled = self.pooling(hidden.to(x.dtype), texts.lengths)  # (B, H')
        scores: Tensor = self.output(self.dropout_pooled(pooled))
        return scores

    def loss(self, batch: LabelledBatch, carry: None = None) -> tuple[Tensor, int, None]:
        """-log P(labels) summed over the batch, how many targets that were, nothing to carry."""
        total, count = self.head.loss(self(batch.texts), batch.labels)
        return total, count, None

    @torch.no_grad()
    def probabilities(self, texts: Texts) -> Tensor:
        """How likely each class or label is: (B, K)."""
        return self.head.probabilities(self(texts))

    @torch.no_grad()
    def scale_scores(self, factor: float) -> None:
        """Multiply all scores by a factor for good, to make the probabilities honest."""
        for parameter in self.output.parameters():
            parameter.mul_(factor)


def _directions(config: ClassifierConfig) -> int:
    return 2 if config.bidirectional else 1


def _words(config: ClassifierConfig) -> WordEmbedding:
    """The look-up, or the product with one-hot vectors in its place."""
    words = WordEmbedding(config.words, config.embed, config.frozen, config.dropout_words)
    embedding = INPUTS[config.input](config.words - config.frozen, config.embed)
    words.embedding = spread(embedding)  # type: ignore[arg-type]
    return words


def _stack(config: ClassifierConfig) -> Stack:
    cell, directions = CELLS[config.cell], _directions(config)
    width = config.embed
    layers: list = []
    for hidden in config.widths:
        cells = [cell(width, hidden) for _ in range(directions)]
        layers.append(Bidirectional(*cells) if config.bidirectional else cells[0])
        width = hidden * directions
    return Stack(layers, config.dropout)
