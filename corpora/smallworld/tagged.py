"""smallworld with labels: the people, places, organisations and films of its sentences.

The sentences are those of the language model's text. The grammar is built once more, of a world
whose names carry their tags; so every derivation says what each of its words is, and nothing is
guessed from the text. Names are one of PER, LOC (towns, countries, rivers), ORG and MISC (films),
in the scheme iob2; months are none. Some are ambiguous: Marlow is a town and a family, April
a month and a woman, and the Vesna in Vesna Hospital no town.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from seqkit.corpora.corpus import Split
from seqkit.corpora.records import Tagged
from seqkit.corpora.smallworld import SENTENCES, VERSION, SmallWorld
from seqkit.corpora.smallworld.domains import build_domains
from seqkit.corpora.smallworld.expansion import build_rules
from seqkit.corpora.smallworld.grammar import Grammar, Symbols
from seqkit.corpora.smallworld.parts import part_of_speech
from seqkit.corpora.smallworld.world import Country, Organisation, Town, World, build_world
from seqkit.corpora.tagged import to_columns

SIZES: dict[str, int] = {**SENTENCES, "train": 10_000}
HELD_OUT: dict[str, tuple[str, ...]] = {
    "PER": ("Leo Marlow", "Greta Berg", "Ida Harrow", "Max Novak"),
    "LOC": ("Hexley", "Kestrel", "Mirefield", "Galdova", "Arda"),
    "ORG": ("Harrow College", "Polar Airlines"),
    "MISC": ("Silent Bells", "Green River"),
}
"""Names that only the test split has; the Arda is never spoken of without its country."""

_MARK = "|"  # in no word of the language
_SPELLED_OUT = {"Blue": "Blue|B-ORG", "Heron": "Heron|I-ORG"}  # "the Blue Heron" in a template


class TaggedWorld:
    """Sentences of smallworld as tokens with tags, and their parts of speech as a feature.

    In order, they are the sentences of `SmallWorld` with the same split and seed; from train and
    valid those with a name of HELD_OUT are left out. The same version, seed and split give
    the same sentences, and a larger corpus begins with the smaller one.

    Args:
        split: "train", "valid" or "test".
        sentences: how many; by default 10,000 to train and 3,000 else.
        seed: another text of the same language for each.

    Raises:
        ValueError: an unknown split, or no sentences.
    """

    name = "smallworld"
    version = VERSION
    description = "a small invented world, its names and parts of speech known from the grammar"
    synthetic = True
    scheme = "iob2"

    def __init__(self, split: Split = "train", sentences: int | None = None, seed: int = 0) -> None:
        size = SIZES.get(split) if sentences is None else sentences
        self._text = SmallWorld(split, size, seed)

    @property
    def source(self) -> str:
        """Where the text comes from."""
        return f"synthetic: {VERSION}, its {self._text.split} split"

    def __len__(self) -> int:
        """How many sentences there are."""
        return len(self._text)

    def __iter__(self) -> Iterator[Tagged]:
        """Draw the sentences; always the same ones."""
        sample, uniforms = _language().sample, self._text.uniforms()
        unseen: frozenset[str] = frozenset()
        if self._text.split != "test":
            unseen = _held_out()
        wanted, line = len(self), 1
        while wanted:
            words = sample(uniforms)
            if unseen.isdisjoint(words):
                tokens, tags, parts = zip(*(word.split(_MARK) for word in words), strict=True)
                yield Tagged(tokens, tags, (parts,), range(line, line + len(tokens)))
                wanted, line = wanted - 1, line + len(tokens) + 1

    def place(self, record: Tagged, token: int) -> str:
        """Say where a token of a record stands in the file that `blocks` makes."""
        return f"{self.source}, line {record.lines[token]}"

    def warnings(self) -> list[str]:
        """Nothing: the grammar makes no long sentences."""
        return []

    def blocks(self) -> Iterator[bytes]:
        """Yield the sentences as a file of columns: token, part of speech, tag."""
        return (to_columns(record).encode() for record in self)

    def overlap(self, train: "TaggedWorld | None" = None) -> float:
        """Give the share of these sentences that `train` has too, 0 to 1.

        `train` is the training split of the same seed if not given.
        """
        seen = {record.tokens for record in train or TaggedWorld("train", seed=self._text.seed)}
        return sum(record.tokens in seen for record in self) / len(self)


@cache
def _language() -> Grammar:
    """Give the grammar of smallworld with words such as "Lisk|B-LOC|PROPN"; made once."""
    world = _marked(build_world())
    rules = build_rules(world, build_domains(world))
    return Grammar(
        {
            left: {_labelled(left, right, rules): weight for right, weight in rights.items()}
            for left, rights in rules.items()
        }
    )


def _labelled(left: str, right: Symbols, rules: dict[str, dict[Symbols, float]]) -> Symbols:
    """Write the words of a right side with their labels; symbols stay."""
    return tuple(
        symbol if symbol in rules else _label(left, right, place)
        for place, symbol in enumerate(right)
    )


def _label(left: str, right: Symbols, place: int) -> str:
    word = _SPELLED_OUT.get(right[place], right[place])
    if _MARK in word:
        return f"{word}{_MARK}PROPN"
    return _MARK.join([word, "O", part_of_speech(left, right, place)])


def _held_out() -> frozenset[str]:
    """Give the first words, as labelled, of the names that only the test split has."""
    return frozenset(
        f"{_mark(name, kind).split()[0]}{_MARK}PROPN"
        for kind, names in HELD_OUT.items()
        for name in names
    )


def _mark(name: str, kind: str) -> str:
    """Write a name with its tags: "Anna Marlow" as "Anna|B-PER Marlow|I-PER"."""
    first, *others = name.split()
    marked = [f"{first}{_MARK}B-{kind}", *(f"{word}{_MARK}I-{kind}" for word in others)]
    return " ".join(marked)


def _marked(world: World) -> World:
    """Give the same world with all names marked."""
    countries = {
        old.name: Country(*(_mark(name, "LOC") for name in (old.name, old.capital, old.river)))
        for old in world.countries
    }
    towns = {
        old.name: Town(_mark(old.name, "LOC"), countries[str(old.country)]) for old in world.towns
    }
    employers = {
        old.name: Organisation(_mark(old.name, "ORG"), towns[str(old.town)])
        for old in world.organisations
    }
    people = {
        old.name: replace(
            old,
            name=_mark(old.name, "PER"),
            home=towns[str(old.home)],
            employer=employers[str(old.employer)],
        )
        for old in world.people
    }
    films = [
        replace(
            old,
            title=_mark(old.title, "MISC"),
            director=people[str(old.director)],
            star=people[str(old.star)],
        )
        for old in world.films
    ]
    return replace(
        world,
        countries=list(countries.values()),
        towns=list(towns.values()),
        organisations=list(employers.values()),
        people=list(people.values()),
        films=films,
    )
