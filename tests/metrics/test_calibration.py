import numpy as np
import pytest

from seqkit.metrics.calibration import calibration_error


def test_it_equals_a_loop_over_bins():
    generator = np.random.default_rng(0)
    sure = generator.random(500)
    right = generator.random(500) < sure**2
    total = 0.0
    for low in range(10):
        inside = [(s, r) for s, r in zip(sure, right, strict=True) if low <= 10 * s < low + 1]
        if inside:
            gap = sum(s for s, _ in inside) / len(inside) - sum(r for _, r in inside) / len(inside)
            total += len(inside) / 500 * abs(gap)
    assert calibration_error(sure, right) == pytest.approx(total, abs=1e-12)
    assert total > 0.1


def test_honest_and_certain_answers_have_no_error():
    assert calibration_error([1.0, 1.0, 0.0], [True, True, False]) == 0
    assert calibration_error([0.75] * 4, [True, True, True, False]) == 0
    assert calibration_error([1.0] * 4, [False] * 4) == 1
    assert calibration_error([], []) == 0


@pytest.mark.parametrize("sure", [[0.5], [0.5, 1.2], [-0.1, 0.3]])
def test_what_is_no_share_is_refused(sure):
    with pytest.raises(ValueError, match="confidence"):
        calibration_error(sure, [True, False])
