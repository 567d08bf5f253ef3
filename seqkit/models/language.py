"""The recurrent language model: embedding -> stack of cells -> softmax (T3, T4, C6, C8, L1)."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from seqkit.layers import CELLS, Cell, Stack, WeightDrop
from seqkit.layers.dropout import LockedDropout, WordDropout, checked_rate
from seqkit.layers.embedding import INPUTS
from seqkit.layers.sizes import check_sizes
from seqkit.layers.softmax import linear_cross_entropy, token_losses
from seqkit.layers.state import State, detach


@dataclass(frozen=True)
class LanguageModelConfig:
    """The shape and the regularization of a language model."""

    vocabulary_size: int  # V
    cell: str = "lstm"
    layers: int = 2  # L
    hidden: int = 200  # H, the width of every layer but a tied model's last
    embed: int = 200  # D, the width of the embedding
    input: str = "embedding"  # how words become vectors: a look-up, or a product with one-hot
    tie: bool = True  # the output layer shares the embedding's matrix; the last layer is D wide
    dropout_input: float = 0.0  # on the embedded words, locked over time
    dropout_layers: float = 0.0  # between the layers, locked over time
    dropout_output: float = 0.0  # before the softmax, locked over time
    dropout_words: float = 0.0  # whole words, one mask a window
    weight_drop: float = 0.0  # single recurrent weights, one mask a window
    reset_state: float = 0.0  # rows of a window that start from zeros in training

    def __post_init__(self) -> None:
        """Reject sizes below 1, rates outside [0, 1) and unknown cells."""
        for name, known in (("cell", CELLS), ("input", INPUTS)):
            value = getattr(self, name)
            if value not in known:
                raise ValueError(f"unknown {name} {value!r}; there are: {', '.join(known)}")
        check_sizes(self, "vocabulary_size", "layers", "hidden", "embed")
        for name in ("input", "layers", "output", "words"):
            checked_rate(getattr(self, f"dropout_{name}"))
        checked_rate(self.weight_drop)
        checked_rate(self.reset_state)

    @property
    def widths(self) -> list[int]:
        """The width of each layer, from the bottom to the top."""
        return [self.hidden] * (self.layers - 1) + [self.embed if self.tie else self.hidden]


class LanguageModel(nn.Module):
    """P(y<1>, …, y<T>) = prod_t softmax(W_y @ a<t> + b_y)[y<t>], a<t> from a deep recurrent net.

    `dtype` is the type of the computation (float32, or bfloat16 where that pays); the weights
    keep their own. The recurrent state comes in and goes out of every method.
    """

    def __init__(self, config: LanguageModelConfig) -> None:
        super().__init__()
        self.config = config
        self.dtype = torch.float32
        self.embedding = INPUTS[config.input](config.vocabulary_size, config.embed)
        inputs = [config.embed, *config.widths]
        layers = [self._layer(d, h) for d, h in zip(inputs, config.widths, strict=False)]
        self.stack = Stack(layers, config.dropout_layers)
        self.output_weight = (
            self.embedding.weight
            if config.tie
            else nn.Parameter(torch.empty(config.vocabulary_size, config.hidden))
        )  # (V, H)
        self.output_bias = nn.Parameter(torch.zeros(config.vocabulary_size))  # (V,)
        self.dropout_words = WordDropout(config.vocabulary_size, config.dropout_words)
        self.dropout_input = LockedDropout(config.dropout_input)
        self.dropout_output = LockedDropout(config.dropout_output)
        if not config.tie:
            nn.init.uniform_(self.output_weight, -0.1, 0.1)

    def _layer(self, input_size: int, hidden_size: int) -> Cell | WeightDrop:
        """One layer of the stack."""
        cell = CELLS[self.config.cell](input_size, hidden_size)
        return WeightDrop(cell, self.config.weight_drop) if self.config.weight_drop else cell

    @torch.no_grad()
    def start_from(self, counts: Sequence[int]) -> None:
        """Let the output begin as the unigram model: b_y = log of the words' shares, (V,).

        The net then has to learn only what the words before tell. Starting from b_y = 0 it first
        learns the shares, through the hidden units as well, and may saturate them for good. Every
        count is taken as one more than it is.
        """
        shares = torch.tensor(counts, dtype=torch.float64) + 1  # (V,)
        self.output_bias.copy_((shares / shares.sum()).log())

    def initial(self, batch: int) -> State:
        """The state at the start of a text: zeros."""
        return tuple(tensor.to(self.dtype) for tensor in self.stack.initial(batch))

    def forward(self, ids: Tensor, state: State) -> tuple[Tensor, State]:
        """Input ids (B, T) and the state before them -> top outputs (B, T, H), state after."""
        x = self.embedding(ids).to(self.dtype)  # (B, T, D)
        x = self.dropout_input(self.dropout_words(x, ids))
        x, state = self.stack(x, state)  # (B, T, H)
        return self.dropout_output(x), state

    def loss(self, batch: tuple[Tensor, Tensor], state: State | None) -> tuple[Tensor, int, State]:
        """Summed cross-entropy of a window (L1), its number of targets, and the state after (L2).

        batch is (inputs, targets), both (B, T); targets below 0 are padding and do not count. The
        state after the window is detached: gradients stay within it.
        """
        inputs, targets = batch
        state = self.initial(len(inputs)) if state is None else self._reset_some(state)
        hidden, state = self(inputs, state)
        real = targets >= 0  # (B, T)
        count = int(real.sum())
        rows = hidden[real]  # (N, H)
        loss = linear_cross_entropy(rows, self.output_weight, self.output_bias, targets[real])
        return loss, count, detach(state)

    def _reset_some(self, state: State) -> State:
        """Zero the state of some rows, so that the model knows how a text begins.

        Were it always carried on, the model would hardly ever meet the zeros that sampling and
        scoring start from. The idea is that of Melis et al. 2018.
        """
        if not self.training or not self.config.reset_state:
            return state
        kept = torch.rand(len(state[0]), 1, device=state[0].device) >= self.config.reset_state
        return tuple(tensor * kept for tensor in state)

    @torch.no_grad()
    def losses(self, inputs: Tensor, targets: Tensor, state: State) -> tuple[Tensor, State]:
        """-log P of every target (B, T) in nats (0 where it is below 0) and the state after."""
        hidden, state = self(inputs, state)
        real = targets >= 0  # (B, T)
        found = token_losses(hidden[real], self.output_weight, self.output_bias, targets[real])
        losses = found.new_zeros(targets.shape)
        losses[real] = found
        return losses, state

    @torch.no_grad()
    def step(self, ids: Tensor, state: State) -> tuple[Tensor, State]:
        """Log-probabilities (B, V) of the token that follows ids (B,), and the state after them."""
        hidden, state = self(ids[:, None], state)
        weight, bias = self.output_weight.to(self.dtype), self.output_bias.to(self.dtype)
        logits = torch.addmm(bias, hidden[:, 0], weight.T)  # (B, V)
        logits = logits.to(torch.promote_types(self.dtype, torch.float32))
        return torch.log_softmax(logits, dim=-1), state
