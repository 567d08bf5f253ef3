"""The records that corpora yield: plain, immutable, one class a kind of data."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """One line of running text, without its newline."""

    text: str


# Records of other tasks (tagged tokens, labelled text, pairs, images) stand here beside Text.
