"""What a translation is worth that nobody has learnt: the source itself, and words by chance."""

import numpy as np

from seqkit.tasks.translating.evaluation import quick_scores, tokenization_of
from seqkit.tasks.translating.sides import Side
from seqkit.tasks.translating.texts import TextPairs


def baselines(target: Side, train: TextPairs, text: TextPairs) -> dict[str, float]:
    """BLEU of the source taken for its translation, and the perplexity of words by their shares.

    The shares are those of the training targets, each count taken as one more than it is.
    """
    counts = np.ones(len(target.vocabulary))
    for sentence in train.targets:
        np.add.at(counts, target.ids(sentence), 1)
    losses = -np.log(counts / counts.sum())  # (V,), nats
    ids = np.concatenate([target.ids(sentence) for sentence in text.targets])
    copied = quick_scores(text.sources, text.targets, tokenization_of(target))
    return {"copy_bleu": copied["bleu"], "unigram": float(np.exp(losses[ids].mean()))}
