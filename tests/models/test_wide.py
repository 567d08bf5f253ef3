"""The linear features against loops over plain Python numbers."""

import pytest
import torch

from seqkit.models import wide_features
from seqkit.models.wide import WideFeatures, features_of
from seqkit.models.wide_features import ALONE, PAIRS
from tests.models.test_tagger import sentences

EDGE, WRAP = 7, 1 << 64


def signed(number):
    """A number as 64 bits hold it."""
    number %= WRAP
    return number - WRAP if number >= WRAP // 2 else number


def expected(tokens):
    """All features of every token, one at a time."""
    rows = []
    for row, forms in enumerate(tokens.forms.tolist()):
        length = len(forms) if tokens.lengths is None else int(tokens.lengths[row])
        hashes = [tokens.hashes[form].tolist() for form in forms[:length]]
        for place, word in enumerate(tokens.words[row, :length].tolist()):
            if word == 0:
                hashes[place][:2] = [11, 11]

        def part(place, step, which, hashes=hashes):
            inside = 0 <= place + step < len(hashes)
            return hashes[place + step][which] if inside else EDGE

        def feature(place, number, one, other=None):
            total = part(place, *one) * 0x09E3779B97F4A7C1
            total += part(place, *other) * 0x2545F4914F6CDD1D if other else 0
            total = signed(total + (number + 1) * 0x00032BE59BD9B4E1)
            mixed = signed((total ^ (total >> 29)) * 0x3C79AC492BA7B653)
            return (mixed >> 33) % (1 << 30)

        for place in range(length):
            found = [feature(place, n, one) for n, one in enumerate(ALONE)]
            found += [feature(place, n + len(ALONE), *pair) for n, pair in enumerate(PAIRS)]
            rows.append(found)
    return rows


@pytest.mark.parametrize("find", [features_of, wide_features.features_of])
@pytest.mark.parametrize("lengths", [None, [5, 1, 3]])
def test_features_equal_those_of_plain_loops(find, lengths):
    tokens = sentences()._replace(lengths=None if lengths is None else torch.tensor(lengths))
    tokens.words[[0, 2], [1, 0]] = 0
    real = torch.arange(5) < torch.tensor(lengths or [5, 5, 5])[:, None]
    assert find(tokens)[real].tolist() == expected(tokens)


def test_the_score_of_a_tag_is_the_sum_of_the_weights_of_the_features():
    torch.manual_seed(0)
    wide, tokens = WideFeatures(4, dropout=0.5).double().eval(), sentences()
    torch.nn.init.normal_(wide.weight)
    rows = [sum(wide.weight[i % wide.BUCKETS] for i in row) for row in expected(tokens)]
    torch.testing.assert_close(wide(tokens).view(-1, 4), torch.stack(rows))
    with torch.no_grad():  # which takes another path
        torch.testing.assert_close(wide(tokens).view(-1, 4), torch.stack(rows))


def test_without_gradients_padding_is_outside_too_and_training_still_drops():
    torch.manual_seed(0)
    wide = WideFeatures(4, dropout=0.5).double()
    torch.nn.init.normal_(wide.weight)
    tokens = sentences()._replace(lengths=torch.tensor([5, 1, 3]))
    real = torch.arange(5) < tokens.lengths[:, None]
    with torch.no_grad():
        assert not torch.equal(wide(tokens), wide(tokens))
        found = wide.eval()(tokens)
    torch.testing.assert_close(found[real], wide(tokens)[real])


def test_dropped_features_leave_the_mean_as_it_is():
    torch.manual_seed(0)
    wide, tokens = WideFeatures(4, dropout=0.5).double(), sentences(rows=1, positions=2)
    torch.nn.init.normal_(wide.weight)
    drawn = torch.stack([wide(tokens) for _ in range(4000)])
    spread = drawn.std(0) / 4000**0.5
    assert (spread > 0).all()
    assert ((drawn.mean(0) - wide.eval()(tokens)).abs() < 5 * spread).all()


def test_features_are_many_and_differ_from_place_to_place():
    ids = features_of(sentences())
    assert ids.shape == (3, 5, len(ALONE) + len(PAIRS)) and ids.min() >= 0
    assert len(set(ids.flatten().tolist())) > 0.8 * ids.numel()
