"""Corpora of NLTK by name, read from data that is on this machine; nothing is downloaded."""

import difflib
import importlib
import pathlib
import types
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from seqkit.corpora.readers import TextFiles, spool

_EMPTY_TAG = "-NONE-"  # treebanks tag traces with it, which are no words of the text
_FETCH = "fetch it with: python -m nltk.downloader"


def read_nltk(name: str) -> TextFiles:
    """Return the corpus `nltk.corpus.NAME`: its sentences, one a line, words joined by spaces.

    Words are as the corpus has them (Brown writes quotes as two characters), without the traces
    of treebanks. A corpus of words alone gives one a line, any other the lines of its raw text.
    Raises ValueError for unknown names and for data that is missing, damaged or no text.
    """
    return _spooled(name, _lines, "sentences, their words joined by spaces")


def read_nltk_tagged(name: str) -> TextFiles:
    """Return the corpus `nltk.corpus.NAME` as a file of columns: word, part of speech.

    Words and parts are as the corpus has them, without traces. Raises ValueError as `read_nltk`
    does, and for a corpus without parts of speech.
    """
    return _spooled(name, _columns, "words with their parts of speech")


def is_tagged(name: str) -> bool:
    """Tell whether a corpus whose data is on this machine has parts of speech."""
    try:
        return hasattr(getattr(_corpora(), name), "tagged_sents")
    except (LookupError, ValueError, OSError, zipfile.BadZipFile):
        return False  # the data is damaged, which is said when it is read


def _spooled(name: str, blocks: Callable[[str], Iterator[bytes]], description: str) -> TextFiles:
    if name not in known():
        close = ", ".join(difflib.get_close_matches(name, known())) or "brown, for example"
        raise ValueError(f"nltk:{name}: NLTK has no corpus of this name; there is {close}")
    try:
        return spool(
            blocks(name), f"nltk:{name}", f"the NLTK corpus {name}", description=description
        )
    except (LookupError, ValueError, zipfile.BadZipFile, zlib.error) as error:
        raise ValueError(_explain(name, error)) from None


def installed() -> list[str]:
    """Return the names of the NLTK corpora whose data is on this machine."""
    import nltk.data

    present: set[str] = set()
    for folder in nltk.data.path:
        place = pathlib.Path(folder, "corpora")
        if place.is_dir():
            present.update(path.name.removesuffix(".zip") for path in place.iterdir())
    return sorted(present & known())


def known() -> set[str]:
    """Return the names of all corpora that NLTK has a reader for."""
    from nltk.corpus.reader.api import CorpusReader
    from nltk.corpus.util import LazyCorpusLoader

    readers = (LazyCorpusLoader, CorpusReader)
    # By type(), as isinstance() would make a lazy loader load.
    return {name for name, value in vars(_corpora()).items() if issubclass(type(value), readers)}


def _corpora() -> types.ModuleType:
    """Return the module itself; the attribute `nltk.corpus` is a stand-in that hides its names."""
    return importlib.import_module("nltk.corpus")


def _lines(name: str) -> Iterator[bytes]:
    reader = getattr(_corpora(), name)
    for line in _text(reader):
        yield line.replace("\n", " ").encode() + b"\n"


def _columns(name: str) -> Iterator[bytes]:
    reader = getattr(_corpora(), name)
    if not hasattr(reader, "tagged_sents"):
        raise ValueError("it has no parts of speech; take treebank or brown")
    for sentence in reader.tagged_sents():
        rows = [(word, tag) for word, tag in sentence if tag != _EMPTY_TAG]
        yield "".join(f"{_cell(word)}\t{_cell(tag)}\n" for word, tag in rows).encode() + b"\n"


def _cell(text: str | None) -> str:
    """Write what may hold white space, or nothing, as a column."""
    return " ".join((text or "").split()) or "_"


def _text(reader: Any) -> Iterable[str]:
    if hasattr(reader, "parsed_sents") and hasattr(reader, "tagged_sents"):
        return (
            " ".join(word for word, tag in sentence if tag != _EMPTY_TAG)
            for sentence in reader.tagged_sents()
        )
    if hasattr(reader, "sents"):
        return (" ".join(sentence) for sentence in reader.sents())
    if hasattr(reader, "words"):
        return (word for word in reader.words())
    return (line for line in reader.raw().splitlines())


def _explain(name: str, error: Exception) -> str:
    """Say in one line what is missing; NLTK says it in twenty."""
    text = " ".join(str(error).split())
    if "punkt" in text or "sentence tokenizer" in text:
        return f"nltk:{name} needs NLTK's sentence splitter; {_FETCH} punkt_tab"
    if isinstance(error, LookupError):
        here = ", ".join(installed()) or "none"
        return f"nltk:{name}: its data is not on this machine (found: {here}); {_FETCH} {name}"
    return f"nltk:{name} cannot be read: {text}"
