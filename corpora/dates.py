"""dates: calendar days as people write them in English, and as ISO 8601 has them, 2026-11-21.

A task for translators of characters that needs no download and has one right answer: "Sat, 21 Nov
2026", "the twenty-first of November, 2026" or "11/21/2026" are all 2026-11-21. No two days are
written alike: with points the day comes first, with strokes the month, unless the year does, and
a year of two digits is one of 1969 to 2068, as in `time.strptime`.
"""

import datetime
import hashlib
import random
from collections.abc import Iterator

from seqkit.corpora.corpus import Split
from seqkit.corpora.parallel_splitting import split_of
from seqkit.corpora.records import Pair

VERSION = "dates-2"
SIZES: dict[str, int] = {"train": 20_000, "valid": 1_000, "test": 1_000}
FIRST, LAST = datetime.date(1900, 1, 1), datetime.date(2099, 12, 31)

# What stands in braces: {day} 5, {dd} 05, {th} 5th, {fifth}; {month} May, {mon} Nov, {m} 5, {mm}
# 05; {year} 2026, {yy} 26, {said} twenty twenty-six; {weekday} Saturday, {wd} Sat.
_STYLES = (
    "{day} {month} {year}", "{th} {month} {year}", "{th} of {month} {year}",
    "{month} {day}, {year}", "{month} {th}, {year}", "{weekday}, {day} {month} {year}",
    "{weekday}, {month} {day}, {year}", "{weekday} the {th} of {month}, {year}",
    "{day} {mon} {year}", "{wd}, {day} {mon} {year}", "{wd} {mon} {day} {year}",
    "{mon} {day}, {year}", "{year} {mon} {day}", "{day}-{mon}-{yy}", "{m}/{day}/{year}",
    "{mm}/{dd}/{year}", "{day}.{m}.{year}", "{dd}.{mm}.{year}", "the {fifth} of {month}, {year}",
    "{month} the {fifth}, {year}", "{weekday}, the {fifth} of {month}, {year}",
    "the {fifth} of {month}, {said}", "{month} {th}, {said}", "{year} {month} {day}",
    "{year}, {month} {day}", "{year}/{mm}/{dd}", "{year}.{m}.{day}",
)  # fmt: skip
_WITH_CENTURY = tuple(style for style in _STYLES if "{yy}" not in style)

_MONTHS = "January February March April May June July August September October November December"
_WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday"
_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
)
_TENS = "zero ten twenty thirty forty fifty sixty seventy eighty ninety"
_ORDINALS = (
    "zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth "
    "thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
)


def _nth(row: str, number: int) -> str:
    """Give a word of a row above, counted from 0."""
    return row.split()[number]


def _number(number: int) -> str:
    """Say a number below 100: forty-two."""
    tens, ones = divmod(number, 10)
    if number < 20:
        return _nth(_ONES, number)
    return f"{_nth(_TENS, tens)}-{_nth(_ONES, ones)}" if ones else _nth(_TENS, tens)


def _ordinal(day: int) -> str:
    """Say a day of the month: twenty-first."""
    if day <= 20:
        return _nth(_ORDINALS, day)
    tens, ones = divmod(day, 10)
    return f"{_nth(_TENS, tens)}-{_nth(_ORDINALS, ones)}" if ones else "thirtieth"


def _th(day: int) -> str:
    """Write a day of the month as 21st."""
    ending = "th" if 10 < day < 20 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{ending}"


def _year(year: int) -> str:
    """Say a year: nineteen hundred, nineteen oh five, two thousand five, twenty twenty-six."""
    century, rest = divmod(year, 100)
    if century == 20 and rest < 10:
        return f"two thousand {_nth(_ONES, rest)}" if rest else "two thousand"
    if not rest:
        return f"{_number(century)} hundred"
    return f"{_number(century)} {'oh ' if rest < 10 else ''}{_number(rest)}"


def _fields(day: datetime.date) -> dict[str, str]:
    """Give what may stand in the braces of a style."""
    month, weekday = _nth(_MONTHS, day.month - 1), _nth(_WEEKDAYS, day.weekday())
    return {
        "day": str(day.day), "dd": f"{day.day:02}", "th": _th(day.day), "fifth": _ordinal(day.day),
        "month": month, "mon": month[:3], "m": str(day.month), "mm": f"{day.month:02}",
        "year": str(day.year), "yy": f"{day.year % 100:02}", "said": _year(day.year),
        "weekday": weekday, "wd": weekday[:3],
    }  # fmt: skip


class Dates:
    """Days from 1900 to 2099, each written in one of many ways at random, and in ISO 8601.

    The same version, seed and split give the same pairs, and a larger corpus begins with the
    smaller one. To which split a day belongs is decided by the day alone, so no day of one split,
    whatever the seeds and sizes, occurs in another.

    Args:
        split: "train", "valid" or "test".
        pairs: how many; by default 20,000 to train and 1,000 else.
        seed: other days and ways for each.

    Raises:
        ValueError: an unknown split, or no pairs.
    """

    name = "dates"
    version = VERSION
    description = "dates written in English in many ways, and as 2026-11-21"
    synthetic = True

    def __init__(self, split: Split = "train", pairs: int | None = None, seed: int = 0) -> None:
        if split not in SIZES:
            raise ValueError(f"dates has no split {split!r}: use train, valid or test")
        if pairs is not None and pairs < 1:
            raise ValueError(f"dates cannot have {pairs} pairs: ask for 1 or more")
        self.split = split
        self.pairs = SIZES[split] if pairs is None else pairs
        self.seed = seed

    @property
    def source(self) -> str:
        """Where the text comes from."""
        return f"synthetic: {VERSION}, its {self.split} split"

    def __len__(self) -> int:
        """How many pairs there are."""
        return self.pairs

    def __iter__(self) -> Iterator[Pair]:
        """Draw the pairs; always the same ones."""
        key = hashlib.sha256(f"{VERSION} {self.split} {self.seed}".encode()).digest()
        uniform = random.Random(int.from_bytes(key)).random
        days, line = (LAST - FIRST).days + 1, 1
        while line <= self.pairs:
            day = FIRST + datetime.timedelta(int(uniform() * days))
            if split_of(day.isoformat()) == self.split:
                styles = _STYLES if 1969 <= day.year <= 2068 else _WITH_CENTURY
                style = styles[int(uniform() * len(styles))]
                yield Pair(style.format_map(_fields(day)), day.isoformat(), line)
                line += 1

    def place(self, pair: Pair) -> str:
        """Say where a pair stands in the files that `corpora make` writes."""
        return f"{self.source}, line {pair.line}"

    def warnings(self) -> list[str]:
        """Nothing: no pair is empty."""
        return []
