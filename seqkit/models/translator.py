"""The encoder-decoder: source -> encoder -> memory and first state -> decoder -> softmax (G4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn

from seqkit.layers import CELLS, Bidirectional, Stack
from seqkit.layers.attention import ATTENTIONS, Memory
from seqkit.layers.dropout import LockedDropout, checked_rate
from seqkit.layers.embedding import Embedding
from seqkit.layers.sizes import check_sizes
from seqkit.layers.softmax import linear_cross_entropy, token_losses
from seqkit.layers.state import State
from seqkit.layers.unroll import real_positions
from seqkit.models.decoders import AttentiveDecoder, FeedingDecoder, PlainDecoder, squash

NONE = "none"


@dataclass(frozen=True)
class TranslatorConfig:
    """The shape and the regularization of a translator."""

    source_types: int  # of the source; V_s
    target_types: int  # of the target; V
    shared: bool = False  # one embedding for source and target, which have one vocabulary
    cell: str = "lstm"  # of the encoder, and of the decoder unless that has its own
    decoder_cell: str | None = None
    bidirectional: bool = True
    layers: int = 1  # L, of the encoder and of the decoder
    hidden: int = 256  # H, of the decoder; of both directions of the encoder together
    embed: int = 256  # D, of words and of what the softmax sees
    attention: str = "dot"
    feeding: bool = False  # what was looked at is fed into the next step
    tie: bool = True  # the softmax shares the embedding of the target
    dropout: float = 0.3  # on the input, between the layers and before the softmax
    dropout_words: float = 0.0  # source words taken for <unk>
    smoothing: float = 0.1  # of the labels, in training

    def __post_init__(self) -> None:
        """Reject sizes below 1, rates outside [0, 1), unknown names and what does not fit."""
        for cell in (self.cell, self.decoder_cell or self.cell):
            if cell not in CELLS:
                raise ValueError(f"unknown cell {cell!r}; there are: {', '.join(CELLS)}")
        if self.attention not in (NONE, *ATTENTIONS):
            known = ", ".join((NONE, *ATTENTIONS))
            raise ValueError(f"unknown attention {self.attention!r}; there are: {known}")
        check_sizes(self, "source_types", "target_types", "layers", "hidden", "embed")
        if self.bidirectional and self.hidden % 2:
            raise ValueError(
                f"hidden must be even, as each direction of the encoder has half: got {self.hidden}"
            )
        if self.feeding and self.attention == NONE:
            raise ValueError("input feeding feeds what attention has seen: choose an attention")
        if self.shared and self.source_types != self.target_types:
            raise ValueError("a shared embedding needs one vocabulary for source and target")
        for name in ("dropout", "dropout_words", "smoothing"):
            checked_rate(getattr(self, name))


class PairBatch(NamedTuple):
    """B sources, and the target as it is read and as it is to be written."""

    source: Tensor  # (B, S)
    inputs: Tensor  # (B, T): <eos>, then the target
    targets: Tensor  # (B, T): the target, then <eos>; -1 at padding
    lengths: Tensor | None = None  # (B,): how much of each source is real; None: all


class Translator(nn.Module):
    """P(y | x) = prod_t softmax(W out<t> + b)[y<t>], out<t> from the source x and y<1..t-1> (G4).

    The first state of the decoder is made of the last states of the encoder. `dtype` is the type
    of the computation; the weights keep their own. `sampling` is the share of the decoder's inputs
    that are, in training, its own choices instead of the target's words.
    """

    def __init__(self, config: TranslatorConfig) -> None:
        super().__init__()
        self.config = config
        self.dtype = torch.float32
        self.sampling = 0.0
        self.target_embedding = Embedding(config.target_types, config.embed)
        self.source_embedding = (
            self.target_embedding if config.shared else Embedding(config.source_types, config.embed)
        )
        self.encoder = _encoder(config)
        self.decoder = _decoder(config)
        summary = sum(tensor.shape[1] for tensor in self.encoder.initial(0))
        self.bridges = nn.ModuleList(
            nn.Linear(summary, tensor.shape[1]) for tensor in self.decoder.stack.initial(0)
        )
        self.output_weight = (
            self.target_embedding.weight
            if config.tie
            else nn.Parameter(torch.empty(config.target_types, config.embed))
        )  # (V, D)
        self.output_bias = nn.Parameter(torch.zeros(config.target_types))  # (V,)
        self.dropout = LockedDropout(config.dropout)
        if not config.tie:
            nn.init.uniform_(self.output_weight, -0.1, 0.1)

    @property
    def attentive(self) -> bool:
        """Whether it looks at the source while it writes."""
        return self.config.attention != NONE

    @torch.no_grad()
    def start_from(self, counts: Sequence[int]) -> None:
        """Let the softmax begin with the shares of the words of the target, (V,)."""
        shares = torch.tensor(counts, dtype=torch.float64) + 1
        self.output_bias.copy_((shares / shares.sum()).log())

    def encode(self, source: Tensor, lengths: Tensor | None = None) -> tuple[Memory, State]:
        """B sources (B, S) -> what the decoder can look at, and what it carries at first."""
        x = self.dropout(self.source_embedding(self._forget(source)).to(self.dtype))  # (B, S, D)
        values, last = self.encoder(x, lengths=lengths)  # (B, S, M)
        summary = torch.cat(last, dim=1)  # (B, ...)
        first = tuple(squash(bridge, summary) for bridge in self.bridges)  # type: ignore[arg-type]
        real = None if lengths is None else real_positions(lengths, values)
        return self.decoder.remember(self.dropout(values), real), self.decoder.begin(first)

    def decode(self, inputs: Tensor, memory: Memory, state: State) -> tuple[Tensor, State, Tensor]:
        """Words (B, T) before each position -> outputs (B, T, D), state, weights (B, T, S)."""
        x = self.dropout(self.target_embedding(inputs).to(self.dtype))  # (B, T, D)
        outputs, state, weights = self.decoder(x, state, memory)
        return self.dropout(outputs), state, weights

    def loss(self, batch: PairBatch, carry: None = None) -> tuple[Tensor, int, None]:
        """Summed cross-entropy of the target words, their number, and nothing to carry (L1).

        In training the labels are smoothed (Szegedy et al. 2016, section 7).
        """
        memory, state = self.encode(batch.source, batch.lengths)
        inputs = self._mixed(batch.inputs, memory, state)
        outputs, _, _ = self.decode(inputs, memory, state)
        real = batch.targets >= 0  # (B, T)
        smoothing = self.config.smoothing if self.training else 0.0
        rows = (outputs[real], self.output_weight, self.output_bias, batch.targets[real])
        return linear_cross_entropy(*rows, smoothing), int(real.sum()), None

    @torch.no_grad()
    def losses(self, batch: PairBatch) -> tuple[Tensor, Tensor]:
        """-log P of every target (B, T) in nats, 0 at padding, and the attention (B, T, S)."""
        memory, state = self.encode(batch.source, batch.lengths)
        outputs, _, weights = self.decode(batch.inputs, memory, state)
        real = batch.targets >= 0  # (B, T)
        rows = (outputs[real], self.output_weight, self.output_bias, batch.targets[real])
        found = token_losses(*rows)
        losses = found.new_zeros(real.shape)
        losses[real] = found
        return losses, weights

    @torch.no_grad()
    def start(self, source: Tensor, lengths: Tensor | None = None) -> tuple[Memory, State]:
        """What B targets are written from, and the state for `step` before their first words.

        The state of R rows is the source that each looks at (R,), the sum of all its attention so
        far (R, S), and what the decoder carries. At first each source has one row.
        """
        memory, state = self.encode(source, lengths)
        looked = memory.values.new_zeros(memory.values.shape[:2], dtype=torch.float32)
        owner = torch.arange(len(source), device=source.device)
        return memory, (owner, looked, *state)

    @torch.no_grad()
    def step(self, ids: Tensor, state: State, memory: Memory) -> tuple[Tensor, State]:
        """Log-probabilities (R, V) of the word that follows ids (R,), and the state after them."""
        owner, looked, *carried = state
        x = self.target_embedding(ids).to(self.dtype)  # (R, D)
        outputs, after, weights = self.decoder.step(x, tuple(carried), memory, owner)
        weight, bias = self.output_weight.to(self.dtype), self.output_bias.to(self.dtype)
        logits = torch.addmm(bias, outputs, weight.T)  # (R, V)
        logits = logits.to(torch.promote_types(self.dtype, torch.float32))
        looked = looked + weights.to(looked.dtype)
        return torch.log_softmax(logits, dim=-1), (owner, looked, *after)

    def _forget(self, source: Tensor) -> Tensor:
        """Take some of the words of a source for `<unk>`, which has the id 0, in training."""
        rate = self.config.dropout_words
        if not self.training or not rate:
            return source
        return source.masked_fill(torch.rand(source.shape, device=source.device) < rate, 0)

    @torch.no_grad()
    def _mixed(self, inputs: Tensor, memory: Memory, state: State) -> Tensor:
        """Inputs (B, T) with some words replaced by the model's own choices (Bengio et al. 2015).

        The choices are made for all positions in one pass over the true words (Duckworth et al.
        2019), so that training stays parallel over time.
        """
        if not self.training or not self.sampling:
            return inputs
        outputs, _, _ = self.decode(inputs, memory, state)
        weight, bias = self.output_weight.to(self.dtype), self.output_bias.to(self.dtype)
        chosen = (outputs[:, :-1] @ weight.T + bias).argmax(dim=2)  # (B, T - 1)
        own = torch.rand(chosen.shape, device=chosen.device) < self.sampling
        return torch.cat([inputs[:, :1], torch.where(own, chosen, inputs[:, 1:])], dim=1)


def _encoder(config: TranslatorConfig) -> Stack:
    cell = CELLS[config.cell]
    widths = [config.embed] + [config.hidden] * (config.layers - 1)
    if not config.bidirectional:
        return Stack([cell(d, config.hidden) for d in widths], config.dropout)
    half = config.hidden // 2
    return Stack([Bidirectional(cell(d, half), cell(d, half)) for d in widths], config.dropout)


def _decoder(config: TranslatorConfig) -> PlainDecoder | AttentiveDecoder | FeedingDecoder:
    hidden, embed = config.hidden, config.embed
    cell = CELLS[config.decoder_cell or config.cell]
    widths = [2 * embed if config.feeding else embed] + [hidden] * (config.layers - 1)
    stack = Stack([cell(d, hidden) for d in widths], config.dropout)
    if config.attention == NONE:
        return PlainDecoder(stack, hidden, embed)
    attention = ATTENTIONS[config.attention](hidden, hidden)
    kind = FeedingDecoder if config.feeding else AttentiveDecoder
    return kind(stack, attention, hidden, embed)
