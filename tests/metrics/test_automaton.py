"""The suffix automaton against the definition of its states."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from seqkit.metrics import automaton


def end_places(text):
    """Every substring of `text` with the set of places where it ends."""
    places: dict[tuple[int, ...], set[int]] = {}
    for end in range(1, len(text) + 1):
        for start in range(end):
            places.setdefault(tuple(text[start:end]), set()).add(end)
    return places


@settings(deadline=None)  # the first call compiles
@given(st.lists(st.integers(0, 2), max_size=25))
def test_states_are_the_classes_of_equal_end_places(text):
    machine = automaton.build(np.array(text, np.int64))
    classes: dict[frozenset[int], list[int]] = {}
    for substring, places in end_places(text).items():
        classes.setdefault(frozenset(places), []).append(len(substring))
    expected = sorted((min(lengths), max(lengths)) for lengths in classes.values())
    states = np.flatnonzero(machine.lengths)
    shortest = machine.lengths[machine.links[states]] + 1
    assert sorted(zip(shortest.tolist(), machine.lengths[states].tolist(), strict=True)) == expected


@settings(deadline=None)  # the first call compiles
@given(st.lists(st.integers(0, 2), max_size=25), st.lists(st.integers(0, 2), max_size=25))
def test_feeding_keeps_the_longest_common_suffix(text, other):
    machine = automaton.build(np.array(text, np.int64))
    known = end_places(text).keys()
    state = length = 0
    for place, token in enumerate(other):
        step = np.array([token], np.int64)
        state, length = automaton.feed(machine, step, place, state, length)
        suffixes = (other[start : place + 1] for start in range(place + 1))
        assert length == next((len(s) for s in suffixes if tuple(s) in known), 0)
