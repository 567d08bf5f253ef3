"""Everything a training of a classifier can be told, and its checks."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from seqkit.layers import CELLS
from seqkit.layers.pooling import POOLINGS
from seqkit.models.classifier import ClassifierConfig
from seqkit.tasks.checks import check_choices, check_least, check_positive
from seqkit.train.optimizers import OPTIMIZERS
from seqkit.train.precision import PRECISIONS
from seqkit.train.schedules import SCHEDULES

MODELS = ("recurrent", "averaged", "linear")
CHOICES: dict[str, Collection[str]] = {
    "model": MODELS,
    "level": ("word", "char", "subword"),
    "cell": CELLS,
    "pooling": POOLINGS,
    "optimizer": OPTIMIZERS,
    "schedule": SCHEDULES,
    "precision": ("auto", *PRECISIONS),
}
LEAST = {
    "ngrams": 1,
    "min_count": 1,
    "vocab_size": 3,
    "batch_size": 1,
    "epochs": 1,
    "threads": 1,
    "max_tokens": 0,
    "unfreeze": 0,
    "patience": 0,
    "seed": 0,
    "weight_decay": 0,
}
"""The least value of each setting that has one."""
POSITIVE = ("lr", "clip", "max_minutes", "checkpoint_seconds")
"""Settings that must be above zero and finite."""
BALANCED = "balanced"

_WEIGHT = re.compile(r"(.+)=(\d+\.?\d*|\.\d+)")


@dataclass(frozen=True)
class ClassifierSettings:
    """What to train and how; the names are the options of the command line."""

    model: str = "recurrent"  # or averaged embeddings, or the linear model alone
    wide: bool = True  # add the linear model of n-grams to the recurrent net
    level: str = "word"  # what a token is: word, char or subword
    ngrams: int | None = None  # of the linear and averaged models; None: 2 words, 4 characters
    cell: str = "lstm"
    bidirectional: bool = True
    layers: int = 1
    hidden: int = 100  # of each direction
    embed: int = 100
    pooling: str = "max"
    vectors: str | None = None  # word vectors that the embedding begins with
    encoder: tuple[str, ...] = ()  # runs of language models that are trained further
    unfreeze: int = 1  # epochs until the next layer of an encoder trains, too; 0: all at once
    max_tokens: int = 400  # of a text, half from its beginning, half from its end; 0: all
    min_count: int = 2  # rarer tokens become <unk>
    vocab_size: int = 30_000
    dropout: float | None = None  # None: 0.5, with an encoder 0.3
    dropout_words: float = 0.1
    class_weights: str | None = None  # balanced, or such as bad=2,good=1: how dear an error is
    batch_size: int = 32  # texts
    optimizer: str = "adamw"
    lr: float | None = None  # at the peak of the schedule; None: 2e-3, with an encoder 1e-2
    schedule: str = "cosine"
    weight_decay: float = 0.0
    clip: float = 1.0  # the largest global norm of the gradients
    average: float = 0.998  # decay of the weight average; 0: none
    epochs: int = 5
    max_minutes: float | None = None
    patience: int = 0
    checkpoint_seconds: float = 30.0  # how often an unfinished training saves itself
    precision: str = "auto"
    device: str = "auto"
    threads: int | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        """Reject unknown names and numbers out of range, naming the option."""
        check_choices(self, CHOICES)
        check_least(self, LEAST)
        check_positive(self, POSITIVE)
        if not 0 <= self.average < 1:
            raise ValueError(f"--average must be in [0, 1), got {self.average}")
        if self.encoder and self.vectors:
            raise ValueError("--encoder brings its own embedding: leave --vectors out")
        if self.encoder and self.model != "recurrent":
            raise ValueError(f"--encoder goes with --model recurrent, not {self.model}")
        if self.vectors and self.model != "recurrent":
            raise ValueError(f"--vectors goes with --model recurrent, not {self.model}")
        self.weights_by_label()
        self.net(words=2, classes=2, many=False)  # checks the rest

    @property
    def peak(self) -> float:
        """The largest learning rate; a language model is trained at a fraction of it."""
        return self.lr or (1e-2 if self.encoder else 2e-3)

    @property
    def dropped(self) -> float:
        """The rate of dropout."""
        return (0.3 if self.encoder else 0.5) if self.dropout is None else self.dropout

    @property
    def order(self) -> int:
        """The longest n-grams of the linear and of the averaged model."""
        return self.ngrams or {"word": 2, "char": 4, "subword": 2}[self.level]

    def weights_by_label(self) -> dict[str, float]:
        """How dear an error is on each label; 1 for those not named, and where all are balanced."""
        weights: dict[str, float] = {}
        if self.class_weights in (None, BALANCED):
            return weights
        for part in str(self.class_weights).split(","):
            match = _WEIGHT.fullmatch(part.strip())
            if not match or not float(match[2]):
                raise ValueError(
                    f"--class-weights {self.class_weights}: write {BALANCED}, or LABEL=NUMBER, "
                    "NUMBER above 0, with commas between, such as bad=2,good=1.5"
                )
            weights[match[1]] = float(match[2])
        return weights

    def net(self, words: int, classes: int, many: bool, frozen: int = 0) -> ClassifierConfig:
        """The configuration of the recurrent net for so many symbols of each kind."""
        shape = ("cell", "bidirectional", "layers", "hidden", "embed", "pooling")
        same = (*shape, "dropout_words")
        return ClassifierConfig(
            words=words,
            classes=classes,
            many_labels=many,
            frozen=frozen,
            dropout=self.dropped,
            **{name: getattr(self, name) for name in same},
        )
