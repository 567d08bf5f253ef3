"""What a training of word vectors begins with: its words, its matrices, its config.json."""

import contextlib
import dataclasses
import os
from collections.abc import Iterator
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

import seqkit
from seqkit.tasks.devices import cpu_threads
from seqkit.tasks.estimates import FIXED
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


A_WORD = 500
"""Bytes of a word beside its vectors: its text and counts, the tables it is drawn from."""
LANES = 16
"""A row of the compiled engine is a multiple of so many numbers (tiles.py, which needs numba)."""


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


def least_count(settings: Word2VecSettings) -> int:
    """Words that come less often in the text cannot be in the vocabulary."""
    return 1 if settings.init else settings.min_count  # an earlier run has counts of its own


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
    """What training on a text would take: words, numbers, and bytes of memory.

    `folder` is for temporary files; `memory_bytes` is as in `memory_of`.
    """
    tokenizer, processes = build_tokenizer(settings.tokenizer), cpu_threads(settings.threads)
    with contextlib.closing(scan(source.blocks(), tokenizer, folder, processes)) as found:
        counts = found.common(settings.vocab_size, least_count(settings))
    vocabulary = choose_vocabulary(counts, settings)
    return {
        "words": len(vocabulary) - SPECIAL,
        "tokens": found.tokens,
        "parameters": 2 * len(vocabulary) * settings.dim,
        "memory_bytes": memory_of(settings, len(vocabulary)),
    }


def memory_of(settings: Word2VecSettings, words: int) -> int:
    """Bytes that a training takes on a CPU: the peak of the whole process, FIXED included.

    Both matrices as they are trained, their rows filled up to LANES; the input vectors as they
    began (output vectors begin as zeros, which take none), or scaled to find neighbours; and the
    words. Processes that help to encode a large text come on top, before that, some 200 MB each.
    benchmarks/estimates.py measures how right it is.
    """
    row = -(-settings.dim // LANES) * LANES
    return FIXED + words * (A_WORD + 4 * (settings.dim + 2 * row))
