"""What kind of mistakes a tagger makes: wrong type, wrong boundary, missed, spurious; new names.

Entities are tuples (start, stop, type) of token numbers, sorted and without overlap within a
sentence, as entities read from tags are.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import NamedTuple

from seqkit.metrics.classification import Score

Span = tuple[int, int, str]
Surface = tuple[str, ...]

KINDS = ("exact", "wrong type", "boundary", "type and boundary", "missed", "spurious")
"""What may become of an entity, in the order of reports."""


class Outcome(NamedTuple):
    """A gold entity and what was predicted for it; None for one of them if it has no partner."""

    kind: str
    gold: Span | None
    predicted: Span | None


def outcomes(gold: Sequence[Span], predicted: Sequence[Span]) -> list[Outcome]:
    """Pair the entities of one sentence and name what happened to each; each is in one pair.

    Entities of the same tokens are paired first; of the others those that overlap, those of one
    type before others, more common tokens before fewer, left before right. What is left over was
    missed or is spurious. The result is ordered by where the entities begin.
    """
    by_place = {(start, stop): (start, stop, kind) for start, stop, kind in predicted}
    pairs = [(span, by_place[span[:2]]) for span in gold if span[:2] in by_place]
    paired_gold, paired = {one for one, _ in pairs}, {other for _, other in pairs}
    rest = _overlaps(_without(gold, paired_gold), _without(predicted, paired))
    for one, other in sorted(rest, key=_distance):
        if one not in paired_gold and other not in paired:
            pairs.append((one, other))
            paired_gold.add(one)
            paired.add(other)
    found = [Outcome(_kind(one, other), one, other) for one, other in pairs]
    found += [Outcome("missed", span, None) for span in _without(gold, paired_gold)]
    found += [Outcome("spurious", None, span) for span in _without(predicted, paired)]
    return sorted(found, key=lambda pair: (pair.gold or pair.predicted or (0, 0, ""))[:2])


def count_outcomes(
    gold: Sequence[Sequence[Span]], predicted: Sequence[Sequence[Span]]
) -> dict[str, int]:
    """Count the kinds of outcomes over all sentences, all of KINDS in order.

    All but "spurious" add up to the gold entities, all but "missed" to the predicted ones.
    """
    counts: Counter[str] = Counter()
    for true, found in zip(gold, predicted, strict=True):
        counts.update(pair.kind for pair in outcomes(true, found))
    return {kind: counts[kind] for kind in KINDS}


def count_types(
    gold: Sequence[Sequence[Span]], predicted: Sequence[Sequence[Span]]
) -> dict[tuple[str, str], int]:
    """Count (gold type, predicted type) over all pairs; the type is "" where there is no partner.

    Pairs with wrong boundaries count too. The most frequent come first.
    """
    counts: Counter[tuple[str, str]] = Counter()
    for true, found in zip(gold, predicted, strict=True):
        for pair in outcomes(true, found):
            types = [span[2] if span else "" for span in (pair.gold, pair.predicted)]
            counts[types[0], types[1]] += 1
    return dict(sorted(counts.items(), key=lambda row: (-row[1], row[0])))


def surfaces(tokens: Sequence[str], spans: Sequence[Span]) -> list[Surface]:
    """Return the words of each entity of a sentence."""
    return [tuple(tokens[start:stop]) for start, stop, _ in spans]


def familiarity(entities: Collection[Surface], words: Collection[str]) -> Callable[[Surface], str]:
    """Return a function that says how new an entity is, given those and the words of training.

    "seen": the same words were an entity there, of whatever type; else "unseen", or "unknown word"
    if one of its words is not in `words`. Give sets, for speed; capital letters count.
    """

    def group(surface: Surface) -> str:
        if surface in entities:
            return "seen"
        return "unseen" if all(word in words for word in surface) else "unknown word"

    return group


def score_groups(
    sentences: Sequence[Sequence[str]],
    gold: Sequence[Sequence[Span]],
    predicted: Sequence[Sequence[Span]],
    group: Callable[[Surface], str],
) -> dict[str, Score]:
    """Score entities apart by the group of their words, such as `familiarity`; groups sorted.

    A predicted entity counts in the group of its own words. So the groups add up to the whole.
    """
    counts: dict[str, Counter[str]] = {}
    for tokens, true, found in zip(sentences, gold, predicted, strict=True):
        right = sorted(set(true).intersection(found))
        for which, spans in (("gold", true), ("predicted", found), ("correct", right)):
            for surface in surfaces(tokens, spans):
                counts.setdefault(group(surface), Counter())[which] += 1
    return {
        name: Score(count["correct"], count["predicted"], count["gold"])
        for name, count in sorted(counts.items())
    }


def _kind(gold: Span, predicted: Span) -> str:
    """Name what happened to an entity that has a partner."""
    if gold[:2] == predicted[:2]:
        return "exact" if gold == predicted else "wrong type"
    return "boundary" if gold[2] == predicted[2] else "type and boundary"


def _without(spans: Sequence[Span], taken: Collection[Span]) -> list[Span]:
    return [span for span in spans if span not in taken]


def _overlaps(gold: Sequence[Span], predicted: Sequence[Span]) -> Iterator[tuple[Span, Span]]:
    """Yield all pairs with tokens in common; both lists are sorted, without overlap in itself."""
    first = 0
    for one in gold:
        while first < len(predicted) and predicted[first][1] <= one[0]:
            first += 1
        at = first
        while at < len(predicted) and predicted[at][0] < one[1]:
            yield one, predicted[at]
            at += 1


def _distance(pair: tuple[Span, Span]) -> tuple[bool, int, int, int]:
    """Sort pairs of overlapping entities: the best partners first."""
    (start, stop, kind), (begin, end, other) = pair
    return (kind != other, max(start, begin) - min(stop, end), start, begin)
