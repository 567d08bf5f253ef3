"""The small world itself: countries, towns, organisations, people, animals, films and their facts.

Every name is made up or a common English word. Facts are attributes, and the grammar writes
sentences from the attributes, so that what a model may learn here is known: who plays the cello,
which town is the capital of which country, which of two animals is the larger.

Some names are ambiguous on purpose: Marlow, Calder, Ashby, Farrow and Harrow are towns and
families; April, June and August are months and people.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any


@dataclass(frozen=True, slots=True)
class Country:
    """A country, with the name of its capital and of its river."""

    name: str
    capital: str
    river: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Town:
    """A town in a country."""

    name: str
    country: Country

    @property
    def rank(self) -> str:
        """What the town is to its country: its capital, or a town in it."""
        capital = self.name == self.country.capital
        return f"the capital of {self.country}" if capital else f"a town in {self.country}"

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Organisation:
    """An employer, in a town."""

    name: str
    town: Town

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Person:
    """A person; he, his and him are the pronouns."""

    name: str
    he: str
    profession: str
    home: Town
    employer: Organisation
    instrument: str
    month: str

    @property
    def his(self) -> str:
        """The possessive pronoun."""
        return "his" if self.he == "he" else "her"

    @property
    def him(self) -> str:
        """The pronoun as an object."""
        return "him" if self.he == "he" else "her"

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Animal:
    """A kind of animal: the sound it makes (a verb), where it lives, what it eats."""

    name: str
    sound: str
    habitat: str
    food: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Pair:
    """Two animals of which the first is the larger."""

    larger: Animal
    smaller: Animal


@dataclass(frozen=True, slots=True)
class Film:
    """A film, its year, its mood, and the people who made it."""

    title: str
    year: str
    mood: str
    director: Person
    star: Person

    def __str__(self) -> str:
        return self.title


@dataclass(frozen=True, slots=True)
class World:
    """All there is, each list with the most talked about first; `pairs` follow from `sizes`."""

    countries: Sequence[Country]
    towns: Sequence[Town]
    organisations: Sequence[Organisation]
    people: Sequence[Person]
    animals: Sequence[Animal]
    films: Sequence[Film]

    @property
    def pairs(self) -> list[Pair]:
        """Every two animals, the larger first."""
        smallest_first = SIZES.split()
        return [
            Pair(*sorted(two, key=lambda animal: -smallest_first.index(animal.name)))
            for two in combinations(self.animals, 2)
        ]


# country: capital, river: other towns
_COUNTRIES = """
Arvenia: Lisk, Tarn: Marlow, Greyford
Belmora: Orvo, Mulde: Calder, Elling
Corvand: Tamber, Ister: Ashby, Hexley
Drusia: Vesna, Oka: Norwick, Lorne
Esmar: Quillon, Sable: Farrow, Dunmore
Fennia: Pellar, Wick: Ilmar, Kestrel
Galdova: Zorin, Arda: Harrow, Mirefield
"""

# organisation: town
_ORGANISATIONS = """
Lisk Opera: Lisk
Lantern Books: Orvo
Blue Heron: Tamber
Northern Railway: Vesna
Vesna Hospital: Vesna
Silver Film: Quillon
Harrow College: Harrow
Sunrise Farm: Greyford
Castle Pellar: Pellar
Polar Airlines: Zorin
"""

# name: pronoun, profession, home, employer, instrument, month of birth
_PEOPLE = """
Anna Marlow: she, singer, Lisk, Lisk Opera, cello, May
Hugo Stone: he, cook, Tamber, Blue Heron, drum, August
Clara Finch: she, writer, Orvo, Lantern Books, piano, June
Otto Berg: he, driver, Norwick, Northern Railway, trumpet, March
June Calder: she, doctor, Vesna, Vesna Hospital, violin, April
Felix Harrow: he, painter, Quillon, Silver Film, guitar, October
Rosa Lind: she, teacher, Harrow, Harrow College, flute, January
Emil Baker: he, farmer, Greyford, Sunrise Farm, harp, May
August Winter: he, knight, Pellar, Castle Pellar, trumpet, July
Vera Ashby: she, pilot, Zorin, Polar Airlines, drum, December
April Wood: she, gardener, Ilmar, Castle Pellar, harp, March
Ivan Keller: he, waiter, Ashby, Blue Heron, violin, November
Nora Hill: she, singer, Farrow, Silver Film, guitar, September
Paul Farrow: he, doctor, Lorne, Vesna Hospital, piano, February
Edith Novak: she, writer, Calder, Lantern Books, flute, August
Leo Marlow: he, painter, Marlow, Lisk Opera, cello, June
Mira Stone: she, driver, Vesna, Northern Railway, harp, July
Victor Lind: he, teacher, Mirefield, Harrow College, violin, October
Greta Berg: she, farmer, Hexley, Sunrise Farm, drum, April
Simon Finch: he, pilot, Kestrel, Polar Airlines, guitar, January
Ida Harrow: she, cook, Dunmore, Blue Heron, trumpet, May
Boris Wood: he, gardener, Elling, Castle Pellar, cello, December
Flora Winter: she, knight, Pellar, Castle Pellar, piano, September
Max Novak: he, singer, Lisk, Lisk Opera, flute, March
"""

# animal: sound, habitat, food; the most talked about first
_ANIMALS = """
dog: bark, in the garden, meat
cat: purr, on the roof, fish
horse: neigh, in the meadow, hay
bear: growl, in the forest, honey
hare: squeak, in the meadow, grass
owl: hoot, in the bare tree, meat
fox: yelp, in the forest, meat
goat: bleat, on the hill, grass
wolf: howl, in the forest, meat
mouse: squeak, under the kitchen, cheese
hen: cluck, in the garden, corn
duck: quack, on the lake, bread
frog: croak, by the lake, bread
seal: bark, by the sea, fish
whale: sing, in the sea, fish
elephant: trumpet, at the circus, hay
"""

# smallest first
SIZES = "frog mouse duck owl hen cat hare fox dog goat wolf seal bear horse elephant whale"

# film: year, mood, director, star
_FILMS = """
Night Ferry: 1961, sad, Felix Harrow, Anna Marlow
Winter Bread: 1974, funny, Clara Finch, Hugo Stone
Red Umbrella: 1988, strange, Edith Novak, Nora Hill
Last Balloon: 1953, exciting, Leo Marlow, Vera Ashby
Seven Doors: 1995, frightening, Felix Harrow, Otto Berg
Paper Moon: 1969, sad, Clara Finch, Max Novak
Silent Bells: 1982, boring, Edith Novak, August Winter
Green River: 1947, funny, Leo Marlow, Rosa Lind
"""


def _rows(table: str) -> list[list[str]]:
    """Split a table above into rows of cells; both ":" and "," end a cell."""
    return [line.replace(":", ",").split(", ") for line in table.strip().splitlines()]


def _towns(countries: Sequence[Country]) -> list[Town]:
    """All capitals first (they are the most talked about), then the other towns."""
    rows = list(zip(countries, _rows(_COUNTRIES), strict=True))
    capitals = [Town(country.capital, country) for country in countries]
    return capitals + [Town(name, country) for country, row in rows for name in row[3:]]


def _named(things: Sequence[Any]) -> dict[str, Any]:
    """Things by their printed names."""
    return {str(thing): thing for thing in things}


def build_world() -> World:
    """Read the tables above into a World."""
    countries = [Country(*row[:3]) for row in _rows(_COUNTRIES)]
    towns = _named(_towns(countries))
    employers = _named([Organisation(name, towns[town]) for name, town in _rows(_ORGANISATIONS)])
    people = _named(
        [
            Person(name, he, work, towns[home], employers[employer], instrument, month)
            for name, he, work, home, employer, instrument, month in _rows(_PEOPLE)
        ]
    )
    return World(
        countries=countries,
        towns=list(towns.values()),
        organisations=list(employers.values()),
        people=list(people.values()),
        animals=[Animal(*row) for row in _rows(_ANIMALS)],
        films=[
            Film(title, year, mood, people[director], people[star])
            for title, year, mood, director, star in _rows(_FILMS)
        ],
    )
