"""Telling tag schemes apart: what was written in one is known again, mixtures are refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqkit.corpora.tagged import read_tagged
from seqkit.text.scheme_detection import detect_scheme
from seqkit.text.schemes import LETTERS, convert_all, from_spans, to_spans


def split(*sentences):
    return [sentence.split() for sentence in sentences]


CLEAR = {
    "iob1": split("I-PER I-PER O", "O I-LOC B-LOC", "I-PER I-LOC"),
    "iob2": split("B-PER I-PER O", "O B-LOC B-LOC", "B-PER B-LOC"),
    "bioes": split("B-PER E-PER O", "O S-LOC S-LOC", "S-PER S-LOC"),
    "bilou": split("B-PER L-PER O", "O U-LOC U-LOC", "U-PER U-LOC"),
    "plain": split("DET NOUN VERB", "PRON VERB PUNCT", "O"),
}


@pytest.mark.parametrize("scheme", CLEAR)
def test_clear_cases(scheme):
    assert detect_scheme(CLEAR[scheme]).scheme == scheme


@given(
    st.lists(st.lists(st.sampled_from(["O", "I-PER", "B-PER", "I-LOC"]), max_size=8), max_size=6)
)
def test_what_is_written_in_a_scheme_is_read_as_it_was_meant(sentences):
    """Whatever name is given: the spans that come back are those that were written."""
    meant = [to_spans(tags, "iob2") for tags in sentences]
    for scheme in LETTERS:
        written = [from_spans(s, len(t), scheme) for s, t in zip(meant, sentences, strict=True)]
        found = detect_scheme(written).scheme
        assert [to_spans(tags, found) for tags in written] == meant
        assert convert_all(written, found).repaired == 0
        if any(meant):
            assert found == scheme


def test_reasons():
    assert detect_scheme(CLEAR["iob1"]).reason == (
        "4 of 5 entities begin with I, 0 with a B that iob1 does not need"
    )
    assert detect_scheme(CLEAR["bioes"]).reason == "5 of 5 entities end in E or S"
    assert detect_scheme(CLEAR["plain"]).reason == "6 tags such as DET"
    assert detect_scheme([["O", "O"], []]) == ("iob2", "there are no entities")


def test_tags_without_types():
    assert detect_scheme(split("B I O", "B")).scheme == "iob2"
    assert detect_scheme(split("S O B E")).scheme == "bioes"
    assert detect_scheme(split("N V S", "I")).scheme == "plain"  # letters that are classes


def test_a_few_mistakes_do_not_change_the_scheme():
    iob2 = split("B-PER I-PER O", "B-LOC O B-LOC", "O I-PER")
    assert detect_scheme(iob2).scheme == "iob2"
    assert convert_all(iob2, "iob2").repaired == 1
    bioes = split("B-PER E-PER O", "S-LOC O B-LOC O")
    assert detect_scheme(bioes).scheme == "bioes"
    assert convert_all(bioes, "bioes").repaired == 1


def test_iob1_and_iob2_may_mix_and_read_alike():
    mixed = CLEAR["iob2"] + CLEAR["iob1"]
    found = detect_scheme(mixed)
    assert found.scheme in ("iob1", "iob2")
    converted = convert_all(mixed, found.scheme, "iob2")
    assert converted.tags == [tuple(tags) for tags in CLEAR["iob2"]] * 2
    assert converted.repaired > 0


MIXED = {
    "closed beside open": (
        CLEAR["iob2"] + split("O S-PER"),
        "f, line 32: S-PER is of another scheme than f, line 2: I-PER",
    ),
    "bioes beside bilou": (
        CLEAR["bioes"] + split("U-PER"),
        "f, line 31: U-PER is of another scheme than f, line 2: E-PER",
    ),
    "bilou beside bioes": (
        split("S-PER") + CLEAR["bilou"],
        "f, line 12: L-PER is of another scheme than f, line 1: S-PER",
    ),
    "entities beside classes": (
        split("O O", "O NOUN B-PER"),
        "f, line 12: NOUN is of another scheme than f, line 13: B-PER",
    ),
    "types beside none": (
        split("B-PER O", "B I"),
        "f, line 11: B is of another scheme than f, line 1: B-PER",
    ),
}


@pytest.mark.parametrize("case", MIXED)
def test_mixed_schemes_are_refused_with_two_places(case):
    sentences, message = MIXED[case]
    with pytest.raises(ValueError) as caught:
        detect_scheme(sentences, where=lambda s, i: f"f, line {10 * s + i + 1}")
    assert str(caught.value) == (
        f"{message}; bring the tags into one scheme, or choose another column"
    )


def test_places_are_counted_from_one_without_a_file():
    with pytest.raises(ValueError, match=r"^sentence 1, token 2: X is of another scheme than sent"):
        detect_scheme(split("B-PER X"))


def test_conll_2003_is_iob1(benchmark_data):
    corpus = read_tagged(benchmark_data / "conll2003" / "eng.train")
    tags = [record.tags for record in corpus]
    assert detect_scheme(tags).scheme == "iob1"
    assert convert_all(tags, "iob1").repaired == 2  # a B behind a token outside
    assert sum(len(to_spans(sentence, "iob1")) for sentence in tags) == 23_499


def test_long_tags_are_clipped():
    long = "x" * 300_000
    assert detect_scheme([[long]]).reason == f"1 tags such as {'x' * 40}..."
    with pytest.raises(
        ValueError, match=r"token 1: x{40}\.\.\. is of another .* B-x{38}\.\.\.; bring"
    ):
        detect_scheme([[long, f"B-{long}"]])
