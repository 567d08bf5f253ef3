"""Tag schemes: against readings written down by hand, a machine of its own, and enumeration."""

import itertools
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqkit.text.schemes import (
    LETTERS,
    Span,
    convert,
    convert_all,
    from_spans,
    is_tag,
    legal_transitions,
    tag_set,
    to_spans,
)

SCHEMES = list(LETTERS)
TYPES = ["PER", "LOC", "GPE-LOC", ""]

WRITTEN = {
    "iob1": "O I-PER I-PER O I-LOC B-LOC I-LOC I-PER",
    "iob2": "O B-PER I-PER O B-LOC B-LOC I-LOC B-PER",
    "bioes": "O B-PER E-PER O S-LOC B-LOC E-LOC S-PER",
    "bilou": "O B-PER L-PER O U-LOC B-LOC L-LOC U-PER",
}
SPANS = [Span(1, 3, "PER"), Span(4, 5, "LOC"), Span(5, 7, "LOC"), Span(7, 8, "PER")]

MENDED = {
    # scheme, illegal tags, what they are read as
    ("iob1", "B-PER O B-LOC I-LOC B-PER"): "I-PER O I-LOC I-LOC I-PER",
    ("iob2", "I-PER I-PER O I-LOC B-LOC I-PER"): "B-PER I-PER O B-LOC B-LOC B-PER",
    ("bioes", "B-PER O I-PER E-LOC E-LOC"): "S-PER O S-PER S-LOC S-LOC",
    ("bioes", "B-PER I-PER S-PER I-PER E-PER B-PER"): "B-PER E-PER S-PER B-PER E-PER S-PER",
    ("bioes", "B-PER I-LOC E-LOC"): "S-PER B-LOC E-LOC",
    ("bilou", "L-PER B-PER L-LOC I-PER"): "U-PER U-PER U-LOC U-PER",
}


def tags_of(scheme, types=("PER", "LOC", "")):
    """Lists of any tags of a scheme, legal or not."""
    return st.lists(st.sampled_from(tag_set(types, scheme)), max_size=9)


@st.composite
def sentences(draw):
    """The entities of a sentence, and its length."""
    spans, at = [], 0
    for _ in range(draw(st.integers(0, 5))):
        start = at + draw(st.integers(0, 2))
        at = start + draw(st.integers(1, 4))
        spans.append(Span(start, at, draw(st.sampled_from(TYPES))))
    return spans, at + draw(st.integers(0, 2))


def conlleval_spans(tags):
    """Read tags by the questions of conlleval: does an entity end before, or begin at, a token?

    Each question looks at two neighbouring tags alone; an entity runs from a yes to the second
    to the next yes to the first.
    """

    def parts(tag):
        letter, _, kind = tag.partition("-")
        return {"L": "E", "U": "S"}.get(letter, letter), kind

    def ends(before, after):
        (a, kind), (b, other) = before, after
        if a == "O":
            return False
        return a in ("E", "S") or b in ("O", "B", "S") or kind != other

    def begins(before, after):
        (a, kind), (b, other) = before, after
        if b == "O":
            return False
        return b in ("B", "S") or a in ("O", "E", "S") or kind != other

    found, start = [], None
    border = ("O", "")
    sequence = [border, *map(parts, tags), border]
    for i, (before, after) in enumerate(itertools.pairwise(sequence)):
        if ends(before, after):
            found.append((start, i, before[1]))
        if begins(before, after):
            start = i
    return found


@pytest.mark.parametrize("scheme", SCHEMES)
def test_what_each_scheme_writes(scheme):
    tags = tuple(WRITTEN[scheme].split())
    assert to_spans(tags, scheme) == SPANS
    assert from_spans(SPANS, 8, scheme) == tags
    assert from_spans(reversed(SPANS), 8, scheme) == tags


@pytest.mark.parametrize(("source", "target"), list(itertools.product(SCHEMES, SCHEMES)))
def test_conversions(source, target):
    assert convert(WRITTEN[source].split(), source, target) == tuple(WRITTEN[target].split())


@pytest.mark.parametrize("scheme", SCHEMES)
@given(sentences())
def test_spans_survive_being_written(scheme, sentence):
    spans, length = sentence
    tags = from_spans(spans, length, scheme)
    assert len(tags) == length
    assert to_spans(tags, scheme) == spans
    assert all(is_tag(tag, scheme) for tag in tags)


@pytest.mark.parametrize("scheme", SCHEMES)
@given(data=st.data())
def test_any_tags_are_read_as_conlleval_reads_them(scheme, data):
    tags = data.draw(tags_of(scheme))
    assert to_spans(tags, scheme) == conlleval_spans(tags)


@pytest.mark.parametrize("scheme", SCHEMES)
@given(data=st.data())
def test_a_repaired_sequence_is_legal_and_means_the_same(scheme, data):
    tags = data.draw(tags_of(scheme))
    mended = convert(tags, scheme, scheme)
    assert convert(mended, scheme, scheme) == mended
    assert to_spans(mended, scheme) == to_spans(tags, scheme)
    for other in SCHEMES:
        there = convert(tags, scheme, other)
        assert convert(there, other, scheme) == mended


@pytest.mark.parametrize(("scheme", "tags"), MENDED)
def test_illegal_tags_are_repaired(scheme, tags):
    assert convert(tags.split(), scheme, scheme) == tuple(MENDED[scheme, tags].split())


@pytest.mark.parametrize("scheme", SCHEMES)
def test_legal_transitions_are_those_of_sequences_that_need_no_repair(scheme):
    tags = tag_set(["PER", "LOC"], scheme)
    start, stop, steps = legal_transitions(tags, scheme)
    assert (start.shape, stop.shape, steps.shape) == ((len(tags),), (len(tags),), (len(tags),) * 2)
    legal = 0
    for length in (1, 2, 3, 4):
        for path in itertools.product(range(len(tags)), repeat=length):
            named = tuple(tags[k] for k in path)
            allowed = start[path[0]] and stop[path[-1]]
            allowed = allowed and all(steps[a, b] for a, b in itertools.pairwise(path))
            assert allowed == (convert(named, scheme, scheme) == named), named
            legal += bool(allowed)
    assert 0 < legal < len(tags) ** 4


def test_transitions_of_plain_tags_and_of_none():
    start, stop, steps = legal_transitions(["NN", "VB"], "plain")
    assert start.all() and stop.all() and steps.all() and steps.shape == (2, 2)
    assert [array.shape for array in legal_transitions([], "bioes")] == [(0,), (0,), (0, 0)]
    assert legal_transitions(["O"], "iob1").steps.dtype == np.bool_


def test_tag_sets():
    assert tag_set(["LOC"], "bioes") == ("O", "B-LOC", "I-LOC", "E-LOC", "S-LOC")
    assert tag_set(["PER", "LOC", "PER"], "iob2") == ("O", "B-LOC", "I-LOC", "B-PER", "I-PER")
    assert tag_set([""], "bilou") == ("O", "B", "I", "L", "U")


def test_plain_tags_stay_as_they_are():
    assert convert(["NN", "B-PER", "O"], "plain", "plain") == ("NN", "B-PER", "O")
    assert convert_all([["NN"], ["VB"]], "plain", "plain").tags == [("NN",), ("VB",)]
    with pytest.raises(ValueError, match="plain has no entities: choose one of iob1"):
        convert(["NN"], "plain", "bioes")


def test_all_sentences_are_converted_and_repairs_counted():
    old = [["B-PER", "I-PER"], ["O", "I-LOC"], [], ["I-LOC", "O", "I-PER"]]
    found = convert_all(old, "iob2", where=lambda s, i: f"a.txt, line {10 * s + i}")
    assert found.tags == [("B-PER", "E-PER"), ("O", "S-LOC"), (), ("S-LOC", "O", "S-PER")]
    assert found.repaired == 3
    assert found.warning == (
        "a.txt, line 11: I-LOC is illegal in iob2 there and was read as B-LOC; "
        "3 such tags in 2 sentences"
    )


def test_legal_tags_bring_no_warning():
    found = convert_all([WRITTEN["iob1"].split()], "iob1", "iob2")
    assert (found.tags, found.repaired, found.warning) == (
        [tuple(WRITTEN["iob2"].split())],
        0,
        None,
    )


@pytest.mark.parametrize(
    "tag", ["E-PER", "U-PER", "B-", "-PER", "PER", "b-PER", "", "O-PER", "BB-X"]
)
def test_foreign_tags_are_refused_with_their_place(tag):
    with pytest.raises(ValueError, match=r"^sentence 2, token 3: ") as caught:
        convert_all([["O"], ["O", "B-X", tag]], "iob2")
    assert f"{tag!r} is no tag of iob2; correct it" in str(caught.value)
    with pytest.raises(ValueError, match=r"token 1: .* is no tag of iob2"):
        to_spans([tag], "iob2")
    with pytest.raises(ValueError, match="is no tag of iob2"):
        legal_transitions(["O", tag], "iob2")


@pytest.mark.parametrize(
    "spans", [[(0, 2, "A"), (1, 3, "B")], [(2, 2, "A")], [(3, 5, "A")], [(-1, 1, "A")]]
)
def test_spans_that_cannot_be_written(spans):
    with pytest.raises(ValueError, match="give entities that stand side by side"):
        from_spans(spans, 4, "bioes")


@pytest.mark.parametrize("scheme", SCHEMES)
def test_of_large_tag_sets_no_pair_is_looked_at_alone(scheme):
    tags = tag_set(map(str, range(100)), scheme)
    calls = 0

    def count(frame, event, argument):
        nonlocal calls
        calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        legal_transitions(tags, scheme)
    finally:
        sys.setprofile(before)
    assert calls < 50 * len(tags) < len(tags) ** 2


def test_long_tags_are_clipped_in_messages():
    long = "I-" + "x" * 300_000
    warning = convert_all([["B-LOC", long]], "iob2").warning
    assert warning is not None and f"{long[:40]}... is illegal" in warning
    assert len(warning) < 300
    for refused in (
        lambda: convert_all([["x" + long]], "iob2"),
        lambda: to_spans(["x" + long], "iob2"),
        lambda: legal_transitions(["x" + long], "iob2"),
        lambda: from_spans([(1, 1, long)], 2, "iob2"),
    ):
        with pytest.raises(ValueError, match=r"xxx\.\.\.") as caught:
            refused()
        assert len(str(caught.value)) < 300
