"""Everything a training of word vectors can be told, and its checks."""

import dataclasses
from dataclasses import dataclass

from seqkit.tasks.checks import check_least, check_positive
from seqkit.word2vec.config import Word2VecConfig

LEAST = {"min_count": 1, "epochs": 1, "threads": 1, "vocab_size": 3, "patience": 0, "seed": 0}
"""The least value of each setting that has one."""
POSITIVE = ("lr", "max_minutes", "checkpoint_seconds")
"""Settings that must be above zero and finite."""
RATES = {"skipgram": 0.025, "cbow": 0.05}
"""The learning rate of each model at its beginning, as in word2vec.c."""


@dataclass(frozen=True)
class Word2VecSettings:
    """What to train and how; the names are the options of the command line."""

    model: str = "skipgram"
    loss: str = "ns"
    dim: int = 100
    window: int = 5
    negative: int = 5
    ns_exponent: float = 0.75
    sample: float = 1e-3
    divide_gradient: bool = False
    exact: bool = False
    tokenizer: str = "whitespace"
    init: str | None = None  # a run whose words and vectors are gone on with
    vocab_size: int | None = None  # types, specials included; None: no limit
    min_count: int = 5  # rarer words are passed over
    epochs: int = 5
    lr: float | None = None  # at the beginning; None: that of the model
    max_minutes: float | None = None
    analogies: str | None = None  # a file of questions that each epoch is measured by
    similarity: str | None = None  # a file of word pairs and scores; the same
    patience: int = 0  # stop after so many epochs without gain on these; 0: never
    checkpoint_seconds: float = 30.0
    device: str = "auto"
    threads: int | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        """Reject unknown names and numbers out of range, naming the option."""
        check_least(self, LEAST)
        check_positive(self, POSITIVE)
        if self.patience and not (self.analogies or self.similarity):
            raise ValueError("--patience needs --analogies or --similarity to measure epochs by")
        if self.init and self.loss == "hs":
            raise ValueError("--init goes with --loss ns or softmax: new words make another tree")
        self.config()  # checks the rest

    def config(self) -> Word2VecConfig:
        """What is trained."""
        names = [field.name for field in dataclasses.fields(Word2VecConfig)]
        return Word2VecConfig(**{name: getattr(self, name) for name in names})

    @property
    def rate(self) -> float:
        """The learning rate at the beginning."""
        return RATES[self.model] if self.lr is None else self.lr
