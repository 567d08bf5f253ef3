"""The built-in corpus of real English: the documentation that comes with every Python.

Nothing is shipped: the text is read on this machine from `pydoc_data.topics` and from the
docstrings of the standard library, so it differs a little from one Python version to the next.
"""

import ast
import functools
import hashlib
import importlib
import json
import logging
import os
import pathlib
import platform
import sysconfig
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from seqkit.corpora.corpus import BLOCK, Split, cut_blocks, lines_of
from seqkit.corpora.prose import sentences
from seqkit.corpora.records import Text
from seqkit.corpora.storage import cache_folder, write_whole

RECIPE = "pydocs-1"  # goes up when collecting or cleaning changes, so that caches are made anew
_SKIPPED = {"test", "tests", "idlelib", "lib2to3", "turtledemo", "site-packages", "dist-packages"}
_HELD_OUT = 0.06  # share of the words in valid, and in test
_MINIMUM = 10_000  # words; with fewer, the sources are missing
_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True)
class Pydocs:
    """English sentences, one a line, from the documentation of the Python that runs this.

    Technical prose. No sentence occurs twice, and the splits come from different modules and
    topics. Making it takes seconds; it is then kept in the user's cache.
    """

    split: Split = "train"
    block_size: int = BLOCK
    name: str = "pydocs"
    description: str = "English sentences from Python's own documentation"
    synthetic: bool = False
    entropy: Any = None

    def __post_init__(self) -> None:
        if self.split not in ("train", "valid", "test"):
            raise ValueError(f"pydocs has no split {self.split!r}: use train, valid or test")

    @property
    def source(self) -> str:
        """Which Python the text comes from."""
        return f"the documentation of Python {platform.python_version()} on this machine"

    @property
    def sha256(self) -> str:
        """The hash of the text of this split; it differs between Python versions."""
        return hashlib.sha256(_texts()[self.split]).hexdigest()

    def __iter__(self) -> Iterator[Text]:
        """Yield the sentences in order."""
        return lines_of(self.blocks())

    def blocks(self) -> Iterator[bytes]:
        """Yield UTF-8 blocks of at most `block_size` bytes."""
        return cut_blocks([_texts()[self.split]], self.block_size)


@functools.cache
def _texts() -> dict[str, bytes]:
    """Return the text of every split, from the cache where a whole one for this Python lies."""
    path = cache_folder() / f"{RECIPE}-{platform.python_version()}-{_fingerprint()}.json"
    texts = _cached(path)
    if texts is None:
        texts = collect()
        lines = {split: text.decode() for split, text in texts.items()}
        data = json.dumps({"sha256": _hash(texts), "texts": lines}).encode()
        try:
            write_whole(path, [data])
        except OSError as error:  # a cache that cannot be written costs seconds, no more
            logging.getLogger(__name__).warning("pydocs is not kept for the next time: %s", error)
    return texts


def _cached(path: pathlib.Path) -> dict[str, bytes] | None:
    """Return what `path` holds, or None where it is missing, damaged or not ours."""
    try:
        record = json.loads(path.read_bytes())
        texts = {split: text.encode() for split, text in record["texts"].items()}
        return texts if record["sha256"] == _hash(texts) else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _hash(texts: dict[str, bytes]) -> str:
    return hashlib.sha256(b"\0".join(texts[split] for split in sorted(texts))).hexdigest()


def _library() -> pathlib.Path:
    return pathlib.Path(sysconfig.get_path("stdlib"))


def _sources() -> list[pathlib.Path]:
    """Return the library's own source files in sorted order."""
    root = _library()
    files = []
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if name not in _SKIPPED]
        files += [pathlib.Path(folder, name) for name in names if name.endswith(".py")]
    return sorted(files, key=lambda path: path.relative_to(root).parts)


def _fingerprint() -> str:
    """Return a short hash of which sources there are and how long they are."""
    root = _library()
    listing = [f"{path.relative_to(root).as_posix()} {path.stat().st_size}" for path in _sources()]
    return hashlib.sha256("\n".join(listing).encode()).hexdigest()[:12]


def collect() -> dict[str, bytes]:
    """Return the text of every split, made anew from the documentation on this machine.

    Modules and topics go to the splits whole, in an order drawn by the hash of their names.
    Raises RuntimeError where this Python came without the sources of its library.
    """
    groups = _sentences_by_group()
    total = sum(map(_words, groups.values()))
    if total < _MINIMUM:
        raise RuntimeError(
            f"{_library()} holds hardly any documentation (this Python came without its sources): "
            "use the corpus smallworld, or a file of your own"
        )
    names = sorted(groups, key=lambda name: hashlib.sha256(name.encode()).digest())
    held_out = {split: _take(groups, names, _HELD_OUT * total) for split in ("test", "valid")}
    chosen = {"train": set(names), **held_out}
    return {
        split: "".join(
            f"{line}\n" for name in groups if name in chosen[split] for line in groups[name]
        ).encode()
        for split in ("train", "valid", "test")
    }


def _take(groups: dict[str, list[str]], names: list[str], words: float) -> set[str]:
    """Take groups from the end of `names` until they hold `words`; too large ones stay."""
    taken: set[str] = set()
    for name in list(reversed(names)):
        size = _words(groups[name])
        if size <= words:
            words -= size
            taken.add(name)
            names.remove(name)
    return taken


def _words(lines: list[str]) -> int:
    return sum(line.count(" ") + 1 for line in lines)


def _sentences_by_group() -> dict[str, list[str]]:
    """Return the sentences of every topic and top-level module, each sentence once in all."""
    groups: dict[str, list[str]] = {}
    seen: set[str] = set()
    for name, documentation in _documentation():
        for sentence in sentences(documentation):
            if sentence not in seen:
                seen.add(sentence)
                groups.setdefault(name, []).append(sentence)
    return groups


def _documentation() -> Iterator[tuple[str, str]]:
    """Yield (group, text) of topics, where this Python has them, and then of docstrings."""
    try:
        topics = importlib.import_module("pydoc_data.topics").topics
    except ImportError:  # some distributions leave them out
        topics = {}
    for topic in sorted(topics):
        yield f"topic {topic}", topics[topic]
    root = _library()
    for path in _sources():
        group = path.relative_to(root).parts[0].removesuffix(".py")
        for docstring in _docstrings(path):
            yield f"module {group.lstrip('_')}", docstring


def _docstrings(path: pathlib.Path) -> Iterator[str]:
    """Yield the docstrings of one file; none where this Python cannot read or parse it."""
    try:
        with warnings.catch_warnings(action="ignore"):
            tree = ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return
    for node in _statements(tree):
        if isinstance(node, _DOCUMENTED):
            docstring = ast.get_docstring(node)
            if docstring:
                yield docstring


def _statements(node: ast.AST) -> Iterator[ast.AST]:
    """Yield `node` and the statements in it, which is quicker than looking at expressions too."""
    yield node
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.stmt, ast.excepthandler)):
            yield from _statements(child)
