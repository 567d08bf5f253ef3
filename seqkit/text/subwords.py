"""The subword tokenizer: byte-pair encoding learned from the training text (T1).

It works on the bytes of words with their leading space, so every text can be written in its pieces
and is put together again exactly. The learning is done by the library `tokenizers`.
"""

import importlib
import json
from collections.abc import Iterable, Sequence
from typing import Any

FORMAT, VERSION = "seqkit subwords", 1
SPECIAL = 2
"""Ids that `<unk>` and `<eos>` take of a vocabulary's size."""
BYTES = 256


class SubwordTokenizer:
    """Byte-level BPE. Pieces print a space as Ġ, and other bytes that are no letters as letters.

    `types` are all the pieces it can produce, the 256 bytes among them; a vocabulary that keeps
    them all (`Vocabulary.from_counts(..., keep=types)`) knows every text.
    """

    name = "subword"

    def __init__(self, types: Sequence[str], merges: Sequence[tuple[str, str]]) -> None:
        """Rebuild a tokenizer from its pieces and the pairs to merge, first pair first."""
        library = _library()
        ids = {piece: i for i, piece in enumerate(types)}
        model = library.models.BPE(vocab=ids, merges=list(merges))
        self.types = tuple(types)
        self.merges = tuple(merges)
        self._bpe = library.Tokenizer(model)
        self._bpe.pre_tokenizer = library.pre_tokenizers.ByteLevel(add_prefix_space=False)
        self._decoder = library.decoders.ByteLevel()

    @classmethod
    def train(cls, lines: Iterable[str], size: int) -> "SubwordTokenizer":
        """Learn pieces from lines of text so that a vocabulary of them has `size` types (T1).

        `<unk>` and `<eos>` are included in `size`; a small text may give fewer pieces. The same
        lines give the same pieces. ValueError: a size without room for all bytes.
        """
        if size < BYTES + SPECIAL:
            raise ValueError(f"subword vocabulary of {size}: it takes {BYTES + SPECIAL} or more")
        library = _library()
        bpe = library.Tokenizer(library.models.BPE())
        bpe.pre_tokenizer = library.pre_tokenizers.ByteLevel(add_prefix_space=False)
        trainer = library.trainers.BpeTrainer(
            vocab_size=size - SPECIAL,
            initial_alphabet=library.pre_tokenizers.ByteLevel.alphabet(),
            show_progress=False,
        )
        bpe.train_from_iterator(lines, trainer)
        model = json.loads(bpe.to_str())["model"]
        types = sorted(model["vocab"], key=model["vocab"].__getitem__)
        return cls(types, [(left, right) for left, right in model["merges"]])

    def tokens(self, line: str) -> list[str]:
        """Take a line apart into pieces; white space is part of them."""
        pieces: list[str] = self._bpe.encode(line).tokens
        return pieces

    def join(self, tokens: Sequence[str]) -> str:
        """Put pieces together again: the exact inverse (broken characters print as U+FFFD)."""
        return str(self._decoder.decode(list(tokens)))

    def to_json(self) -> dict[str, Any]:
        """Return the tokenizer as a JSON-compatible dict."""
        merges = [list(pair) for pair in self.merges]
        return {"format": FORMAT, "version": VERSION, "types": list(self.types), "merges": merges}

    @classmethod
    def from_json(cls, value: Any) -> "SubwordTokenizer":
        """Rebuild a tokenizer from `to_json`; ValueError says what is wrong with it."""
        if not isinstance(value, dict) or value.get("format") != FORMAT:
            raise ValueError("this is not a seqkit subword tokenizer")
        if value.get("version") != VERSION:
            raise ValueError(f"subword tokenizer version {value.get('version')!r} is not {VERSION}")
        types: Any = value.get("types")
        merges: Any = value.get("merges")
        if not _strings(types) or len(set(types)) != len(types):
            raise ValueError("damaged subword tokenizer: 'types' is not a list of distinct strings")
        if not isinstance(merges, list) or not all(_strings(m) and len(m) == 2 for m in merges):
            raise ValueError("damaged subword tokenizer: 'merges' is not a list of pairs")
        known = set(types)
        for left, right in merges:
            if not {left, right, left + right} <= known:
                raise ValueError(f"damaged subword tokenizer: {left + right!r} is no type")
        return cls(types, [(left, right) for left, right in merges])


def _strings(value: Any) -> bool:
    return isinstance(value, list) and all(type(item) is str for item in value)


def _library() -> Any:
    # An extra of its own: most users need no subwords, and it brings a dozen packages along.
    try:
        return importlib.import_module("tokenizers")
    except ModuleNotFoundError as error:
        raise ValueError('subwords need the extra: pip install "seqkit[subword]"') from error
