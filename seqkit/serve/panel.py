"""What every panel of the playground offers: answers to questions about one run."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

from seqkit.serve.asking import Asked

Answer = Callable[[Asked], dict[str, Any]]
Events = Callable[[Asked], Iterator[dict[str, Any]]]


class Panel(Protocol):
    """A run that answers; `Asked` is what a request says. ValueError: a request of one line.

    kind: what it does, which the page makes a panel for. facts: what the page must know to ask.
    answers: by the question's name in the address. streams: those answered in pieces; all that can
    be wrong with a request is told before the first.
    """

    kind: str
    facts: dict[str, Any]
    command: str
    answers: Mapping[str, Answer]
    streams: Mapping[str, Events]
