"""Tables of types: taken apart, kept in a file, summed as a Counter would."""

import collections
import io
import random
import sys

import numpy as np
import pytest

from seqkit.text.tallies import Places, Tallies, new_index
from seqkit.text.tally import PARTS, Tally


@pytest.fixture(params=["compiled", "plain"])
def loops(request, monkeypatch):
    if request.param == "plain":
        monkeypatch.setitem(sys.modules, "seqkit.text.kernels", None)
    return request.param


def some_counts(seed, words=400):
    chance = random.Random(seed)
    drawn = ["é" * chance.randrange(1, 4) + str(chance.randrange(300)) for _ in range(words)]
    return collections.Counter(["<eos>", *drawn])


def as_dict(tally):
    return dict(zip(tally.types(), tally.counts.tolist(), strict=True))


def test_a_table_in_arrays():
    counts = some_counts(1)
    tally = Tally.of(counts, counts.values())
    assert as_dict(tally) == counts
    few = tally.take(np.array([5, 0, 3]))
    assert few.types() == [list(counts)[i] for i in (5, 0, 3)]
    assert Tally.of([]).types() == [] and tally.take(np.array([], int)).types() == []


def test_parts_depend_on_letters_alone_and_are_even():
    types = [f"{prefix}{i}" for i in range(5000) for prefix in ("", "http://x/", "日")]
    parts = Tally.of(types).parts()
    assert Tally.of(types[::-1]).parts().tolist() == parts[::-1].tolist()
    sizes = np.bincount(parts, minlength=PARTS)
    assert sizes.size == PARTS and sizes.max() < 3 * sizes.mean()


def test_tables_come_back_and_add_up(loops):
    kept, all_counts = Tallies(io.BytesIO()), [some_counts(seed) for seed in range(4)]
    for number, counts in enumerate(all_counts):
        assert kept.put(Tally.of(counts, counts.values())) == number
    for number, counts in enumerate(all_counts):
        tally, places = kept.get(number)
        assert as_dict(tally) == counts
        assert [list(counts)[place] for place in places] == tally.types()
    total = collections.Counter()
    for part in kept.summed():
        assert not total.keys() & set(part.types())
        total.update(as_dict(part))
    assert total == sum(all_counts, collections.Counter())


def test_an_index(loops):
    index = new_index()
    first = index.add(Tally.of(["b", "<eos>", "a"], [2, 5, 1]))
    assert first.tolist() == [1, 0, 2] and index.size == 3
    assert index.add(Tally.of(["c", "a"], [7, 1])).tolist() == [3, 2]
    assert index.find(Tally.of(["x", "c", "b", "bb"])).tolist() == [-1, 3, 1, -1]
    assert as_dict(index.tally()) == {"<eos>": 5, "b": 2, "a": 2, "c": 7}


def test_places_in_a_list(loops):
    places = Places(["<unk>", "<eos>", "b", "\ud800"])  # half a character, as a stranger may write
    assert places.find(Tally.of(["b", "nothing", "<eos>", "<unk>"])).tolist() == [2, 0, 1, 0]


def test_many_types(loops):
    index, types = new_index(), [f"t{i}" for i in range(3000)]
    index.add(Tally.of(types, range(3000)))
    assert as_dict(index.tally()) == {"<eos>": 0, **{token: i for i, token in enumerate(types)}}
