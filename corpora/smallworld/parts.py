"""What part of speech each word of smallworld's rules is, by the rule it stands in.

The names are those of Universal Dependencies. Nouns, verbs and adjectives out of the lexicon are
known by the left side of their rule, so "trumpet" is a noun or a verb as it was meant. The words
that the templates spell out are listed here; three of them depend on the word beside them.
"""

from seqkit.corpora.smallworld import lexicon
from seqkit.corpora.smallworld.grammar import Symbols

_LEXICAL = {
    "<verb be ": "AUX", "<verb ": "VERB", "<noun ": "NOUN", "<form ": "NOUN", "<a noun ": "NOUN",
    "<adjective ": "ADJ", "<a adjective ": "ADJ",
}  # fmt: skip

_SPELLED_OUT = {
    "ADJ": "afraid angry asleep awful bare black bored boring brown charming cold delicious "
    "exciting fresh friendly frightening funny golden good happier happy hungry last late longest "
    "perfect proud quick red rude sad salty shorter shy slow softer stale strange thinner thirsty "
    "tired weak white yellow",
    "ADP": "at behind beside by for from in near of on over than to under with",
    "ADV": "again ago always calmly carefully ever finally gladly happily hastily loudly nearly "
    "never now often proudly quietly reluctantly secretly slowly too twice usually very where",
    "AUX": "does is was were",
    "CCONJ": "and but so",
    "DET": "a all an every the these",
    "NOUN": "aunt birthday bread bridge brother capital castle cheese church circus comb corn cups "
    "daughter day days duchess duke eggs father feet field film fish flour flowers forest garden "
    "grass hair hay help hill honey hospital hour king kitchen lake library lighthouse market "
    "meadow meat mill moon morning mother music night pair prince princess queen river road roof "
    "sale school sea sister sleep son station sun tail tale times today tower town train tree "
    "uncle waiter week wind winter year yesterday",
    "NUM": lexicon.NUMBERS,
    "PRON": "he her him his it its she that what who",
    "PROPN": lexicon.MONTHS,
    "PUNCT": ". , ?",
    "SCONJ": "because while",
    "VERB": "ate asked bake begins bought combed directed dreams drank dropped eat forgot found "
    "gave has hid leaves lies live looking lost made make meet met mix ordered plays polished rode "
    "said saw see slept stole told went won works",
}  # fmt: skip


def _words() -> dict[str, str]:
    """Give the part of each word that has the same one wherever a template spells it out."""
    parts: dict[str, str] = {}
    for row in lexicon.NOUNS.values():  # instruments, animals, professions
        for noun in row.replace("_", " ").split():
            parts |= {noun: "NOUN", lexicon.plural(noun): "NOUN"}
    for adjective in lexicon.QUALITIES.split():
        forms = (adjective, lexicon.comparative(adjective), lexicon.superlative(adjective))
        parts |= dict.fromkeys(forms, "ADJ")
    return parts | {word: part for part, row in _SPELLED_OUT.items() for word in row.split()}


_PARTS = _words()


def part_of_speech(left: str, right: Symbols, place: int) -> str:
    """Give the part of the word right[place] in the rule left -> right; names are not known here.

    Raises KeyError for a word that no rule of smallworld-1 has.
    """
    word = right[place]
    before, after = (("", *right)[place], (*right, "")[place + 1])
    if word == "to" and after in ("see", "meet"):
        return "PART"
    if word == "long" and after == "ago":
        return "ADV"
    if word == "that" and before == "said":
        return "SCONJ"
    if word.isdigit():
        return "NUM"
    if word not in ("a", "an"):
        for start, part in _LEXICAL.items():
            if left.startswith(start):
                return part
    return _PARTS[word]
