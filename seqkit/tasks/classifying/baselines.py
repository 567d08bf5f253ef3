"""What any classifier must beat: the commonest label of the training text for all texts."""

from collections import Counter

from seqkit.tasks.classifying.texts import LabelledTexts


def majority(train: LabelledTexts, text: LabelledTexts) -> float:
    """The accuracy on `text` of the commonest answer in `train`; of equals the first by name.

    Where a text has many labels, an answer is a whole set of them, in whatever order.
    """
    counts = Counter(tuple(sorted(own)) for own in train.labels)
    commonest = min(counts, key=lambda own: (-counts[own], own))
    return sum(tuple(sorted(own)) == commonest for own in text.labels) / len(text)
