"""The panel of a classifier: the probability of each label, and what each token adds."""

from collections.abc import Mapping
from typing import Any

from seqkit.report.explanation import runs
from seqkit.serve.asking import Asked
from seqkit.serve.commands import command
from seqkit.serve.limits import LIMITS, Limits
from seqkit.serve.panel import Answer, Events
from seqkit.tasks.classifying import TrainedClassifier
from seqkit.tasks.classifying.explaining import explain


class ClassifyPanel:
    """Classifies and explains as `seqkit classify` does."""

    kind = "classify"

    def __init__(self, path: str, classifier: TrainedClassifier, limits: Limits = LIMITS) -> None:
        self.path, self.classifier, self.limits = path, classifier, limits
        self.command = command("classify", path, "--explain")
        labels = classifier.labels
        self.facts = {"labels": list(labels.names), "many": labels.many}
        self.answers: Mapping[str, Answer] = {"classify": self.classify}
        self.streams: Mapping[str, Events] = {}

    def classify(self, asked: Asked) -> dict[str, Any]:
        """Labels, P of each label, and the explanation of one of them, the likeliest by default.

        Lines become one, as the command takes each for a text of its own. `parts` are all of the
        text, each with its share and how strongly to colour it, from -4 (against) to 4 (for).
        """
        text = " ".join(asked.text("text", None, self.limits.explained).splitlines()).strip()
        label = asked.text("label", "", self.limits.explained) or None
        asked.end()
        (found,) = self.classifier.classify([text])
        (explained,) = explain(self.classifier, [text], None, label)
        parts = [
            {"text": part, "share": None if piece is None else piece.share, "step": step}
            for part, piece, step in runs(explained)
        ]
        names = self.classifier.labels.names
        return {
            "labels": list(found.labels),
            "probabilities": dict(zip(names, found.probabilities, strict=True)),
            "explained": explained.label,
            "score": explained.score,
            "bias": explained.bias,
            "method": explained.method,
            "parts": parts,
            "command": command(
                *("classify", self.path, "--explain"),
                options=[("--label", label, None)],
                text=text,
            ),
        }
