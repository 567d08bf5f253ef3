"""The list of best paths: that it keeps no more ways than there are, and loses none by it."""

import itertools

import pytest
import torch

from seqkit.layers.chain import Moves
from seqkit.layers.viterbi import best_paths

K = 3
LENGTHS = torch.tensor([4, 1, 2, 3])


def inputs(seed=0):
    """Emissions (4, 4, K) and moves, one of which is forbidden."""
    g = torch.Generator().manual_seed(seed)
    shapes = [(4, 4, K), (K,), (K,), (K, K)]
    emissions, start, end, steps = (
        torch.randn(shape, generator=g, dtype=torch.float64) for shape in shapes
    )
    steps[1, 2] = -torch.inf
    return emissions, Moves(start=start, end=end, transitions=steps)


def ranked(emissions, moves):
    """All paths of one sequence (T, K), best first, and their scores, by enumeration."""
    found = []
    for path in itertools.product(range(K), repeat=len(emissions)):
        score = moves.start[path[0]] + moves.end[path[-1]]
        score += sum(emissions[t, tag] for t, tag in enumerate(path))
        score += sum(moves.transitions[a, b] for a, b in itertools.pairwise(path))
        found.append((score.item(), list(path)))
    return sorted(found, reverse=True)


@pytest.mark.parametrize("n", [1, 2, 4, 10, 26, 27, 80, 10**15])
def test_the_paths_of_short_and_long_sequences_are_those_of_enumeration(n):
    """More paths than there are cost nothing: the largest n would not fit into any memory."""
    emissions, moves = inputs()
    tags, scores = best_paths(emissions, moves, LENGTHS, n)
    assert tags.shape == (4, min(n, K**4), 4) and scores.shape == (4, min(n, K**4))
    for b, length in enumerate(LENGTHS.tolist()):
        legal = [one for one in ranked(emissions[b, :length], moves) if one[0] > -torch.inf][:n]
        assert tags[b, : len(legal), :length].tolist() == [path for _, path in legal]
        assert not tags[b, :, length:].any()
        assert scores[b, : len(legal)].tolist() == pytest.approx([score for score, _ in legal])
        assert (scores[b, len(legal) :] == -torch.inf).all()
