"""Everything a training of a translator can be told, and its checks."""

from collections.abc import Collection
from dataclasses import dataclass

from seqkit.layers import CELLS
from seqkit.layers.attention import ATTENTIONS
from seqkit.models.translator import NONE, TranslatorConfig
from seqkit.tasks.checks import check_choices, check_least, check_loop, check_rates
from seqkit.train.precision import PRECISIONS

LEVELS = ("word", "char", "subword")
CHOICES: dict[str, Collection[str | None]] = {
    "level": LEVELS,
    "source_level": (None, *LEVELS),
    "target_level": (None, *LEVELS),
    "cell": CELLS,
    "decoder_cell": (None, *CELLS),
    "attention": (NONE, *ATTENTIONS),
    "choose": ("bleu", "loss"),
    "precision": ("auto", *PRECISIONS),
}
LEAST = {"vocab_size": 3, "min_count": 1, "max_tokens": 1}
"""The least value of each setting that has one."""


@dataclass(frozen=True)
class TranslatorSettings:
    """What to train and how; the names are the options of the command line."""

    level: str = "word"  # what a token is: word, char or subword
    source_level: str | None = None  # of the source; None: as level
    target_level: str | None = None  # of the target; None: as level
    tokenizer: str | None = None  # of words: word, whitespace, nltk:NAME; None: word
    vocab_size: int | None = None  # types of each side; None: 10,000, all for characters
    min_count: int | None = None  # rarer types become <unk>; None: 2 of words, else 1
    share_vocab: bool = False  # one vocabulary and embedding for both sides
    max_tokens: int | None = None  # longer pairs are left out; None: 100, of characters 400
    cell: str = "lstm"
    decoder_cell: str | None = None  # None: as cell
    bidirectional: bool = True
    layers: int = 1  # of the encoder, and of the decoder
    hidden: int = 512  # of the decoder; of both directions of the encoder together
    embed: int = 256
    attention: str = "dot"
    input_feeding: bool = False  # what was looked at is fed into the next step
    tie: bool = True  # one matrix for the target's embedding and the softmax
    dropout: float = 0.4
    dropout_words: float = 0.0  # source words taken for <unk>
    label_smoothing: float = 0.1
    scheduled_sampling: float = 0.0  # own choices as inputs, by the end of training
    choose: str = "bleu"  # the best epoch by BLEU, or by the loss
    batch_size: int = 1_000  # tokens of the longer side, padding included
    accumulate: int = 1  # pieces a batch is worked on in, one after another
    optimizer: str = "adamw"
    lr: float = 2e-3  # at the peak of the schedule
    schedule: str = "cosine"
    decay_rate: float | None = None  # of the schedules 1/t and exponential, an epoch
    weight_decay: float = 0.0  # L2 on matrices
    l1: float = 0.0  # on matrices
    clip: float = 1.0  # the largest global norm of the gradients
    average: float = 0.998  # decay of the weight average; 0: none
    epochs: int = 20
    max_minutes: float | None = None
    patience: int = 0
    checkpoint_seconds: float = 30.0  # how often an unfinished training saves itself
    precision: str = "auto"
    device: str = "auto"
    threads: int | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        """Reject unknown names and numbers out of range, naming the option."""
        check_loop(self)
        check_choices(self, CHOICES)
        check_least(self, LEAST)
        check_rates(self, ("scheduled_sampling", "label_smoothing", "dropout", "dropout_words"))
        if self.share_vocab and self.of_source != self.of_target:
            raise ValueError(
                f"--share-vocab: the source is read by {self.of_source}, the target by "
                f"{self.of_target}; one vocabulary needs one level"
            )
        if self.tokenizer and "word" not in (self.of_source, self.of_target):
            raise ValueError("--tokenizer is for --level word")
        self.model(source_types=3, target_types=3)  # checks the rest

    @property
    def of_source(self) -> str:
        """The level of the source."""
        return self.source_level or self.level

    @property
    def of_target(self) -> str:
        """The level of the target."""
        return self.target_level or self.level

    def longest(self, level: str) -> int:
        """The most tokens of a side of that level in training."""
        return self.max_tokens or (400 if level == "char" else 100)

    def model(self, source_types: int, target_types: int) -> TranslatorConfig:
        """The configuration of the model for so many types on each side."""
        same = ["cell", "decoder_cell", "bidirectional", "layers", "hidden", "embed"]
        same += ["attention", "tie", "dropout", "dropout_words"]
        return TranslatorConfig(
            source_types=source_types,
            target_types=target_types,
            shared=self.share_vocab,
            feeding=self.input_feeding,
            smoothing=self.label_smoothing,
            **{name: getattr(self, name) for name in same},
        )
