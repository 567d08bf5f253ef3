"""Everything a training of a tagger can be told, and its checks."""

from dataclasses import dataclass

from seqkit.layers import CELLS
from seqkit.layers.characters import CHARACTER_ENCODERS
from seqkit.models.tagger import TaggerConfig
from seqkit.tasks.checks import check_choices, check_least, check_loop, read_weights
from seqkit.text.schemes import LETTERS

SCHEMES = ("auto", *LETTERS, "plain")


@dataclass(frozen=True)
class TaggerSettings:
    """What to train and how; the names are the options of the command line."""

    scheme: str = "auto"  # how the training file writes entities; plain: one class a token
    cell: str = "lstm"
    layers: int = 1
    hidden: int = 200  # of each direction
    embed: int = 100
    vectors: str | None = None  # word vectors that the embedding begins with
    encoder: tuple[str, ...] = ()  # runs of language models whose states are features
    crf: bool = True  # else a softmax at every position
    chars: bool = True
    char_encoder: str = "cnn"
    affixes: bool = True
    wide: bool = True  # add a linear model of words and their neighbours
    min_count: int = 1  # rarer words become <unk>
    dropout: float = 0.5
    dropout_words: float = 0.05
    r_drop: float = 1.0  # how much two readings under different dropout must agree; 0: read once
    class_weights: str | None = None  # such as PER=2,MISC=1.5: how dear an error is
    batch_size: int = 240  # tokens
    accumulate: int = 1  # pieces a batch is worked on in, one after another
    optimizer: str = "adamw"
    lr: float = 2e-3  # at the peak of the schedule
    schedule: str = "cosine"
    decay_rate: float | None = None  # of the schedules 1/t and exponential, an epoch
    weight_decay: float = 0.0  # L2 on matrices
    l1: float = 0.0  # on matrices
    clip: float = 5.0  # the largest global norm of the gradients
    average: float = 0.998  # decay of the weight average; 0: none
    epochs: int = 8
    max_minutes: float | None = None
    patience: int = 0
    checkpoint_seconds: float = 30.0  # how often an unfinished training saves itself
    device: str = "auto"
    threads: int | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        """Reject unknown names and numbers out of range, naming the option."""
        known = {"scheme": SCHEMES, "cell": CELLS, "char_encoder": CHARACTER_ENCODERS}
        check_choices(self, known)
        check_least(self, {"min_count": 1, "r_drop": 0})
        check_loop(self)
        self.weights_by_type()
        self.model(words=1, tags=1, characters=1)  # checks the rest

    def weights_by_type(self) -> dict[str, float]:
        """How dear an error is on each type of entity or each class; 1 for those not named."""
        if not self.class_weights:
            return {}
        return read_weights(self.class_weights, "TYPE=NUMBER", "PER=2,MISC=1.5")

    def model(self, words: int, tags: int, characters: int) -> TaggerConfig:
        """The configuration of the model for so many symbols of each kind."""
        shape = ("cell", "layers", "hidden", "embed", "crf", "affixes", "wide")
        same = (*shape, "dropout", "dropout_words")
        return TaggerConfig(
            words=words,
            tags=tags,
            characters=characters,
            char_encoder=self.char_encoder if self.chars else None,
            **{name: getattr(self, name) for name in same},
        )
