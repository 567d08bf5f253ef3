"""What there is to know of a corpus that can be downloaded, and where it is once it is here."""

import os
import pathlib
from dataclasses import dataclass
from typing import Literal

from seqkit.corpora.corpus import Split
from seqkit.corpora.storage import cache_folder

Kind = Literal["text", "labelled", "parallel", "images", "questions"]
TASKS: dict[Kind, str] = {
    "text": "language model, word vectors",
    "labelled": "classifier",
    "parallel": "translator",
    "images": "image classifier",
    "questions": "word vectors, to measure them",
}
"""What each kind of corpus is for."""
HOLDS: dict[Kind, str] = {
    "text": "running text",
    "labelled": "texts with labels",
    "parallel": "pairs for translators",
    "images": "images",
    "questions": "questions for word vectors",
}
"""The same for errors."""


def data_folder() -> pathlib.Path:
    """Return where downloaded corpora are kept: $SEQKIT_DATA, else the user's cache."""
    own = os.environ.get("SEQKIT_DATA")
    return pathlib.Path(own) if own else cache_folder()


@dataclass(frozen=True)
class RemoteFile:
    """A file: what it is called here, where it is fetched, its exact size in bytes and its sum."""

    name: str
    url: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Download:
    """A corpus that can be fetched, and which of its files each of its parts is.

    Without a part "valid" a share of "train" is held out, as of any file. `terms` is what its
    authors ask for beyond the licence, empty for nothing.
    """

    name: str
    kind: Kind
    description: str
    source: str
    licence: str
    terms: str
    files: tuple[RemoteFile, ...]
    parts: dict[Split, tuple[str, ...]]

    @property
    def tasks(self) -> str:
        """What it is for."""
        return TASKS[self.kind]

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files)

    @property
    def folder(self) -> pathlib.Path:
        """Where it is once it is here."""
        return data_folder() / self.name

    @property
    def is_here(self) -> bool:
        """Whether all files are here; their sums were checked when they came."""
        places = [(self.folder / file.name, file.size) for file in self.files]
        return all(path.is_file() and path.stat().st_size == size for path, size in places)
