"""BLEU of a corpus (Papineni et al. 2002), as sacrebleu defines it (Post 2018).

Each line is boiled down to a row of counts, and the score is a function of their sum: so BLEU of
any part of a corpus, or of a resampled one, is a sum of rows.
"""

import math
import re
import string
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Literal

import numpy as np
import numpy.typing as npt

from seqkit.metrics.references import References, as_lists

Array = npt.NDArray
Tokenization = Literal["13a", "none"]

ORDER = 4
"""N-grams of 1 to so many tokens are counted."""

# Apostrophe and hyphen stay within words; full stop and comma have rules of their own.
_APART = "".join(sorted({*string.punctuation} - {*"',-."}))
_SYMBOL = re.compile(f"([{re.escape(_APART)}])")
_NUMBERS = (
    (re.compile("([^0-9])([.,])"), r"\1 \2 "),  # .5 but not 0.5
    (re.compile("([.,])([^0-9])"), r" \1 \2"),  # 5. but not 5.0
    (re.compile("([0-9])(-)"), r"\1 \2 "),  # 5-10, not a-b
)


@dataclass(frozen=True, slots=True)
class Bleu:
    """BLEU and what it is made of: `score` and `precisions` (of 1- to 4-grams) in percent.

    score = brevity penalty * geometric mean of the precisions, smoothed. Lengths are in tokens.
    """

    score: float
    precisions: tuple[float, ...]
    brevity_penalty: float
    hypothesis_length: int
    reference_length: int


def bleu(
    hypotheses: Sequence[str],
    references: References,
    tokenize: Tokenization = "13a",
    lowercase: bool = False,
) -> Bleu:
    """BLEU of N lines against one or several references each; raises as `bleu_statistics`."""
    return bleu_of(bleu_statistics(hypotheses, references, tokenize, lowercase).sum(axis=0))


def bleu_statistics(
    hypotheses: Sequence[str],
    references: References,
    tokenize: Tokenization = "13a",
    lowercase: bool = False,
) -> Array:
    """A row of counts for each of N lines, int64 (N, 2 + 2 * 4).

    Tokens of the hypothesis, tokens of the reference nearest to it in length (the shorter of two),
    1- to 4-grams that stand in a reference, 1- to 4-grams at all. An n-gram is found at most as
    often as the reference that has most of it does have it. tokenize: "none" splits at spaces;
    "13a" sets punctuation apart as mteval-v13a does. Raises ValueError for another number of lines,
    a line without a reference and another tokenization.
    """
    if tokenize not in ("13a", "none"):
        raise ValueError(f"tokenize must be 13a or none, got {tokenize!r}")

    def tokens(line: str) -> list[str]:
        line = (line.lower() if lowercase else line).rstrip()
        return tokenize_13a(line) if tokenize == "13a" else line.split()

    lists = as_lists(hypotheses, references)
    rows = [
        _counts(tokens(line), [tokens(one) for one in own])
        for line, own in zip(hypotheses, lists, strict=True)
    ]
    return np.array(rows, np.int64).reshape(-1, 2 + 2 * ORDER)


def bleu_of(statistics: Array) -> Bleu:
    """BLEU of summed counts (2 + 2 * 4,).

    The k-th order in which nothing was found counts as 1 / 2^k n-grams found (smoothing "exp" of
    Chen & Cherry 2014, method 3); where nothing was found at all, or a corpus has no 4-grams, BLEU
    is 0.
    """
    length, wanted, *counts = (int(count) for count in statistics)
    correct, total = counts[:ORDER], counts[ORDER:]
    brevity = 1.0
    if length < wanted:
        brevity = math.exp(1 - wanted / length) if length else 0.0
    precisions = [0.0] * ORDER
    missed = 0
    for n in range(ORDER if any(correct) else 0):
        if not total[n]:
            break  # nor is any longer n-gram there
        missed += not correct[n]
        precisions[n] = 100 * (correct[n] or 1 / 2**missed) / total[n]
    score = 0.0
    if all(precisions):
        score = brevity * math.exp(math.fsum(math.log(one) for one in precisions) / ORDER)
    return Bleu(score, tuple(precisions), brevity, length, wanted)


def tokenize_13a(line: str) -> list[str]:
    """The tokens of a line as NIST's mteval-v13a and the shared tasks of WMT have them.

    Entities of SGML are read, symbols stand alone, full stops and commas too unless within a
    number, and a hyphen behind a digit.
    """
    line = line.replace("<skipped>", "").replace("-\n", "").replace("\n", " ")
    for entity, sign in (("quot", '"'), ("amp", "&"), ("lt", "<"), ("gt", ">")):
        line = line.replace(f"&{entity};", sign)
    line = _SYMBOL.sub(r" \1 ", f" {line} ")
    for pattern, apart in _NUMBERS:
        line = pattern.sub(apart, line)
    return line.split()


def _counts(tokens: Sequence[str], references: Sequence[Sequence[str]]) -> list[int]:
    """The row of one line."""
    nearest = min(map(len, references), key=lambda length: (abs(length - len(tokens)), length))
    correct, total = [], []
    for n in range(1, ORDER + 1):
        own = _ngrams(tokens, n)
        most = reduce(or_, (_ngrams(reference, n) for reference in references))
        correct.append((own & most).total())
        total.append(own.total())
    return [len(tokens), nearest, *correct, *total]


def _ngrams(tokens: Sequence[str], n: int) -> Counter[tuple[str, ...]]:
    return Counter(zip(*(tokens[start:] for start in range(n)), strict=False))
