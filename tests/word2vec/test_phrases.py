"""Phrases, against counting and joining in plain Python, and against gensim."""

import collections
import contextlib
import itertools
import math
import random
import tracemalloc
import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seqkit.text import scanner
from seqkit.text.scanner import scan
from seqkit.text.tokenizers import WhitespaceTokenizer
from seqkit.word2vec import collocations
from seqkit.word2vec.collocations import NPMI, Collocation
from seqkit.word2vec.phrases import join_phrases

WORDS = ["new", "york", "new_york", "times", "é日", "<unk>", "<eos", ",", "--", "3"]
LINES = st.lists(st.lists(st.sampled_from(WORDS), max_size=9), min_size=1, max_size=9)
SCORES = st.one_of(
    st.builds(Collocation, st.floats(1e-3, 9), st.integers(1, 3)),
    # Logarithms of two libraries may differ in the last place: no score equals such thresholds.
    st.builds(NPMI, st.floats(-1, 0.98).map(lambda x: x + math.pi / 1000), st.integers(1, 3)),
)


def rate_by_hand(score, pair, first, second, words):
    if isinstance(score, Collocation):
        return (pair - score.min_count) / first / second * words
    if pair < score.min_count:
        return -math.inf
    chance = first / words * (second / words)
    return math.log(pair / words / chance) / -math.log(pair / words)


def may_join(word):
    return word != "<unk>" and any(character.isalnum() for character in word)


def find_by_hand(lines, score):
    """The pairs that are phrases: {(a, b): (count, score)}."""
    counts = collections.Counter(word for line in lines for word in line)
    pairs = collections.Counter(pair for line in lines for pair in itertools.pairwise(line))
    words = sum(counts.values())
    rated = {
        (a, b): (n, rate_by_hand(score, n, counts[a], counts[b], words))
        for (a, b), n in pairs.items()
        if may_join(a) and may_join(b)
    }
    return {pair: found for pair, found in rated.items() if found[1] > score.threshold}


def join_by_hand(line, phrases):
    joined, rest = [], list(line)
    while rest:
        if tuple(rest[:2]) in phrases:
            joined.append(f"{rest[0]}_{rest[1]}")
            del rest[:2]
        else:
            joined.append(rest.pop(0))
    return joined


def text_of(lines):
    return "".join(" ".join(line) + "\n" for line in lines).encode()


def check(lines, score, passes):
    """Compare all there is; return how many phrases there are."""
    expected, found = lines, []
    for _ in range(passes):
        phrases = find_by_hand(expected, score)
        expected = [join_by_hand(line, phrases) for line in expected]
        found += [(f"{a}_{b}", *numbers) for (a, b), numbers in phrases.items()]
    with contextlib.closing(scan([text_of(lines)], WhitespaceTokenizer())) as scanned:
        text = join_phrases(scanned, score, passes)
        assert [line.split() for line in text.lines()] == expected
        assert "".join(text.pieces()).encode() == text_of(expected)
        assert sum(map(len, text.chunks())) == sum(len(line) + 1 for line in expected)
    assert [(p.text, p.times) for p in sorted(text.phrases)] == [f[:2] for f in sorted(found)]
    assert [p.score for p in sorted(text.phrases)] == pytest.approx([f[2] for f in sorted(found)])
    return len(found)


@settings(deadline=None)
@given(
    lines=LINES.filter(any),
    score=SCORES,
    passes=st.integers(1, 3),
    chunk=st.integers(1, 5),
    limit=st.integers(1, 9),
)
def test_phrases_are_those_found_by_hand(lines, score, passes, chunk, limit):
    """However the text is cut into chunks and its pairs into groups."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scanner, "CHUNK", chunk)
        patch.setattr(collocations, "LIMIT", limit)
        check(lines, score, passes)


def sentences(size, types=300, seed=5):
    """Random words, falling off in frequency, among which some stand together often."""
    generator = random.Random(seed)
    weights = [1 / (rank + 3) for rank in range(types)]
    lines = []
    for _ in range(size):
        line = generator.choices(range(types), weights, k=generator.randrange(12))
        words = [
            f"w{i} w{i}b" if i % 7 == 0 and generator.random() < 0.6 else f"w{i}" for i in line
        ]
        lines.append(" ".join(words).split())
    return lines


@pytest.mark.parametrize("score", [Collocation(4.3, 3), NPMI(0.31, 4)], ids=["default", "npmi"])
def test_phrases_of_a_longer_text(score, monkeypatch):
    monkeypatch.setattr(scanner, "CHUNK", 1000)
    monkeypatch.setattr(collocations, "LIMIT", 2000)
    assert check(sentences(2000), score, 2) > 30


def test_the_score_of_word2phrase():
    """Twelve times side by side, each in sixteen of the hundred words."""
    lines = [["new", "york"]] * 12 + [["new", "x"]] * 4 + [["y", "york"]] * 4 + [["z"]] * 60
    with contextlib.closing(scan([text_of(lines)], WhitespaceTokenizer())) as scanned:
        (phrase,) = join_phrases(scanned, Collocation(threshold=2, min_count=5)).phrases
        assert phrase == ("new_york", 12, pytest.approx((12 - 5) / (16 * 16) * 100))
        assert not join_phrases(scanned, Collocation(threshold=2.74, min_count=5)).phrases
        (phrase,) = join_phrases(scanned, NPMI()).phrases
        assert phrase.score == pytest.approx(math.log(0.12 / 0.16**2) / -math.log(0.12))


def test_what_is_joined_is_no_part_of_the_next():
    lines = [["a", "b", "a", "b", "a"], ["a", "a", "a", "a", "a"]]
    with contextlib.closing(scan([text_of(lines)], WhitespaceTokenizer())) as scanned:
        text = join_phrases(scanned, Collocation(threshold=1e-6, min_count=1))
        assert list(text.lines()) == ["a_b a_b a", "a_a a_a a"]


def test_a_line_may_be_endless(monkeypatch):
    """In chunks of a few words, however the last line ends."""
    monkeypatch.setattr(scanner, "CHUNK", 3)
    for end in ("", "\n"):
        data = ("x y " * 20 + "z" + end).encode()
        with contextlib.closing(scan([data], WhitespaceTokenizer())) as scanned:
            text = join_phrases(scanned, Collocation(threshold=0.1, min_count=1))
            pieces = list(text.pieces())
            assert "".join(pieces) == " ".join(["x_y"] * 20 + ["z"]) + "\n"
            assert len(pieces) > 10


def test_memory_does_not_grow_with_the_text(monkeypatch):
    monkeypatch.setattr(scanner, "CHUNK", 1 << 12)
    monkeypatch.setattr(collocations, "LIMIT", 1 << 13)
    generator = random.Random(3)
    words = [f"w{i}" for i in range(1000)]
    blocks = [" ".join(generator.choices(words, k=10_000)).encode() + b"\n" for _ in range(20)]
    peaks = []
    for n in (5, 5, 20):  # the first compiles
        with contextlib.closing(scan(blocks[:n], WhitespaceTokenizer())) as scanned:
            tracemalloc.start()
            text = join_phrases(scanned, Collocation(threshold=1e-6, min_count=20))
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
            assert not text.phrases
    assert peaks[2] < 1.1 * peaks[1] + 10_000


def test_less_than_one_pass():
    with (
        contextlib.closing(scan([b"a b"], WhitespaceTokenizer())) as scanned,
        pytest.raises(ValueError, match="--passes must be 1 or more, got 0"),
    ):
        join_phrases(scanned, Collocation(), 0)


@pytest.mark.parametrize(
    ("kind", "threshold", "min_count", "message"),
    [
        (Collocation, 0.0, 5, "--threshold must be above 0, got 0.0"),
        (Collocation, math.inf, 5, "--threshold must be above 0, got inf"),
        (Collocation, 1.0, 0, "--min-count must be 1 or more, got 0"),
        (NPMI, 1.1, 5, "--threshold must be from -1 to 1 for npmi, got 1.1"),
        (NPMI, math.nan, 5, "--threshold must be from -1 to 1 for npmi, got nan"),
        (NPMI, 0.5, -1, "--min-count must be 1 or more, got -1"),
    ],
)
def test_numbers_out_of_range(kind, threshold, min_count, message):
    with pytest.raises(ValueError, match=message):
        kind(threshold, min_count)


@pytest.mark.parametrize("name", ["default", "npmi"])
def test_gensim_finds_the_same(name):
    """Its default score takes for N the number of distinct words and pairs."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        peer = pytest.importorskip("gensim.models.phrases")
    lines, threshold = sentences(3000), {"default": 4.3, "npmi": 0.31}[name]
    theirs = peer.Phrases(lines, min_count=3, threshold=threshold, scoring=name)
    scale = 1.0
    if name == "default":
        scale = len(theirs.vocab) / sum(map(len, lines))
        theirs.threshold = threshold * scale
    with contextlib.closing(scan([text_of(lines)], WhitespaceTokenizer())) as scanned:
        text = join_phrases(scanned, collocations.SCORES[name](threshold, 3))
        assert [line.split() for line in text.lines()] == [theirs[line] for line in lines]
    expected = {phrase: score / scale for phrase, score in theirs.find_phrases(lines).items()}
    ours = {phrase.text: phrase.score for phrase in text.phrases}
    assert len(expected) > 20
    assert {phrase: ours[phrase] for phrase in expected} == pytest.approx(expected)
