"""Mutations of valid inputs, drawn by a seed: bytes, text and JSON, and what lies in containers."""

import json
import random
from collections.abc import Callable, Sequence
from typing import Any

NUMBERS = (
    *(0, 1, -1, 2, 127, 128, 255, 256, 65535, 65536, 2**31 - 1, 2**31, 2**32 - 1, 2**32),
    *(2**53, 2**63 - 1, 2**63, 2**64, 10**12, 10**30, -(2**31), -(2**63), 10**400),
)
TOKENS = (
    *(b"\0", b"\n", b"\r", b"\r\n", b"\t", b" ", b"\\", b'"', b"'", b",", b":", b"{", b"[", b"="),
    *(b"\xff\xfe", b"\xef\xbb\xbf", b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80"),
    *(
        b"\xe2\x80\xae",
        b"\xe2\x80\xa8",
        b"\x1b[2J",
        b"\x7f",
        b"\x85",
        b"\xc2\x85",
        b"\x1c",
        b"\x0c",
    ),
    *(b"NaN", b"Infinity", b"-inf", b"1e999", b"1_0", b"0x10", b"null", b"true", b"-0", b"1e-999"),
    *(b"../x", b"/etc/passwd", b"%s%n", b"{0}", b"__class__", b"<unk>", b"<eos>", b"<pad>", b"-"),
    *(b"__label__", b"-DOCSTART-", b"B-", b"#", b"\x1f\x8b\x08", b"PK\x03\x04", b"<script>"),
    *("\u0661\u0662".encode(), "\u00b2".encode(), "\U0001f600".encode(), "e\u0301".encode()),
)
VALUES: tuple[Any, ...] = (
    *(
        None,
        True,
        False,
        "",
        "x",
        "../x",
        "/etc/passwd",
        "\0",
        "\x1b[31m",
        "\ud83d",
        "a\nb",
        [],
        {},
    ),
    *([[]], {"": {}}, float("nan"), float("inf"), -float("inf"), 1e300, 0.5, -0.5, *NUMBERS),
    *("__class__", {"__class__": "os.system"}, ["x", 1], "9" * 50, "<unk>"),
)
LONGEST = 1 << 16
"""Bytes: no mutation makes an input longer by more."""

Change = Callable[[random.Random, bytes], bytes]


def mutated(draw: random.Random, data: bytes, others: Sequence[bytes] = ()) -> bytes:
    """Some bytes with a few changes; `others` are further inputs, to take parts from."""
    for _ in range(draw.choice((1, 1, 1, 2, 2, 3, 5))):
        if others and draw.random() < 0.08:
            data = _spliced(draw, data, draw.choice(others))
        else:
            data = draw.choice(CHANGES)(draw, data)
    return data


def _place(draw: random.Random, data: bytes) -> int:
    return draw.randint(0, len(data))


def _span(draw: random.Random, data: bytes) -> tuple[int, int]:
    start = _place(draw, data)
    return start, min(len(data), start + draw.choice((1, 1, 2, 4, 8, 16, 64, 512)))


def _flip(draw: random.Random, data: bytes) -> bytes:
    if not data:
        return b"\0"
    at = draw.randrange(len(data))
    return data[:at] + bytes([data[at] ^ (1 << draw.randrange(8))]) + data[at + 1 :]


def _set(draw: random.Random, data: bytes) -> bytes:
    at = _place(draw, data)
    return data[:at] + bytes([draw.choice((0, 1, 10, 13, 32, 34, 127, 128, 255))]) + data[at + 1 :]


def _cut(draw: random.Random, data: bytes) -> bytes:
    start, stop = _span(draw, data)
    return data[:start] + data[stop:]


def _truncate(draw: random.Random, data: bytes) -> bytes:
    return data[: _place(draw, data)]


def _insert(draw: random.Random, data: bytes) -> bytes:
    at = _place(draw, data)
    return data[:at] + draw.choice(TOKENS) + data[at:]


def _replace(draw: random.Random, data: bytes) -> bytes:
    start, stop = _span(draw, data)
    return data[:start] + draw.choice(TOKENS) + data[stop:]


def _repeat(draw: random.Random, data: bytes) -> bytes:
    start, stop = _span(draw, data)
    times = draw.choice((2, 2, 3, 10, 100))
    if draw.random() < 0.02:
        times = LONGEST // max(stop - start, 1)
    return data[:start] + data[start:stop] * min(times, LONGEST) + data[stop:]


def _number(draw: random.Random, data: bytes) -> bytes:
    """A run of digits becomes another number."""
    digits = [i for i, byte in enumerate(data) if 48 <= byte < 58]
    if not digits:
        return _insert(draw, data)
    start = stop = draw.choice(digits)
    while stop < len(data) and 48 <= data[stop] < 58:
        stop += 1
    return data[:start] + str(draw.choice(NUMBERS)).encode() + data[stop:]


def _word(draw: random.Random, data: bytes) -> bytes:
    """Some aligned bytes become a number, as headers have them."""
    size = draw.choice((1, 2, 4, 8))
    at = draw.randrange(0, max(len(data) - size, 0) + 1)
    at -= at % size if draw.random() < 0.7 else 0
    value = draw.choice(NUMBERS) % (1 << (8 * size))
    order = draw.choice(("big", "little"))
    return data[:at] + value.to_bytes(size, order) + data[at + size :]


def _swap(draw: random.Random, data: bytes) -> bytes:
    """Two lines change places."""
    lines = data.split(b"\n")
    one, other = draw.randrange(len(lines)), draw.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return b"\n".join(lines)


def _ends(draw: random.Random, data: bytes) -> bytes:
    """Other line ends, or a mark before the text."""
    kind = draw.randrange(4)
    if kind == 0:
        return data.replace(b"\n", b"\r\n")
    if kind == 1:
        return data.replace(b"\n", b"\r")
    if kind == 2:
        return b"\xef\xbb\xbf" + data
    return data.decode("latin-1").encode(draw.choice(("utf-16", "utf-16-le", "utf-8", "utf-7")))


def _spliced(draw: random.Random, data: bytes, other: bytes) -> bytes:
    return data[: _place(draw, data)] + other[_place(draw, other) :]


CHANGES: tuple[Change, ...] = (
    *(_flip, _flip, _set, _cut, _cut, _truncate, _insert, _insert, _replace, _repeat),
    *(_number, _number, _word, _swap, _ends),
)


def mutated_json(draw: random.Random, value: Any) -> bytes:
    """A JSON value with one to three of its nodes changed, as text."""
    for _ in range(draw.choice((1, 1, 2, 3))):
        value = _changed(draw, value)
    ascii_only = draw.random() < 0.7
    text = json.dumps(value, ensure_ascii=ascii_only)
    if draw.random() < 0.03:
        text = text.replace("1", "1" * draw.choice((30, 400, 5000)), 1)
    if draw.random() < 0.02:
        depth = draw.choice((50, 500, 5000, 30000))
        text = text.replace("null", "[" * depth + "]" * depth, 1) if "null" in text else "[" * depth
    return text.encode(errors="surrogatepass")


def _changed(draw: random.Random, value: Any) -> Any:
    """The value with a node of it, or all of it, changed."""
    if isinstance(value, dict) and value and draw.random() < 0.9:
        key = draw.choice(list(value))
        return _changed_item(draw, dict(value), key)
    if isinstance(value, list) and value and draw.random() < 0.85:
        place = draw.randrange(len(value))
        copied = list(value)
        kind = draw.randrange(5)
        if kind == 0:
            del copied[place]
        elif kind == 1:
            copied.insert(place, draw.choice((copied[place], *VALUES[:20])))
        else:
            copied[place] = _changed(draw, copied[place])
        return copied
    if type(value) is int and draw.random() < 0.5:
        return value + draw.choice((-1, 1, 10))
    return draw.choice(VALUES)


def _changed_item(draw: random.Random, value: dict[str, Any], key: str) -> dict[str, Any]:
    kind = draw.randrange(8)
    if kind == 0:
        del value[key]
    elif kind == 1:
        value[draw.choice(("__class__", "", "../x", "x" * 300, "\x1b[2J"))] = value.pop(key)
    elif kind == 2:
        value[key] = value[draw.choice(list(value))]
    else:
        value[key] = _changed(draw, value[key])
    return value
