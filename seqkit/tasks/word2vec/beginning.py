"""What a training of word vectors begins with: its words, its matrices, its config.json."""

import dataclasses
import os
from collections.abc import Iterator
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

import seqkit
from seqkit.tasks.holding import versions
from seqkit.tasks.word2vec.earlier import read_earlier
from seqkit.tasks.word2vec.engines import engine_name
from seqkit.tasks.word2vec.settings import Word2VecSettings
from seqkit.text.scanner import scan
from seqkit.text.streams import TokenStream
from seqkit.text.tokenizers import build_tokenizer
from seqkit.text.vocabulary import Vocabulary
from seqkit.word2vec.engine import new_matrices
from seqkit.word2vec.frequencies import SPECIAL

Array = npt.NDArray[np.float32]


class Source(Protocol):
    """A text that can be read again and again; every corpus is one."""

    @property
    def name(self) -> str:
        """What to call it."""
        ...

    def blocks(self) -> Iterator[bytes]:
        """The text in blocks of valid UTF-8."""
        ...


def choose_vocabulary(counts: dict[str, int], settings: Word2VecSettings) -> Vocabulary:
    """The words of a text that are trained, and those of --init; ValueError if they are too few."""
    keep: tuple[str, ...] = ()
    counts = dict(counts)
    if settings.init:
        old = read_earlier(settings.init).vocabulary
        keep = old.types[SPECIAL:]
        for word, count in zip(old.types, old.counts, strict=True):
            counts[word] = counts.get(word, 0) + count
    vocabulary = Vocabulary.from_counts(counts, settings.vocab_size, settings.min_count, keep=keep)
    words = len(vocabulary) - SPECIAL
    if words < 2:
        found = "no word" if not words else "one word"
        raise ValueError(
            f"the text has {found} that comes --min-count {settings.min_count} times: lower it, "
            "or give more text"
        )
    return vocabulary


def configuration(
    settings: Word2VecSettings, source: Source, stream: TokenStream, vocabulary: Vocabulary
) -> dict[str, Any]:
    """What config.json says."""
    return {
        "seqkit": seqkit.__version__,
        "task": "word2vec",
        "settings": {**dataclasses.asdict(settings), "tokenizer_name": settings.tokenizer},
        "model": {**dataclasses.asdict(settings.config()), "words": len(vocabulary) - SPECIAL},
        "precision": "fp32",
        "engine": engine_name(settings),
        "corpus": {
            "name": source.name,
            "train": {
                "tokens": len(stream),
                "lines": stream.lines,
                "characters": stream.characters,
                "sha256": stream.header.text,
                "unknown_share": stream.count(vocabulary.unk) / len(stream),
            },
        },
        "versions": versions(),
    }


def first_matrices(settings: Word2VecSettings, vocabulary: Vocabulary) -> tuple[Array, Array]:
    """The matrices before the first step: new ones, with the rows of --init where it is given."""
    inputs, outputs = new_matrices(len(vocabulary), settings.dim, settings.seed)
    if settings.init:
        earlier = read_earlier(settings.init)
        if earlier.inputs.shape[1] != settings.dim:
            raise ValueError(
                f"--dim {settings.dim}: the vectors of --init {settings.init} have "
                f"{earlier.inputs.shape[1]} numbers; use --dim {earlier.inputs.shape[1]}"
            )
        words = earlier.vocabulary.types[SPECIAL:]
        rows = np.array(vocabulary.ids(words))
        kept = rows >= SPECIAL  # --vocab-size may have left some out
        inputs[rows[kept]] = earlier.inputs[SPECIAL:][kept]
        outputs[rows[kept]] = earlier.outputs[SPECIAL:][kept]
    return inputs, outputs


def estimate(
    settings: Word2VecSettings, source: Source, folder: str | os.PathLike[str]
) -> dict[str, int]:
    """What training on a text would take: words, numbers, and bytes of memory, about.

    `folder` is for a temporary file.
    """
    found = scan(source.blocks(), build_tokenizer(settings.tokenizer), folder)
    found.close()
    vocabulary = choose_vocabulary(found.counts, settings)
    numbers = 2 * len(vocabulary) * settings.dim
    return {
        "words": len(vocabulary) - SPECIAL,
        "tokens": found.tokens,
        "parameters": numbers,
        "memory_bytes": 2 * 4 * numbers,  # as they begin, and the copies that are trained
    }
