"""The taggers that benchmarks/tagger.py measures: how each is trained, and how it is asked.

Each is a class made from a `Job`: `train` writes a model into the job's folder and returns the
seconds of the training itself; `load` reads it; then `many` tags sentences at the tool's own batch
size, and `one` a single one. Sentences are tuples of tokens, answers lists of entities.
"""

import pathlib
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

from crfsuite_features import features

from seqkit.text.scheme_detection import detect_scheme
from seqkit.text.schemes import from_spans, to_spans

Tokens = Sequence[str]
Spans = list[tuple[int, int, str]]


@dataclass(frozen=True)
class Job:
    """What to train on, for how long, and where the model goes."""

    train: str
    valid: str
    folder: pathlib.Path
    seed: int
    minutes: float | None  # None: as long as the tool wants
    threads: int


class Sentences(NamedTuple):
    """What stands in a file of columns: the tokens and the entities of N sentences."""

    tokens: list[Tokens]
    spans: list[Spans]


def read(path: str) -> Sentences:
    from seqkit.corpora.tagged_catalogue import open_tagged

    records = list(open_tagged(path))
    scheme = detect_scheme([record.tags for record in records]).scheme
    spans = [[tuple(s) for s in to_spans(record.tags, scheme)] for record in records]
    return Sentences([record.tokens for record in records], spans)


class Seqkit:
    """seqkit with its default settings, on the processor."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.run = job.folder / "run"

    def train(self) -> float:
        from seqkit.corpora.tagged import TagColumns
        from seqkit.corpora.tagged_catalogue import open_tagged_splits
        from seqkit.tasks import tagging

        job = self.job
        settings = tagging.TaggerSettings(
            max_minutes=job.minutes, threads=job.threads, seed=job.seed, device="cpu"
        )
        texts = open_tagged_splits(job.train, job.valid, None, TagColumns(), "utf-8", False)
        start = time.perf_counter()
        tagging.train(settings, texts, self.run)
        return time.perf_counter() - start

    def load(self) -> None:
        from seqkit.tasks import tagging

        self.tagger = tagging.load(self.run, device="cpu")

    def many(self, sentences: Iterable[Tokens]) -> list[Spans]:
        from seqkit.corpora.records import Tagged

        found = self.tagger.tag(Tagged(tuple(tokens)) for tokens in sentences)
        return [[(e.start, e.stop, e.type) for e in tagging.entities] for tagging in found]

    def one(self, tokens: Tokens) -> Spans:
        return self.many([tokens])[0]


class Spacy:
    """The `ner` of `spacy init config --lang en --pipeline ner --optimize efficiency`.

    That configuration, but for two stops that would come before the time is up: the number of
    steps and the patience. It is trained by spaCy's own loop; what was best on the validation
    text at one of its evaluations (every 200 steps) is the model.
    """

    def __init__(self, job: Job) -> None:
        self.job = job

    def train(self) -> float:
        from spacy.cli.init_config import init_config
        from spacy.training.initialize import init_nlp

        config = init_config(lang="en", pipeline=["ner"], optimize="efficiency", gpu=False)
        for part in ("train", "dev"):
            path = self.job.folder / f"{part}.spacy"
            self._convert(self.job.train if part == "train" else self.job.valid, path)
            config["paths"][part] = str(path)
        config["training"] |= {"seed": self.job.seed, "max_steps": 0, "patience": 0}
        nlp = init_nlp(config)
        start = time.perf_counter()
        self._fit(nlp, start + 60 * self.job.minutes)
        return time.perf_counter() - start

    def _convert(self, source: str, target: pathlib.Path) -> None:
        """Write sentences as spaCy keeps them, a document each."""
        import spacy
        from spacy.tokens import Doc, DocBin, Span

        vocab = spacy.blank("en").vocab
        binary = DocBin()
        for tokens, spans in zip(*read(source), strict=True):
            doc = Doc(vocab, words=list(tokens))
            doc.ents = [Span(doc, start, stop, label=kind) for start, stop, kind in spans]
            binary.add(doc)
        binary.to_disk(target)

    def _fit(self, nlp: Any, end: float) -> None:
        """Do what `spacy.training.loop.train` does, until the clock says `end`."""
        from spacy.schemas import ConfigSchemaTraining
        from spacy.training import loop
        from spacy.util import registry, resolve_dot_names

        config = nlp.config.interpolate()
        told = registry.resolve(config["training"], schema=ConfigSchemaTraining)
        train, dev = resolve_dot_names(config, [told["train_corpus"], told["dev_corpus"]])
        steps = loop.train_while_improving(
            nlp,
            told["optimizer"],
            loop.create_train_batches(nlp, train, told["batcher"], told["max_epochs"]),
            loop.create_evaluation_callback(nlp, dev, told["score_weights"]),
            exclude=told["frozen_components"],
            **{
                name: told[name]
                for name in (
                    *("dropout", "eval_frequency", "accumulate_gradient", "patience"),
                    *("max_steps", "annotating_components", "before_update"),
                )
            },
        )
        for _, _, best in steps:
            if best:
                with nlp.use_params(told["optimizer"].averages):
                    nlp.to_disk(self.job.folder / "model")
            if time.perf_counter() > end:
                return

    def load(self) -> None:
        import spacy

        self.nlp = spacy.load(self.job.folder / "model")

    def many(self, sentences: Iterable[Tokens]) -> list[Spans]:
        return [self._spans(doc) for doc in self.nlp.pipe(map(self._doc, sentences))]

    def one(self, tokens: Tokens) -> Spans:
        return self._spans(self.nlp(self._doc(tokens)))

    def _doc(self, tokens: Tokens) -> Any:
        from spacy.tokens import Doc

        return Doc(self.nlp.vocab, words=list(tokens))

    def _spans(self, doc: Any) -> Spans:
        return [(span.start, span.end, span.label_) for span in doc.ents]


class Crfsuite:
    """CRFsuite over hand-made features; it takes no thread but one, and no limit of time."""

    ALGORITHM = "averaged-perceptron"
    PARAMETERS: ClassVar[dict[str, float]] = {"max_iterations": 25}
    SCHEME = "iob2"

    def __init__(self, job: Job) -> None:
        self.job = job
        self.model = str(job.folder / "model.crfsuite")

    def train(self) -> float:
        import pycrfsuite

        sentences = read(self.job.train)
        start = time.perf_counter()
        trainer = pycrfsuite.Trainer(self.ALGORITHM, self.PARAMETERS, verbose=False)
        for tokens, spans in zip(*sentences, strict=True):
            trainer.append(features(tokens), from_spans(spans, len(tokens), self.SCHEME))
        trainer.train(self.model)
        return time.perf_counter() - start

    def load(self) -> None:
        import pycrfsuite

        self.tagger = pycrfsuite.Tagger()
        self.tagger.open(self.model)

    def many(self, sentences: Iterable[Tokens]) -> list[Spans]:
        return [self.one(tokens) for tokens in sentences]

    def one(self, tokens: Tokens) -> Spans:
        tags = self.tagger.tag(features(tokens))
        return [(start, stop, kind) for start, stop, kind in to_spans(tags, self.SCHEME)]


class CrfsuiteLbfgs(Crfsuite):
    """The same, trained by L-BFGS."""

    ALGORITHM = "lbfgs"
    PARAMETERS: ClassVar[dict[str, float]] = {"c1": 0.1, "c2": 0.05, "max_iterations": 100}


TOOLS = {"seqkit": Seqkit, "spacy": Spacy, "crfsuite-ap": Crfsuite, "crfsuite-lbfgs": CrfsuiteLbfgs}
