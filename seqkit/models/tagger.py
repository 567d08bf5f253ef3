"""The tagger: token vectors -> bidirectional stack -> scores of tags -> head (G1, C7, C8)."""

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn

from seqkit.layers import CELLS, Bidirectional, Stack
from seqkit.layers.chain import Moves
from seqkit.layers.characters import CHARACTER_ENCODERS
from seqkit.layers.dropout import LockedDropout, checked_rate
from seqkit.layers.embedding import Embedding
from seqkit.layers.sizes import check_sizes
from seqkit.models.agreement import Agreement
from seqkit.models.heads import CRFHead, SoftmaxHead
from seqkit.models.token_vectors import FormEmbedding, Tokens, WordEmbedding, spread, twice
from seqkit.models.wide import WideFeatures

FEATURE = 20
"""The width of the embedding of a further column."""


@dataclass(frozen=True)
class TaggerConfig:
    """The shape and the regularization of a tagger."""

    words: int  # V, types of normalised words
    tags: int  # K
    characters: int  # types of characters
    features: tuple[int, ...] = ()  # types of each further column
    frozen: int = 0  # how many of the words only finished vectors know
    states: int = 0  # E, the width of what language models tell
    cell: str = "lstm"
    layers: int = 1
    hidden: int = 200  # H, of each direction
    embed: int = 100  # D, of words
    crf: bool = True
    char_encoder: str | None = "cnn"
    affixes: bool = True
    wide: bool = True  # a linear model of words and their neighbours is added to the net
    documents: bool = False  # what a word is elsewhere in its document counts, too
    dropout: float = 0.5  # on the token vectors, between the layers and on what they give
    dropout_words: float = 0.05  # words taken for <unk>

    def __post_init__(self) -> None:
        """Reject sizes below 1, rates outside [0, 1) and unknown names."""
        if self.cell not in CELLS:
            raise ValueError(f"unknown cell {self.cell!r}; there are: {', '.join(CELLS)}")
        if self.char_encoder is not None and self.char_encoder not in CHARACTER_ENCODERS:
            known = ", ".join(CHARACTER_ENCODERS)
            raise ValueError(f"unknown char_encoder {self.char_encoder!r}; there are: {known}")
        check_sizes(self, "words", "tags", "characters", "layers", "hidden", "embed")
        if not 0 <= self.frozen < self.words:
            raise ValueError(f"of {self.words} words {self.frozen} cannot be frozen")
        checked_rate(self.dropout)
        checked_rate(self.dropout_words)


class TaggedBatch(NamedTuple):
    """Sentences and their tags."""

    tokens: Tokens
    tags: Tensor  # (B, T)


class Tagger(nn.Module):
    """P(y | x) of tag sequences y, from a deep bidirectional net over vectors of tokens (G1).

    As in Lample et al. 2016 and Ma & Hovy 2016, with shapes and affixes of words added. `r_drop`
    says how much two readings under different dropout must agree in training; 0: one is enough.
    `forbidden` says which moves between tags are illegal; `weights` (K,) how dear errors are on
    each tag.
    """

    def __init__(
        self, config: TaggerConfig, forbidden: Moves, weights: Tensor | None = None
    ) -> None:
        super().__init__()
        self.config = config
        self.r_drop = 0.0
        self.words = WordEmbedding(config.words, config.embed, config.frozen, config.dropout_words)
        self.forms = FormEmbedding(config.characters, config.char_encoder, config.affixes)
        self.features = nn.ModuleList(spread(Embedding(size, FEATURE)) for size in config.features)
        width = config.embed + self.forms.output_size + FEATURE * len(config.features)
        self.states = nn.Linear(config.states, config.embed) if config.states else None
        self.stack = self._stack(width + (config.embed if config.states else 0))
        self.output = nn.Linear(2 * config.hidden, config.tags)
        self.wide = WideFeatures(config.tags, config.dropout) if config.wide else None
        self.agreement = Agreement() if config.documents else None
        self.dropout = LockedDropout(config.dropout)
        head = CRFHead if config.crf else SoftmaxHead
        self.head = head(forbidden, torch.ones(config.tags) if weights is None else weights)

    def _stack(self, width: int) -> Stack:
        config, cell = self.config, CELLS[self.config.cell]
        widths = [width] + [2 * config.hidden] * (config.layers - 1)
        layers = [Bidirectional(cell(d, config.hidden), cell(d, config.hidden)) for d in widths]
        return Stack(layers, config.dropout)

    def forward(self, tokens: Tokens) -> Tensor:
        """The score of every tag at every token, before any other is known: (B, T, K)."""
        tokens = tokens._replace(words=self.words.forget(tokens.words))
        x = self.dropout(self.vectors(tokens))  # (B, T, D)
        hidden, _ = self.stack(x, lengths=tokens.lengths)
        scores: Tensor = self.output(self.dropout(hidden))
        return scores if self.wide is None else scores + self.wide(tokens)

    def vectors(self, tokens: Tokens) -> Tensor:
        """What is known of each token by itself, (B, T, D)."""
        parts = [self.words(tokens.words), self.forms(tokens)[tokens.forms]]
        parts += [
            embed(ids) for embed, ids in zip(self.features, tokens.features.unbind(2), strict=True)
        ]
        if self.states is not None:
            assert tokens.states is not None
            parts.append(self.states(tokens.states))
        return torch.cat(parts, dim=2)

    def loss(self, batch: TaggedBatch, carry: None = None) -> tuple[Tensor, int, None]:
        """-log P(tags) summed over the batch, how many tokens that were, and nothing to carry."""
        tokens, tags = batch
        if self.training and self.r_drop:
            total = self._loss_of_two_readings(tokens, tags)
        else:
            total = self.head.loss(self(tokens), tags, tokens.lengths)
        count = tags.numel() if tokens.lengths is None else int(tokens.lengths.sum())
        return total, count, None

    def _loss_of_two_readings(self, tokens: Tokens, tags: Tensor) -> Tensor:
        """The mean loss of two readings with dropout of their own, and what draws them together.

        With marginals p and p' of the tags, that is r/2 sum (p - p') (s - s') over all scores s,
        where p and p' are held fixed: its gradient is that of r/2 (KL(p'|p) + KL(p|p')), each
        reading being taught by the other. R-Drop (Liang et al. 2021, equations 2 to 4).
        """
        both = twice(tokens)
        scores = self(both)  # (2 B, T, K)
        total: Tensor = self.head.loss(scores, torch.cat([tags, tags]), both.lengths) / 2
        shares = self.head.shares(scores.detach(), both.lengths).to(scores)  # (2 B, T, K)
        (p, other), (s, its) = shares.chunk(2), scores.chunk(2)
        apart: Tensor = ((p - other) * (s - its)).sum()
        return total + self.r_drop / 2 * apart

    @torch.no_grad()
    def scores(self, tokens: Tokens) -> Tensor:
        """What `head.chain` decodes and takes marginals of: (B, T, K)."""
        scores: Tensor = self.head.scores(self(tokens))
        return scores
