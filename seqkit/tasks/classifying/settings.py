"""Everything a training of a classifier can be told, and its checks."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from seqkit.layers import CELLS
from seqkit.layers.pooling import POOLINGS
from seqkit.models.classifier import ClassifierConfig
from seqkit.tasks.checks import check_choices, check_least, check_loop, option, read_weights
from seqkit.train.precision import PRECISIONS

MODELS = ("recurrent", "averaged", "linear")
CHOICES: dict[str, Collection[str]] = {
    "model": MODELS,
    "level": ("word", "char", "subword"),
    "cell": CELLS,
    "pooling": POOLINGS,
    "precision": ("auto", *PRECISIONS),
}
LEAST = {
    "ngrams": 1,
    "min_count": 1,
    "vocab_size": 3,
    "max_tokens": 0,
    "unfreeze": 0,
}
"""The least value of each setting that has one, beside those that `check_loop` knows."""
BALANCED = "balanced"
FITTED = ("model", "level", "ngrams", "class_weights", "seed")
"""What a model that is fitted in one go obeys."""
OBEYED = {"averaged": (*FITTED, "epochs", "lr"), "linear": FITTED}
"""The settings that each model obeys; the recurrent net, which is not named, obeys all."""
SHAPE = (
    *("cell", "bidirectional", "layers", "hidden", "embed", "pooling"),
    *("min_count", "vocab_size"),
)
"""What a language model that is trained further brings with it."""


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
    accumulate: int = 1  # pieces a batch is worked on in, one after another
    optimizer: str = "adamw"
    lr: float | None = None  # at its peak; None: 2e-3, with an encoder 1e-2, averaged 0.5
    schedule: str = "cosine"
    decay_rate: float | None = None  # of the schedules 1/t and exponential, an epoch
    weight_decay: float = 0.0  # L2 on matrices
    l1: float = 0.0  # on matrices
    clip: float = 1.0  # the largest global norm of the gradients
    average: float = 0.998  # decay of the weight average; 0: none
    epochs: int | None = None  # None: 5, of the averaged model as many as 20,000 texts take
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
        check_loop(self)
        if self.encoder and self.vectors:
            raise ValueError("--encoder brings its own embedding: leave --vectors out")
        if self.encoder and self.model != "recurrent":
            raise ValueError(f"--encoder goes with --model recurrent, not {self.model}")
        if self.vectors and self.model != "recurrent":
            raise ValueError(f"--vectors goes with --model recurrent, not {self.model}")
        self.weights_by_label()
        self.net(words=2, classes=2, many=False)  # checks the rest

    def check_obeyed(self, chosen: Iterable[str]) -> None:
        """ValueError for one of the settings that somebody chose which the model does not obey."""
        for name in chosen:
            takers = [model for model in MODELS if name in OBEYED.get(model, (name,))]
            if self.model not in takers:
                found = f"goes with --model {' or '.join(takers)}, not {self.model}"
            elif self.encoder and name in SHAPE:
                found = "goes with a net from scratch, not with --encoder, which brings its own"
            elif name == "unfreeze" and not self.encoder:
                found = "goes with --encoder"
            else:
                continue
            raise ValueError(f"{option(name)} {found}: leave it out")

    @property
    def passes(self) -> int:
        """The epochs of a net."""
        return 5 if self.epochs is None else self.epochs

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
        if self.class_weights is None or self.class_weights == BALANCED:
            return {}
        return read_weights(self.class_weights, f"{BALANCED}, or LABEL=NUMBER", "bad=2,good=1.5")

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
