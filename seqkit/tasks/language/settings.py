"""Everything a language-model training can be told, its presets and its checks."""

import dataclasses
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from seqkit.layers import CELLS
from seqkit.layers.embedding import INPUTS
from seqkit.models.language import LanguageModelConfig
from seqkit.tasks.checks import check_choices, check_least, check_loop, check_positive
from seqkit.tasks.language.earlier import DEFAULT_LIMIT, MODEL, check_shape, handed_down
from seqkit.text.backward import check_direction
from seqkit.train.precision import PRECISIONS

LEVELS = {"word": "word", "char": "char", "subword": "subword"}
"""The tokenizer that each level uses unless another one is named."""

CHOICES: dict[str, Collection[str]] = {
    "level": LEVELS,
    "input": INPUTS,
    "cell": CELLS,
    "precision": ("auto", *PRECISIONS),
}
"""The names there are for each setting that is one."""

LEAST = {
    "bptt": 1,
    "min_count": 1,
    "vocab_size": 3,
}
"""The least value of each setting that has one, beside those that `check_loop` knows."""


@dataclass(frozen=True)
class LanguageSettings:
    """What to train and how; the names are the options of the command line."""

    level: str = "word"  # what a token is: word, char or subword
    tokenizer: str | None = None  # word, whitespace, nltk:NAME; None: that of the level
    vocab_size: int | None = None  # types, specials included; None: 10,000, all for characters
    min_count: int = 1  # rarer types become <unk>
    direction: str = "forward"  # backward: each line is read, and written, from its end
    input: str = "embedding"  # one-hot: the same by matrix products, only slower
    cell: str = "lstm"
    layers: int = 2
    hidden: int = 200
    embed: int | None = None  # None: as wide as the layers
    vectors: str | None = None  # word vectors that the embedding begins with
    begin_from: str | None = None  # --from: a run whose model is trained further on this text
    tie: bool = True  # one matrix for embedding and output
    dropout: float = 0.0  # on the input, between the layers and before the output
    dropout_input: float | None = None  # None: as dropout
    dropout_output: float | None = None  # None: as dropout
    dropout_words: float = 0.0  # whole words
    weight_drop: float = 0.0  # single recurrent weights
    reset_state: float = 0.05  # rows of a window that start from zeros, as samples do
    bptt: int = 35  # tokens of a window of back-propagation
    batch_size: int = 32
    accumulate: int = 1  # pieces a batch is worked on in, one after another
    optimizer: str = "adamw"
    lr: float = 4e-3  # at the peak of the schedule
    schedule: str = "cosine"
    decay_rate: float | None = None  # of the schedules 1/t and exponential, an epoch
    weight_decay: float = 0.0  # L2 on matrices
    l1: float = 0.0  # on matrices
    clip: float = 0.25  # the largest global norm of the gradients
    clip_value: float | None = None  # cut every component instead
    average: float = 0.0  # decay of the weight average; 0: none
    epochs: int = 6
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
        check_direction(self.direction)
        check_least(self, LEAST)
        check_positive(self, ("clip_value",))
        check_loop(self)
        if self.begin_from and self.vectors:
            raise ValueError("--from brings the embedding of its run: leave --vectors out")
        self.model(vocabulary_size=1)  # checks the rest

    @property
    def tokenizer_name(self) -> str:
        """The tokenizer in use."""
        return self.tokenizer or LEVELS[self.level]

    @property
    def vocabulary_limit(self) -> int | None:
        """The largest number of types (T1), None for no limit."""
        if self.vocab_size is None:
            return None if self.level == "char" else DEFAULT_LIMIT
        return self.vocab_size

    def check_shape(self) -> None:
        """ValueError unless tokens, sizes and direction are those of the run to begin from."""
        if not self.begin_from:
            return
        model = self.model(vocabulary_size=1)
        chosen = {name: getattr(model, name) for name in MODEL}
        chosen |= {"level": self.level, "tokenizer": self.tokenizer_name}
        chosen |= {"direction": self.direction, "vocab_size": self.vocabulary_limit}
        check_shape(self.begin_from, chosen)

    def model(self, vocabulary_size: int) -> LanguageModelConfig:
        """The configuration of the model for a vocabulary of V types."""
        return LanguageModelConfig(
            vocabulary_size=vocabulary_size,
            input=self.input,
            cell=self.cell,
            layers=self.layers,
            hidden=self.hidden,
            embed=self.hidden if self.embed is None else self.embed,
            tie=self.tie,
            dropout_input=self.dropout if self.dropout_input is None else self.dropout_input,
            dropout_layers=self.dropout,
            dropout_output=self.dropout if self.dropout_output is None else self.dropout_output,
            dropout_words=self.dropout_words,
            weight_drop=self.weight_drop,
            reset_state=self.reset_state,
        )


PRESETS: dict[str, dict[str, Any]] = {
    "tiny": {"layers": 1, "hidden": 64, "batch_size": 16, "bptt": 20, "epochs": 2},
    "small": {},
    "medium": {
        "hidden": 640,
        "embed": 320,
        "dropout": 0.25,
        "dropout_input": 0.3,
        "dropout_output": 0.35,
        "dropout_words": 0.05,
        "weight_drop": 0.2,
        "weight_decay": 0.03,
        "clip": 0.5,
        "lr": 5e-3,
        "epochs": 20,
    },
    "large": {
        "layers": 3,
        "hidden": 1150,
        "embed": 400,
        "bptt": 70,
        "dropout": 0.25,
        "dropout_input": 0.4,
        "dropout_output": 0.4,
        "dropout_words": 0.1,
        "weight_drop": 0.5,
        "weight_decay": 0.03,
        "lr": 3e-3,
        "epochs": 100,
    },
}
"""Settings that go together, by name; any of them can be overridden. small is the default.

tiny takes seconds on a small text; small minutes, medium half an hour on a million words and two
cores; large wants a GPU, and is as wide and as deep as the nets of Merity et al. 2017.
"""


def build_settings(preset: str, **changes: Any) -> LanguageSettings:
    """The settings of a preset with some of them changed; unknown names are errors.

    Where they begin from a run (`begin_from`), its shape, size of vocabulary and dropout beat the
    preset, and the schedule is one-cycle. ValueError for changes that go against its shape.
    """
    if preset not in PRESETS:
        raise ValueError(f"unknown --preset {preset!r}; there are: {', '.join(PRESETS)}")
    known = {field.name for field in dataclasses.fields(LanguageSettings)}
    for name in changes:
        if name not in known:
            raise ValueError(f"unknown setting {name!r}; there are: {', '.join(sorted(known))}")
    earlier = changes.get("begin_from")
    inherited = {"schedule": "one-cycle", **handed_down(earlier)} if earlier else {}
    settings = LanguageSettings(**{**PRESETS[preset], **inherited, **changes})
    settings.check_shape()
    return settings
