"""A page of explained texts, their tokens coloured: one file, no script, no network."""

import contextlib
import os
from collections.abc import Iterator
from typing import BinaryIO

from seqkit.files import atomic_write
from seqkit.report.entities_html import escape, escape_name
from seqkit.report.explanation import STEPS, Explained, Piece, runs

STRONGEST = 6
"""Tokens of each text that are named with their numbers."""

# Of Okabe and Ito's palette, which people with any colour vision tell apart; what is against is
# underlined besides. The strengths of colours are those of their tint on the paper.
_FOR, _AGAINST = "0,158,115", "213,94,0"
_TINTS = (0.15, 0.3, 0.45, 0.6)

_HEAD = """<!DOCTYPE html>
<html lang="und">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; --ink: #1c1c1c; --soft: #666; --line: #ddd; --paper: #fff; }}
@media (prefers-color-scheme: dark) {{
  :root {{ --ink: #e8e8e8; --soft: #a0a0a0; --line: #383838; --paper: #161616; }}
}}
@media print {{ :root {{ --ink: #000; --soft: #444; --line: #bbb; --paper: #fff; }} }}
body {{
  max-width: 46rem; margin: 2rem auto; padding: 0 1rem;
  color: var(--ink); background: var(--paper); font: 1.05rem/1.8 Georgia, serif;
}}
header, footer, h2, .score, .most {{ color: var(--soft); font: .85rem/1.7 system-ui, sans-serif; }}
h1 {{ color: var(--ink); font-size: 1.05rem; margin: 0 0 .3rem; overflow-wrap: anywhere; }}
p, h2 {{ margin: 0; }}
h2 {{ overflow-wrap: anywhere; }}
h2 b {{ color: var(--ink); }}
article {{ margin: 1.2rem 0; padding-top: 1.2rem; border-top: 1px solid var(--line); }}
.text {{
  margin: .5rem 0; white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: plaintext;
}}
.most {{ overflow-wrap: anywhere; unicode-bidi: plaintext; }}
mark {{
  color: inherit; background: rgba(var(--kind), var(--tint)); border-radius: 3px; padding: .1em 0;
  -webkit-box-decoration-break: clone; box-decoration-break: clone;
  -webkit-print-color-adjust: exact; print-color-adjust: exact;
}}
mark.a {{ border-bottom: 2px solid rgba(var(--kind), .9); border-radius: 3px 3px 0 0; }}
header mark {{ padding: .1em .7em; }}
.f {{ --kind: {in_favour}; }}
.a {{ --kind: {against}; }}
{tints}
</style>
</head>
<body>
<header>
<h1>{title}</h1>
<p>against the label {legend} for it</p>
<p>A number is what a token adds to the score of the label; where a text has one label, that is its
own score less the mean of the others'. The largest number of each text has the strongest colour.
Point at a token to see its number.</p>
</header>
<main>
"""

_FOOT = """</main>
<footer>
<p>{count:,} text{s}</p>
</footer>
</body>
</html>
"""


class ExplanationPage:
    """A page being written; `add` one text after another to it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._count = file, 0

    def add(self, explained: Explained) -> None:
        """Write a text; what its `p.text` holds is the text, character by character.

        ValueError for a piece that overlaps another, is empty or leaves the text.
        """
        self._count += 1
        tokens = explained.score - explained.bias
        score = f"score {explained.score:+.3f}: tokens {tokens:+.3f}, rest {explained.bias:+.3f}"
        parts = [_marked(*run) for run in runs(explained)]
        self._write(
            "<article>\n"
            f"<h2><b>{escape_name(explained.label)}</b> {explained.probability:.1%}</h2>\n"
            f'<p class="score">{score}; {escape_name(explained.method)}</p>\n'
            f'<p class="text" dir="auto">{"".join(parts)}</p>\n'
            f'<p class="most">{_strongest(explained)}</p>\n'
            "</article>\n"
        )

    def begin(self, title: str) -> None:
        """Write all that stands before the texts."""
        tints = [f".s{step} {{ --tint: {tint}; }}" for step, tint in enumerate(_TINTS, start=1)]
        scale = [step for step in range(-STEPS, STEPS + 1) if step]
        legend = "".join(f'<mark class="{_style(step)}">{_SIGN[step > 0]}</mark>' for step in scale)
        head = {"title": escape_name(title), "legend": legend, "tints": "\n".join(tints)}
        self._write(_HEAD.format(in_favour=_FOR, against=_AGAINST, **head))

    def end(self) -> None:
        """Write all that stands behind the texts."""
        self._write(_FOOT.format(count=self._count, s="" if self._count == 1 else "s"))

    def _write(self, text: str) -> None:
        # A lone surrogate, which JSON can hold, has no bytes; a browser shows it as unknown.
        self._file.write(text.encode(errors="xmlcharrefreplace"))


_SIGN = {False: "−", True: "+"}


@contextlib.contextmanager
def explanation_page(path: str | os.PathLike[str], title: str = "") -> Iterator[ExplanationPage]:
    """Yield a page for explanations; it becomes `path` when the block ends well.

    It follows the reader's choice of a light or dark screen, and can be printed. Memory is that of
    one text. An OSError where nothing can be written leaves an older file as it was.
    """
    with atomic_write(path) as file:
        page = ExplanationPage(file)
        page.begin(title)
        yield page
        page.end()


def _marked(part: str, piece: Piece | None, step: int) -> str:
    if piece is None:
        return escape(part)
    style = f' class="{_style(step)}"' if step else ""
    tag = "mark" if step else "span"
    return f'<{tag}{style} title="{piece.share:+.3f}">{escape(part)}</{tag}>'


def _style(step: int) -> str:
    return f"{'f' if step > 0 else 'a'} s{abs(step)}"


def _strongest(explained: Explained) -> str:
    """The tokens with the largest numbers, for readers on paper and without a pointer."""
    ranked = sorted(explained.pieces, key=lambda piece: -abs(piece.share))[:STRONGEST]
    named = [
        f"<bdi>{escape(_inline(explained.text[piece.start : piece.stop]))}</bdi>"
        f"&nbsp;{piece.share:+.3f}"
        for piece in ranked
        if piece.share
    ]
    if not explained.text.strip():
        return "there is no text"
    return f"strongest: {' · '.join(named)}" if named else "no token moves the score"


def _inline(surface: str) -> str:
    """A token in one line, and to be seen where it is white space."""
    return " ".join(surface.split()) or "␣"
