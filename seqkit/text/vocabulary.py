"""Tokens and their ids (T1), one-hot vectors (T2), and the vocabulary file."""

import dataclasses
import functools
import hashlib
import itertools
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from seqkit.files import parse_json, read_plain, write_json

UNK, EOS, PAD = "<unk>", "<eos>", "<pad>"
FORMAT, VERSION = "seqkit vocabulary", 1


@dataclasses.dataclass(frozen=True)
class Vocabulary:
    """The types of a training text and their ids: V types, `types[i]` has the id i (T1).

    `<unk>` has the id 0 and `<eos>` the id 1; `<pad>`, where there is one, has the id 2. The
    others follow, the most frequent first, equals in the order of their characters. `counts[i]`
    is how often type i stands in the training text; `<unk>` counts all that it stands for. A
    special token written out in a text is that special token; `<pad>` is never a word.
    """

    types: tuple[str, ...]
    counts: tuple[int, ...]

    def __post_init__(self) -> None:
        special = self.types[: 3 if PAD in self.types else 2]
        if special not in ((UNK, EOS), (UNK, EOS, PAD)):
            raise ValueError(f"a vocabulary begins with {UNK}, {EOS}, not {special}")
        if len(self.counts) != len(self.types):
            raise ValueError(f"{len(self.types)} types but {len(self.counts)} counts")
        if len(self._ids) != len(self.types):
            twice = next(t for i, t in enumerate(self.types) if self._ids[t] != i)
            raise ValueError(f"the type {twice!r} stands twice in the vocabulary")
        words = list(zip(self.types, self.counts, strict=True))[len(special) :]
        for (a, m), (b, n) in itertools.pairwise(words):
            if (-m, a) > (-n, b):
                raise ValueError(f"the types {a!r} and {b!r} are out of order (by count, token)")

    @classmethod
    def from_counts(
        cls,
        counts: Mapping[str, int],
        size: int | None = None,
        min_count: int = 1,
        *,
        pad: bool = False,
        keep: Iterable[str] = (),
    ) -> "Vocabulary":
        """Choose the types of a training text from their counts (T1).

        `size` is the largest V, special tokens included (None: no limit); rarer types than
        `min_count` are left out, save those in `keep`, which get an id even where they never
        came (the pieces of a subword tokenizer). Raises ValueError for limits nothing can meet.
        """
        special = [UNK, EOS, PAD] if pad else [UNK, EOS]
        if size is not None and size <= len(special):
            raise ValueError(f"a vocabulary of {size} has no room for words: at least 3, or more")
        if min_count < 1:
            raise ValueError(f"min_count is {min_count}: it must be 1 or more")
        kept = set(keep)
        known = {**dict.fromkeys(kept, 0), **counts}
        words = [
            (-count, token)
            for token, count in known.items()
            if token not in (UNK, EOS, PAD) and (count >= min_count or token in kept)
        ]
        words = sorted(words)[: None if size is None else size - len(special)]
        chosen = {token: -negative for negative, token in words}
        eos = counts.get(EOS, 0)
        unknown = sum(counts.values()) - sum(chosen.values()) - eos
        first = dict(zip(special, (unknown, eos, 0), strict=False))
        return cls(types=(*first, *chosen), counts=(*first.values(), *chosen.values()))

    @functools.cached_property
    def _ids(self) -> dict[str, int]:
        return {token: i for i, token in enumerate(self.types)}

    @property
    def unk(self) -> int:
        """The id of `<unk>`."""
        return 0

    @property
    def eos(self) -> int:
        """The id of `<eos>`."""
        return 1

    @property
    def pad(self) -> int | None:
        """The id of `<pad>`, or None where nothing pads."""
        return self._ids.get(PAD)

    @functools.cached_property
    def sha256(self) -> str:
        """A name for the ids: the sha256 of the types in their order (counts left out)."""
        return hashlib.sha256(json.dumps(self.types).encode()).hexdigest()

    def __len__(self) -> int:
        return len(self.types)

    def __contains__(self, token: object) -> bool:
        return token in self._ids

    def ids(self, tokens: Iterable[str]) -> list[int]:
        """Return the id of each token, that of `<unk>` for the unknown."""
        get = self._ids.get
        return [get(token, 0) for token in tokens]

    def tokens(self, ids: Iterable[int]) -> list[str]:
        """Return the token of each id; ValueError names an id outside 0..V-1."""
        ids = list(ids)
        for i in ids:
            if not 0 <= i < len(self.types):
                raise ValueError(f"id {i} is outside the vocabulary of {len(self)} types")
        return [self.types[i] for i in ids]

    def one_hot(self, ids: npt.ArrayLike) -> npt.NDArray[np.float32]:
        """Return o_w for each id (T2): ids of any shape (...) to float32 (..., V)."""
        array = np.asarray(ids)
        if array.size and not 0 <= array.min() <= array.max() < len(self):
            raise ValueError(f"an id is outside the vocabulary of {len(self)} types")
        same: npt.NDArray[np.bool_] = array[..., None] == np.arange(len(self))
        return same.astype(np.float32)

    def to_json(self) -> dict[str, Any]:
        """Return the vocabulary as a JSON-compatible dict."""
        return {
            "format": FORMAT,
            "version": VERSION,
            "types": list(self.types),
            "counts": list(self.counts),
        }

    @classmethod
    def from_json(cls, value: Any) -> "Vocabulary":
        """Rebuild a vocabulary from `to_json`; ValueError says what is wrong with it."""
        if not isinstance(value, dict) or value.get("format") != FORMAT:
            raise ValueError("this is not a seqkit vocabulary")
        if value.get("version") != VERSION:
            raise ValueError(f"vocabulary version {value.get('version')!r} is not {VERSION}")
        types = _list_of(str, value, "types")
        counts = _list_of(int, value, "counts")
        if "" in types:
            raise ValueError("the vocabulary holds an empty token")
        if min(counts, default=0) < 0:
            raise ValueError("the vocabulary holds a negative count")
        return cls(types=tuple(types), counts=tuple(counts))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the vocabulary file (JSON), atomically."""
        write_json(path, self.to_json())

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> "Vocabulary":
        """Read a vocabulary file; ValueError names a damaged one."""
        data = read_plain(path)
        try:
            return cls.from_json(parse_json(data))
        except ValueError as error:
            raise ValueError(f"{path}: damaged or foreign vocabulary: {error}") from error


def _list_of(kind: type, value: Mapping[str, Any], key: str) -> Sequence[Any]:
    items = value.get(key)
    if not isinstance(items, list) or any(type(item) is not kind for item in items):
        raise ValueError(f"{key!r} of the vocabulary is not a list of {kind.__name__}")
    return items
