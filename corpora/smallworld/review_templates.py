"""The reviews of smallworld as data, in the form of templates.py: negation, contrast, intensity.

`{stars}` is what the review gives, 1 to 5, and `{art}` what it is about, a film or a meal. What a
clause says of a part (the cast, the soup) lies mostly at the level of the stars and sometimes one
beside it; so no reader can always be right. In a contrast the clause behind "but", or the one
without "although", says what counts, and the other says the opposite in the same words.
"""

from dataclasses import dataclass

from seqkit.corpora.smallworld.templates import Table


@dataclass(frozen=True, slots=True)
class Stars:
    """The stars a review gives, and the level of what it says against that in a contrast."""

    given: str
    opposite: str

    def __str__(self) -> str:
        return self.given


STARS = [Stars("1", "4"), Stars("2", "4"), Stars("3", "4"), Stars("4", "2"), Stars("5", "2")]

# fmt: off
REVIEWS: Table = {
    "<sentence>": {"{stars} <review {stars}>": 1},
    "<review {stars}>": {"<about {art} {stars}>": 1},
    "<about {art} {stars}>": {
        "<body {art} {stars}> .": 3,
        "<setting {art}> . <body {art} {stars}> .": 3,
        "<body {art} {stars}> . <farewell {stars}> .": 2,
        "<setting {art}> . <body {art} {stars}> . <farewell {stars}> .": 1,
    },
    "<body {art} {stars}>": {
        "<part {art}> was <level {art} {stars}>": 4,
        "<part {art}> was <level {art} {stars}> , and <part {art}> was <level {art} {stars}>": 3,
        "<part {art}> was <says {art} {stars.opposite}> , "
        "but <part {art}> was <says {art} {stars}>": 5,
        "although <part {art}> was <says {art} {stars.opposite}> , "
        "<part {art}> was <says {art} {stars}>": 2,
        "<part {art}> was <says {art} {stars}> , "
        "although <part {art}> was <says {art} {stars.opposite}>": 2,
    },
    "<body {art} 2>": {"nobody could call <part {art}> <good {art}>": 3},
    "<body {art} 4>": {"nobody could call <part {art}> <bad {art}>": 3},
}

LEVELS: Table = {
    "<level {art} 1>": {"<says {art} 1>": 8, "<says {art} 2>": 2},
    "<level {art} 2>": {"<says {art} 2>": 8, "<says {art} 1>": 1, "<says {art} 3>": 1},
    "<level {art} 3>": {"<says {art} 3>": 8, "<says {art} 2>": 1, "<says {art} 4>": 1},
    "<level {art} 4>": {"<says {art} 4>": 8, "<says {art} 3>": 1, "<says {art} 5>": 1},
    "<level {art} 5>": {"<says {art} 5>": 8, "<says {art} 4>": 2},
    "<says {art} 1>": {
        "<very> <bad {art}>": 4, "<worst>": 2, "anything but <good {art}>": 1,
        "not in the least <good {art}>": 1,
    },
    "<says {art} 2>": {
        "<bad {art}>": 4, "not <good {art}>": 2, "not at all <good {art}>": 1,
        "hardly <good {art}>": 1, "not very <good {art}>": 1, "far from perfect": 1,
    },
    "<says {art} 3>": {
        "neither <good {art}> nor <bad {art}>": 2, "a little <bad {art}>": 2, "not bad": 1,
        "<good {art}> enough": 1, "ordinary": 2, "as expected": 1,
    },
    "<says {art} 4>": {
        "<good {art}>": 4, "not <bad {art}>": 2, "not at all <bad {art}>": 1,
        "never <bad {art}>": 1, "not very <bad {art}>": 1, "far from awful": 1,
    },
    "<says {art} 5>": {
        "<very> <good {art}>": 4, "<best>": 2, "anything but <bad {art}>": 1,
        "not in the least <bad {art}>": 1,
    },
    "<very>": {"very": 4, "really": 2, "truly": 1, "wonderfully": 0.3, "terribly": 0.3},
    "<best>": {"perfect": 3, "wonderful": 2, "a delight": 1},
    "<worst>": {"awful": 3, "terrible": 2, "a disaster": 1},
    "<good film>": {"funny": 4, "exciting": 3, "clever": 2, "moving": 2, "fine": 2, "charming": 1},
    "<bad film>": {"dull": 4, "boring": 3, "silly": 2, "slow": 2, "weak": 2, "loud": 1},
    "<good meal>": {"good": 4, "fresh": 3, "delicious": 2, "warm": 2, "fine": 2, "generous": 1},
    "<bad meal>": {"cold": 4, "stale": 3, "salty": 2, "sour": 2, "greasy": 2, "dear": 1},
}

SUBJECTS: Table = {
    "<part film>": {
        "the cast": 4, "the plot": 4, "the music": 3, "the ending": 3, "the first hour": 1,
        "the picture": 1, "{person}": 2,
    },
    "<part meal>": {
        "the <noun dish singular>": 5, "the <noun drink singular>": 3, "the bread": 2,
        "the <noun pastry singular>": 2, "everything on the table": 1,
    },
    "<setting film>": {
        "we saw {film} in {town}": 3, "{person} and I went to see {film}": 2,
        "{film} is a film by {film.director} with {film.star}": 2,
    },
    "<setting meal>": {
        "we ate at <house>": 3, "{person} took us to <house>": 2,
        "last <period> I tried <house>": 1,
    },
    "<farewell {stars}>": {"I paid the full price": 1, "it was raining in {town}": 1},
    "<farewell 1>": {"never again": 2, "do not waste your money": 1, "stay at home": 1},
    "<farewell 2>": {"once was enough": 1, "I would not go again": 2},
    "<farewell 3>": {"once was enough": 2, "it passed the time": 2},
    "<farewell 4>": {"I would go again": 2, "I do not regret the money": 1},
    "<farewell 5>": {"do not miss it": 2, "tell your friends": 1, "I would go again": 1},
}
# fmt: on

TABLES = (REVIEWS, LEVELS, SUBJECTS)
