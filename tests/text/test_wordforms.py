import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from seqkit.text.vocabulary import Vocabulary
from seqkit.text.wordforms import (
    BUCKETS,
    LONGEST,
    SHAPES,
    affixes,
    count_characters,
    describe_forms,
    normal,
    shape,
)


def alphabet(*forms):
    return Vocabulary.from_counts(count_characters(forms), pad=True)


def test_shapes_tell_words_apart():
    examples = {
        "1995": 0, "20th": 1, "3.5": 2, "--": 3, "river": 4, "NATO": 5, "A": 6, "Anna": 7,
        "McBain": 8, "iPod": 9,
    }  # fmt: skip
    assert {word: shape(word) for word in examples} == examples
    assert set(examples.values()) == set(range(SHAPES))


@given(st.text(min_size=1))
def test_every_word_has_a_shape_and_affixes(word):
    assert 0 <= shape(word) < SHAPES
    assert len(affixes(word)) == 4 and all(0 <= bucket < BUCKETS for bucket in affixes(word))


def test_the_normal_form_has_small_letters_and_no_digits_but_0():
    assert normal("Flight-747B") == "flight-000b"


def test_affixes_depend_on_the_ends_alone():
    prefixes, suffixes = affixes("walrus")[:2], affixes("king")[2:]
    assert affixes("walking") == [*prefixes, *suffixes]
    assert affixes("Walking") != affixes("walking")


def test_forms_are_spelled_between_borders_and_padded():
    characters = alphabet("ab", "b")
    forms = describe_forms(["ab", "b", "zb"], characters)
    a, b, end, pad, unknown = (*characters.ids("ab"), characters.eos, characters.pad, 0)
    assert forms.characters.tolist() == [
        [end, a, b, end], [end, b, end, pad], [end, unknown, b, end],
    ]  # fmt: skip
    assert forms.shapes.tolist() == [shape(word) for word in ("ab", "b", "zb")]
    assert forms.affixes.tolist() == [affixes(word) for word in ("ab", "b", "zb")]


def test_chosen_forms_lose_the_padding_that_others_needed():
    forms = describe_forms(["a", "long", "to"], alphabet("along"))
    chosen = forms.select(np.array([2, 0]))
    assert chosen.characters.shape == (2, 4)
    assert chosen.characters.tolist() == forms.characters[[2, 0], :4].tolist()


def test_an_endless_word_keeps_its_beginning_and_its_end():
    characters = alphabet("abz")
    forms = describe_forms(["ab" + "z" * 300_000 + "ba"], characters)
    assert forms.characters.shape == (1, LONGEST + 2)
    assert forms.characters[0, 1:3].tolist() == characters.ids("ab")
    assert forms.characters[0, -3:-1].tolist() == characters.ids("ba")
    assert sum(count_characters(["z" * 300_000]).values()) == LONGEST


def test_no_forms_make_an_empty_table():
    forms = describe_forms([], alphabet("a"))
    assert len(forms.characters) == len(forms.shapes) == len(forms.affixes) == 0
