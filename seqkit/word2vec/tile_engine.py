"""Training on a CPU: the compiled loops of kernels.py on several threads."""

import queue
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import numpy.typing as npt

from seqkit.word2vec.config import Word2VecConfig
from seqkit.word2vec.engine import Stretch
from seqkit.word2vec.frequencies import (
    Counts,
    alias_table,
    keep_probabilities,
    noise_probabilities,
)
from seqkit.word2vec.huffman import huffman_tree
from seqkit.word2vec.kernels import Worker, train_cbow, train_skipgram, train_skipgram_exact
from seqkit.word2vec.outputs import GROUPS, TOP, Noise, Ways, aligned, new_slots
from seqkit.word2vec.reading import SENTENCE, Text
from seqkit.word2vec.tiles import LANES, OUTPUTS

Array = npt.NDArray[np.float32]


class TileEngine:
    """Trains word2vec with negative sampling or hierarchical softmax on `threads` CPU threads.

    One thread always gives the same result; several share the matrices without locks.
    """

    stretch = 1 << 16

    def __init__(
        self,
        config: Word2VecConfig,
        counts: Counts,
        inputs: Array,
        outputs: Array,
        threads: int = 1,
    ) -> None:
        """Copy the matrices (V, D) into rows that tiles.py can work on."""
        self.config, self.threads = config, threads
        self._inputs, self._outputs = _padded(inputs), _padded(outputs)
        self._keep = _bounds(keep_probabilities(counts, config.sample))
        self._alias = alias_table(noise_probabilities(counts, config.ns_exponent))
        self._tree = huffman_tree(counts) if config.loss == "hs" else None
        if self._tree and self._tree.depth > GROUPS * OUTPUTS:
            raise ValueError(
                f"--loss hs: counts so uneven make a tree of {self._tree.depth} levels, "
                f"more than {GROUPS * OUTPUTS}; use --loss ns"
            )
        self._free: queue.SimpleQueue[tuple[Worker, Any]] = queue.SimpleQueue()
        for _ in range(threads):
            self._free.put((self._worker(), self._output()))

    @property
    def inputs(self) -> Array:
        """The input vectors, (V, D)."""
        return self._inputs[:, : self.config.dim]

    @property
    def outputs(self) -> Array:
        """The output vectors, (V, D): of words, or of the tree's nodes."""
        return self._outputs[:, : self.config.dim]

    def replace(self, inputs: Array, outputs: Array) -> None:
        """Go on with other matrices (V, D)."""
        self.inputs[:], self.outputs[:] = inputs, outputs

    def train(self, ids: npt.NDArray[Any], stretches: Sequence[Stretch]) -> tuple[float, int]:
        """Train on stretches of a text: (the loss in nats, of how many predictions)."""
        if self.threads == 1:  # a thread less to start, which without memory for it waits for ever
            found = [self._train(ids, stretch) for stretch in stretches]
        else:
            with ThreadPoolExecutor(self.threads) as pool:
                found = list(pool.map(lambda stretch: self._train(ids, stretch), stretches))
        return sum(loss for loss, _ in found), sum(count for _, count in found)

    def _train(self, ids: npt.NDArray[Any], stretch: Stretch) -> tuple[float, int]:
        worker, output = self._free.get()
        try:
            part = np.ascontiguousarray(ids[stretch.start : stretch.stop], np.int32)
            text = Text(part, self._keep, self.config.window)
            rates = (np.float32(stretch.rates[0]), np.float32(stretch.rates[1]))
            worker.totals[:] = 0
            key = np.uint64(stretch.key)
            if self.config.model == "cbow":
                divide = self.config.divide_gradient
                train_cbow(text, self._inputs, worker, output, key, rates, divide)
            elif self.config.exact:
                train_skipgram_exact(text, self._inputs, worker, output, key, rates)
            else:
                train_skipgram(text, self._inputs, worker, output, key, rates)
            return float(worker.totals[0]), int(worker.totals[1])
        finally:
            self._free.put((worker, output))

    def _worker(self) -> Worker:
        return Worker(
            state=np.ones(1, np.uint64),
            sentence=np.zeros(SENTENCE, np.int64),
            around=np.zeros(2 * self.config.window, np.int64),
            contexts=np.zeros(2 * self.config.window, np.int64),
            hidden=aligned(2, self._inputs.shape[1]),
            of_hidden=np.zeros(1, np.int64),
            products=_ones(LANES),
            totals=np.zeros(2),
            slots=new_slots(),
        )

    def _output(self) -> Noise | Ways:
        if self._tree is None:
            return Noise(self._outputs, self._alias, self.config.negative)
        # One thread alone writes where all read, and the copies would only cost time.
        top = min(TOP, len(self._outputs) - 3) if self.threads > 1 else 0
        before = aligned(top, self._outputs.shape[1])
        before[:] = self._outputs[2 : 2 + top]
        own = aligned(top, self._outputs.shape[1])
        own[:] = before
        tree = self._tree
        return Ways(self._outputs, tree.offsets, tree.nodes, tree.signs, own, before)


def _padded(matrix: Array) -> Array:
    """A copy with aligned rows, their width filled up with zeros to a multiple of LANES."""
    rows, dim = matrix.shape
    copy = aligned(rows, -(-dim // LANES) * LANES)
    copy[:, :dim] = matrix
    return copy


def _bounds(keep: npt.NDArray[np.float64]) -> npt.NDArray[np.uint64]:
    """The probability to keep a word as a bound on 32 random bits."""
    return np.floor(keep * 0xFFFFFFFF).astype(np.uint64)


def _ones(count: int) -> npt.NDArray[np.float64]:
    """Ones of float64 that begin at a multiple of 64 bytes."""
    ones: npt.NDArray[np.float64] = aligned(1, 2 * count)[0].view(np.float64)
    ones[:] = 1
    return ones
