"""What any tagger must beat: the commonest tag for all, and each word tagged as it mostly was."""

from collections import Counter

from seqkit.metrics.entities import count_entities, token_accuracy
from seqkit.tasks.tagging.sentences import TaggedText
from seqkit.text.schemes import to_spans


def baselines(train: TaggedText, text: TaggedText) -> dict[str, float]:
    """Accuracy of the "majority" tag; "lookup": F1 of entities, or accuracy where there are none.

    A word that training lacks gets the commonest tag.
    """
    by_word: dict[str, Counter[str]] = {}
    overall: Counter[str] = Counter()
    for sentence in train.sentences:
        overall.update(sentence.tags)
        for token, tag in zip(sentence.tokens, sentence.tags, strict=True):
            by_word.setdefault(token, Counter())[tag] += 1
    majority = _commonest(overall)
    chosen = {word: _commonest(counts) for word, counts in by_word.items()}
    gold = [sentence.tags for sentence in text.sentences]
    found = [[chosen.get(token, majority) for token in s.tokens] for s in text.sentences]
    dull = [[majority] * len(tags) for tags in gold]
    if train.written == "plain":
        lookup = token_accuracy(gold, found).precision
    else:
        spans = [to_spans(tags, "bioes") for tags in found]
        lookup = count_entities(text.spans(), spans).overall.f1
    return {"majority": token_accuracy(gold, dull).precision, "lookup": lookup}


def _commonest(counts: Counter[str]) -> str:
    """The tag with the highest count; of equals the first by name."""
    return min(counts, key=lambda tag: (-counts[tag], tag))
