"""What `seqkit classify` prints of a text: a line, JSON, or an explanation."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from seqkit.cli.labels_shown import answer, likeliest

if TYPE_CHECKING:
    from seqkit.tasks.classifying import Classification, Labels
    from seqkit.tasks.classifying.explanation import Explanation

Show = Callable[[Sequence[str]], Iterable[str]]
Explainer = Callable[[Sequence[str]], "Iterator[Explanation]"]


def line_of(found: "Classification", labels: "Labels", top: int | None) -> str:
    """Label, probability and text in a line, or so many labels with theirs, likeliest first."""
    if top is None:
        cells = list(answer(found, labels))
    else:
        pairs = likeliest(found, labels, top)
        cells = [cell for name, share in pairs for cell in (name, f"{share:.4f}")]
    return "\t".join(_shown(cell) for cell in [*cells, found.text]) + "\n"


def json_of(found: "Classification", labels: "Labels", top: int | None) -> str:
    """A JSON object: text, label (or labels) and the probability of each, the likeliest first."""
    shares = dict(likeliest(found, labels, top or len(labels.names)))
    return _json({"text": found.text, **_labels(found, labels), "probabilities": shares})


def explanations(explain: Explainer, as_json: bool) -> Show:
    """What writes down explanations, coloured on a terminal; the first time it says how to read."""
    import click

    from seqkit.report.explanation_terminal import explanation_text, legend, wants_colour

    colour = wants_colour(sys.stdout)
    told = as_json

    def show(texts: Sequence[str]) -> Iterator[str]:
        nonlocal told
        for one in explain(texts):
            if not told:
                click.echo(legend(colour) + "\n", err=True)  # with the colours themselves
                told = True
            yield _json(one.record()) if as_json else explanation_text(one, colour) + "\n"

    return show


def _labels(found: "Classification", labels: "Labels") -> dict[str, Any]:
    if labels.many:
        return {"labels": found.labels}
    (label,) = found.labels
    return {"label": label, "probability": max(found.probabilities)}


def _shown(text: str) -> str:
    """A text in one line that a terminal does not obey."""
    if text.isprintable():  # most are, and this is quick
        return text
    from seqkit.report.terminal import printable

    return printable(text)


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False) + "\n"
