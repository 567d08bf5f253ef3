"""The model card: what a run is, how it came about, how good it is, as Markdown text.

A pure function of plain values. Everything it quotes is data, so it is escaped: a corpus called
"<script>" or a sample with backticks shows as itself.
"""

import math
import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypedDict

from seqkit.report.terminal import printable

Metrics = Mapping[str, float | None]

_MARKDOWN = re.compile(r"([\\`*_\[\]|~$#])")
_HTML = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
# Known metrics in reading order, with their decimals; others follow by name.
_DECIMALS = {
    **{"loss": 4, "perplexity": 2, "bits_per_char": 3, "tokens_per_second": 0},
    **{"bleu": 2, "chrf": 2},
}


class CorpusFacts(TypedDict, total=False):
    """What is known of the training corpus; `counts` by name, such as lines or tokens."""

    name: str
    sha256: str
    licence: str
    counts: Mapping[str, int]
    synthetic: bool


@dataclass(frozen=True)
class Card:
    """What a card is made of. All but `run` may be missing; what is missing is not mentioned.

    run: the run folder as the user would type it. config, metrics (by split) and baselines (by
    name): nested plain values, as in a run folder. entropy: the least possible loss, nats a token.
    sample: a text the model wrote, or tagged; sample_title: what it is, as a heading. commands:
    what to do with the run, RUN standing for its folder. limits: sentences, in Markdown, one a
    bullet.
    """

    run: str
    task: str = "language model"
    corpus: CorpusFacts = field(default_factory=CorpusFacts)
    config: Mapping[str, Any] = field(default_factory=dict)
    metrics: Mapping[str, Metrics] = field(default_factory=dict)
    baselines: Mapping[str, Metrics] = field(default_factory=dict)
    loss_unit: str = "nats a token"
    entropy: float | None = None
    parameters: int | None = None
    epochs: int | None = None
    seconds: float | None = None
    versions: Mapping[str, str] = field(default_factory=dict)
    sample: str = ""
    sample_title: str = "A sample of its text"
    commands: Sequence[str] = (
        "seqkit sample RUN",
        "seqkit score RUN -",
        "seqkit evaluate RUN FILE",
    )
    limits: Sequence[str] = (
        "It knows the text it was trained on and nothing else; what it writes may be false.",
        "Whatever that text repeats or leaves out, slurs and slants too, the model does as well.",
        "Text of another kind (domain, time, spelling) scores worse than the figures above.",
        "It may repeat passages of its training text word for word.",
    )


def model_card(card: Card) -> str:
    """The card as Markdown, ending in a newline; a section that knows nothing is left out."""
    sections = {
        "": _what(card),
        "Use": _fence("\n".join(_command(line, card.run) for line in card.commands), "sh"),
        "Figures": _figures(card),
        escape(card.sample_title): _fence(card.sample, "text"),
        "Training": _training(card),
        "Configuration": _rows(("option", "value"), _flat(card.config)),
        "Limits": "\n".join(f"- {limit}" for limit in card.limits),
    }
    title = f"# {escape(card.run)}"
    parts = [f"## {name}\n\n{body}" if name else body for name, body in sections.items() if body]
    return "\n\n".join([title, *parts]) + "\n"


def escape(text: str) -> str:
    """`text` as Markdown that shows it literally within a line or a table cell."""
    plain = _MARKDOWN.sub(r"\\\1", printable(text))
    return "".join(_HTML.get(character, character) for character in plain)


def _fence(text: str, language: str) -> str:
    """A code block of `text`, its fence longer than any run of backticks inside; "" for none."""
    if not text:
        return ""
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    shown = printable(text, keep="\n\t")
    return f"{fence}{language}\n{shown}\n{fence}"


def _command(command: str, run: str) -> str:
    """`command` with the run folder, quoted for a shell, in place of the word RUN."""
    return " ".join(shlex.quote(run) if word == "RUN" else word for word in command.split(" "))


def _what(card: Card) -> str:
    """One sentence: the task, its size, its corpus."""
    size = f" with {card.parameters:,} parameters" if card.parameters is not None else ""
    kind = "the synthetic corpus " if card.corpus.get("synthetic") else ""
    name = card.corpus.get("name")
    source = f", trained on {kind}{escape(name)}" if name else ""
    article = "An" if card.task[:1] in tuple("aeiou") else "A"
    return f"{article} {escape(card.task)}{size}{source}."


def _figures(card: Card) -> str:
    """Metrics of the splits and the baselines as one table, and the distance to the entropy."""
    rows = {**card.metrics, **card.baselines}
    names = {name for metrics in rows.values() for name in metrics}
    known = [*_DECIMALS, *sorted(names - set(_DECIMALS))]
    columns = [name for name in known if name in names]
    body = [
        [split, *(_figure(c, metrics.get(c)) for c in columns)] for split, metrics in rows.items()
    ]
    lines = _rows(["", *columns], body)
    units = f"Losses are in {card.loss_unit}, shares fractions of 1." if lines else ""
    return "\n\n".join(part for part in (lines, units, _above_entropy(card)) if part)


def _figure(metric: str, value: float | None) -> str:
    """A metric with its usual decimals; a dash where it is missing."""
    return "–" if value is None else f"{value:,.{_DECIMALS.get(metric, 4)}f}"


def _above_entropy(card: Card) -> str:
    """How much of the loss is the model's and how much the language's."""
    if card.entropy is None:
        return ""
    text = (
        f"The language itself has an entropy of {card.entropy:.4f} nats a token; "
        "no model has a lower loss in the long run."
    )
    loss = card.metrics.get("test", card.metrics.get("valid", {})).get("loss")
    split = "test" if "test" in card.metrics else "validation"
    if loss is None or not math.isfinite(loss):
        return text
    return f"{text} The {split} loss is {loss - card.entropy:.4f} nats above it."


def _training(card: Card) -> str:
    """Corpus, length and versions as a table of facts."""
    corpus = card.corpus
    facts: list[tuple[str, str]] = []
    for name, value in (
        ("corpus", corpus.get("name")),
        ("sha256", corpus.get("sha256")),
        ("licence", corpus.get("licence")),
        *((name, f"{count:,}") for name, count in corpus.get("counts", {}).items()),
        ("epochs", card.epochs),
        ("seconds", None if card.seconds is None else f"{card.seconds:,.1f}"),
        *card.versions.items(),
    ):
        if value is not None:
            facts.append((name, str(value)))
    return _rows(("fact", "value"), facts)


def _flat(config: Mapping[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    """Options of a nested configuration as (dotted name, value), in their order."""
    rows = []
    for key, value in config.items():
        if isinstance(value, Mapping):
            rows += _flat(value, f"{prefix}{key}.")
        else:
            rows.append((f"{prefix}{key}", str(value)))
    return rows


def _rows(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table of escaped cells; "" if it has no rows."""
    lines = ["| " + " | ".join(map(escape, row)) + " |" for row in rows]
    if not lines:
        return ""
    head = "| " + " | ".join(map(escape, headers)) + " |"
    return "\n".join([head, "|" + " --- |" * len(headers), *lines])
