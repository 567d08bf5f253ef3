"""Holding images out, the classes in the same shares."""

import re
from collections import Counter
from itertools import chain

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqkit.corpora.image_splitting import hold_out_images
from seqkit.corpora.images import LabelledImages


def images(counts):
    labels = tuple(name for name, count in counts.items() for _ in range(count))
    pixels = np.arange(len(labels), dtype=np.uint32).view(np.uint8).reshape(-1, 2, 2, 1)
    return LabelledImages("some", "numbered", "some.idx", True, pixels, labels)


def numbers(part):
    return part.pixels.reshape(-1, 4).copy().view(np.uint32).ravel().tolist()


COUNTS = st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 60), min_size=1)


@given(COUNTS, st.floats(0.01, 0.49), st.floats(0.01, 0.49))
def test_parts(counts, valid, test):
    whole = images(counts)
    sizes = [int(len(whole) * share) for share in (valid, test)]
    if 0 in sizes or sum(sizes) > len(whole) - len(counts):
        with pytest.raises(ValueError, match="too short to hold out valid and test images from"):
            hold_out_images(whole, {"valid": valid, "test": test})
        return
    parts = hold_out_images(whole, {"valid": valid, "test": test})
    assert [len(part) for part in parts] == [len(whole) - sum(sizes), *sizes]
    assert sorted(chain.from_iterable(map(numbers, parts))) == list(range(len(whole)))
    assert set(parts[0].labels) == set(whole.labels)
    for part in parts:
        assert numbers(part) == sorted(numbers(part))
        assert part.labels == tuple(whole.labels[k] for k in numbers(part))
        assert [part.place(k) for k in range(len(part))] == list(map(whole.place, numbers(part)))


@pytest.mark.parametrize("share", [0.1, 0.25])
def test_every_class_gives_its_share(share):
    counts = {"a": 1000, "b": 40, "c": 480}
    rest, part = hold_out_images(images(counts), {"valid": share})
    assert Counter(part.labels) == {name: share * count for name, count in counts.items()}
    assert rest.name == "some (train)" and part.name == "some (valid)"


def test_the_draw_is_fixed_and_no_run():
    whole = images({"a": 500, "b": 500})
    first, second = (hold_out_images(whole, {"valid": None})[1] for _ in range(2))
    assert numbers(first) == numbers(second) and len(first) == 100
    assert 150 < np.mean([k for k in numbers(first) if k < 500]) < 350  # from everywhere
    assert len(set(np.diff(numbers(first)))) > 10


def test_small_classes_give_by_lot_not_by_name():
    _, part = hold_out_images(images(dict.fromkeys("abcdefghij", 5)), {"valid": None})
    assert len(set(part.labels)) == 5 and set(part.labels) not in (set("abcde"), set("fghij"))


@pytest.mark.parametrize(
    ("counts", "share", "message"),
    [
        ({"a": 9}, 0.1, "some.idx is too short to hold out valid images from its 9 of 1 classes"),
        ({"a": 1, "b": 1, "c": 1}, 0.4, "valid images from its 3 of 3 classes: give --valid FILE"),
        ({"a": 9}, 0.5, "--valid 0.5 is no share"),
    ],
)
def test_what_cannot_be_held_out(counts, share, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        hold_out_images(images(counts), {"valid": share})
