"""What `seqkit tag` reads, sentence by sentence, each with what the tagger says of it."""

import dataclasses
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from seqkit.cli import options

if TYPE_CHECKING:
    from seqkit.corpora.columns import ColumnText, Row, TagColumns
    from seqkit.corpora.records import Tagged
    from seqkit.tasks.tagging import Tagging, TrainedTagger


@dataclass(frozen=True)
class Answer:
    """A sentence and its tags.

    `cells` are the columns of each token; `places` say where in the whole input it stands, in
    characters, or in tokens where the input is columns; `surfaces` are the entities as they stand
    there.
    """

    tagging: "Tagging"
    cells: Sequence[Sequence[str]]
    features: Sequence[Sequence[str]]
    places: Sequence[tuple[int, int]]
    surfaces: Sequence[str]


def tag_text(
    tagger: "TrainedTagger", blocks: Iterable[tuple[int, str]], document: bool = False
) -> Iterator[Answer]:
    """Tag raw text, given as blocks that know where in the input they begin.

    `document`: each block is one.
    """
    for begin, text in blocks:
        for tagging in tagger.tag_text(text, document):
            places = tagging.places
            spans = [(places[e.start][0], places[e.stop - 1][1]) for e in tagging.entities]
            yield Answer(
                tagging,
                [[token] for token in tagging.tokens],
                (),
                [(begin + start, begin + stop) for start, stop in places],
                [text[start:stop] for start, stop in spans],
            )


def tag_columns(
    tagger: "TrainedTagger",
    text: "ColumnText",
    columns: "TagColumns",
    comments: bool,
    document: bool = False,
) -> Iterator[Answer]:
    """Tag the sentences of a file of columns; ValueError names file and line of what is wrong.

    `document`: the file is one, whatever lines it has to separate some.
    """
    waiting: deque[tuple[list[Row], Tagged]] = deque()  # those that the tagger has read ahead

    def records() -> "Iterator[Tagged]":
        for rows in _sentences(text, columns, comments):
            record = _record(text, rows, columns)
            waiting.append((rows, dataclasses.replace(record, document=0) if document else record))
            yield waiting[-1][1]

    begin = 0
    for tagging in tagger.tag(records()):
        rows, record = waiting.popleft()
        yield Answer(
            tagging,
            [row.cells for row in rows],
            record.features,
            [(place, place + 1) for place in range(begin, begin + len(rows))],
            [" ".join(record.tokens[e.start : e.stop]) for e in tagging.entities],
        )
        begin += len(rows)


def separator(text: "ColumnText", comments: bool) -> str:
    """What stands between the columns of a file: a tab if the first token's line has one."""
    from seqkit.corpora.columns import DOCSTART, read_lines

    for _, line in read_lines(text):
        passed = line.startswith(DOCSTART) or (comments and line.startswith("#"))
        if line.strip() and not passed:
            return "\t" if "\t" in line else " "
    return " "


def _sentences(text: "ColumnText", columns: "TagColumns", comments: bool) -> "Iterator[list[Row]]":
    """The rows of each sentence; one without end comes in parts, and stderr tells of it."""
    from seqkit.corpora.columns import read_rows
    from seqkit.corpora.tagged import LONGEST

    rows: list[Row] = []
    told = False
    for row in read_rows(text, comments, comments and columns.token != 1):
        if rows and not row.cells:
            yield rows
            rows = []
        elif len(rows) == LONGEST:
            if not told:
                options.note(
                    f"{text.source}, line {row.line}: no blank line in {LONGEST:,} tokens, so the "
                    "sentence is tagged in parts, as are others like it"
                )
            told = True
            yield rows
            rows = []
        rows += [row] if row.cells else []
    if rows:
        yield rows


def _record(text: "ColumnText", rows: "list[Row]", columns: "TagColumns") -> "Tagged":
    from seqkit.corpora.records import Tagged

    cells: list[Any] = list(zip(*(row.cells for row in rows), strict=True))
    try:
        token, _, features = columns.places(len(cells))
    except ValueError as error:
        raise ValueError(f"{text.source}, line {rows[0].line}: {error}") from None
    further = tuple(cells[k] for k in features)
    return Tagged(cells[token], (), further, document=rows[0].document)
