"""Making probabilities honest: one factor for all scores (Guo et al. 2017)."""

from seqkit.metrics.temperature import class_factor, label_factor
from seqkit.tasks.classifying.evaluation import have_known_labels
from seqkit.tasks.classifying.labels import Ints, Labels
from seqkit.tasks.classifying.scorers import Scorer
from seqkit.tasks.classifying.texts import LabelledTexts


def calibrate(scorer: Scorer, labels: Labels, valid: LabelledTexts) -> float:
    """Multiply all scores for good by the factor that gives the least loss on `valid`; return it.

    A model that has learnt its training text by heart is surer than it should be. The likeliest
    label stays the likeliest, and only the probabilities change; where a text can have many
    labels, those that were likelier than not still are. Texts with a label that training never saw
    are left out; without others the factor is 1.
    """
    texts, gold = known_texts(labels, valid)
    if not texts:
        return 1.0
    factor = (label_factor if labels.many else class_factor)(scorer.scores(texts), gold)
    scorer.scale(factor)
    return factor


def known_texts(labels: Labels, texts: LabelledTexts) -> tuple[list[str], Ints]:
    """The texts whose labels training has seen, and their targets as `Labels.targets` has them."""
    known = have_known_labels(labels, texts.labels)
    chosen = [n for n, is_known in enumerate(known) if is_known]
    return [texts.texts[n] for n in chosen], labels.targets([texts.labels[n] for n in chosen])
