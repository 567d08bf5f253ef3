"""Labelled files of JSON lines."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from seqkit.corpora.labelled_columns import LabelColumns, listed, number_of
from seqkit.corpora.labelled_lines import LineText, Row, read_lines


def read_json(text: LineText, columns: LabelColumns) -> Iterator[Row]:
    """Yield the rows of a file of JSON objects, one a line; a label may be a list of them.

    Raises ValueError, with file and line.
    """
    keys: tuple[list[str], str | None] | None = None
    for number, line in read_lines(text):
        if not line.strip():
            continue
        try:
            row = _object(line)
            keys = keys or _keys(row, columns)
            texts = [_text(row, key) for key in keys[0]]
            label = None if keys[1] is None else _label(row, keys[1])
        except ValueError as error:
            raise ValueError(f"{text.source}, line {number}: {error}") from None
        yield Row(number, " ".join(texts), label)


def _object(line: str) -> Mapping[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        row = None
    if not isinstance(row, dict):
        raise ValueError('no JSON object; give one a line, like {"text": "...", "label": "..."}')
    return row


def _keys(row: Mapping[str, Any], columns: LabelColumns) -> tuple[list[str], str | None]:
    """Return the keys of text and label."""
    for column in (*columns.text, columns.label or "label"):
        if number_of(column) is not None:
            raise ValueError(f"JSON has no column {column}: give the name of a key")
    names = list(row)
    texts, label = columns.places(names)
    return [names[place] for place in texts], None if label is None else names[label]


def _text(row: Mapping[str, Any], key: str) -> str:
    value = _value(row, key)
    if not isinstance(value, str):
        raise ValueError(f"{key!r} is no text; give a string")
    return _checked(value, key)


def _label(row: Mapping[str, Any], key: str) -> str | tuple[str, ...]:
    """Return one label, a string or number, or those of a list."""
    value = _value(row, key)
    values = value if isinstance(value, list) else [value]
    if not all(isinstance(item, str | int | float) for item in values):
        raise ValueError(f"{key!r} is no label; give a string, a number or a list of them")
    labels = [item if isinstance(item, str) else json.dumps(item) for item in values]
    labels = [_checked(label, key) for label in labels]
    return tuple(dict.fromkeys(labels)) if isinstance(value, list) else labels[0]


def _checked(text: str, key: str) -> str:
    """A text that can be written down; JSON can hold half of a character, which cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError(f"{key!r} has half a surrogate pair, such as \\ud83d; mend it") from None
    return text


def _value(row: Mapping[str, Any], key: str) -> Any:
    if key not in row:
        raise ValueError(f"there is no key {key!r} among {listed(list(row))}; give it in every row")
    return row[key]
