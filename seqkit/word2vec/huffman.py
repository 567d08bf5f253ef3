"""The Huffman tree of hierarchical softmax (W2)."""

import heapq
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from seqkit.word2vec.frequencies import SPECIAL, Counts


@dataclass(frozen=True)
class Tree:
    """For each vocabulary id the way from the root to its leaf.

    The way of id w is `nodes[offsets[w] : offsets[w + 1]]`, the root first, as rows of the output
    matrix: SPECIAL is the root, and the nearer a node to the root (the more often it is met), the
    smaller its row. `signs` has +1 where the way turns to the left, -1 where to the right; so
    P(w) = prod σ(sign * θ_node · e). Special tokens have no way.
    """

    offsets: npt.NDArray[np.int64]  # (V + 1,)
    nodes: npt.NDArray[np.int32]
    signs: npt.NDArray[np.float32]

    @property
    def depth(self) -> int:
        """The length of the longest way."""
        return int(np.diff(self.offsets).max())


def huffman_tree(counts: Counts) -> Tree:
    """The tree of least mean depth for these counts (Huffman 1952); equals by the lower id."""
    size = len(counts) - SPECIAL
    if size < 2:
        raise ValueError(f"hierarchical softmax needs two words or more, and there is {size}")
    parent, side = _merge([int(count) for count in counts[SPECIAL:]])
    # The last node made is the root; counting from it, nodes near the root get the first rows.
    root = 2 * size - 2
    offsets = np.zeros(len(counts) + 1, np.int64)
    nodes: list[int] = []
    signs: list[float] = []
    for leaf in range(size):
        way = _way(leaf, parent, side)
        nodes.extend(SPECIAL + root - node for node, _ in way)
        signs.extend(1.0 if left else -1.0 for _, left in way)
        offsets[leaf + SPECIAL + 1] = len(nodes)
    return Tree(offsets, np.array(nodes, np.int32), np.array(signs, np.float32))


def _merge(counts: list[int]) -> tuple[list[int], list[bool]]:
    """The parent of every node and whether it is a left child; leaves first, the root last."""
    size = len(counts)
    parent, side = [0] * (2 * size - 1), [False] * (2 * size - 1)
    heap = [(count, leaf) for leaf, count in enumerate(counts)]
    heapq.heapify(heap)
    for node in range(size, 2 * size - 1):
        (one, left), (other, right) = heapq.heappop(heap), heapq.heappop(heap)
        parent[left] = parent[right] = node
        side[left] = True
        heapq.heappush(heap, (one + other, node))
    return parent, side


def _way(leaf: int, parent: list[int], side: list[bool]) -> list[tuple[int, bool]]:
    """(node, whether the way turns left there) from the root down to a leaf."""
    root = len(parent) - 1
    way, at = [], leaf
    while at != root:
        way.append((parent[at], side[at]))
        at = parent[at]
    return way[::-1]
