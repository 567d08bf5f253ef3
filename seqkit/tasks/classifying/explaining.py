"""Explaining what a classifier says of texts: which tokens speak for a label, which against it."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

import numpy as np

from seqkit.tasks.classifying.explanation import Explanation, Piece, contrast
from seqkit.tasks.classifying.gradient import Gradient, has_gradient
from seqkit.tasks.classifying.labels import Array, Labels
from seqkit.tasks.classifying.linear import LinearScorer
from seqkit.tasks.classifying.occlusion import Occlusion
from seqkit.tasks.classifying.places import merged, token_places
from seqkit.tasks.classifying.scorers import Scorer
from seqkit.tasks.classifying.summed import SumScorer
from seqkit.tasks.classifying.trained import TrainedClassifier

METHODS = ("exact", "occlusion", "gradient")


class Method(Protocol):
    """A way to find what each token adds to the margin of a label."""

    def pieces(self, text: str, k: int) -> tuple[tuple[Piece, ...], str]:
        """The pieces of a text for label k, and how they were found, in words."""
        ...


class Part(Protocol):
    """A way that gives each token of `token_places` its share; those of a sum add up."""

    def shares(self, text: str, k: int) -> Array:
        """What each token adds to the margin of label k, (T,)."""
        ...


class Exact:
    """What `LinearScorer.contributions` says: with the biases, these shares are the margin."""

    def __init__(self, scorer: LinearScorer, labels: Labels) -> None:
        self.scorer, self.labels = scorer, labels

    def shares(self, text: str, k: int) -> Array:
        """What each token adds to the margin of label k, (T,)."""
        factors = contrast(self.labels, k)  # (K,)
        return np.asarray(self.scorer.contributions(text).shares @ factors)


class ByToken:
    """The sum of what the parts of a scorer say, token by token."""

    def __init__(self, parts: Sequence[Part], level: str, name: str) -> None:
        self.parts, self.level, self.name = parts, level, name

    def pieces(self, text: str, k: int) -> tuple[tuple[Piece, ...], str]:
        """The tokens, those that share a character as one."""
        shares = np.sum([part.shares(text, k) for part in self.parts], axis=0)  # (T,)
        return merged(token_places(text, self.level), shares.tolist()), self.name


def explain(
    classifier: TrainedClassifier,
    texts: Iterable[str],
    method: str | None = None,
    label: str | None = None,
) -> Iterator[Explanation]:
    """Explain texts, in order, each when it is asked for: the likeliest label, or the one named.

    method: exact, which only the linear model can, and does by default; occlusion, which all can;
    gradient, for recurrent nets (the linear part of a wide one is exact). ValueError for a method
    that the model cannot do, and for an unknown label.
    """
    way = _method(classifier, method)
    number = None if label is None else _number(classifier.labels, label)
    return (_explained(classifier, way, text, number) for text in texts)


def _explained(classifier: TrainedClassifier, way: Method, text: str, k: int | None) -> Explanation:
    labels, scores = classifier.labels, classifier.scorer.scores([text])  # (1, K)
    probabilities = labels.probabilities(scores)[0]  # (K,)
    k = int(probabilities.argmax()) if k is None else k
    pieces, method = way.pieces(text, k)
    score = float(scores[0] @ contrast(labels, k))
    return Explanation(text, labels.names[k], float(probabilities[k]), score, pieces, method)


def _method(classifier: TrainedClassifier, name: str | None) -> Method:
    scorer, labels, level = classifier.scorer, classifier.labels, classifier.settings.level
    name = name or ("exact" if isinstance(scorer, LinearScorer) else "occlusion")
    if name == "occlusion":
        return Occlusion(scorer, labels, level)
    if name == "exact" and isinstance(scorer, LinearScorer):
        return ByToken([Exact(scorer, labels)], level, "exact")
    linear, net = _parts(scorer)
    if name == "gradient" and has_gradient(net):
        parts: list[Part] = [Gradient(net, labels)]
        parts += [Exact(linear, labels)] if linear else []
        return ByToken(parts, level, "gradient" + (", the linear part exact" if linear else ""))
    if name not in METHODS:
        raise ValueError(f"there is no method {name!r}: choose one of {', '.join(METHODS)}")
    raise ValueError(f"{name} does not explain {_LIMITS[name]}; choose occlusion")


_LIMITS = {
    "exact": "a model that is not linear",
    "gradient": "a model without a recurrent net, of subwords, or with an encoder",
}


def _parts(scorer: Scorer) -> tuple[LinearScorer | None, Scorer]:
    """The linear model of a wide net, and the net; of another scorer none, and itself."""
    if isinstance(scorer, SumScorer) and isinstance(scorer.first, LinearScorer):
        return scorer.first, scorer.second
    return None, scorer


def _number(labels: Labels, name: str) -> int:
    if name not in labels.names:
        known = ", ".join(labels.names)
        raise ValueError(f"there is no label {name!r} to explain: choose one of {known}")
    return labels.names.index(name)
