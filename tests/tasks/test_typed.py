"""Dataclasses out of JSON: every field is of its type, or the line names it."""

import dataclasses
import json
from typing import Literal

import pytest

from seqkit.tasks.typed import from_json


@dataclasses.dataclass(frozen=True)
class Inner:
    size: int


@dataclasses.dataclass(frozen=True)
class Outer:
    count: int
    rate: float
    name: str = "x"
    flag: bool = False
    limit: int | None = None
    kind: Literal["a", "b"] = "a"
    sizes: tuple[int, ...] = ()
    pair: tuple[int, str] = (1, "one")
    parts: tuple[Inner, ...] = ()

    def __post_init__(self):
        if self.count < 0:
            raise ValueError("count is negative")


FULL = Outer(3, 0.5, "y", True, 7, "b", (1, 2), (2, "two"), (Inner(1), Inner(2)))


def test_what_json_made_of_a_dataclass_is_read_as_it_was():
    assert from_json(Outer, json.loads(json.dumps(dataclasses.asdict(FULL)))) == FULL
    assert from_json(Outer, dataclasses.asdict(FULL)) == FULL  # tuples still
    assert from_json(Outer, {"count": 1, "rate": 2}) == Outer(1, 2)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"count": "3"}, "count is '3'"),
        ({"count": True}, "count is True"),
        ({"count": 3.0}, "count is 3.0"),
        ({"count": None}, "count is None"),
        ({"count": 2**64}, "count is 18446744073709551616"),
        ({"count": -(10**400)}, "count is -1000"),
        ({"count": -1}, "count is negative"),
        ({"rate": float("nan")}, "rate is nan"),
        ({"rate": float("-inf")}, "rate is -inf"),
        ({"rate": 10**400}, "rate is 1000"),
        ({"rate": False}, "rate is False"),
        ({"name": 7}, "name is 7"),
        ({"name": ["\x1b"]}, r"name is ['\x1b']"),
        ({"flag": 1}, "flag is 1"),
        ({"limit": "7"}, "limit is '7'"),
        ({"kind": "c"}, "kind is 'c'"),
        ({"kind": ["a"]}, "kind is ['a']"),
        ({"sizes": 7}, "sizes is 7"),
        ({"sizes": [1, "2"]}, "sizes is '2'"),
        ({"pair": [1]}, "pair is [1]"),
        ({"pair": ["1", 1]}, "pair is '1'"),
        ({"parts": [{"size": "1"}]}, "size is '1'"),
        ({"parts": [{}]}, "without 'size'"),
        ({"parts": [7]}, "7 where an object is due"),
        ({"__class__": "os.system"}, "'__class__' is not known"),
    ],
)
def test_what_is_wrong_is_named(changes, message):
    with pytest.raises(ValueError) as caught:
        from_json(Outer, {**dataclasses.asdict(FULL), **changes})
    assert str(caught.value).startswith(message) and len(str(caught.value)) < 100


@pytest.mark.parametrize("value", [None, [], "x", 7])
def test_what_is_no_object(value):
    with pytest.raises(ValueError, match="where an object is due"):
        from_json(Outer, value)


def test_what_is_missing():
    with pytest.raises(ValueError, match="without 'rate'"):
        from_json(Outer, {"count": 1})
