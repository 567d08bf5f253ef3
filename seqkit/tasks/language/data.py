"""The data of a language-model training: three texts as token streams over one vocabulary."""

import pathlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import torch

from seqkit.files import write_json
from seqkit.tasks.devices import cpu_threads
from seqkit.tasks.language.settings import LanguageSettings
from seqkit.tasks.runs import Run, read_json
from seqkit.tasks.sources import SourcesOf
from seqkit.text.backward import Backward, directed
from seqkit.text.lines import Reading, parts_of_lines
from seqkit.text.streams import TokenStream, encode, encode_new
from seqkit.text.subwords import SubwordTokenizer
from seqkit.text.tokenizers import Tokenizer, build_tokenizer
from seqkit.text.vocabulary import Vocabulary
from seqkit.text.windows import Windows
from seqkit.train.distribution import bounds

Batch = tuple[torch.Tensor, torch.Tensor]


class Source(Protocol):
    """A text that can be read again and again; every corpus is one."""

    @property
    def name(self) -> str:
        """What to call it."""
        ...

    def blocks(self) -> Iterator[bytes]:
        """The text in blocks of valid UTF-8."""
        ...


Sources = SourcesOf[Source]
"""The texts of a training."""


@dataclass(frozen=True)
class LanguageData:
    """Token streams over the vocabulary of the training text (T1); `test` may be missing."""

    tokenizer: Tokenizer
    vocabulary: Vocabulary
    streams: dict[str, TokenStream]  # train, valid and perhaps test

    def describe(self) -> dict[str, Any]:
        """The size, the sha256 and the share of unknown words of each text."""
        return {
            name: {
                "tokens": len(stream),
                "lines": stream.lines,
                "characters": stream.characters,
                "sha256": stream.header.text,
                "unknown_share": self.unknown_share(stream),
            }
            for name, stream in self.streams.items()
        }

    def unknown_share(self, stream: TokenStream) -> float:
        """The share of the tokens of a text that are `<unk>`."""
        return stream.count(self.vocabulary.unk) / len(stream)


def encode_all(settings: LanguageSettings, sources: Sources, folder: pathlib.Path) -> LanguageData:
    """Encode the texts into files in `folder`; in a run's checkpoint `reopen` finds them again."""
    tokenizer = learn_tokenizer(settings, sources.train)
    processes = cpu_threads(settings.threads)
    stream, vocabulary = encode_new(
        sources.train.blocks(),
        tokenizer,
        lambda counts: choose_types(counts, settings, tokenizer),
        _stream_path(folder, "train"),
        size=settings.vocabulary_limit,
        min_count=least_count(settings, tokenizer),
        processes=processes,
    )
    streams = {"train": stream}
    for name, source in (("valid", sources.valid), ("test", sources.test)):
        if source is not None:
            path = _stream_path(folder, name)
            streams[name] = encode(source.blocks(), tokenizer, vocabulary, path, processes)
    return LanguageData(tokenizer, vocabulary, streams)


def choose_types(
    counts: dict[str, int], settings: LanguageSettings, tokenizer: Tokenizer
) -> Vocabulary:
    """The vocabulary of a text; pieces that were learnt from it are all in it, however rare."""
    learnt = _learnt(tokenizer)
    keep = learnt.types if learnt else ()
    limits = (settings.vocabulary_limit, settings.min_count)
    return Vocabulary.from_counts(counts, *limits, keep=keep)


def least_count(settings: LanguageSettings, tokenizer: Tokenizer) -> int:
    """Types that come less often cannot be in the vocabulary."""
    return 1 if _learnt(tokenizer) else settings.min_count


def reopen(run: Run) -> LanguageData:
    """The data of an unfinished run, as `encode_all` left it."""
    tokenizer, vocabulary = read_tokens(run)
    paths = {name: _stream_path(run.checkpoint, name) for name in ("train", "valid", "test")}
    streams = {n: TokenStream(path, vocabulary) for n, path in paths.items() if path.exists()}
    if not {"train", "valid"} <= set(streams):
        raise ValueError(f"{run.checkpoint}: its token streams are gone; train anew with --force")
    return LanguageData(tokenizer, vocabulary, streams)


def write_tokens(run: Run, data: LanguageData) -> None:
    """vocabulary.json, and tokenizer.json for a tokenizer that was learnt from the text."""
    data.vocabulary.save(run.path / "vocabulary.json")
    if learnt := _learnt(data.tokenizer):
        write_json(run.path / "tokenizer.json", learnt.to_json())


def read_tokens(run: Run) -> tuple[Tokenizer, Vocabulary]:
    """The tokenizer and the vocabulary of a run."""
    path = run.path / "vocabulary.json"
    if not path.exists():
        raise ValueError(f"{path}: no such file; the run folder is incomplete")
    settings = run.read_config()["settings"]
    plain = _read_tokenizer(run, str(settings.get("tokenizer_name")))
    try:
        tokenizer = directed(plain, str(settings.get("direction")))
    except ValueError as error:
        raise ValueError(f"{run.path / 'config.json'}: {error}") from error
    return tokenizer, Vocabulary.load(path)


def _read_tokenizer(run: Run, name: str) -> Tokenizer:
    path = run.path / ("tokenizer.json" if name == "subword" else "config.json")
    value = read_json(path)
    try:
        return SubwordTokenizer.from_json(value) if name == "subword" else build_tokenizer(name)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


def _learnt(tokenizer: Tokenizer) -> SubwordTokenizer | None:
    """The tokenizer that learnt its pieces from the text, if it is one, in either direction."""
    plain = tokenizer.tokenizer if isinstance(tokenizer, Backward) else tokenizer
    return plain if isinstance(plain, SubwordTokenizer) else None


class WindowBatches:
    """The windows of one epoch as tensors on a device."""

    def __init__(self, windows: Windows, device: torch.device) -> None:
        self.windows, self.device = windows, device

    def __len__(self) -> int:
        return len(self.windows)

    def __getitem__(self, k: int) -> Batch:
        return self._tensors(self.windows, k)

    def share(self, k: int, part: int, parts: int) -> Batch | None:
        """Some rows of window k; the token before each is read by whoever has them (L2)."""
        rows = self.windows.rows(*bounds(self.windows.batch, part, parts))
        return self._tensors(rows, k) if k < len(rows) else None

    def _tensors(self, windows: Windows, k: int) -> Batch:
        inputs, targets = windows.window(k)
        return torch.from_numpy(inputs).to(self.device), torch.from_numpy(targets).to(self.device)


def epoch_of_windows(
    ids: np.ndarray, settings: LanguageSettings, device: torch.device, epoch: int
) -> WindowBatches:
    """The windows of an epoch; the text is rotated anew in each, so no window recurs (L2)."""
    generator = np.random.default_rng([settings.seed, epoch])
    shift = int(generator.integers(len(ids)))
    return WindowBatches(Windows(ids, settings.batch_size, settings.bptt, shift), device)


def _stream_path(folder: pathlib.Path, name: str) -> pathlib.Path:
    return folder / f"{name}.tokens"


def learn_tokenizer(settings: LanguageSettings, train: Source) -> Tokenizer:
    """The tokenizer of the settings; that of subwords learns its pieces from the training text.

    A training that begins from a run has the tokenizer of that.
    """
    if settings.begin_from:
        settings.check_shape()
        return read_tokens(Run(settings.begin_from))[0]
    if settings.tokenizer_name == "subword":
        lines = (text for text, _ in parts_of_lines(Reading(train.blocks()).pieces()))
        plain: Tokenizer = SubwordTokenizer.train(lines, settings.vocabulary_limit or 10_000)
    else:
        plain = build_tokenizer(settings.tokenizer_name)
    return directed(plain, settings.direction)
