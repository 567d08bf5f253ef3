"""Using a trained tagger: tagged sentences, entities in raw text, n-best, evaluation."""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from seqkit.models.tagger import Tagger, TaggerConfig
from seqkit.tasks.devices import choose_device
from seqkit.tasks.runs import Run
from seqkit.tasks.tagging.encoders import Encoder, kept_encoders
from seqkit.tasks.tagging.encoding import Encoded, encode
from seqkit.tasks.tagging.evaluation import evaluate_text
from seqkit.tasks.tagging.prediction import Prediction, predict
from seqkit.tasks.tagging.scores import emissions
from seqkit.tasks.tagging.sentences import Record, Source, TaggedText, check_alike, read_text
from seqkit.tasks.tagging.settings import TaggerSettings
from seqkit.tasks.tagging.symbols import Symbols, read_symbols
from seqkit.tasks.typed import from_json
from seqkit.text.schemes import Scheme, convert, from_spans, tag_set
from seqkit.text.sentences import tokenize
from seqkit.text.wordforms import FormReader

if TYPE_CHECKING:
    from seqkit.tasks.tagging.single import SingleSentences

SENTENCES = 2_000
"""Sentences that are worked on together: enough that many have the same length."""


@dataclass(frozen=True, slots=True)
class Entity:
    """The tokens from `start` up to, not including, `stop`, their type, and how sure that is."""

    start: int
    stop: int
    type: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Tagging:
    """A sentence with its tags, the probability of each, and its entities.

    `places` says for text that came as such where each token stands: its first character, and the
    one after its last.
    """

    tokens: tuple[str, ...]
    tags: tuple[str, ...]
    confidences: tuple[float, ...]
    entities: tuple[Entity, ...]
    places: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Words:
    """A sentence to be tagged: its tokens, and the values of the columns the tagger wants.

    Sentences of one document have its number; None: it stands for itself.
    """

    tokens: tuple[str, ...]
    features: tuple[tuple[str, ...], ...] = ()
    tags: tuple[str, ...] = ()
    document: int | None = None


class TrainedTagger:
    """A tagger with its symbols; tags come in the scheme of the file it was trained on."""

    def __init__(self, model: Tagger, symbols: Symbols, encoders: Sequence[Encoder] = ()) -> None:
        self.model, self.symbols, self.encoders = model, symbols, encoders
        self._reader = FormReader(symbols.characters)

    @cached_property
    def _single(self) -> "SingleSentences":
        from seqkit.tasks.tagging.single import SingleSentences  # by numba, slow to import

        return SingleSentences(self.model, self.symbols, self._reader)

    @property
    def types(self) -> tuple[str, ...]:
        """The types of entities, sorted; none where tags are classes."""
        return self.symbols.types

    @property
    def scheme(self) -> Scheme:
        """The scheme that tags are written in."""
        return self.symbols.written

    @property
    def tags(self) -> tuple[str, ...]:
        """All tags there may be."""
        if self.scheme == "plain":
            return self.symbols.tags
        return tag_set(self.types, self.scheme)

    @property
    def feature_columns(self) -> int:
        """How many further columns every sentence must have."""
        return len(self.symbols.features)

    def tag(self, records: Iterable[Record], batch_size: int = SENTENCES) -> Iterator[Tagging]:
        """Tag sentences, in order; the answer for one depends at most on others of its document.

        So many sentences are read and worked on at a time, or more where a document has more.
        Sentences of a document stand together. Raises ValueError for a sentence without tokens or
        with other columns than the tagger was trained with.
        """
        for chunk in _chunks(records, batch_size):
            self._check(chunk)
            for record, one in zip(chunk, self._predict(chunk), strict=True):
                yield self._tagging(record.tokens, one)

    @property
    def knows_documents(self) -> bool:
        """Whether what a word is elsewhere in a document counts; it was trained with some then."""
        return self.model.agreement is not None

    def tag_text(self, text: str, document: bool = False) -> Iterator[Tagging]:
        """Tag raw text; `places` count its characters, and text[start:stop] is the token.

        `document`: it is one, all of which is read before the first answer.
        """
        sentences, number = tokenize(text), 0 if document else None
        while chunk := list(islice(sentences, None if document else SENTENCES)):
            words = [Words(tuple(t.text for t in one), document=number) for one in chunk]
            for sentence, found in zip(chunk, self.tag(words), strict=True):
                places = tuple((token.start, token.stop) for token in sentence)
                yield Tagging(found.tokens, found.tags, found.confidences, found.entities, places)

    def n_best(self, record: Record, n: int) -> list[tuple[tuple[str, ...], float]]:
        """The n likeliest legal tag sequences of a sentence, each with its probability."""
        self._check([record])
        text = self._encode([Words(record.tokens, record.features)])
        self.model.eval()
        scores = emissions(self.model, text, np.array([0]))
        chain = self.model.head.chain
        log_z = chain.log_partition(scores)
        paths = chain.n_best(scores, None, n)[0]
        scores = torch.tensor([path.score for path in paths], dtype=log_z.dtype)
        shares = (scores - log_z.cpu()).exp()
        tags = [self._written([self.symbols.tags[k] for k in path.tags]) for path in paths]
        return list(zip(tags, shares.tolist(), strict=True))

    def evaluate(self, source: Source, train: TaggedText | None = None) -> dict[str, Any]:
        """Measure on tagged text; `train`, the training text, adds which entities were seen.

        Tags that had to be mended are counted as "repaired", and "warnings" say where.
        """
        text = read_text(source)
        check_alike("the tagger", self.scheme, self.feature_columns, text)
        encoded = self._encode(text.sentences)
        metrics = evaluate_text(self.model, self.symbols, text, encoded, train)
        return {**metrics, "repaired": text.repaired, "warnings": text.warnings}

    def _predict(self, records: Sequence[Record]) -> Iterator[Prediction]:
        """What is found in each; by what is known of word forms, if the net is of that kind."""
        if self.knows_documents and any(record.document is not None for record in records):
            yield from self._read(records)
            return
        known = self._single.predict_all([record.tokens for record in records])
        others = [record for record, one in zip(records, known, strict=True) if one is None]
        together = iter(self._read(others) if others else ())
        for one in known:
            yield one or next(together)

    def _read(self, records: Sequence[Record]) -> list[Prediction]:
        words = [Words(one.tokens, one.features, document=one.document) for one in records]
        return predict(self.model, self.symbols, self._encode(words))

    def _encode(self, sentences: Sequence[Record]) -> Encoded:
        return encode(sentences, self.symbols, self.encoders, self._reader)

    def _check(self, records: Sequence[Record]) -> None:
        wanted = self.feature_columns
        for record in records:
            if not record.tokens:
                raise ValueError("a sentence has no tokens: leave empty ones out")
            if len(record.features) != wanted:
                raise ValueError(
                    f"the tagger was trained with {wanted} feature columns beside the tokens, this "
                    f"text has {len(record.features)}"
                )

    def _tagging(self, tokens: tuple[str, ...], found: Prediction) -> Tagging:
        if self.scheme == "plain":
            tags = tuple(self.symbols.tags[tag] for tag in found.tags)
        else:
            tags = from_spans(found.entities, len(tokens), self.scheme)
        pairs = zip(found.entities, found.entity_confidences, strict=True)
        entities = tuple(Entity(*span, share) for span, share in pairs)
        return Tagging(tokens, tags, tuple(found.confidences), entities)

    def _written(self, tags: Sequence[str]) -> tuple[str, ...]:
        """Tags of the model in the scheme of the training file."""
        return convert(tags, self.symbols.scheme, self.scheme)


def _chunks(records: Iterable[Record], size: int) -> Iterator[list[Record]]:
    """So many records at a time, or more, so that no document is torn apart."""
    chunk: list[Record] = []
    for record in records:
        goes_on = chunk and record.document is not None and record.document == chunk[-1].document
        if len(chunk) >= size and not goes_on:
            yield chunk
            chunk = []
        chunk.append(record)
    if chunk:
        yield chunk


def build_tagger(config: TaggerConfig, symbols: Symbols, settings: TaggerSettings) -> Tagger:
    """A new model for these symbols."""
    weights = symbols.weights(settings.weights_by_type())
    return Tagger(config, symbols.forbidden(), weights)


def model_config(config: dict[str, Any]) -> TaggerConfig:
    """The configuration of the model out of a config.json."""
    return from_json(TaggerConfig, config["model"])


def load(path: str | os.PathLike[str], device: str = "auto") -> TrainedTagger:
    """A trained tagger from its run folder.

    ValueError for a folder that is no run, is damaged, or holds a run of another task.
    """
    run = Run(path)
    config = run.read_config("tagging")
    symbols = read_symbols(run)
    try:
        shape = model_config(config)
    except ValueError as error:
        raise ValueError(f"{run.path / 'config.json'}: damaged ({error})") from error
    model, encoders = (
        run.build(lambda: Tagger(shape, symbols.forbidden())),
        kept_encoders(run, device),
    )
    _check_sizes(run, shape, symbols, encoders)
    return TrainedTagger(model.to(choose_device(device)).eval(), symbols, encoders)


def _check_sizes(
    run: Run, shape: TaggerConfig, symbols: Symbols, encoders: Sequence[Encoder]
) -> None:
    """ValueError where the files of a run do not belong together."""
    features = tuple(map(len, symbols.features))
    own = (len(symbols.words), len(symbols.tags), len(symbols.characters), features)
    if (shape.words, shape.tags, shape.characters, shape.features) != own:
        raise ValueError(f"{run.path / 'symbols.json'}: has other symbols than config.json says")
    if shape.states != sum(encoder.width for encoder in encoders):
        raise ValueError(f"{run.encoders}: has other language models than config.json says")
