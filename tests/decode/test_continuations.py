"""The tensor part of beam search beside sorting every continuation in plain Python."""

import math

import numpy as np
import pytest
import torch

from seqkit.decode.continuations import continuations


def sorted_out(log_probs, so_far, sizes, width):
    """Sort all by (log P falling, hypothesis, id), prompt by prompt."""
    found, row = [], 0
    for size in sizes:
        every = [
            (at, token, so_far[row + at] + value)
            for at, values in enumerate(log_probs.tolist()[row : row + size])
            for token, value in enumerate(values)
            if value > -math.inf
        ]
        found.append(sorted(every, key=lambda one: (-one[2], one[0], one[1]))[:width])
        row += size
    return found


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("width", [1, 2, 3, 7, 50])
@pytest.mark.parametrize("kinds", [2, 4, 1000])
def test_it_is_what_sorting_everything_gives(dtype, width, kinds):
    """Few kinds of values make ties within rows, between rows, and at the edge."""
    random = np.random.default_rng([width, kinds])
    levels = (torch.arange(kinds).double() / kinds).log()  # the first is -inf
    for _ in range(20):
        sizes = random.integers(1, 5, size=6).tolist()
        rows = sum(sizes)
        log_probs = levels[torch.from_numpy(random.integers(kinds, size=(rows, 11)))].to(dtype)
        so_far = (-random.integers(3, size=rows) / 2).tolist()
        assert continuations(log_probs, so_far, sizes, width) == sorted_out(
            log_probs, so_far, sizes, width
        )


@pytest.mark.parametrize("width", [1, 2, 5])
@pytest.mark.parametrize("kinds", [2, 4, 1000])
def test_the_best_of_a_kept_hypothesis_follows_in_any_case(width, kinds):
    random = np.random.default_rng([width, kinds])
    levels = (torch.arange(kinds).double() / kinds).log()
    added = 0
    for _ in range(20):
        sizes = random.integers(1, 5, size=6).tolist()
        rows = sum(sizes)
        log_probs = levels[torch.from_numpy(random.integers(kinds, size=(rows, 11)))]
        so_far = (-random.integers(3, size=rows) / 2).tolist()
        kept = [None if random.random() < 0.3 else int(random.integers(size)) for size in sizes]
        every = sorted_out(log_probs, so_far, sizes, 100)
        wanted = [own[:width] for own in every]
        for own, best_of, at in zip(every, wanted, kept, strict=True):
            of_kept = [one for one in own if one[0] == at]
            if of_kept and of_kept[0] not in best_of:
                best_of.append(of_kept[0])
                added += 1
        assert continuations(log_probs, so_far, sizes, width, kept) == wanted
    assert added


def test_numbers_that_a_sum_makes_level_are_level():
    """Beside -100 the last digits of 0.5 are lost: the lower id wins, though it was lower."""
    less = -0.5
    more = math.nextafter(less, 0)
    assert more > less and -100 + more == -100 + less
    log_probs = torch.tensor([[-3.0, less, more, less]], dtype=torch.float64)
    assert continuations(log_probs, [-100.0], [1], 1) == [[(0, 1, -100.5)]]
    assert continuations(log_probs, [0.0], [1], 1) == [[(0, 2, more)]]


def test_float32_is_added_up_in_float64():
    value = torch.tensor(0.1).log()
    ((found,),) = continuations(value.reshape(1, 1), [-1000.0], [1], 1)
    assert found == (0, 0, float(value) - 1000.0)


def test_where_nothing_may_follow_nothing_is_found():
    nothing = torch.full((3, 4), -math.inf)
    nothing[1, 2] = -1.0
    assert continuations(nothing, [0.0, 0.0, 0.0], [1, 2], 3) == [[], [(0, 2, -1.0)]]
