import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqkit.report.panel import log_helps, spread

HEIGHTS = st.lists(st.floats(0, 1), max_size=8)


def test_labels_far_apart_stay():
    assert spread([0.9, 0.1, 0.5], 0.1) == [0.9, 0.1, 0.5]


def test_labels_that_touch_part_about_their_mean():
    assert spread([0.5, 0.5], 0.1) == pytest.approx([0.45, 0.55])
    # The pair at 0.5 parts to 0.45 and 0.55, which reaches the one at 0.6: three about the mean.
    assert spread([0.6, 0.5, 0.5], 0.1) == pytest.approx([0.6333333, 0.4333333, 0.5333333])


@given(HEIGHTS, st.floats(0.001, 0.3))
def test_labels_keep_their_distance_their_order_and_their_mean(heights, gap):
    placed = spread(heights, gap)
    assert len(placed) == len(heights)
    upward = sorted(placed)
    assert all(b - a >= gap - 1e-9 for a, b in itertools.pairwise(upward))
    for i, height in enumerate(heights):
        for j, other in enumerate(heights):
            assert height >= other or placed[i] < placed[j]
    assert math.fsum(placed) == pytest.approx(math.fsum(heights), abs=1e-9)


@pytest.mark.parametrize(
    ("values", "helps"),
    [
        ([1.0, 100.0], True),
        ([1.0, 3.0], False),
        ([0.0, 100.0], False),
        ([-1.0, 100.0], False),
        ([math.nan, 1.0, 50.0, math.inf], True),
        ([math.nan], False),
        ([], False),
    ],
)
def test_a_log_axis_needs_positive_values_of_a_wide_span(values, helps):
    assert log_helps(values) is helps
