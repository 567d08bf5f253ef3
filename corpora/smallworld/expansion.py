"""Multiply the templates out: agreement, facts and the lexicon become plain grammar rules."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, product
from operator import attrgetter
from typing import Any

from seqkit.corpora.smallworld import lexicon, templates
from seqkit.corpora.smallworld.domains import NUMBERS, TENSES, Domain, Domains, zipf
from seqkit.corpora.smallworld.grammar import START, Symbols
from seqkit.corpora.smallworld.world import World

Weights = dict[str, dict[Symbols, float]]
_SYMBOL = re.compile(r"<[^>]*>|\S+")
_FIELD = re.compile(r"\{(?P<name>\w+)(?:\.(?P<attribute>[\w.]+))?\}")


def build_rules(world: World, domains: Domains, more: Sequence[templates.Table] = ()) -> Weights:
    """Give the rules of the whole language: templates and lexicon, multiplied out.

    `more` tables come to those of smallworld-1; a symbol that has rules in both has the new ones.
    """
    rules = {**_nouns(), **_adjectives(world), **_verbs(world)}
    for table in (*templates.ALL, *more):
        rules.update(multiply_out(table, domains))
    return _reachable(rules, START)


def _variables(text: str) -> list[str]:
    """Name the variables of a template, each once: "{town} is {town.rank}" has `town`."""
    return list(dict.fromkeys(match["name"] for match in _FIELD.finditer(text)))


def _fill(text: str, bound: Mapping[str, Any]) -> str:
    """Write the values of bound variables into a template; others stay as they are."""

    def value(match: re.Match[str]) -> str:
        if match["name"] not in bound:
            return match[0]
        thing = bound[match["name"]]
        return str(attrgetter(match["attribute"])(thing)) if match["attribute"] else str(thing)

    return _FIELD.sub(value, text)


def _choices(names: Sequence[str], domains: Domains) -> Iterator[tuple[dict[str, Any], float]]:
    """Give all assignments to variables and their probabilities."""
    totals = [sum(domains[name].values()) for name in names]
    for chosen in product(*(domains[name].items() for name in names)):
        probability = 1.0
        for (_, weight), total in zip(chosen, totals, strict=True):
            probability *= weight / total
        yield {name: thing for name, (thing, _) in zip(names, chosen, strict=True)}, probability


def multiply_out(table: Mapping[str, Mapping[str, float]], domains: Domains) -> Weights:
    """Turn templates into rules, one for every agreeing assignment to their variables."""
    rules: Weights = {}
    for left, rights in table.items():
        for agreed, _ in _choices(_variables(left), domains):
            expanded = rules.setdefault(_fill(left, agreed), {})
            for template, weight in rights.items():
                for parts, share in _expand(template, agreed, domains):
                    right = chain.from_iterable(_part(part, domains, rules) for part in parts)
                    _add(expanded, right, weight * share)
    return rules


def _expand(
    template: str, agreed: Mapping[str, Any], domains: Domains
) -> Iterator[tuple[list[str], float]]:
    """Give the parts of the right sides a template stands for, and their shares of its weight.

    A free variable that stands in one part only is left there, see `_part`.
    """
    parts = _SYMBOL.findall(template)
    met = Counter(name for part in parts for name in _variables(part))
    shared = [name for name, times in met.items() if times > 1 and name not in agreed]
    for chosen, share in _choices(shared, domains):
        yield [_fill(part, {**agreed, **chosen}) for part in parts], share


def _part(part: str, domains: Domains, rules: Weights) -> Sequence[str]:
    """Give the symbols of one part; what is still variable becomes a symbol with its own rules.

    So "the {animal} of {town}" is one right side and not one for every animal and town.
    """
    free = _variables(part)
    if not free:
        return _SYMBOL.findall(part)
    symbol = part if part.startswith("<") else f"<{part}>"
    if symbol not in rules:
        choices = rules.setdefault(symbol, {})
        for chosen, share in _choices(free, domains):
            _add(choices, _SYMBOL.findall(_fill(part, chosen)), share)
    return [symbol]


def _add(rights: dict[Symbols, float], right: Iterable[str], weight: float) -> None:
    """Add to the weight of a right side; two ways to the same one are one way."""
    key = tuple(right)
    rights[key] = rights.get(key, 0.0) + weight


def _words(phrases: Domain) -> dict[Symbols, float]:
    return {tuple(phrase.split()): weight for phrase, weight in phrases.items()}


def _nouns() -> Weights:
    """Give the symbols `noun KIND NUMBER`, `a noun KIND`, `form NOUN NUMBER` and `a NOUN`."""
    rules: Weights = {}
    for kind, row in lexicon.NOUNS.items():
        nouns = [noun.replace("_", " ") for noun in row.split()]
        forms = {"singular": nouns, "plural": [lexicon.plural(noun) for noun in nouns]}
        for number in NUMBERS:
            rules[f"<noun {kind} {number}>"] = _words(zipf(forms[number]))
            for noun, form in zip(nouns, forms[number], strict=True):
                rules[f"<form {noun} {number}>"] = {tuple(form.split()): 1.0}
        rules[f"<a noun {kind}>"] = _words(zipf([lexicon.with_article(noun) for noun in nouns]))
    for worker in lexicon.NOUNS["worker"].split():
        rules[f"<a {worker}>"] = {tuple(lexicon.with_article(worker).split()): 1.0}
    return rules


def _adjectives(world: World) -> Weights:
    """Give the symbols `adjective KIND`, `a adjective KIND` and `a MOOD`."""
    rules: Weights = {}
    for kind, row in lexicon.ADJECTIVES.items():
        adjectives = list(dict.fromkeys(f"{row} {lexicon.GENERAL}".split()))
        rules[f"<adjective {kind}>"] = _words(zipf(adjectives))
        articles = [lexicon.with_article(adjective) for adjective in adjectives]
        rules[f"<a adjective {kind}>"] = _words(zipf(articles))
    for film in world.films:
        rules[f"<a {film.mood}>"] = {tuple(lexicon.with_article(film.mood).split()): 1.0}
    return rules


def _verbs(world: World) -> Weights:
    """Give the symbols `verb VERB NUMBER TENSE` and `works PROFESSION NUMBER TENSE`."""
    rules: Weights = {}
    working = [work.split()[0] for row in lexicon.WORK.values() for work in row.split(", ")]
    sounds = [animal.sound for animal in world.animals]
    verbs = dict.fromkeys([*lexicon.VERBS.split(), *lexicon.REASONS, *working, *sounds])
    for number, tense in product(NUMBERS, TENSES):
        for verb in verbs:
            form = lexicon.inflect(verb, number, tense)
            rules[f"<verb {verb} {number} {tense}>"] = {(form,): 1.0}
        for profession, row in lexicon.WORK.items():
            rules[f"<works {profession} {number} {tense}>"] = {
                (f"<verb {verb} {number} {tense}>", f"<object {kind}>"): weight
                for (verb, kind), weight in zipf(
                    [tuple(work.split()) for work in row.split(", ")]
                ).items()
            }
    return rules


def _reachable(rules: Weights, start: str) -> Weights:
    """Keep only what a sentence can reach."""
    reached, waiting = {start}, [start]
    while waiting:
        for right in rules[waiting.pop()]:
            new = [symbol for symbol in right if symbol in rules and symbol not in reached]
            reached.update(new)
            waiting.extend(new)
    return {left: rights for left, rights in rules.items() if left in reached}
