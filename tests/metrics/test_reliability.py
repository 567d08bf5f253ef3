import numpy as np
import pytest

from seqkit.metrics.calibration import calibration_error
from seqkit.metrics.reliability import Bin, reliability_table


def answers(size=300):
    generator = np.random.default_rng(0)
    sure = generator.random(size) ** 0.5
    return sure, generator.random(size) < sure**2


def test_it_equals_a_loop_over_bins():
    sure, right = answers()
    found = reliability_table(sure, right)
    assert len(found) == 10
    for k, bin_ in enumerate(found):
        inside = [(s, r) for s, r in zip(sure, right, strict=True) if k <= 10 * s < k + 1]
        size = max(len(inside), 1)
        wanted = (sum(s for s, _ in inside) / size, sum(r for _, r in inside) / size)
        assert (bin_.low, bin_.high, bin_.count) == (k / 10, (k + 1) / 10, len(inside))
        assert (bin_.confidence, bin_.right) == pytest.approx(wanted)


def test_its_gaps_make_the_calibration_error():
    sure, right = answers()
    gaps = [b.count / 300 * abs(b.confidence - b.right) for b in reliability_table(sure, right)]
    assert sum(gaps) == pytest.approx(calibration_error(sure, right), abs=1e-12)
    assert sum(gaps) > 0.05


def test_certain_answers_lie_in_the_last_bin_and_empty_bins_are_zero():
    found = reliability_table([1.0, 1.0, 0.0], [True, False, False])
    assert found[-1] == Bin(0.9, 1.0, 2, 1.0, 0.5)
    assert found[0].to_dict() == {"low": 0, "high": 0.1, "count": 1, "confidence": 0, "right": 0}
    assert found[5] == Bin(0.5, 0.6, 0, 0.0, 0.0)
    assert sum(b.count for b in reliability_table([], [])) == 0


@pytest.mark.parametrize("sure", [[0.5], [0.5, 1.2], [-0.1, 0.3], [0.5, float("nan")]])
def test_what_is_no_share_is_refused(sure):
    with pytest.raises(ValueError, match="confidence"):
        reliability_table(sure, [True, False])
