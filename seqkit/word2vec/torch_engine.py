"""Training in torch: on a GPU, for the full softmax, and where nothing can be compiled."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from seqkit.word2vec.config import Word2VecConfig
from seqkit.word2vec.engine import Array, Stretch
from seqkit.word2vec.frequencies import Counts, Shares, keep_probabilities
from seqkit.word2vec.objectives import context_means
from seqkit.word2vec.torch_losses import (
    FullSoftmax,
    HierarchicalSoftmax,
    Loss,
    NegativeSampling,
    tensor,
)
from seqkit.word2vec.windows import BLOCK, Windows, read_passage

ON_CPU, ON_GPU, FULL_SOFTMAX = 512, 2048, 64
"""Words of a chunk, T; one step of SGD each.

Larger chunks are faster, but they learn less from the same text. With the full softmax the vectors
of words that come often within a few lines began to overshoot at 256 words.
"""

STEEPEST = 2.0
"""The most that learning rate times number of gradients may be for a row in a step.

All gradients of a step are of the same old rows, and add up. Beyond some 8 / |e|^2 their sum
overshoots, as the curvature of log σ is at most 1/4, and the vectors of frequent words, or of the
nodes near the root, would run away. Rows with more take smaller steps: input rows by the gradients
that they have, output rows by those that they have on average, so that the optimum stays.
"""

SHARED, FEWEST = 60, 64
"""One noise word is drawn in place of 60 that the pairs of a chunk would draw; at least 64 are."""

LARGEST = 1 << 26
"""The most scores that a chunk may have, with its noise words or with all words."""


class TorchEngine:
    """Trains word2vec with any loss by plain SGD, one step a chunk; see `engine.Engine`.

    On one device the same stretches always give the same matrices.
    """

    def __init__(
        self,
        config: Word2VecConfig,
        counts: Counts,
        inputs: Array,
        outputs: Array,
        device: str | torch.device = "cpu",
        chunk: int | None = None,
    ) -> None:
        """Copy the matrices (V, D) to a device; `chunk` words make a step, a multiple of BLOCK.

        ValueError for a chunk that is none, and for `exact`, which cannot be had here.
        """
        if config.exact:
            raise ValueError("--exact needs the compiled loops of a CPU (numba): leave it out")
        self.config, self._device = config, torch.device(device)
        self._on_cpu = self._device.type == "cpu"
        chunk = (ON_CPU if self._on_cpu else ON_GPU) if chunk is None else chunk
        if chunk < 1 or chunk % BLOCK:
            raise ValueError(f"a chunk of {chunk} words: a multiple of {BLOCK} is needed")
        self._inputs, self._outputs = (
            torch.tensor(matrix, dtype=torch.float32, device=self._device)
            for matrix in (inputs, outputs)
        )
        self._keep = keep_probabilities(counts, config.sample)
        self._chunk, scored = fit_chunk(config, len(counts), chunk)
        self._loss = _loss(config, counts, scored)
        shares = counts * self._keep
        by_output, self._by_input = self._loss.loads(shares / shares.sum())
        by_output = by_output * (self._chunk * pairs_of_a_word(config))
        self._output_limits = tensor(_limits(by_output), self._device)

    @property
    def stretch(self) -> int:
        """How many ids a stretch should have: many chunks, as the last one is filled up."""
        return max(128 * self._chunk, 1 << 16)

    @property
    def inputs(self) -> Array:
        """The input vectors, (V, D)."""
        found: Array = self._inputs.cpu().numpy()
        return found

    @property
    def outputs(self) -> Array:
        """The output vectors, (V, D): of words, or of the tree's nodes."""
        found: Array = self._outputs.cpu().numpy()
        return found

    def replace(self, inputs: Array, outputs: Array) -> None:
        """Go on with other matrices (V, D)."""
        self._inputs.copy_(torch.from_numpy(inputs))
        self._outputs.copy_(torch.from_numpy(outputs))

    def train(self, ids: npt.NDArray[Any], stretches: Sequence[Stretch]) -> tuple[float, int]:
        """Train on stretches of a text: (the loss in nats, of how many predictions)."""
        found = [self._train(ids[part.start : part.stop], part) for part in stretches]
        return math.fsum(loss for loss, _ in found), sum(count for _, count in found)

    def _train(self, ids: npt.NDArray[Any], stretch: Stretch) -> tuple[float, int]:
        stream = np.random.default_rng(stretch.key)
        first, last = stretch.rates
        losses, count = [], 0
        passage = read_passage(ids, self._keep, self.config.window, stream)
        for share, windows in passage.chunks(self._chunk):
            loss, pairs = self._step(windows, first + (last - first) * share, stream)
            losses.append(loss)
            count += pairs
        # Only now are they asked for: a GPU need not be waited for in every step.
        return math.fsum(loss.item() for loss in losses), count

    def _step(
        self, windows: Windows, rate: float, stream: np.random.Generator
    ) -> tuple[Tensor, int]:
        """One step of SGD on a chunk: its loss and the number of its predictions."""
        ids = tensor(windows.words, self._device)
        rows = self._inputs.index_select(0, ids).requires_grad_()  # (M + T + M, D)
        limits_of_inputs, h = self._input_limits(windows), rows
        if self.config.model == "cbow":
            cells, size = tensor(windows.cells(), self._device), len(windows.middle)
            h = context_means(rows, cells, size, self.config.divide_gradient)  # (T, D)
            windows = windows.merged()
        found = self._loss(h, self._outputs, windows, stream)
        by_input, by_output = torch.autograd.grad(found.loss, (rows, found.rows))
        limits = tensor(limits_of_inputs, self._device)
        self._descend(self._inputs, ids, by_input, limits.clamp(max=rate))
        limits = self._output_limits[found.ids]
        self._descend(self._outputs, found.ids, by_output, limits.clamp(max=rate))
        return found.loss.detach(), len(windows.rows)

    def _descend(self, matrix: Tensor, ids: Tensor, gradient: Tensor, rates: Tensor) -> None:
        """matrix[ids] -= rates * gradient, added up where an id comes more than once."""
        change = gradient * -rates[:, None]
        if self._on_cpu:
            matrix.index_add_(0, ids, change)
        else:  # a GPU's index_add_ adds in any order, this one sorts first
            matrix.index_put_((ids,), change, accumulate=True)

    def _input_limits(self, windows: Windows) -> Array:
        """The highest learning rate of the input row at each position, (M + T + M,); see STEEPEST.

        By what a word really has in this chunk: rare words tend to come all at once, within lines.
        """
        met = np.bincount(windows.rows, minlength=len(windows.words))
        _, word = np.unique(windows.words, return_inverse=True)
        pairs = np.bincount(word, met)[word]  # all that the word at a position has
        # The rule of word2vec.c hands the whole gradient of a mean to every word around.
        share = 1 / (self.config.window + 1) if self.config.divide_gradient else 1
        gradients: Shares = (pairs * share * self._by_input).astype(np.float64)
        return _limits(gradients)


def pairs_of_a_word(config: Word2VecConfig) -> int:
    """How often a word is predicted on average: by CBOW once, by skip-gram 2 (N + 1) / 2 times."""
    return 1 if config.model == "cbow" else config.window + 1


def fit_chunk(config: Word2VecConfig, size: int, words: int) -> tuple[int, int]:
    """(T, how many words each position is scored with besides its pairs): T <= words, in memory.

    These are the noise words, S, or with the full softmax all V = `size`.
    """
    words = min(words, FULL_SOFTMAX) if config.loss == "softmax" else words
    while True:
        drawn = words * pairs_of_a_word(config) * config.negative
        scored = {"ns": max(FEWEST, -(-drawn // SHARED)), "hs": 0, "softmax": size}[config.loss]
        if words * scored <= LARGEST or words == BLOCK:
            return words, scored
        words = max(words // 2 // BLOCK, 1) * BLOCK


def _limits(gradients: Shares) -> Array:
    """The learning rate at which so many gradients are as steep as may be."""
    return (STEEPEST / np.maximum(gradients, 1e-9)).astype(np.float32)


def _loss(config: Word2VecConfig, counts: Counts, scored: int) -> Loss:
    """The loss that is asked for; `scored` is S."""
    if config.loss == "ns":
        return NegativeSampling(counts, config.ns_exponent, config.negative, scored)
    return HierarchicalSoftmax(counts) if config.loss == "hs" else FullSoftmax()
