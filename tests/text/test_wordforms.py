import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from seqkit.text.vocabulary import Vocabulary
from seqkit.text.wordforms import (
    LONGEST,
    PARTS,
    SHAPES,
    FormReader,
    count_characters,
    hashes,
    normal,
    outline,
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
def test_every_word_has_a_shape_and_hashes(word):
    assert 0 <= shape(word) < SHAPES
    assert len(hashes(word)) == len(PARTS) and all(0 <= number < 2**32 for number in hashes(word))


def test_the_normal_form_has_small_letters_and_no_digits_but_0():
    assert normal("Flight-747B") == "flight-000b"


def test_the_outline_has_one_letter_a_run():
    assert outline("McBain-1995") == "AaAa-0" and outline("U.S.") == "A.A."


def test_hashes_depend_on_the_parts_they_are_named_for():
    walrus, king, walking = (dict(zip(PARTS, hashes(w), strict=True)) for w in WORDS)
    same = {name for name in PARTS if walking[name] == walrus[name]}
    assert same == {"outline", "prefix 1", "prefix 2", "prefix 3"}
    same = {name for name in PARTS if walking[name] == king[name]}
    assert same == {"outline", *(f"suffix {n}" for n in (1, 2, 3, 4))}
    capital = dict(zip(PARTS, hashes("Walking"), strict=True))
    assert capital["small"] == walking["small"] and capital["word"] != walking["word"]


WORDS = ("walrus", "king", "walking")


def test_forms_are_spelled_between_borders_and_padded():
    characters = alphabet("ab", "b")
    forms = FormReader(characters).read(["ab", "b", "zb"])
    a, b, end, pad, unknown = (*characters.ids("ab"), characters.eos, characters.pad, 0)
    assert forms.characters.tolist() == [
        [end, a, b, end], [end, b, end, pad], [end, unknown, b, end],
    ]  # fmt: skip
    assert forms.shapes.tolist() == [shape(word) for word in ("ab", "b", "zb")]
    assert forms.hashes.tolist() == [hashes(word) for word in ("ab", "b", "zb")]


def test_chosen_forms_lose_the_padding_that_others_needed():
    forms = FormReader(alphabet("along")).read(["a", "long", "to"])
    chosen = forms.select(np.array([2, 0]))
    assert chosen.characters.shape == (2, 4)
    assert chosen.characters.tolist() == forms.characters[[2, 0], :4].tolist()


def test_an_endless_word_keeps_its_beginning_and_its_end():
    characters = alphabet("abz")
    forms = FormReader(characters).read(["ab" + "z" * 300_000 + "ba"])
    assert forms.characters.shape == (1, LONGEST + 2)
    assert forms.characters[0, 1:3].tolist() == characters.ids("ab")
    assert forms.characters[0, -3:-1].tolist() == characters.ids("ba")
    assert sum(count_characters(["z" * 300_000]).values()) == LONGEST


def test_no_forms_make_an_empty_table():
    forms = FormReader(alphabet("a")).read([])
    assert len(forms.characters) == len(forms.shapes) == len(forms.hashes) == 0


def test_a_reader_says_the_same_of_forms_it_knows_and_new_ones():
    characters = alphabet("along", "to")
    reader = FormReader(characters)
    reader.read(["to", "x" * (LONGEST + 1), "along"])
    for forms in (["long", "to"], ["to"], ["x" * (LONGEST + 1), "", "along"]):
        for found, wanted in zip(
            reader.read(forms), FormReader(characters).read(forms), strict=True
        ):
            assert found.dtype == np.int64 and found.flags["C_CONTIGUOUS"]
            np.testing.assert_array_equal(found, wanted)


def test_a_reader_remembers_so_many_forms_and_no_endless_ones():
    reader = FormReader(alphabet("a"))
    reader.MOST = 2
    reader.read(["a" * (LONGEST + 1), "a", "b", "c"])
    assert list(reader._known) == ["a", "b"]
