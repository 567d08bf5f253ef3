"""Dropout: what is masked, by how much, and that nothing happens outside training."""

import pytest
import torch

from seqkit.layers.dropout import LockedDropout, WordDropout


def test_locked_mask_is_the_same_at_every_position_and_differs_between_rows():
    torch.manual_seed(0)
    dropped = LockedDropout(0.5)(torch.ones(4, 9, 50))
    assert (dropped == dropped[:, :1]).all()
    assert not (dropped[0, 0] == dropped[1, 0]).all()
    assert set(dropped.unique().tolist()) == {0.0, 2.0}


def test_expectation_is_kept():
    torch.manual_seed(0)
    for rate in (0.2, 0.65):
        mean = LockedDropout(rate)(torch.ones(200, 1, 500)).mean().item()
        assert mean == pytest.approx(1, abs=0.02)  # 5 standard deviations of 100,000 draws


def test_word_dropout_drops_all_occurrences_of_a_word():
    torch.manual_seed(0)
    ids = torch.randint(0, 20, (5, 40))
    dropped = WordDropout(20, 0.5)(torch.ones(5, 40, 3), ids)
    by_word = {i: dropped[ids == i].unique().tolist() for i in ids.unique().tolist()}
    assert all(values in ([0.0], [2.0]) for values in by_word.values())
    assert len({values[0] for values in by_word.values()}) == 2


@pytest.mark.parametrize("rate", [0.0, 0.7])
def test_identity_outside_training_and_at_rate_zero(rate):
    x, ids = torch.randn(2, 3, 4), torch.zeros(2, 3, dtype=torch.int64)
    locked, words = LockedDropout(rate), WordDropout(9, rate)
    if rate:
        for layer in (locked, words):
            layer.eval()
    assert locked(x) is x
    assert words(x, ids) is x


@pytest.mark.parametrize("rate", [-0.1, 1.0, 2])
def test_rates_outside_the_unit_interval_are_refused(rate):
    with pytest.raises(ValueError, match=r"a dropout rate must be in \[0, 1\)"):
        LockedDropout(rate)
