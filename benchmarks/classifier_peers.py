"""The classifiers that benchmarks/classifier.py measures: how each is trained, how it is asked.

Each is a class made from a `Job`: `train` writes a model into the job's folder and returns the
seconds from texts in memory to that model; `load` reads it; then `classify` gives a label for each
of many texts, at the tool's own batch size.
"""

import json
import pathlib
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import tagger_peers

_TOKENS = re.compile(r"\w+|[^\w\s]")


@dataclass(frozen=True)
class Job:
    """What to train on, for how long, and where the model goes."""

    train: str
    valid: str
    folder: pathlib.Path
    seed: int
    minutes: float | None  # None: as long as the tool wants
    threads: int
    epochs: int  # of fastText


class Labelled(NamedTuple):
    """N texts and the label of each."""

    texts: list[str]
    labels: list[str]


def read(path: str) -> Labelled:
    """The texts in a file of JSON lines."""
    with pathlib.Path(path).open(encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    return Labelled([row["text"] for row in rows], [row["label"] for row in rows])


class Seqkit:
    """seqkit with its default settings, on the processor: the recurrent net with the linear model.

    The time is that of `classifying.train`, which reads the files and evaluates the model, too.
    """

    SETTINGS: ClassVar[dict[str, Any]] = {}

    def __init__(self, job: Job) -> None:
        self.job = job
        self.run = job.folder / "run"

    def train(self) -> float:
        from seqkit.corpora.labelled_catalogue import open_labelled_splits
        from seqkit.tasks import classifying

        job = self.job
        settings = classifying.ClassifierSettings(
            max_minutes=job.minutes, threads=job.threads, seed=job.seed, device="cpu",
            **self.SETTINGS,
        )  # fmt: skip
        texts = open_labelled_splits(job.train, job.valid)
        start = time.perf_counter()
        classifying.train(settings, texts, self.run)
        return time.perf_counter() - start

    def load(self) -> None:
        from seqkit.tasks import classifying
        from seqkit.tasks.devices import set_threads

        set_threads(self.job.threads)
        self.classifier = classifying.load(self.run, device="cpu")

    def classify(self, texts: Sequence[str]) -> list[str]:
        return [found.labels[0] for found in self.classifier.classify(texts)]


class SeqkitLinear(Seqkit):
    """Its linear model of n-grams alone."""

    SETTINGS: ClassVar[dict[str, Any]] = {"model": "linear"}


class SeqkitAveraged(Seqkit):
    """Its averaged embeddings, fastText's model."""

    SETTINGS: ClassVar[dict[str, Any]] = {"model": "averaged"}


class FastText:
    """fastText on words and pairs of words; it wants a file of labels and tokens.

    Writing that file is part of its time, cutting texts into tokens is part of its prediction.
    """

    SETTINGS: ClassVar[dict[str, Any]] = {"wordNgrams": 2, "lr": 0.5, "dim": 100}

    def __init__(self, job: Job) -> None:
        self.job = job
        self.model = str(job.folder / "model.bin")

    def train(self) -> float:
        import fasttext

        texts, labels = read(self.job.train)
        start = time.perf_counter()
        names = sorted(set(labels))  # a name may have blanks, which fastText's labels may not
        lines = self.job.folder / "train.txt"
        lines.write_text(
            "".join(
                f"__label__{names.index(label)} {_words(text)}\n"
                for text, label in zip(texts, labels, strict=True)
            ),
            "utf-8",
        )
        (self.job.folder / "labels.json").write_text(json.dumps(names))
        model = fasttext.train_supervised(
            input=str(lines), epoch=self.job.epochs, thread=self.job.threads, seed=self.job.seed,
            verbose=0, **self.SETTINGS,
        )  # fmt: skip
        model.save_model(self.model)
        return time.perf_counter() - start

    def load(self) -> None:
        import fasttext

        fasttext.FastText.eprint = lambda *_: None  # it warns of its own constructor
        self.fasttext = fasttext.load_model(self.model)
        self.names = json.loads((self.job.folder / "labels.json").read_text())

    def classify(self, texts: Sequence[str]) -> list[str]:
        """By its compiled part: `predict` of version 0.9.2 does not know NumPy 2."""
        lines = [_words(text) + "\n" for text in texts]
        found, _ = self.fasttext.f.multilinePredict(lines, 1, 0.0, "strict")
        return [self.names[int(labels[0].removeprefix("__label__"))] for labels in found]


class ScikitLearn:
    """Logistic regression over TF-IDF of words and pairs of words, kept as numbers and names."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.numbers, self.names = job.folder / "model.npz", job.folder / "model.json"

    def train(self) -> float:
        import numpy as np

        texts, labels = read(self.job.train)
        start = time.perf_counter()
        counts, model = self._parts()
        model.fit(counts.fit_transform(texts), labels)
        np.savez(self.numbers, idf=counts.idf_, coef=model.coef_, intercept=model.intercept_)
        names = {"terms": counts.get_feature_names_out().tolist(), "labels": list(model.classes_)}
        self.names.write_text(json.dumps(names))
        return time.perf_counter() - start

    def load(self) -> None:
        import numpy as np

        names, numbers = json.loads(self.names.read_text()), np.load(self.numbers)
        self.counts, self.model = self._parts(names["terms"])
        self.counts.idf_ = numbers["idf"]
        self.model.coef_, self.model.intercept_ = numbers["coef"], numbers["intercept"]
        self.model.classes_ = np.array(names["labels"])

    def classify(self, texts: Sequence[str]) -> list[str]:
        return self.model.predict(self.counts.transform(texts)).tolist()

    def _parts(self, terms: Sequence[str] | None = None) -> Any:
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression

        counts = TfidfVectorizer(
            ngram_range=(1, 2), token_pattern=_TOKENS.pattern, sublinear_tf=True, vocabulary=terms
        )
        return counts, LogisticRegression(C=30, max_iter=1000)


class Spacy(tagger_peers.Spacy):
    """The `textcat` of `spacy init config --optimize efficiency`, a bag of words and of pairs.

    That configuration, but for pairs of words and two stops that would come before the time is up:
    the number of steps and the patience. It is trained as the tagger of entities is.
    """

    NGRAMS = 2

    def train(self) -> float:
        from spacy.cli.init_config import init_config
        from spacy.training.initialize import init_nlp

        start = time.perf_counter()
        config = init_config(lang="en", pipeline=["textcat"], optimize="efficiency", gpu=False)
        for part, source in (("train", self.job.train), ("dev", self.job.valid)):
            path = self.job.folder / f"{part}.spacy"
            self._convert(source, path)
            config["paths"][part] = str(path)
        config["components"]["textcat"]["model"]["ngram_size"] = self.NGRAMS
        config["training"] |= {"seed": self.job.seed, "max_steps": 0, "patience": 0}
        nlp = init_nlp(config)
        self._fit(nlp, start + 60 * self.job.minutes)
        return time.perf_counter() - start

    def _convert(self, source: str, target: pathlib.Path) -> None:
        """Write texts as spaCy keeps them, cut into its tokens."""
        import spacy
        from spacy.tokens import DocBin

        nlp, binary = spacy.blank("en"), DocBin()
        texts, labels = read(source)
        names = sorted(set(labels))
        for doc, label in zip(nlp.tokenizer.pipe(texts), labels, strict=True):
            doc.cats = {name: float(name == label) for name in names}
            binary.add(doc)
        binary.to_disk(target)

    def classify(self, texts: Sequence[str]) -> list[str]:
        return [max(doc.cats, key=doc.cats.get) for doc in self.nlp.pipe(texts)]


def _words(text: str) -> str:
    """Lower-cased words and signs with blanks between, as fastText reads them."""
    return " ".join(_TOKENS.findall(text.lower()))


TOOLS: dict[str, type[Any]] = {
    "seqkit": Seqkit,
    "seqkit-linear": SeqkitLinear,
    "seqkit-averaged": SeqkitAveraged,
    "fasttext": FastText,
    "sklearn": ScikitLearn,
    "spacy": Spacy,
}
LIMITED = ("seqkit", "spacy")
"""Those that take a limit of time."""
