import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from seqkit.text.batching import groups_of_one_length


@given(st.lists(st.integers(1, 6), max_size=40), st.integers(1, 20), st.randoms())
def test_groups_hold_every_sequence_once_and_one_length_each(lengths, tokens, random):
    order = list(range(len(lengths)))
    random.shuffle(order)
    groups = list(groups_of_one_length(np.array(lengths, np.int64), order, tokens))
    assert sorted(int(s) for group in groups for s in group) == sorted(order)
    for group in groups:
        found = {lengths[sequence] for sequence in group}
        assert len(found) == 1
        assert len(group) == 1 or len(group) * found.pop() <= tokens
        assert [order.index(s) for s in group] == sorted(order.index(s) for s in group)


def test_groups_are_full_where_they_can_be():
    groups = groups_of_one_length(np.array([2] * 7), range(7), tokens=6)
    assert [group.tolist() for group in groups] == [[0, 1, 2], [3, 4, 5], [6]]
