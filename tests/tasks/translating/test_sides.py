"""The two languages: counted from the training text, kept and read again, there and back."""

import json
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqkit.tasks.runs import Run
from seqkit.tasks.translating.sides import learn_sides, load_sides
from tests.tasks import translated

SOURCES = ["the old cat sees the dog", "the dog sees the cat", "a bird"]
TARGETS = ["la kato maljuna vidas la hundo", "la hundo vidas la kato", "birdo"]

LEVELS = {
    "words": {},
    "words at spaces": {"tokenizer": "whitespace"},
    "characters": {"level": "char"},
    "subwords": {"level": "subword", "vocab_size": 270},
    "characters to words": {"source_level": "char"},
    "subwords to characters": {"source_level": "subword", "target_level": "char"},
}
SHARED = ("words", "characters", "subwords")
every_level = pytest.mark.parametrize(
    "changes",
    [*LEVELS.values(), *({**LEVELS[name], "share_vocab": True} for name in SHARED)],
    ids=[*LEVELS, *(f"{name}, shared" for name in SHARED)],
)


def learn(sources=SOURCES, targets=TARGETS, **changes):
    return learn_sides(translated.settings(**changes), sources, targets)


def counts_of(side):
    """How often each type came, `<unk>` and `<eos>` too; what never came is left out."""
    pairs = zip(side.vocabulary.types, side.vocabulary.counts, strict=True)
    return {word: count for word, count in pairs if count}


def test_each_side_counts_its_own_words_and_a_line_end_for_each_line():
    sides = learn()
    for side, lines in ((sides.source, SOURCES), (sides.target, TARGETS)):
        wanted = Counter(word for line in lines for word in line.split())
        assert counts_of(side) == {**wanted, "<eos>": 3}


def test_rare_words_are_unknown_unless_told_otherwise():
    sides = learn(min_count=None)
    wanted = {"the": 4, "cat": 2, "dog": 2, "sees": 2}
    assert counts_of(sides.source) == {"<unk>": 3, "<eos>": 3, **wanted}
    assert sides.source.unknown_share(["the bird sees a fish", ""]) == 3 / 5
    assert sides.source.unknown_share([]) == 0
    assert "w" in learn(["wow", "a"], level="char", min_count=None).source.vocabulary
    assert len(learn(vocab_size=5).target.vocabulary) == 5


def test_one_vocabulary_counts_both_sides():
    sides = learn(share_vocab=True)
    assert sides.source is sides.target
    wanted = Counter(word for line in SOURCES + TARGETS for word in line.split())
    assert counts_of(sides.source) == {**wanted, "<eos>": 6}


def test_each_side_has_its_level():
    sides = learn(source_level="char", target_level="subword")
    assert sides.source.tokenizer.name == "char"
    assert sides.target.tokenizer.name == "subword"
    assert counts_of(sides.source)["t"] == sum(line.count("t") for line in SOURCES)


@every_level
def test_kept_sides_come_back_as_they_were(changes, tmp_path):
    sides, run = learn(**changes), Run(tmp_path)
    sides.save(run)
    again = load_sides(run, translated.settings(**changes))
    assert (again.source is again.target) == (sides.source is sides.target)
    for side, other in ((sides.source, again.source), (sides.target, again.target)):
        assert other.vocabulary == side.vocabulary
        assert other.tokenizer.name == side.tokenizer.name
        for text in [*SOURCES, *TARGETS, "Ärger, 3 fish!"]:
            assert other.ids(text) == side.ids(text)
            assert other.text(other.ids(text)[:-1]) == side.text(side.ids(text)[:-1])
    files = {path.name for path in tmp_path.iterdir()}
    names = ("target",) if sides.source is sides.target else ("source", "target")
    subword = {
        f"{name}.tokenizer.json"
        for name in names
        if getattr(sides, name).tokenizer.name == "subword"
    }
    assert files == subword | {f"{name}.vocabulary.json" for name in names}


@pytest.mark.parametrize("name", ["source", "target"])
@pytest.mark.parametrize("part", ["vocabulary", "tokenizer"])
@pytest.mark.parametrize("damage", ["", "[1", "[1]", '{"format": "seqkit subwords"}', None])
def test_a_damaged_file_is_named(tmp_path, name, part, damage):
    settings, run = translated.settings(level="subword", vocab_size=270), Run(tmp_path)
    learn_sides(settings, SOURCES, TARGETS).save(run)
    path = tmp_path / f"{name}.{part}.json"
    path.unlink() if damage is None else path.write_text(damage)
    with pytest.raises(ValueError, match=rf"{name}\.{part}\.json: .*\w") as caught:
        load_sides(run, settings)
    assert "\n" not in str(caught.value)


def test_a_tokenizer_of_another_form_is_named(tmp_path):
    settings, run = translated.settings(level="subword", vocab_size=270), Run(tmp_path)
    learn_sides(settings, SOURCES, TARGETS).save(run)
    path = tmp_path / "source.tokenizer.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "types": "abc"}))
    with pytest.raises(ValueError, match=r"source\.tokenizer\.json: damaged .*'types'"):
        load_sides(run, settings)


def test_too_few_subwords_are_refused():
    with pytest.raises(ValueError, match="subword vocabulary of 20: it takes 258 or more"):
        learn(level="subword", vocab_size=20)


@given(st.text(min_size=1))
def test_any_text_goes_through_characters_and_back(text):
    side = learn([text], ["x"], level="char").source
    ids = side.ids(text)
    assert ids[-1] == side.vocabulary.eos and side.vocabulary.unk not in ids
    assert len(ids) == len(text) + 1 and side.text(ids[:-1]) == text


SUBWORDS = learn([*SOURCES, "<eos> <unk> <eos> <unk>"], level="subword", vocab_size=300).source


@given(st.text() | st.sampled_from(["<eos>", "a <unk> <eos>", "<pad>", " ", "\n", "Ġ"]))
def test_any_text_goes_through_subwords_and_back(text):
    ids = SUBWORDS.ids(text)
    assert ids[-1] == SUBWORDS.vocabulary.eos
    assert not {SUBWORDS.vocabulary.unk, SUBWORDS.vocabulary.eos} & {*ids[:-1]}
    assert SUBWORDS.text(ids[:-1]) == text
