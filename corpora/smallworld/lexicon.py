"""The common words of smallworld: nouns, adjectives and verbs by meaning, and how they inflect."""

# Kinds of things: nouns, the most frequent first. A kind is what a verb selects: one bakes
# pastry, plays an instrument and reads a writing. Plurals must differ from singulars, or
# "the deer slept" would have two derivations.
NOUNS = {
    "worker": "cook farmer doctor teacher painter baker sailor singer knight driver waiter "
    "writer gardener judge pilot thief",
    "animal": "dog cat horse bear hare owl fox goat wolf mouse hen duck frog seal whale elephant",
    "fruit": "apple pear plum cherry lemon berry orange fig melon grape apricot quince",
    "vegetable": "onion potato leek carrot bean turnip cabbage pumpkin radish cucumber",
    "dish": "onion_soup pear_salad apple_pie bean_soup lemon_tart plum_cake leek_pie "
    "cherry_cake potato_salad carrot_soup fig_pudding cabbage_roll pumpkin_soup omelette pancake",
    "pastry": "cake loaf bun pie roll tart biscuit pretzel waffle muffin",
    "instrument": "violin piano drum flute guitar cello trumpet harp",
    "music": "song tune ballad lullaby waltz march hymn anthem carol duet",
    "writing": "letter book poem tale novel diary riddle sermon essay speech",
    "vehicle": "train cart bus lorry tram carriage sledge bicycle tractor",
    "vessel": "boat ship ferry sail raft canoe barge yacht submarine",
    "aircraft": "plane balloon glider kite rocket airship",
    "treasure": "crown ring sword coin clock mirror pearl lantern key necklace goblet medallion",
    "picture": "portrait map landscape mural sketch poster drawing",
    "plant": "flower rose tree tulip hedge lily oak fern vine bush",
    "garment": "shoe glove boot sock mitten slipper sandal stocking",
    "prize": "medal race cup vase",
}

ADJECTIVES = {
    "worker": "old young tired famous lonely clever polite lazy nervous cheerful stubborn tall",
    "animal": "black small hungry white wild old lazy clever spotted brown noisy gentle",
    "fruit": "ripe fresh sweet sour green rotten juicy dried",
    "vegetable": "fresh large bitter green muddy pickled raw tiny",
    "dish": "hot cold fresh salty spicy sweet burnt enormous",
    "pastry": "warm sweet fresh stale crisp burnt sticky enormous",
    "instrument": "old loud broken golden borrowed tiny wooden expensive",
    "music": "sad slow old merry endless solemn cheerful forgotten",
    "writing": "long short strange famous secret dull forgotten funny angry",
    "vehicle": "slow red empty noisy rusty crowded green broken",
    "vessel": "blue small wooden leaky painted swift broken white",
    "aircraft": "silver fast noisy striped fragile red enormous",
    "treasure": "golden old heavy lost precious shiny stolen silver ancient cursed",
    "picture": "large strange famous dark dusty crooked unfinished expensive",
    "plant": "tall red yellow dry thorny ancient white fragrant",
    "garment": "warm wet woollen left muddy expensive striped",
}

# Adjectives that go with everything, after its own.
GENERAL = "new little beautiful strange favourite ugly heavy modest fine"

# Kinds of things that are owned, that stand near each other, and that compare.
HOLDINGS = "treasure instrument vessel picture plant vehicle aircraft"
QUALITIES = "old large small heavy strange dark long new fine rare"

# What each profession does: verb and the kind of its object, the most usual first.
WORK = {
    "cook": "make dish, taste dish, peel vegetable, chop vegetable, boil vegetable, slice fruit",
    "farmer": "grow vegetable, feed animal, pick fruit, sell fruit, count animal, repair vehicle",
    "doctor": "visit worker, heal worker, wake worker, examine animal, borrow writing",
    "teacher": "read writing, help worker, draw picture, explain writing, praise worker",
    "painter": "paint picture, draw animal, sell picture, admire plant, frame picture",
    "baker": "bake pastry, sell pastry, buy fruit, taste pastry, decorate pastry, burn pastry",
    "sailor": "steer vessel, mend vessel, repair vessel, admire aircraft, lose garment",
    "singer": "sing music, play instrument, tune instrument, whistle music, wear garment",
    "knight": "guard treasure, ride animal, polish treasure, chase worker, polish garment",
    "driver": "drive vehicle, repair vehicle, wash vehicle, follow vehicle, park vehicle",
    "waiter": "bring dish, drop dish, greet worker, carry dish, praise dish, carry pastry",
    "writer": "write writing, read writing, burn writing, hide writing, describe plant",
    "gardener": "water plant, trim plant, grow plant, admire plant, pick fruit, weigh vegetable",
    "judge": "question worker, read writing, thank worker, lose writing, examine treasure",
    "pilot": "fly aircraft, land aircraft, wash aircraft, repair aircraft, admire vessel",
    "thief": "steal treasure, hide treasure, sell treasure, follow worker, steal vehicle",
}

# What somebody did or does and the state that explains it.
REASONS = {
    "sleep": "tired",
    "laugh": "happy",
    "cry": "sad",
    "hide": "afraid",
    "shout": "angry",
    "eat": "hungry",
    "run": "late",
    "yawn": "bored",
    "blush": "shy",
    "drink": "thirsty",
}

# Verbs that the templates name themselves.
VERBS = "be rise blow eat sleep chase practise"

# Noun and pronouns, the most frequent first.
NOBLES = (
    "king he his",
    "queen she her",
    "princess she her",
    "prince he his",
    "duke he his",
    "duchess she her",
)

# Words of one sound which only meaning tells apart; every one of them occurs.
HOMOPHONES = (
    "pear/pair flour/flower bear/bare hare/hair knight/night sail/sale meat/meet sea/see sun/son "
    "ate/eight four/for two/to read/red blue/blew tale/tail week/weak road/rode one/won"
)

NUMBERS = "one two three four five six seven eight nine ten eleven twelve"
MONTHS = "January February March April May June July August September October November December"

IRREGULAR_PASTS = {
    "be": "was", "blow": "blew", "bring": "brought", "buy": "bought", "draw": "drew",
    "drink": "drank", "drive": "drove", "eat": "ate", "feed": "fed", "find": "found",
    "fly": "flew", "give": "gave", "grow": "grew", "hide": "hid", "know": "knew",
    "lose": "lost", "make": "made", "meet": "met", "read": "read", "ride": "rode",
    "rise": "rose", "run": "ran", "see": "saw", "sell": "sold", "sing": "sang", "sleep": "slept",
    "steal": "stole", "swim": "swam", "wake": "woke", "wear": "wore", "write": "wrote",
    "drop": "dropped", "trim": "trimmed", "chop": "chopped", "purr": "purred",
}  # fmt: skip
IRREGULAR_PLURALS = {
    "mouse": "mice", "wolf": "wolves", "loaf": "loaves", "thief": "thieves", "potato": "potatoes",
}  # fmt: skip
_HISSING = ("s", "x", "z", "ch", "sh")
_VOWELS = "aeiou"


def _with_s(word: str) -> str:
    """Add the regular ending -s: cats, foxes, berries."""
    if word.endswith("y") and word[-2] not in _VOWELS:
        return word[:-1] + "ies"
    return word + ("es" if word.endswith(_HISSING) else "s")


def plural(noun: str) -> str:
    """Give the plural of a noun; of a compound ("pear salad") its last word changes."""
    *first, last = noun.split()
    return " ".join([*first, IRREGULAR_PLURALS.get(last) or _with_s(last)])


def third_person(verb: str) -> str:
    """Give the present with he, she or it."""
    return "is" if verb == "be" else _with_s(verb)


def past(verb: str) -> str:
    """Give the past of the singular."""
    if verb in IRREGULAR_PASTS:
        return IRREGULAR_PASTS[verb]
    if verb.endswith("y") and verb[-2] not in _VOWELS:
        return verb[:-1] + "ied"
    return verb + ("d" if verb.endswith("e") else "ed")


def inflect(verb: str, number: str, tense: str) -> str:
    """Give the form of a verb for "singular" or "plural" (third person), "past" or "present"."""
    if verb == "be" and number == "plural":
        return "were" if tense == "past" else "are"
    if tense == "past":
        return past(verb)
    return third_person(verb) if number == "singular" else verb


def comparative(adjective: str) -> str:
    """Give the regular comparative: older, larger, heavier."""
    if adjective.endswith("y"):
        return adjective[:-1] + "ier"
    return adjective + ("r" if adjective.endswith("e") else "er")


def superlative(adjective: str) -> str:
    """Give the regular superlative: oldest, largest, heaviest."""
    return comparative(adjective)[:-1] + "st"


def with_article(word: str) -> str:
    """Put "a" or "an" before a word by its first letter."""
    return ("an " if word[0] in _VOWELS else "a ") + word
