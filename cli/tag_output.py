"""What `seqkit tag` prints of a sentence: columns, entities or JSON."""

import dataclasses
import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from seqkit.cli.options import shown
from seqkit.cli.tag_input import Answer

if TYPE_CHECKING:
    from seqkit.tasks.tagging import Entity, TrainedTagger

Readings = Sequence[tuple[Sequence[str], float]]

FILL = "_"
"""Stands for the tags of a reading that a short sentence does not have."""


def without_doubtful(answer: Answer, least: float, scheme: Any) -> Answer:
    """A sentence without the entities below a confidence; they have no tags any more either."""
    from seqkit.text.schemes import from_spans

    pairs = zip(answer.tagging.entities, answer.surfaces, strict=True)
    kept = [(entity, surface) for entity, surface in pairs if entity.confidence >= least]
    if len(kept) == len(answer.surfaces):
        return answer
    entities = tuple(entity for entity, _ in kept)
    spans = [(entity.start, entity.stop, entity.type) for entity in entities]
    tags = from_spans(spans, len(answer.tagging.tokens), scheme)
    tagging = dataclasses.replace(answer.tagging, entities=entities, tags=tags)
    return dataclasses.replace(answer, tagging=tagging, surfaces=[text for _, text in kept])


def readings(tagger: "TrainedTagger", answer: Answer, count: int) -> Readings:
    """The likeliest `count` taggings of a sentence, with their probabilities."""
    from seqkit.corpora.records import Tagged

    features = tuple(map(tuple, answer.features))
    return tagger.n_best(Tagged(answer.tagging.tokens, (), features), count)


def columns_of(answer: Answer, further: Sequence[Sequence[str]], gap: str) -> str:
    """The columns of a sentence with further ones behind them, and a blank line.

    On a terminal they are made printable; into a file they go as they are.
    """
    rows = zip(answer.cells, *further, strict=True)
    text = "".join(gap.join([*cells, *tags]) + "\n" for cells, *tags in rows) + "\n"
    return shown(text, keep="\t\n")


def columns_of_readings(answer: Answer, found: Readings, count: int, gap: str) -> str:
    """A column a reading, below a line that begins with # and has their probabilities."""
    missing = count - len(found)
    unread = [FILL] * len(answer.tagging.tokens)
    head = ["#", *(f"{probability:.4f}" for _, probability in found), *(["0.0000"] * missing)]
    further = [*(tags for tags, _ in found), *([unread] * missing)]
    return gap.join(head) + "\n" + columns_of(answer, further, gap)


def lines_of_entities(answer: Answer) -> str:
    """One line an entity: start, stop, type, confidence, and the text there, made printable."""
    from seqkit.report.terminal import printable

    return "".join(
        f"{start}\t{stop}\t{printable(entity.type)}\t{entity.confidence:.4f}\t{printable(text)}\n"
        for start, stop, entity, text in _located(answer)
    )


def json_of_entities(answer: Answer, number: int) -> str:
    """One JSON object an entity; `number` is that of its sentence, from 1."""
    return "".join(
        _json(
            {
                "sentence": number,
                "start": start,
                "end": stop,
                "type": entity.type,
                "text": text,
                "confidence": entity.confidence,
            }
        )
        for start, stop, entity, text in _located(answer)
    )


def json_of_sentence(answer: Answer, found: Readings | None) -> str:
    """A JSON object: tokens, offsets where there is a text, and tags or, if given, readings."""
    tagging = answer.tagging
    value: dict[str, Any] = {"tokens": tagging.tokens}
    if found is None:
        value |= {"tags": tagging.tags, "confidences": tagging.confidences}
    else:
        value["n_best"] = [{"tags": tags, "probability": p} for tags, p in found]
    if tagging.places:
        value["offsets"] = answer.places
    return _json(value)


def _located(answer: Answer) -> "Iterator[tuple[int, int, Entity, str]]":
    """The entities of a sentence, each with where in the input it stands, and its text."""
    for entity, text in zip(answer.tagging.entities, answer.surfaces, strict=True):
        yield answer.places[entity.start][0], answer.places[entity.stop - 1][1], entity, text


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False) + "\n"
