"""Two classifiers as one: the wide-and-deep sum of a linear model and a recurrent net."""

from collections.abc import Sequence
from typing import Self

from seqkit.metrics.weighted_sum import class_factors, label_factors
from seqkit.tasks.classifying.calibration import known_texts
from seqkit.tasks.classifying.labels import Array, Labels
from seqkit.tasks.classifying.scorers import Scorer
from seqkit.tasks.classifying.texts import LabelledTexts
from seqkit.tasks.runs import Run


class SumScorer:
    """The plain sum of the scores of two scorers of the same labels."""

    def __init__(self, first: Scorer, second: Scorer) -> None:
        self.first, self.second = first, second

    @classmethod
    def fit(cls, first: Scorer, second: Scorer, labels: Labels, valid: LabelledTexts) -> Self:
        """Multiply the scores of each for good so that their sum has the least loss on `valid`.

        The factors are 0 or more, so what one of them says is weakened at most, never turned round.
        The sum then is calibrated, too. Texts with a label that training never saw are left out;
        without others both count as they are.
        """
        texts, gold = known_texts(labels, valid)
        if texts:
            fit = label_factors if labels.many else class_factors
            factors = fit(first.scores(texts), second.scores(texts), gold)
            for scorer, factor in zip((first, second), factors, strict=True):
                scorer.scale(factor)
        return cls(first, second)

    def scores(self, texts: Sequence[str]) -> Array:
        """B texts -> (B, K)."""
        return self.first.scores(texts) + self.second.scores(texts)

    def scale(self, factor: float) -> None:
        """Multiply all scores by a factor for good."""
        self.first.scale(factor)
        self.second.scale(factor)

    def save(self, run: Run) -> None:
        """Write the files of both; one that counts for nothing is kept all the same."""
        self.first.save(run)
        self.second.save(run)
