"""The word tokenizer: a regular expression, and the rules that put words together again.

No token holds white space and none depends on what stands beyond white space, so a text may be cut
at any white space.

What is a token, first match wins:

- a mark in angle brackets (`<unk>`, `</s>`, `<br>`), WikiText's `@-@`, `@,@`, `@.@`;
- a web address, without the punctuation after it;
- letters with dots (`U.S.`, `e.g.`, `p.m.`) and common abbreviations (`Mr.`, `etc.`) with theirs;
- a word or number: letters and digits, joined inside by - . ' & @ (`well-known`, `o'clock`,
  `3.14`, `3rd`, `AT&T`, `someone@example.org`) or, between digits, by , : / (`1,234.56`,
  `10:30`, `1/2`), with a sign or a decimal point before a digit (`-5`, `.5`);
- a run of dots or of hyphens (`...`, `--`);
- any other character by itself (so `50%` is `50` `%`, and `$5` is `$` `5`).

Contractions come apart as in the Penn Treebank: `do` `n't`, `she` `'ll`, `John` `'s`. Straight
quotation marks get a direction as there, from what stands before them: `"` becomes two backticks
where it opens and two apostrophes where it closes, `'` one backtick or one apostrophe. A
backtick of the text is therefore printed as a quotation mark.
"""

import re
from collections.abc import Sequence

# Letters, digits, underscore, and the marks that are written onto letters (accents, vowel signs).
_W = (
    r"[\w\u0300-\u036f\u0591-\u05bd\u064b-\u065f\u0900-\u0963\u0966-\u0dff\u0e31-\u0e4e"
    r"\u200c\u200d]"
)
_SHORT = (
    "Mr|Mrs|Ms|Dr|Prof|St|Jr|Sr|Gen|Sen|Rep|Gov|Capt|Lt|Col|Inc|Ltd|Co|Corp|Bros|vs|etc|cf|approx|"
    "Jan|Feb|Aug|Sept|Oct|Nov|Dec"
)
_TOKEN = re.compile(
    rf"""
    </?[A-Za-z_]\w*/?> | @[-,.]@
  | (?:https?://|ftp://|www\.) [^\s<>"“”]* [^\s<>"“”.,;:!?'’()\[\]{{}}…]
  | (?: (?:[A-Za-z]\.){{2,}} | (?:{_SHORT})\. ) (?!{_W})
  | (?:[-+](?=\.?\d))? (?:\.(?=\d))? {_W}+ (?: (?:[-.'’&@]|(?<=\d)[,:/](?=\d)) {_W}+ )*
  | ['’](?i:s|re|ve|ll|d|m)(?!{_W})
  | \.{{2,}} | -{{2,}} | `` | ''
  | \S
    """,
    re.VERBOSE,
)
_CLITIC = re.compile(rf"(.*{_W})(n['’]t|['’](?:s|re|ve|ll|d|m))", re.IGNORECASE)
# A run of quotation marks, with what must stand before it to make it an opening one.
_QUOTES = re.compile(r"""((?<![^\s(\[{`])["']|")["']*""")
_LONE_CLITIC = re.compile(rf"'(?:s|re|ve|ll|d|m)(?!{_W})", re.IGNORECASE)

_OPENING = {'"': " `` ", "'": " ` "}
_CLOSING = {'"': " '' ", "'": " ' "}
_PRINTED = {"``": '"', "''": '"', "`": "'"}
_GLUED_LEFT = frozenset(".,;:!?%)]}'”’»…°™®/—") | {"''", "..."}
_GLUED_RIGHT = frozenset("([{`“‘«$£€¥#@¿¡/—") | {"``"}
_GLUED_CLITIC = re.compile(r"n['’]t|['’](?:s|re|ve|ll|d|m)", re.IGNORECASE)


class WordTokenizer:
    """Words, numbers and punctuation, by the rules at the head of this module."""

    name = "word"

    def tokens(self, line: str) -> list[str]:
        """Take a line apart into words, numbers and punctuation marks."""
        if '"' in line or "'" in line:
            line = _QUOTES.sub(_directed, line)
        found: list[str] = _TOKEN.findall(line)
        if "'" in line or "’" in line:
            found = [part for token in found for part in _clitics_apart(token)]
        return found

    def join(self, tokens: Sequence[str]) -> str:
        """Print tokens as English is printed; `tokens` of the result are these tokens again.

        Two tokens are printed without a space only if they come apart again.
        """
        chunks: list[str] = []
        inside: list[str] = []  # the tokens of the last chunk
        for token in tokens:
            printed = _PRINTED.get(token, token)
            glued = [*inside, token]
            if (
                inside
                and _touches(inside[-1], token)
                and self.tokens(chunks[-1] + printed) == glued
            ):
                chunks[-1] += printed
                inside = glued
            else:
                chunks.append(printed if self.tokens(printed) == [token] else token)
                inside = [token]
        return " ".join(chunks)


def _directed(run: re.Match[str]) -> str:
    """Give a run of quotation marks the direction of its beginning, as tokens of their own."""
    marks, before = run.group(), run.string[run.start() - 1 : run.start()]
    opening = not before or before.isspace() or before in "([{`"
    if opening and (marks == "''" or _LONE_CLITIC.match(run.string, run.start())):
        return marks
    return "".join((_OPENING if opening else _CLOSING)[mark] for mark in marks)


def _clitics_apart(token: str) -> list[str]:
    parts: list[str] = []
    while match := _CLITIC.fullmatch(token):
        token = match[1]
        parts.append(match[2])
    return [token, *reversed(parts)]


def _touches(before: str, token: str) -> bool:
    """Whether English prints no space between two tokens."""
    return (
        before in _GLUED_RIGHT or token in _GLUED_LEFT or _GLUED_CLITIC.fullmatch(token) is not None
    )
