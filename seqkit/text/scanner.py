"""The one pass over a training text: its tokens as provisional ids in a file, its types counted.

Memory does not grow with the text. A table of types that has become large is put into a file and a
new one begun; the ids of each stretch of the text belong to the table that it was numbered by. From
some size on several processes number stretches at the same time (workers.py). What comes out of a
scan does not depend on how many tables or processes there were.
"""

import dataclasses
import functools
import itertools
import os
import sys
import threading
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from seqkit.text.lines import Reading
from seqkit.text.numbering import cut_stretches, new_numbering
from seqkit.text.store import Store, Written
from seqkit.text.tallies import Places
from seqkit.text.tokenizers import Tokenizer
from seqkit.text.vocabulary import EOS, UNK
from seqkit.text.worker import can_be_sent, to_json
from seqkit.text.workers import Numbered, spread

CHUNK = 1 << 20
"""Ids read from a file at once."""
STRETCH = 1 << 20
"""Bytes of text, about, that are numbered in one go."""
ALONE = 1 << 24
"""Bytes that one process reads before others join it."""
TYPES = 1 << 19
"""A table of types that has grown beyond so many is put into a file."""
MOST = 8
"""The most processes; what reads the text for them could not keep up with more."""


@dataclasses.dataclass(frozen=True)
class Scan:
    """What one pass over a text found.

    `tokens` is their number, the `<eos>` of each line among them. `lines`, `characters`, `size`
    (bytes) and `sha256` are as in `Reading`. The provisional ids and counts lie in `store`.
    """

    tokens: int
    lines: int
    characters: int
    size: int
    sha256: str
    store: Store = dataclasses.field(repr=False)

    @functools.cached_property
    def counts(self) -> dict[str, int]:
        """How often each type came: `<eos>` first, the others as they first appeared.

        (A text of more than TYPES types has them in some other order.) All types are held in
        memory; `common` is for texts of any size.
        """
        found = self.common()
        if len(self.store.tables) > 1:
            return found
        table, places = self.store.tables.get(0)
        types = table.types()
        return {types[i]: found[types[i]] for i in np.argsort(places)}

    def common(self, size: int | None = None, min_count: int = 1) -> dict[str, int]:
        """How often each type came that a vocabulary with these limits may hold.

        All that could not be in it are counted as `<unk>`, so memory is bounded by `size`, or by
        the number of types that come `min_count` times.
        """
        found: dict[str, int] = {}
        for table in self.store.tables.summed():
            kept = table.take(np.flatnonzero(table.counts >= min_count))
            found.update(zip(kept.types(), kept.counts.tolist(), strict=True))
            if size is not None and len(found) > 2 * size:
                min_count = sorted(found.values())[-size]
                found = {token: count for token, count in found.items() if count >= min_count}
        found = {**found, EOS: self.store.line_ends, UNK: 0}
        found[UNK] = self.tokens - sum(found.values())
        return found if found[UNK] else {t: count for t, count in found.items() if t != UNK}

    def chunks(self) -> Iterator[np.ndarray]:
        """Yield the ids from the beginning by their place in `counts`, int32 arrays."""
        if len(self.store.tables) > 1:
            return self.ids(list(self.counts), np.dtype("<i4"))
        stretches = self.store.stretches()
        return (ids for stretch in stretches for ids in self.store.read(stretch, CHUNK))

    def ids(self, types: Sequence[str], dtype: np.dtype[Any]) -> Iterator[np.ndarray]:
        """Yield the ids from the beginning by their place in `types`, 0 for what is not in it."""
        places = Places(types)

        @functools.lru_cache(2 * MOST)  # tables of processes that worked side by side
        def final(number: int) -> np.ndarray:
            table, order = self.store.tables.get(number)
            ids = np.empty(order.size, dtype)
            ids[order] = places.find(table)
            return ids

        for stretch in self.store.stretches():
            for provisional in self.store.read(stretch, CHUNK):
                yield final(stretch.table)[provisional]

    def close(self) -> None:
        """Give the disk space of the provisional ids back."""
        self.store.close()


def scan(
    blocks: Iterable[bytes],
    tokenizer: Tokenizer,
    folder: str | os.PathLike[str] = ".",
    processes: int = 1,
) -> Scan:
    """Read a text once and number its tokens in the order of their first appearance (T1).

    The temporary files, 4 bytes a token and about 30 for each type of each table, lie in `folder`.
    A text of more than ALONE bytes is worked on by so many `processes`, MOST at most. ValueError: a
    text without tokens; a word of more than LONGEST bytes. RuntimeError: a process was killed.
    """
    reading, store = Reading(blocks), Store(folder)
    stretches = _Shared(enumerate(cut_stretches(reading.pieces(), tokenizer, STRETCH)))
    helped = processes > 1 and bool(sys.executable) and can_be_sent(tokenizer)
    try:
        while stretches.more():
            if helped and reading.size >= ALONE:
                asked = {"tokenizer": to_json(tokenizer), "types": TYPES}
                spread(stretches, asked, min(processes, MOST), store)
            else:
                _fill_table(stretches, tokenizer, store, ALONE if helped else None)
        if store.tokens == store.line_ends:
            raise ValueError("the text holds no tokens (it is empty or blank): give another")
    except BaseException:
        store.close()
        raise
    return Scan(
        tokens=store.tokens,
        lines=reading.lines,
        characters=reading.characters,
        size=reading.size,
        sha256=reading.sha256,
        store=store,
    )


def _fill_table(
    stretches: Iterable[Numbered], tokenizer: Tokenizer, store: Store, limit: int | None
) -> None:
    """Number stretches until the table is large, `limit` bytes were read, or the text has ended."""
    numbering, written, size = new_numbering(tokenizer), list[Written](), 0
    for place, (line, text) in stretches:
        written.append((place, store.write(numbering.number(text, line))))
        size += len(text)
        if numbering.size > TYPES or (limit is not None and size >= limit):
            break
    store.put(numbering.tally(), written)


class _Shared:
    """An iterator that several threads take from."""

    def __init__(self, source: Iterator[Numbered]) -> None:
        self._source, self._held = source, list[Numbered]()
        self._lock = threading.Lock()

    def more(self) -> bool:
        """Whether there is anything left."""
        with self._lock:
            self._held = self._held or list(itertools.islice(self._source, 1))
            return bool(self._held)

    def __iter__(self) -> Iterator[Numbered]:
        return self

    def __next__(self) -> Numbered:
        with self._lock:
            return self._held.pop() if self._held else next(self._source)
