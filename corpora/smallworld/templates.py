"""The sentences of smallworld as data: left side -> right side -> weight.

`<...>` is a symbol with rules of its own; everything else is a word. A `{variable}` ranges over a
domain (expansion.py). One that stands on the left too must agree; one that stands only on the
right is a free choice, weighted by how much it is talked about. `{person.home}` is an attribute
of what was chosen. Lexical symbols such as `<noun fruit plural>` come from the lexicon.

Every string must keep exactly one derivation. What helps: a time word stands at the beginning of
the main clause or at the end of a relative one, a clause that can be followed by a place does not
end in one of the same kind, and nothing inside a clause looks like what joins two clauses.
"""

Table = dict[str, dict[str, float]]

# fmt: off
SENTENCES: Table = {
    "<sentence>": {
        "<time {tense}> <event {tense}> .": 44, "<reason> .": 10, "<agreement> .": 16,
        "<fact> .": 11, "<comparison> .": 6, "<cinema> .": 5, "<meal> .": 8, "<palace> .": 8,
        "<question>": 2, "<sum> .": 1,
    },
}

# Yesterday the old baker sold three buns: the time word chooses the tense.
EVENTS: Table = {
    "<time past>": {
        "yesterday": 6, "last <period>": 4, "on <date>": 3, "in {film.year}": 2, "long ago": 2,
    },
    "<time present>": {
        "every <period>": 4, "every morning": 2, "today": 4, "now": 2, "these days": 1,
    },
    "<period>": {"night": 3, "week": 2, "winter": 1, "year": 1},
    "<date>": {"{day} {month}": 1},
    "<event {tense}>": {
        "<clause {tense}>": 5,
        "<clause {tense}> <place>": 4,
        "<clause {tense}> for <noble>": 2,
        "<clause {tense}> , and <clause {tense}>": 2,
        "<clause {tense}> while <clause {tense}>": 2,
        "{person} <verb practise singular {tense}> the {person.instrument} <place>": 1,
        "the sun <verb rise singular {tense}> and the wind <verb blow singular {tense}> "
        "over {town}": 1,
    },
    "<clause {tense}>": {
        "the <worker {worker} {number}> <works {worker} {number} {tense}>": 8,
        "the <form {worker} {number}> <adverb> <works {worker} {number} {tense}>": 5,
        "<beast {animal} {number}> <behaves {animal} {number} {tense}>": 6,
        "{person} <works {person.profession} singular {tense}>": 4,
        "{person} <adverb> <works {person.profession} singular {tense}>": 2,
    },
    "<adverb>": {
        "slowly": 4, "gladly": 3, "quietly": 3, "often": 3, "secretly": 2, "proudly": 2,
        "carefully": 2, "finally": 2, "never": 2, "calmly": 1, "happily": 2, "always": 2,
        "hastily": 1, "reluctantly": 1, "usually": 2, "nearly": 1,
    },
    "<worker {worker} {number}>": {
        "<form {worker} {number}>": 2,
        "<adjective worker> <form {worker} {number}>": 5,
        "<form {worker} {number}> from {town}": 1,
        "<form {worker} {number}> of <noble>": 1,
    },
    "<beast {animal} {number}>": {
        "the <form {animal} {number}>": 2,
        "the <adjective animal> <form {animal} {number}>": 4,
        "the <form {animal} {number}> of <noble>": 1,
    },
    "<behaves {animal} {number} {tense}>": {
        "<verb {animal.sound} {number} {tense}> <manner>": 3,
        "<verb sleep {number} {tense}> {animal.habitat}": 3,
        "<verb eat {number} {tense}> the {animal.food} that <maker> <hid>": 1,
        "<verb eat {number} {tense}> {animal.food}": 2,
        "<verb chase {number} {tense}> <object animal>": 1,
    },
    "<manner>": {
        "loudly": 3, "at the moon": 2, "four times": 1, "all day": 2, "again": 2,
        "at the <noun worker {number}>": 2, "at {person}": 2,
    },
    "<maker>": {"the <thing worker {number}>": 3, "{person}": 2, "<noble>": 1},
    "<hid>": {"hid": 2, "bought": 2, "found": 2, "forgot": 1, "ordered": 1, "dropped": 1},
    "<place>": {
        "in {town}": 4, "near the bridge": 2, "on the road to {town}": 2, "by the sea": 2,
        "at the market": 2, "under the bare tree": 1, "in the garden": 1,
        "behind the <building>": 3, "near the <building> of {town}": 3,
    },
}

PLACES: Table = {
    "<building>": {
        "church": 4, "castle": 4, "station": 3, "school": 3, "tower": 2, "library": 2, "mill": 2,
        "hospital": 1, "lighthouse": 1,
    },
}

# Objects: what a verb selects by kind.
OBJECTS: Table = {
    "<object {kind}>": {
        "the <thing {kind} {number}>": 7,
        "<a thing {kind}>": 7,
        "<count> <thing {kind} plural>": 3,
        "the <thing {kind} {number}> of <noble>": 1,
        "the <thing {kind} {number}> that <maker> <hid>": 1,
    },
    "<thing {kind} {number}>": {
        "<noun {kind} {number}>": 2,
        "<adjective {kind}> <noun {kind} {number}>": 3,
    },
    "<a thing {kind}>": {
        "<a noun {kind}>": 2,
        "<a adjective {kind}> <noun {kind} singular>": 3,
    },
    "<object garment>": {
        "a pair of <thing garment plural>": 1,
    },
}

# Anna Marlow sang because she was happy: the pronoun remembers the name.
REASONS: Table = {
    "<reason>": {
        "{person} <verb {reason} singular past> because {person.he} was {reason.state}": 5,
        "the {noble} <verb {reason} singular past> because {noble.he} was {reason.state}": 2,
        "{person} lost {person.his} <thing treasure singular> <place> , so {person.he} asked "
        "the <thing worker singular> for help": 3,
        "{person} bought <object garment> because {person.his} feet were cold": 2,
        "{person} met <noble> , who gave {person.him} <object treasure>": 2,
        "{person} went to {town} for a week to see the sea": 1,
        "{person} won one of the <noun prize plural> <place>": 1,
    },
}

# The dogs, who ate the soup that the cook made, were tired: number is carried over a distance.
AGREEMENT: Table = {
    "<agreement>": {
        "the <being {number}> , who <deed> , <verb be {number} past> <state>": 4,
        "the <thing {holding} {number}> of <noble> <verb be {number} {tense}> "
        "<adjective {holding}>": 4,
        "the <thing {holding} {number}> <beside> the <neighbour> "
        "<verb be {number} {tense}> <adjective {holding}>": 5,
        "the <being {number}> that the <thing worker {other}> met <place> "
        "<verb be {number} {tense}> <state>": 3,
    },
    "<being {number}>": {"<thing animal {number}>": 1, "<thing worker {number}>": 1},
    "<deed>": {
        "ate <object dish>": 2,
        "ate the <noun dish {number}> that the cook of <noble> made <when>": 2,
        "stole <object treasure>": 2,
        "stole the <noun treasure {number}> that <noble> lost <when>": 2,
        "saw <object animal> <place>": 2,
        "slept all night": 1,
    },
    "<when>": {"yesterday": 3, "last <period>": 2, "in {month}": 1},
    "<state>": {
        "tired": 4, "hungry": 3, "happy": 2, "afraid": 2, "sad": 1, "too weak": 1, "bored": 1,
        "late": 1, "proud": 2, "angry": 2, "thirsty": 1, "happier than ever": 1,
    },
    "<neighbour>": {"<thing {holding} {number}>": 2, "<thing worker {number}>": 1},
    "<beside>": {"near": 3, "behind": 2, "under": 1, "beside": 2},
}

# What can be known about people and places.
FACTS: Table = {
    "<fact>": {
        "{person} is <a {person.profession}> from {person.home}": 4,
        "{person} , <a {person.profession}> from {person.home} , plays the {person.instrument}": 4,
        "{person} works for {person.employer} in {person.employer.town}": 4,
        "the birthday of {person} is in {person.month}": 2,
        "{person} is <a {person.profession}> , but {person.he} dreams of <dream>": 3,
        "{town} is {town.rank}": 4,
        "the train from {village} to {village.country.capital} leaves <often>": 3,
        "the {country.river} is the longest river in {country}": 2,
        "{country.capital} , the capital of {country} , lies on the {country.river}": 3,
        "the sale at {employer} in {employer.town} begins on <date>": 2,
    },
    "<often>": {"every <period>": 3, "twice a day": 2, "on <date>": 1},
    "<dream>": {
        "the sea": 3, "<object treasure>": 2, "a field of yellow flowers": 2, "a long sleep": 2,
    },
}

# The bear is larger than the hare: an order of sizes that never contradicts itself.
COMPARISONS: Table = {
    "<comparison>": {
        "the {pair.larger} is larger than the {pair.smaller}": 4,
        "the {pair.smaller} is smaller than the {pair.larger}": 3,
        "the {pair.larger} is heavier than the {pair.smaller} , but its tail is <shorter>": 2,
        "the <noun {holding} singular> of <noble> is {quality.more} than the "
        "<noun {holding} singular> of {person}": 3,
        "{person} has the {quality.most} <noun {holding} singular> in {country}": 3,
        "the <noun {holding} singular> of {person} is {quality.plain} , but that of <noble> is "
        "{quality.more}": 2,
    },
    "<shorter>": {"shorter": 3, "thinner": 1, "softer": 1},
}

CINEMA: Table = {
    "<cinema>": {
        "{film} is <a {film.mood}> film by {film.director}": 4,
        "{film.director} made {film} in {film.year}": 3,
        "{film.star} plays the <noun worker singular> in {film}": 3,
        "the tale of {film} is {film.mood} , and its music is <adjective music>": 2,
        "{person} saw {film} with {person.his} <kin {gender}> and said that it was {film.mood}": 3,
    },
}

# The pear salad was fresh, but the tea was cold: "but" turns praise into blame.
MEALS: Table = {
    "<meal>": {
        "the <noun dish singular> at <house> was <taste {verdict}> , "
        "and the <noun drink singular> was <taste {verdict}>": 4,
        "the <noun dish singular> at <house> was <taste good> , "
        "but the waiter was <service bad>": 3,
        "the <noun dish singular> at <house> was <taste bad> , "
        "but the waiter was <service good>": 3,
        "{person} ate <a noun dish> with fresh meat at <house> and drank <count> cups of "
        "<noun drink singular>": 3,
        "mix the flour with <count> eggs and one <noun fruit singular> , "
        "and bake the <noun pastry singular> for an hour": 2,
    },
    "<house>": {"the Blue Heron": 5, "the market in {town}": 2, "the bridge": 1},
    "<taste good>": {"delicious": 3, "fresh": 2, "very good": 2, "perfect": 1},
    "<taste bad>": {"cold": 3, "stale": 2, "too salty": 2, "awful": 1},
    "<service good>": {"friendly": 3, "charming": 1, "quick": 1},
    "<service bad>": {"rude": 3, "very slow": 2, "asleep": 1},
    "<noun drink singular>": {"tea": 4, "coffee": 3, "milk": 2, "wine": 2, "cider": 1},
}

# Kings and queens; "the sister of the brother of the king" may go on for ever.
PALACE: Table = {
    "<palace>": {
        "the {noble} polished {noble.his} <thing treasure singular> and rode to {town}": 3,
        "the {noble} told {noble.his} <kin {gender}> the tale of {film}": 2,
        "<noble> ordered <object dish> and <object dish>": 3,
        "<noble> and {person} met in {town} in {month}": 2,
        "the {noble} went to meet the <kin {gender}> of {person} at <house>": 1,
        "the {noble} was looking for <object treasure> <place>": 3,
        "the {noble} combed {noble.his} <colour> hair with a golden comb": 1,
    },
    "<noble>": {"the {noble}": 7, "the <kin {gender}> of <noble>": 1.5},
    "<colour>": {"red": 2, "black": 2, "brown": 1, "white": 1},
    "<kin female>": {"sister": 3, "daughter": 2, "aunt": 2, "mother": 2},
    "<kin male>": {"brother": 3, "son": 2, "uncle": 2, "father": 2},
}

QUESTIONS: Table = {
    "<question>": {
        "where does {person} live ? in {person.home} .": 3,
        "who directed {film} ? {film.director} .": 2,
        "what is the capital of {country} ? {country.capital} .": 2,
        "who plays the {person.instrument} ? {person} does .": 2,
        "what does the {animal} eat ? {animal.food} .": 1,
    },
    "<sum>": {"{sum.first} and {sum.second} make {sum.total}": 1},
}

# How many, when a number is only a quantity.
COUNTS: Table = {
    "<count>": {
        "two": 6, "three": 5, "four": 3, "five": 2, "six": 1.5, "seven": 1, "eight": 1,
        "nine": 0.5, "ten": 1, "eleven": 0.3, "twelve": 1,
    },
}

ALL = (
    SENTENCES, EVENTS, PLACES, OBJECTS, REASONS, AGREEMENT, FACTS, COMPARISONS, CINEMA, MEALS,
    PALACE, QUESTIONS, COUNTS,
)
