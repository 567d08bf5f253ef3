"""The page that `seqkit tag --html` writes."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from seqkit.report.entities_html import Mark
    from seqkit.tasks.tagging import Tagging, TrainedTagger


def write_page(
    tagger: "TrainedTagger",
    blocks: Iterable[tuple[int, str]],
    path: str,
    title: str,
    least: float,
    document: bool = False,
) -> None:
    """Write a page of a text with its entities, those below a confidence left out.

    `document`: each block is one.
    Of a tagger whose tags are classes every token is marked. Memory is that of one block.
    """
    from seqkit.report.entities_html import entity_page

    with entity_page(path, tagger.types or tagger.tags, title) as page:
        for _, text in blocks:
            marks = [
                mark
                for tagging in tagger.tag_text(text, document)
                for mark in (_entities(tagging) if tagger.types else _tokens(tagging))
            ]
            page.add(text, [mark for mark in marks if mark.confidence >= least])


def _entities(tagging: "Tagging") -> "list[Mark]":
    from seqkit.report.entities_html import Mark

    places = tagging.places
    return [
        Mark(places[one.start][0], places[one.stop - 1][1], one.type, one.confidence)
        for one in tagging.entities
    ]


def _tokens(tagging: "Tagging") -> "list[Mark]":
    from seqkit.report.entities_html import Mark

    tokens = zip(tagging.places, tagging.tags, tagging.confidences, strict=True)
    return [Mark(start, stop, tag, confidence) for (start, stop), tag, confidence in tokens]
