"""Sentences that a tagger got wrong, as a person can read them: gold above predicted."""

from collections.abc import Iterable, Sequence
from typing import Any

import click

_AROUND = 3
"""Tokens shown on each side of an error; what is left out is …"""

Span = Sequence[Any]  # start, stop, type


def show_worst(worst: Iterable[dict[str, Any]]) -> None:
    """Print sentences as `TrainedTagger.evaluate` gives them, with what is around each error."""
    from seqkit.report.terminal import printable

    for sentence in worst:
        errors = sentence["errors"]
        click.echo(f"{printable(sentence['place'])}: {errors} error{'s' * (errors > 1)}")
        tokens, gold, predicted = (sentence[name] for name in ("tokens", "gold", "predicted"))
        if gold and isinstance(gold[0], str):
            click.echo(f"  {printable(beside(tokens, gold, predicted))}")
            continue
        shown = _whole(_near(tokens, _wrong(gold, predicted)), [*gold, *predicted])
        click.echo(f"  gold       {printable(bracketed(tokens, gold, shown))}")
        click.echo(f"  predicted  {printable(bracketed(tokens, predicted, shown))}")


def bracketed(tokens: Sequence[str], spans: Iterable[Span], shown: set[int]) -> str:
    """The shown tokens with their entities: [Ann Lee PER] lives in …"""
    words = list(tokens)
    for start, stop, kind in spans:
        words[start] = f"[{words[start]}"
        words[stop - 1] = f"{words[stop - 1]} {kind}]"
    return _joined(words, shown)


def beside(tokens: Sequence[str], gold: Sequence[str], predicted: Sequence[str]) -> str:
    """The tokens near mistakes, each mistake with both tags: … will run/VB (not NN) again …"""
    wrong = [at for at, pair in enumerate(zip(gold, predicted, strict=True)) if pair[0] != pair[1]]
    words = list(tokens)
    for at in wrong:
        words[at] = f"{words[at]}/{gold[at]} (not {predicted[at]})"
    return _joined(words, _near(tokens, wrong))


def _wrong(gold: Sequence[Span], predicted: Sequence[Span]) -> list[int]:
    """The tokens of entities that are not in both."""
    true, found = {tuple(span) for span in gold}, {tuple(span) for span in predicted}
    return [at for start, stop, _ in true ^ found for at in range(start, stop)]


def _near(tokens: Sequence[str], places: Iterable[int]) -> set[int]:
    """The tokens at most _AROUND away from one of some places."""
    near = {at + step for at in places for step in range(-_AROUND, _AROUND + 1)}
    return near & set(range(len(tokens)))


def _whole(shown: set[int], spans: Iterable[Span]) -> set[int]:
    """The shown tokens and those of entities of which some are shown."""
    places = [range(start, stop) for start, stop, _ in spans]
    return shown.union(*(place for place in places if not shown.isdisjoint(place)))


def _joined(words: Sequence[str], shown: set[int]) -> str:
    """The shown words, with … for each run of others."""
    parts = [
        word if at in shown else "…"
        for at, word in enumerate(words)
        if at in shown or at == 0 or at - 1 in shown
    ]
    return " ".join(parts)
