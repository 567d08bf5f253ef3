"""Scores of random taggings, most of them illegal, beside seqeval's and conlleval's counting."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from seqkit.metrics.entities import count_entities
from seqkit.text.schemes import convert, to_spans

LETTERS = {"iob2": "BI", "bioes": "BIES", "bilou": "BILU"}
TYPES = ("PER", "LOC")


def taggings(scheme):
    """Sentences as lists of (gold tag, predicted tag); the predicted one is often the gold one."""
    tags = ["O"] + [f"{letter}-{kind}" for letter in LETTERS[scheme] for kind in TYPES]
    pair = st.sampled_from([(a, b) for a in tags for b in [*tags, *[a] * len(tags)]])
    return st.tuples(st.just(scheme), st.lists(st.lists(pair, max_size=9), min_size=1, max_size=5))


ANY = st.sampled_from(sorted(LETTERS)).flatmap(taggings)


def sides(sentences):
    return [[[pair[k] for pair in s] for s in sentences] for k in (0, 1)]


def scores(gold, predicted, scheme):
    """Overall and by type, as seqkit has them."""
    counts = count_entities(*([to_spans(s, scheme) for s in part] for part in (gold, predicted)))
    return {"micro avg": counts.overall, **counts.by_type()}


def chunks(tags):
    """Find entities as conlleval does: by looking at two neighbouring tags at a time."""
    tags = [tag.translate(str.maketrans("LU", "ES"))[0] + tag[1:] for tag in tags]
    pairs = list(zip(["O", *tags], [*tags, "O"], strict=True))
    begins, ends = [], []
    for place, (before, after) in enumerate(pairs):
        border = before[0] in "OES" or after[0] in "OBS" or before[2:] != after[2:]
        if after != "O" and border:
            begins.append((place, after[2:]))
        if before != "O" and border:
            ends.append(place)
    return [(start, stop, kind) for (start, kind), stop in zip(begins, ends, strict=True)]


@given(ANY)
def test_counts_are_those_of_conlleval(drawn):
    scheme, sentences = drawn
    gold, predicted = sides(sentences)
    for kind, score in scores(gold, predicted, scheme).items():
        true, found = (
            {(n, *c) for n, s in enumerate(part) for c in chunks(s) if kind in (c[2], "micro avg")}
            for part in (gold, predicted)
        )
        assert (score.correct, score.predicted, score.gold) == (
            len(true & found),
            len(found),
            len(true),
        )


@pytest.fixture(scope="module")
def seqeval():
    why = "seqeval is not installed"
    pytest.importorskip("seqeval", reason=why)
    return pytest.importorskip("seqeval.metrics"), pytest.importorskip("seqeval.scheme")


def check(report, ours):
    """Hold precision, recall and F1 of every type against a report of seqeval's."""
    found = {name: row for name, row in report.items() if name in ("micro avg", *TYPES)}
    assert set(found) == set(ours)
    for name, row in found.items():
        score = ours[name]
        shares = score.precision, score.recall, score.f1
        assert (row["precision"], row["recall"], row["f1-score"]) == pytest.approx(shares)
        assert row["support"] == score.gold


@settings(max_examples=50)
@given(drawn=st.sampled_from(["iob2", "bioes"]).flatmap(taggings))
def test_seqeval_reads_illegal_tags_alike(seqeval, drawn):
    """Its mode of conlleval; it knows no L and U there."""
    scheme, sentences = drawn
    gold, predicted = sides(sentences)
    assume(any(tag != "O" for side in (gold, predicted) for tags in side for tag in tags))
    report = seqeval[0].classification_report(gold, predicted, output_dict=True, zero_division=0)
    check(report, scores(gold, predicted, scheme))


@settings(max_examples=50)
@given(drawn=ANY)
def test_strict_seqeval_counts_repaired_tags_alike(seqeval, drawn):
    """Strictly an illegal entity is none, so what is compared are the tags once repaired."""
    scheme, sentences = drawn
    gold, predicted = (
        [list(convert(tags, scheme, scheme)) for tags in side] for side in sides(sentences)
    )
    assume(any(tag != "O" for side in (gold, predicted) for tags in side for tag in tags))
    name = {"iob2": "IOB2", "bioes": "IOBES", "bilou": "BILOU"}[scheme]
    report = seqeval[0].classification_report(
        *(gold, predicted),
        output_dict=True,
        zero_division=0,
        mode="strict",
        scheme=getattr(seqeval[1], name),
    )
    check(report, scores(gold, predicted, scheme))


@settings(max_examples=50)
@given(drawn=ANY)
def test_strict_seqeval_agrees_across_schemes(seqeval, drawn):
    """A model may write its tags in any scheme: F1 is the same as strictly in IOB2."""
    scheme, sentences = drawn
    gold, predicted = sides(sentences)
    in_iob2 = [[list(convert(s, scheme, "iob2")) for s in side] for side in (gold, predicted)]
    assume(any(tag != "O" for side in in_iob2 for tags in side for tag in tags))
    f1 = seqeval[0].f1_score(*in_iob2, mode="strict", scheme=seqeval[1].IOB2, zero_division=0)
    assert scores(gold, predicted, scheme)["micro avg"].f1 == pytest.approx(f1)
