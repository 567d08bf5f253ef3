"""The panel of a tagger: the places of entities, or of tagged words, in raw text."""

from collections.abc import Iterator, Mapping
from typing import Any

from seqkit.serve.asking import Asked
from seqkit.serve.commands import command
from seqkit.serve.limits import LIMITS, Limits
from seqkit.serve.panel import Answer, Events
from seqkit.tasks.tagging import Tagging, TrainedTagger


class TagPanel:
    """Tags as `seqkit tag` does; ValueError for a run that wants more columns than raw text has."""

    kind = "tag"

    def __init__(self, path: str, tagger: TrainedTagger, limits: Limits = LIMITS) -> None:
        if tagger.feature_columns:
            raise ValueError(
                f"{path}: reads {tagger.feature_columns} further column(s) of each token, which "
                "raw text does not have; use seqkit tag --columns"
            )
        self.path, self.tagger, self.limits = path, tagger, limits
        self._words = ("tag", path, *(["--entities"] if tagger.types else []))
        self.command = command(*self._words)
        self.facts = {
            "types": list(tagger.types or tagger.tags),
            "entities": bool(tagger.types),
            "scheme": tagger.scheme,
        }
        self.answers: Mapping[str, Answer] = {"tag": self.tag}
        self.streams: Mapping[str, Events] = {}

    def tag(self, asked: Asked) -> dict[str, Any]:
        """The spans of a text, in order: start, stop (in characters), type and confidence (G1)."""
        text = asked.text("text", None, self.limits.body)
        least = asked.number("min_confidence", 0.0, 0, 1) if self.tagger.types else 0.0
        asked.end()
        spans = [
            span
            for tagging in self.tagger.tag_text(text)
            for span in self._spans(tagging)
            if span["confidence"] >= least
        ]
        options = [("--min-confidence", least, 0.0)]
        return {"spans": spans, "command": command(*self._words, options=options, text=text)}

    def _spans(self, tagging: Tagging) -> Iterator[dict[str, Any]]:
        places = tagging.places
        if self.tagger.types:
            for one in tagging.entities:
                start, stop = places[one.start][0], places[one.stop - 1][1]
                yield _span(start, stop, one.type, one.confidence)
        else:
            for place, tag, share in zip(places, tagging.tags, tagging.confidences, strict=True):
                yield _span(*place, tag, share)


def _span(start: int, stop: int, kind: str, confidence: float) -> dict[str, Any]:
    return {"start": start, "stop": stop, "type": kind, "confidence": confidence}
