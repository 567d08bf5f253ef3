"""The three losses of word2vec over a chunk in torch: which output rows it needs, and how often."""

from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from seqkit.word2vec.frequencies import SPECIAL, Counts, Shares, noise_probabilities
from seqkit.word2vec.huffman import huffman_tree
from seqkit.word2vec.objectives import band_scores, noise_loss, softmax_loss, tree_loss
from seqkit.word2vec.windows import Ints, Windows, numbered


class Scored(NamedTuple):
    """A loss in nats and what it was computed from: rows of the output matrix, a leaf."""

    loss: Tensor  # ()
    ids: Tensor  # (n,)
    rows: Tensor  # (n, D)


class Loss(Protocol):
    """What the engine asks of a loss."""

    def loads(self, shares: Shares) -> tuple[Shares, float]:
        """How many gradients a pair adds to each output row on average, (V,), and to its input row.

        `shares` (V,) are the words' shares of the text.
        """
        ...

    def __call__(
        self, h: Tensor, outputs: Tensor, windows: Windows, stream: np.random.Generator
    ) -> Scored:
        """The loss of the pairs of a chunk; `h` (R, D) are the rows of its positions."""
        ...


class NegativeSampling:
    """W3; all pairs of a chunk share S noise words, each of which counts k / S times for a pair.

    A noise word does not count for pairs that have it as their target.
    """

    def __init__(self, counts: Counts, exponent: float, negative: int, size: int) -> None:
        """`negative` is k, `size` is S; noise words are drawn from f^exponent."""
        self._noise = noise_probabilities(counts, exponent)
        self._negative, self._size = negative, size
        bounds = np.cumsum(self._noise)
        self._bounds = bounds / bounds[-1]

    def loads(self, shares: Shares) -> tuple[Shares, float]:
        """The word itself and k others; a noise word that is drawn counts k / S times at once."""
        least = self._negative / self._size
        return np.maximum(shares + self._negative * self._noise, least), 1 + self._negative

    def __call__(
        self, h: Tensor, outputs: Tensor, windows: Windows, stream: np.random.Generator
    ) -> Scored:
        """As `Loss`; draws the noise words from `stream`."""
        noise = self.draw(stream)
        ids = tensor(np.concatenate([windows.middle, noise]), h.device)
        rows = outputs.index_select(0, ids).requires_grad_()  # (T + S, D)
        middle, others = torch.split(rows, [len(windows.middle), len(noise)])
        scores = band_scores(h, middle[:, None]).view(-1)
        positive = scores.index_select(0, tensor(windows.cells(), h.device))  # (P,)
        weights = self._weights(windows, noise, h)
        return Scored(noise_loss(positive, h @ others.T, weights), ids, rows)

    def draw(self, stream: np.random.Generator) -> Ints:
        """The noise words of a chunk, (S,)."""
        return np.searchsorted(self._bounds, stream.random(self._size), side="right")

    def _weights(self, windows: Windows, noise: Ints, h: Tensor) -> Tensor:
        """How often each noise word counts at each position, (R, S)."""
        met = tensor(np.bincount(windows.rows, minlength=len(h)), h.device).to(h.dtype)  # (R,)
        share = self._negative / len(noise)
        weights = (share * met)[:, None].repeat(1, len(noise))  # (R, S)
        pair, column = equal_to_targets(windows, noise)
        cells = tensor(windows.rows[pair] * len(noise) + column, h.device)
        weights.view(-1).index_add_(0, cells, h.new_full((len(cells),), -share))
        return weights


class HierarchicalSoftmax:
    """W2; the output rows of a word are the nodes on its way down the Huffman tree."""

    def __init__(self, counts: Counts) -> None:
        self._tree = huffman_tree(counts)
        self._depths = np.diff(self._tree.offsets)  # (V,)

    def loads(self, shares: Shares) -> tuple[Shares, float]:
        """The nodes on the way to the word."""
        of_leaves = np.repeat(shares, self._depths)
        nodes: Shares = np.bincount(self._tree.nodes, of_leaves, len(shares)).astype(np.float64)
        return nodes, float(shares @ self._depths)

    def __call__(
        self, h: Tensor, outputs: Tensor, windows: Windows, stream: np.random.Generator
    ) -> Scored:
        """As `Loss`."""
        T, longest = len(windows.middle), int(self._depths[windows.middle].max())
        nodes, places = self._ways(windows.middle, longest)
        ids = tensor(nodes, h.device)
        rows = outputs.index_select(0, ids).requires_grad_()  # (n, D)
        ways = rows.new_zeros(T * longest, rows.shape[1])
        ways = ways.index_copy(0, tensor(places, h.device), rows).view(T, longest, -1)  # (T, K, D)
        cells, signs = self._turns(windows, longest)
        scores = band_scores(h, ways).view(-1)
        chosen = scores.index_select(0, tensor(cells, h.device))  # (E,)
        return Scored(tree_loss(chosen, tensor(signs, h.device).to(h.dtype)), ids, rows)

    def _ways(self, words: Ints, longest: int) -> tuple[Ints, Ints]:
        """The nodes on the ways of T words, and where they stand in (T, longest), both (n,)."""
        word, level = numbered(self._depths[words])
        nodes = self._tree.nodes[self._tree.offsets[words[word]] + level]
        return nodes.astype(np.int64), word * longest + level

    def _turns(self, windows: Windows, longest: int) -> tuple[Ints, npt.NDArray[np.float32]]:
        """For each pair and node on its way, the cell of their score and the turn, both (E,)."""
        words = windows.words[windows.targets]  # (P,)
        pair, level = numbered(self._depths[words])
        cells = windows.cells(longest)[pair] + level * windows.width
        return cells, self._tree.signs[self._tree.offsets[words[pair]] + level]


class FullSoftmax:
    """W1; every word has its output row in every pair."""

    def loads(self, shares: Shares) -> tuple[Shares, float]:
        """The word itself, and all words with their probability."""
        return 2 * shares, 2.0

    def __call__(
        self, h: Tensor, outputs: Tensor, windows: Windows, stream: np.random.Generator
    ) -> Scored:
        """As `Loss`."""
        ids = torch.arange(SPECIAL, len(outputs), device=h.device)
        rows = outputs.index_select(0, ids).requires_grad_()  # (V - SPECIAL, D)
        targets = tensor(windows.words[windows.targets] - SPECIAL, h.device)
        loss = softmax_loss(h @ rows.T, tensor(windows.rows, h.device), targets)
        return Scored(loss, ids, rows)


def equal_to_targets(windows: Windows, noise: Ints) -> tuple[Ints, Ints]:
    """All p and s with the target word of pair p equal to noise[s], both (E,)."""
    order = np.argsort(noise, kind="stable")
    ordered, middle, at = noise[order], windows.middle, windows.at
    first = np.searchsorted(ordered, middle)  # (T,)
    found = np.searchsorted(ordered, middle, side="right") - first
    pair, number = numbered(found[at])
    return pair, order[first[at[pair]] + number]


def tensor(values: npt.NDArray[Any], device: torch.device) -> Tensor:
    """An array as a tensor on a device."""
    return torch.from_numpy(values).to(device)
