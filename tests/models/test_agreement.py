import pytest
import torch

from seqkit.models.agreement import Agreement, elsewhere


def by_loops(shares, words):
    """The largest share of each class at the other places of a word."""
    found = torch.zeros_like(shares)
    for n, word in enumerate(words):
        others = [m for m in range(len(words)) if m != n and words[m] == word]
        for r in range(shares.shape[1]):
            found[n, r] = max((shares[m, r] for m in others), default=0.0)
    return found


@pytest.mark.parametrize("seed", range(5))
def test_elsewhere_is_what_loops_find(seed):
    draw = torch.Generator().manual_seed(seed)
    shares = torch.randint(0, 4, (30, 3), generator=draw) / 4  # many are equal
    words = torch.randint(0, 12, (30,), generator=draw)  # some come once, some numbers not at all
    assert torch.equal(elsewhere(shares, words), by_loops(shares, words))


def test_what_is_added_is_linear_in_the_evidence_and_nothing_at_first():
    agreement = Agreement()
    evidence = torch.rand(2, 4, 3, 2)
    assert not agreement(evidence).any()
    assert not agreement.weight.requires_grad
    agreement.weight.copy_(torch.tensor([[1.0, 2.0], [3.0, 4.0]]))
    alone, part = evidence[..., 0], evidence[..., 1]
    wanted = torch.stack([alone + 3 * part, 2 * alone + 4 * part], dim=3)
    torch.testing.assert_close(agreement(evidence), wanted)
