"""Using a trained translator: translations of texts, their alignments, evaluation."""

import dataclasses
import os
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
import torch
from torch import Tensor

from seqkit.decode.filters import SamplingConfig
from seqkit.decode.hypothesis import BeamConfig, Hypothesis
from seqkit.metrics.bleu import Tokenization
from seqkit.models.translator import Translator, TranslatorConfig
from seqkit.tasks.devices import choose_device
from seqkit.tasks.holding import read_settings
from seqkit.tasks.runs import Run
from seqkit.tasks.translating import evaluation, search
from seqkit.tasks.translating.encoding import Encoded, encode
from seqkit.tasks.translating.settings import TranslatorSettings
from seqkit.tasks.translating.sides import Sides, load_sides
from seqkit.tasks.translating.texts import Source, TextPairs, read_texts
from seqkit.tasks.typed import from_json
from seqkit.text.batching import groups_of_like_length
from seqkit.text.vocabulary import UNK

LINES = 1_000
"""Lines that are read and worked on together."""
TOKENS = 2_000
"""Source tokens that are searched for together, padding included."""
MOST = 1_000
"""Tokens of a source, unless more are asked for; the rest is cut off."""
LONGEST = 1 << 20
"""Tokens: no text to train on is said to be longer."""


@dataclass(frozen=True)
class SearchSettings:
    """How to look for a translation (G4); the names are the options of the command line."""

    beam: int = 5  # hypotheses kept at each step; 1: greedy
    nbest: int = 1  # translations of each line
    length_penalty: float = 1.0  # alpha of log P / ((5 + length) / 6)^alpha
    coverage_penalty: float = 0.0  # beta of what was never looked at (Wu et al. 2016)
    max_tokens: int = MOST  # of a source and of a translation
    replace_unk: bool = True  # <unk> becomes the source word that was looked at; else it is banned
    align: bool = False  # tell where each word looked

    def __post_init__(self) -> None:
        """Reject numbers out of range, naming the option."""
        if not 0 <= self.coverage_penalty < float("inf"):
            raise ValueError(f"--coverage-penalty must be 0 or more, got {self.coverage_penalty}")
        self.config(())

    def config(self, banned: tuple[int, ...]) -> BeamConfig:
        """The same for the search, without some words."""
        return BeamConfig(self.beam, self.length_penalty, self.nbest, self.max_tokens, banned)


@dataclass(frozen=True)
class Candidate:
    """A translation: its tokens, the text they make, log P in nats, what it was ranked by.

    `alignment` (T + 1, S + 1) says where each token looked in the source, `<eos>` the last of
    both; None without attention, and where nobody asked for it.
    """

    tokens: tuple[str, ...]
    text: str
    log_prob: float
    score: float
    alignment: Tensor | None


@dataclass(frozen=True)
class Translation:
    """A source, as text and as the tokens that were read, and its translations, best first.

    `cut` says how many of its tokens were too many and not read.
    """

    source: str
    tokens: tuple[str, ...]
    candidates: tuple[Candidate, ...]
    cut: int = 0

    @property
    def text(self) -> str:
        """The best translation."""
        return self.candidates[0].text


class TrainedTranslator:
    """A translator, its two languages, and the longest source and target of its training."""

    def __init__(self, model: Translator, sides: Sides, longest: tuple[int, int]) -> None:
        self.model, self.sides, self.longest = model.eval(), sides, longest

    def translate(
        self,
        texts: Iterable[str],
        settings: SearchSettings | None = None,
        batch_size: int = LINES,
    ) -> Iterator[Translation]:
        """Translate texts, in order; the answer for one does not depend on the others.

        So many texts are read and worked on at a time. A text without tokens stays empty.
        """
        settings, rest = settings or SearchSettings(), iter(texts)
        while chunk := list(islice(rest, batch_size)):
            yield from self._translate(chunk, settings)

    def sample(
        self, texts: Iterable[str], config: SamplingConfig, rows: int = 1, first: int = 0
    ) -> Iterator[Translation]:
        """Draw `rows` translations of each text from P(target | source), never `<unk>` (L3).

        `first` is how many texts have been sampled with this seed before. `config.max_tokens` are
        those of a source and of a translation.
        """
        target = self.sides.target.vocabulary
        for number, text in enumerate(texts, start=first):
            read = self._read(text, config.max_tokens)
            if not read.tokens:
                yield _untranslated(text)
                continue
            source = torch.tensor([read.ids], device=self._device)  # (1, S)
            own = dataclasses.replace(
                config,
                banned=(*config.banned, target.unk),
                max_tokens=min(self._limit(len(read.ids)), config.max_tokens),
            )
            found = search.sample(self.model, source, own, target.eos, rows, number * rows)
            yield self._translation(read, found, [None] * rows)

    def evaluate(
        self,
        source: Source,
        settings: SearchSettings | None = None,
        tokenize: Tokenization | None = None,
    ) -> dict[str, Any]:
        """Measure on pairs: loss, BLEU, chrF, exact matches.

        `tokenize` is how BLEU takes lines apart; None: as fits the target (`tokenization_of`).
        """
        pairs = read_texts(source)
        encoded = encode(self.sides, pairs.sources, pairs.targets)
        start = time.perf_counter()
        metrics = self.evaluate_pairs(pairs, encoded, settings, tokenize)
        seconds = max(time.perf_counter() - start, 1e-9)
        return {**metrics, "texts_per_second": len(pairs) / seconds, "warnings": pairs.warnings}

    def evaluate_pairs(
        self,
        pairs: TextPairs,
        encoded: Encoded,
        settings: SearchSettings | None = None,
        tokenize: Tokenization | None = None,
    ) -> dict[str, Any]:
        """The same of pairs that have been read and encoded."""
        loss, _ = evaluation.mean_loss(self.model, encoded)
        written = [found.text for found in self.translate(pairs.sources, settings)]
        lengths = (encoded.lengths[0] - 1).tolist()
        tokenize = tokenize or evaluation.tokenization_of(self.sides.target)
        metrics = evaluation.evaluate_texts(written, pairs, lengths, tokenize)
        return evaluation.with_loss(metrics, loss)

    def _translate(self, texts: list[str], settings: SearchSettings) -> list[Translation]:
        read = [self._read(text, settings.max_tokens) for text in texts]
        done = {k: _untranslated(one.text) for k, one in enumerate(read) if not one.tokens}
        lengths = np.array([len(one.ids) for one in read])
        rest = [k for k in range(len(texts)) if k not in done]
        for group in groups_of_like_length(lengths[rest], TOKENS):
            chosen = [rest[k] for k in group]
            own = [read[k] for k in chosen]
            done |= zip(chosen, self._translate_group(own, settings), strict=True)
        return [done[k] for k in range(len(texts))]

    def _translate_group(
        self, read: Sequence["_Read"], settings: SearchSettings
    ) -> Iterator[Translation]:
        """Translate texts of like lengths together."""
        target = self.sides.target.vocabulary
        config = settings.config(() if settings.replace_unk and self._copies else (target.unk,))
        sources = search.padded([one.ids for one in read], self._device)
        limits = [self._limit(len(one.ids)) for one in read]
        penalty = settings.coverage_penalty
        found = search.search(self.model, sources, config, penalty, target.eos, limits)
        looks = self._looks(sources, found, settings.align)
        return (self._translation(*own) for own in zip(read, found, looks, strict=True))

    def _looks(
        self, sources: search.Sources, found: Sequence[Sequence[Hypothesis]], every: bool
    ) -> list[list[Tensor | None]]:
        """Where the words of translations looked; of all, or of those alone that have `<unk>`."""
        looks: list[list[Tensor | None]] = [[None] * len(own) for own in found]
        unk, eos = self.sides.target.vocabulary.unk, self.sides.target.vocabulary.eos
        wanted = [
            (row, n)
            for row, own in enumerate(found)
            for n, hypothesis in enumerate(own)
            if every or unk in hypothesis.ids
        ]
        if not self.model.attentive or not wanted:
            return looks
        own = sources.rows([row for row, _ in wanted])
        ids = [found[row][n].ids for row, n in wanted]
        looked = search.alignments(self.model, own, ids, eos)
        for (row, n), look in zip(wanted, looked, strict=True):
            looks[row][n] = look
        return looks

    @property
    def _copies(self) -> bool:
        """Whether `<unk>` can become a source token: one that is looked at and of the same kind.

        Where no target of the training text had `<unk>`, as with subwords, none is to be written.
        """
        source, target = self.sides.source, self.sides.target
        same = source.tokenizer.name == target.tokenizer.name
        return self.model.attentive and same and target.vocabulary.counts[target.vocabulary.unk] > 0

    def _limit(self, length: int) -> int:
        """How many words the translation of a source of so many ids may have."""
        return search.at_most(self.longest[1], length, self.longest[0])

    @property
    def _device(self) -> torch.device:
        return self.model.output_bias.device

    def _read(self, text: str, longest: int) -> "_Read":
        """Take a source apart, up to so many tokens."""
        tokens = self.sides.source.tokenizer.tokens(text)
        kept, vocabulary = tokens[:longest], self.sides.source.vocabulary
        ids = [*vocabulary.ids(kept), vocabulary.eos]
        return _Read(text, kept, ids, len(tokens) - len(kept))

    def _translation(
        self, read: "_Read", found: Sequence[Hypothesis], looks: Sequence[Tensor | None]
    ) -> Translation:
        candidates = [
            self._candidate(hypothesis, look, read.tokens)
            for hypothesis, look in zip(found, looks, strict=True)
        ]
        return Translation(read.text, tuple(read.tokens), tuple(candidates), read.cut)

    def _candidate(
        self, hypothesis: Hypothesis, look: Tensor | None, source: Sequence[str]
    ) -> Candidate:
        words = self.sides.target.vocabulary.tokens(hypothesis.ids)
        if look is not None and UNK in words:
            words = search.replace_unknown(words, look, source, UNK)
        text = self.sides.target.tokenizer.join(words)
        return Candidate(tuple(words), text, hypothesis.log_prob, hypothesis.score, look)


def _untranslated(text: str) -> Translation:
    """What a source without a token becomes: nothing, which is certain."""
    return Translation(text, (), (Candidate((), "", 0.0, 0.0, None),))


@dataclass(frozen=True)
class _Read:
    """A source taken apart: its tokens, their ids with `<eos>`, and how many were cut off."""

    text: str
    tokens: list[str]
    ids: list[int]
    cut: int


def load(path: str | os.PathLike[str], device: str = "auto") -> TrainedTranslator:
    """A trained translator from its run folder, computing in float32.

    ValueError for a folder that is no run, is damaged, or holds a run of another task.
    """
    run = Run(path)
    config = run.read_config("translating")
    settings = read_settings(run, TranslatorSettings)
    sides = load_sides(run, settings)
    shape = model_config(config, run)
    own = shape.source_types, shape.target_types
    read = len(sides.source.vocabulary), len(sides.target.vocabulary)
    if own != read:
        raise ValueError(f"{run.path}: vocabularies of {read} types, config.json says {own}")
    model = run.build(lambda: Translator(shape))
    return TrainedTranslator(model.to(choose_device(device)), sides, longest_of(config, run))


def build_translator(config: dict[str, Any], run: Run) -> Translator:
    """The model that config.json describes, its weights drawn anew."""
    return Translator(model_config(config, run))


def model_config(config: dict[str, Any], run: Run) -> TranslatorConfig:
    """The configuration of the model out of config.json."""
    try:
        return from_json(TranslatorConfig, config["model"])
    except ValueError as error:
        raise ValueError(f"{run.path / 'config.json'}: damaged ({error})") from error


def longest_of(config: dict[str, Any], run: Run) -> tuple[int, int]:
    """The longest source and target of the training text, in tokens."""
    try:
        source, target = config["corpus"]["longest"]
        if not all(type(n) is int and 0 < n <= LONGEST for n in (source, target)):
            raise ValueError("'longest' is no two lengths")
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{run.path / 'config.json'}: damaged ({error})") from error
    return source, target
