"""dates: every way to write a day is read back, and no day stands in two splits."""

import datetime
import hashlib
import re
from collections import Counter

import pytest

from seqkit.corpora.dates import SIZES, Dates


@pytest.fixture(scope="module")
def splits():
    return {split: list(Dates(split)) for split in SIZES}


MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec"
NAMES = MONTHS.split()
TO_TWENTY = (
    "oh one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen twenty"
)
CARDINALS = {word: number for number, word in enumerate(TO_TWENTY.split())} | {
    "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
ORDINALS = {"first": 1, "second": 2, "third": 3, "fifth": 5, "eighth": 8, "ninth": 9, "twelfth": 12,
            "twentieth": 20, "thirtieth": 30}  # fmt: skip


def value(word):
    """Read a number word, cardinal or ordinal, with a hyphen or without."""
    tens, _, ones = word.rpartition("-")
    last = ORDINALS.get(ones) or CARDINALS.get(ones)
    return (CARDINALS[tens] if tens else 0) + (CARDINALS[ones[:-2]] if last is None else last)


def read(text):
    """Read a date by rules of our own: what it is by its words, whatever their order."""
    if match := re.fullmatch(r"(\d+)([./])(\d+)[./](\d{4})", text):
        first, sign, second, year = match.groups()
        day, month = (first, second) if sign == "." else (second, first)
        return datetime.date(int(year), int(month), int(day))
    if match := re.fullmatch(r"(\d{4})([./])(\d+)\2(\d+)", text):
        return datetime.date(int(match[1]), int(match[3]), int(match[4]))
    if match := re.fullmatch(r"(\d+)-(\w{3})-(\d\d)", text):
        year = int(match[3]) + (1900 if int(match[3]) >= 69 else 2000)
        return datetime.date(year, NAMES.index(match[2].lower()) + 1, int(match[1]))
    days, years, month, weekday = [], [], None, None
    for word in re.findall(r"[\w-]+", text):
        if word[0].isupper():
            if word[:3].lower() in NAMES:
                month = NAMES.index(word[:3].lower()) + 1
            else:
                weekday = word[:3]
        elif re.fullmatch(r"\d{4}", word):
            years.append(int(word))
        elif match := re.fullmatch(r"(\d{1,2})(st|nd|rd|th)?", word):
            days.append(int(match[1]))
        elif word in ("hundred", "thousand"):
            years[-1] *= 1000 if word == "thousand" else 100
        elif word not in ("the", "of"):
            (years if days else days).append(value(word))
    (day,) = days
    *century, rest = [year for year in years if year]  # "oh" is nothing
    assert len(century) <= 1
    year = rest + sum(part if part >= 100 else 100 * part for part in century)
    date = datetime.date(year, month, day)
    assert weekday in (None, date.strftime("%a"))
    return date


def test_every_way_is_read_back(splits):
    for pairs in splits.values():
        for pair in pairs:
            assert read(pair.source).isoformat() == pair.target, pair


FORMATS = ("%d %B %Y", "%B %d, %Y", "%A, %d %B %Y", "%A, %B %d, %Y", "%d %b %Y", "%a, %d %b %Y",
           "%a %b %d %Y", "%b %d, %Y", "%Y %b %d", "%d-%b-%y", "%m/%d/%Y", "%d.%m.%Y",
           "%Y %B %d", "%Y, %B %d", "%Y/%m/%d", "%Y.%m.%d")  # fmt: skip


def parsed(text):
    """Give what the ways to write that Python knows make of a text."""
    found = []
    for form in FORMATS:
        try:
            found.append(datetime.datetime.strptime(text, form).date())
        except ValueError:
            continue
    return found


def test_python_agrees_where_it_reads_a_date(splits):
    tried = Counter()
    for pair in splits["test"]:
        for date in parsed(pair.source):
            assert date.isoformat() == pair.target
            tried[bool(date)] += 1
    assert tried[True] > 400


@pytest.mark.parametrize(
    ("pattern", "least"),
    [
        (r"(Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, \d+ [A-Z][a-z]+ \d{4}", 500),
        (r"\d+(st|nd|rd|th) of [A-Z][a-z]+ \d{4}", 500),
        (r"the [a-z-]+ of [A-Z][a-z]+, [a-z -]+", 500),
        (r"\d\d?/\d\d?/\d{4}", 1000),
        (r"\d\d?\.\d\d?\.\d{4}", 1000),
        (r"\d+-[A-Z][a-z]{2}-\d\d", 300),
        (r"\d{4},? [A-Z][a-z]+ \d\d?", 1500),
        (r"\d{4}/\d\d/\d\d", 500),
        (r"\d{4}\.\d\d?\.\d\d?", 500),
    ],
)
def test_ways_to_write(splits, pattern, least):
    assert sum(bool(re.fullmatch(pattern, pair.source)) for pair in splits["train"]) >= least


def test_ordinals_and_years_in_words():
    written = {pair.source: pair.target for pair in Dates(pairs=20_000, seed=5)}
    for pattern, ending in (
        (r"\b(1|21|31)st\b", r"-[023]1$"),
        (r"\b(2|22)nd\b", r"-[02]2$"),
        (r"\b(3|23)rd\b", r"-[02]3$"),
        (r"\b1[123]th\b", r"-1[123]$"),
        (r" hundred$", r"^1900"),
        (r" two thousand$", r"^2000"),
        (r" two thousand nine$", r"^2009"),
        (r" nineteen oh five$", r"^1905"),
        (r" twenty ten$", r"^2010"),
        (r" twenty ninety-nine$", r"^2099"),
    ):
        found = [iso for text, iso in written.items() if re.search(pattern, text)]
        assert found and all(re.search(ending, iso) for iso in found), pattern


def test_held_out_days_are_never_trained_on(splits):
    days = {split: {pair.target for pair in pairs} for split, pairs in splits.items()}
    days["other"] = {pair.target for pair in Dates("train", 30_000, seed=1)}
    held_out = days["valid"] | days["test"]
    assert len(held_out) == len(days["valid"]) + len(days["test"])
    assert held_out.isdisjoint(days["train"] | days["other"])
    years = {int(day[:4]) for day in days["train"]}
    assert years == set(range(1900, 2100))


def test_a_text_means_one_day(splits):
    meant = {}
    for pairs in splits.values():
        for pair in pairs:
            assert meant.setdefault(pair.source, pair.target) == pair.target


def test_the_same_pairs_always(splits):
    assert [len(pairs) for pairs in splits.values()] == [20_000, 1_000, 1_000]
    assert list(Dates("train", 50)) == splits["train"][:50]
    assert list(Dates("test", 50, seed=1)) != splits["test"][:50]
    corpus = Dates("valid", 3)
    assert len(corpus) == 3 and [pair.line for pair in corpus] == [1, 2, 3]
    assert corpus.place(list(corpus)[2]) == "synthetic: dates-2, its valid split, line 3"
    assert corpus.warnings() == [] and corpus.synthetic and corpus.name == "dates"


def test_the_version_stays_what_it_is():
    """Whoever changes the dates must give them another version."""
    lines = "".join(f"{pair.source}\t{pair.target}\n" for pair in Dates(pairs=500))
    digest = hashlib.sha256(lines.encode()).hexdigest()
    assert (Dates.version, digest) == (
        "dates-2",
        "3f0d52955053158ba8fa8d403bee2bd1298dd73b386faac7b5656a259800a08d",
    )


@pytest.mark.parametrize(
    ("split", "pairs", "message"),
    [("dev", None, "dates has no split 'dev'"), ("test", 0, "dates cannot have 0 pairs")],
)
def test_refusals(split, pairs, message):
    with pytest.raises(ValueError, match=message):
        Dates(split, pairs)
