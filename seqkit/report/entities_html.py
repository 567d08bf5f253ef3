"""A page that shows a text with its entities as coloured spans: one file, no script, no network."""

import contextlib
import html
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO, NamedTuple

from seqkit.files import atomic_write
from seqkit.report.terminal import printable

UNSURE = 0.5
"""An entity of less confidence is marked as doubtful."""

# Okabe and Ito's palette: red, green and blue that people with any colour vision tell apart.
_COLOURS = (
    *("0,114,178", "213,94,0", "0,158,115", "204,121,167"),
    *("230,159,0", "86,180,233", "166,140,0", "120,120,120"),
)

_HEAD = """<!DOCTYPE html>
<html lang="und">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; --ink: #1c1c1c; --soft: #666; --paper: #fff; }}
@media (prefers-color-scheme: dark) {{
  :root {{ --ink: #e8e8e8; --soft: #a0a0a0; --paper: #161616; }}
}}
@media print {{ :root {{ --ink: #000; --soft: #444; --paper: #fff; }} }}
body {{
  max-width: 46rem; margin: 2rem auto; padding: 0 1rem;
  color: var(--ink); background: var(--paper); font: 1.05rem/2.1 Georgia, serif;
}}
header, footer {{ color: var(--soft); font: .85rem/1.9 system-ui, sans-serif; }}
h1 {{ color: var(--ink); font-size: 1.05rem; margin: 0 0 .3rem; overflow-wrap: anywhere; }}
p {{ margin: 0; }}
main {{
  margin: 1.2rem 0; white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: plaintext;
}}
mark {{
  color: inherit; background: rgba(var(--kind), .17); border-bottom: 2px solid rgb(var(--kind));
  border-radius: 3px 3px 0 0; padding: .12em .2em;
  -webkit-box-decoration-break: clone; box-decoration-break: clone;
  -webkit-print-color-adjust: exact; print-color-adjust: exact;
}}
mark::after {{
  content: attr(data-label); margin-left: .35em; padding: 0 .3em; border-radius: 3px;
  border: 1px solid rgb(var(--kind)); white-space: nowrap;
  font: 600 .62em/1.5 system-ui, sans-serif; vertical-align: .12em;
}}
header mark::after {{ content: none; }}
mark.unsure {{ border-bottom-style: dashed; }}
mark.unsure::after {{ border-style: dashed; }}
{colours}
</style>
</head>
<body>
<header>
<h1>{title}</h1>
<p>{legend}</p>
<p>Point at a span to see its confidence; below {unsure:.0%} it is dashed and stands beside it.</p>
</header>
<main>"""

_FOOT = """</main>
<footer>
<p>{counts}</p>
</footer>
</body>
</html>
"""


class Mark(NamedTuple):
    """An entity: the characters from `start` up to, not including, `stop`; confidence of 1."""

    start: int
    stop: int
    type: str
    confidence: float


class EntityPage:
    """A page being written; `add` the text to it piece by piece."""

    def __init__(self, file: BinaryIO, types: Iterable[str]) -> None:
        self._file = file
        self._class = {kind: f"k{k % len(_COLOURS)}" for k, kind in enumerate(types)}
        self._counts: Counter[str] = Counter()

    def add(self, text: str, marks: Sequence[Mark]) -> None:
        """Write a piece of text with its entities, which stand in order and do not overlap.

        The text content of the page's `main` element is all these texts, character by character.
        ValueError for an entity that overlaps another, leaves the text, or is of another type.
        """
        at = 0
        parts = []
        for mark in marks:
            if not at <= mark.start < mark.stop <= len(text):
                raise ValueError(
                    f"the entity {mark.start}..{mark.stop} ({mark.type}) is empty, overlaps "
                    f"another or leaves the text of {len(text)} characters"
                )
            inside = escape(text[mark.start : mark.stop])
            parts += [escape(text[at : mark.start]), self._opening(mark), inside, "</mark>"]
            at = mark.stop
        self._write("".join([*parts, escape(text[at:])]))

    def begin(self, title: str) -> None:
        """Write all that stands before the text."""
        rules = [
            f".k{k} {{ --kind: {colour}; }}"
            for k, colour in enumerate(_COLOURS[: len(self._class)])
        ]
        kinds = self._class.items()
        legend = [f'<mark class="{style}">{escape_name(kind)}</mark>' for kind, style in kinds]
        head = {"title": escape_name(title), "legend": " ".join(legend), "unsure": UNSURE}
        self._write(_HEAD.format(colours="\n".join(rules), **head))

    def end(self) -> None:
        """Write all that stands behind the text: how many entities there are of each type."""
        total = self._counts.total()
        counts = [f"{kind} {count:,}" for kind, count in self._counts.most_common()]
        line = f"{total:,} entities" + (f": {', '.join(counts)}" if counts else "")
        self._write(_FOOT.format(counts=escape_name(line)))

    def _opening(self, mark: Mark) -> str:
        """The tag before an entity; its label is no text, so that what is copied is the input."""
        if mark.type not in self._class:
            known = ", ".join(self._class)
            raise ValueError(f"an entity of the type {mark.type!r}; the page is for {known}")
        self._counts[mark.type] += 1
        sure = mark.confidence >= UNSURE
        label = mark.type if sure else f"{mark.type} {int(100 * mark.confidence)}%"
        style = self._class[mark.type] + ("" if sure else " unsure")
        title = f"{mark.type}, confidence {mark.confidence:.1%}"
        return (
            f'<mark class="{style}" data-label="{escape_name(label)}" title="{escape_name(title)}">'
        )

    def _write(self, text: str) -> None:
        # A lone surrogate, which JSON can hold, has no bytes; a browser shows it as unknown.
        self._file.write(text.encode(errors="xmlcharrefreplace"))


@contextlib.contextmanager
def entity_page(
    path: str | os.PathLike[str], types: Sequence[str], title: str = ""
) -> Iterator[EntityPage]:
    """Yield a page for entities of these types; it becomes `path` when the block ends well.

    Colours are told apart with any colour vision, but each span has its type beside it, too; the
    page follows the reader's choice of a light or dark screen, and can be printed. Memory is that
    of one piece of text. An OSError where nothing can be written leaves an older file as it was.
    """
    with atomic_write(path) as file:
        page = EntityPage(file, types)
        page.begin(title)
        yield page
        page.end()


def escape_name(text: str) -> str:
    """A title or a label as HTML: one that could turn the text beside it round is spelled out."""
    return escape(printable(text))


def escape(text: str) -> str:
    """`text` as HTML that a browser reads as exactly this text, carriage returns too."""
    return html.escape(text).replace("\r", "&#13;")
