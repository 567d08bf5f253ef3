"""chrF, the F-score of character n-grams (Popović 2015), as sacrebleu defines it.

As with BLEU, each line is boiled down to a row of counts, and the score is a function of their sum.
"""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from seqkit.metrics.references import References, as_lists

Array = npt.NDArray

ORDER = 6
"""N-grams of 1 to so many characters are counted."""

BETA = 2
"""How many times as much recall weighs as precision."""


def chrf(hypotheses: Sequence[str], references: References, lowercase: bool = False) -> float:
    """ChrF of N lines in percent; raises as `chrf_statistics`."""
    return chrf_of(chrf_statistics(hypotheses, references, lowercase).sum(axis=0))


def chrf_statistics(
    hypotheses: Sequence[str], references: References, lowercase: bool = False
) -> Array:
    """A row of counts for each of N lines, int64 (N, 3 * 6); white space does not count.

    For each order: n-grams of the hypothesis, of the reference, and in both. Of several references
    the one with the best chrF of the line is taken. Where a reference is too short to have n-grams
    of an order, those of the hypothesis are not counted either. Raises ValueError for another
    number of lines and a line without a reference.
    """

    def ngrams(line: str) -> list[Counter[str]]:
        text = "".join((line.lower() if lowercase else line).split())
        return [
            Counter(text[at : at + n] for at in range(len(text) - n + 1))
            for n in range(1, ORDER + 1)
        ]

    rows = []
    for line, own in zip(hypotheses, as_lists(hypotheses, references), strict=True):
        written = ngrams(line)
        counts = [_counts(written, ngrams(one)) for one in own]
        rows.append(counts[0] if len(counts) == 1 else max(counts, key=chrf_of))
    return np.array(rows, np.int64).reshape(-1, 3 * ORDER)


def chrf_of(statistics: Sequence[float] | Array) -> float:
    """ChrF in percent of summed counts (3 * 6,).

    (1 + β²) P R / (β² P + R), P and R the means of precision and recall over the orders that both
    sides have n-grams of; 0 where there is none.
    """
    counts = np.asarray(statistics, np.float64).reshape(ORDER, 3)
    written, wanted, both = counts[(counts[:, :2] > 0).all(axis=1)].T
    if not both.any():
        return 0.0
    precision, recall = float((both / written).mean()), float((both / wanted).mean())
    return 100 * ((1 + BETA**2) * precision * recall / (BETA**2 * precision + recall))


def _counts(written: Sequence[Counter[str]], wanted: Sequence[Counter[str]]) -> list[int]:
    """The row of one line against one reference."""
    return [
        count
        for own, other in zip(written, wanted, strict=True)
        for count in (own.total() if other else 0, other.total(), (own & other).total())
    ]
