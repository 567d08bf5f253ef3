"""Everything a training of an image classifier can be told, its kinds of nets, and its checks."""

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import TypeVar

from seqkit.tasks.checks import (
    check_choices,
    check_least,
    check_loop,
    check_positive,
    check_rates,
    option,
)
from seqkit.train.precision import PRECISIONS
from seqkit.vision.cnn import CNNConfig, default_specification
from seqkit.vision.layer_kinds import ACTIVATIONS
from seqkit.vision.logistic import LogisticConfig
from seqkit.vision.mlp import MLPConfig
from seqkit.vision.resnet import ResNetConfig
from seqkit.vision.shapes import Shape
from seqkit.vision.specification import parse

MODELS = ("logistic", "mlp", "cnn", "resnet", "siamese")
SUPERVISED = {"siamese": "cnn"}
"""The net whose trunk another one stands on."""
CHOICES: dict[str, Collection[str]] = {
    "model": MODELS,
    "activation": ACTIVATIONS,
    "precision": ("auto", *PRECISIONS),
}
LEAST = {"blocks": 1, "shift": 0, "embedding": 1, "freeze": 0}
"""The least value of each setting that has one."""

TRUNK = ("layers", "hidden", "activation", "batch_norm", "widths", "blocks", "dropout")
"""What --from takes over with the trunk."""
TAKERS: dict[str, tuple[str, ...]] = {
    "layers": ("cnn", "siamese"),
    **dict.fromkeys(("hidden", "activation", "batch_norm"), ("mlp",)),
    **dict.fromkeys(("widths", "blocks"), ("resnet",)),
    "dropout": ("mlp", "resnet"),
    "label_smoothing": ("logistic", "mlp", "cnn", "resnet"),
    **dict.fromkeys(("embedding", "margin", "hold_out"), ("siamese",)),
}
"""The models that obey a setting, where not all do."""

_WIDTHS = re.compile(r"\d+(,\d+)*")

T = TypeVar("T")
Config = LogisticConfig | MLPConfig | CNNConfig | ResNetConfig


@dataclass(frozen=True)
class ImageSettings:
    """What to train and how; the names are the options of the command line."""

    model: str = "cnn"
    layers: str | None = None  # of a CNN, such as "conv 32x3 same, pool 2, flatten, dense 10"; of a
    # siamese net all but the last, which is that of its embedding
    hidden: str = "512,256"  # units of the hidden layers of an MLP
    activation: str = "relu"  # of an MLP
    batch_norm: bool = True  # in an MLP
    widths: str = "32,64,128"  # channels of the stages of a ResNet
    blocks: int = 1  # residual blocks of each stage
    dropout: float = 0.2  # of hidden units of an MLP, and before the scores of a ResNet
    label_smoothing: float = 0.0
    embedding: int = 64  # numbers that a siamese net makes of an image
    margin: float = 0.2  # of the triplet loss
    hold_out: str | None = None  # classes a siamese net is not trained on but measured by: "7,8,9"
    shift: int = 0  # pixels that an image may be moved by in training
    flip: bool = False  # mirror images at random in training
    begin_from: str | None = None  # --from: a run whose trunk is kept
    freeze: int | None = None  # epochs before the kept trunk is trained, too; None: never is
    batch_size: int = 128  # images
    accumulate: int = 1  # pieces a batch is worked on in, one after another
    optimizer: str = "adamw"
    lr: float = 2e-3  # at the peak of the schedule
    schedule: str = "one-cycle"
    decay_rate: float | None = None
    weight_decay: float = 0.0
    l1: float = 0.0
    clip: float = 5.0  # the largest global norm of the gradients
    average: float = 0.99  # decay of the weight average; 0: none
    epochs: int = 10
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
        check_positive(self, ("margin",))
        check_rates(self, ("dropout", "label_smoothing"))
        for name in ("hidden", "widths"):
            if not _WIDTHS.fullmatch(getattr(self, name)):
                raise ValueError(
                    f"--{name} {getattr(self, name)}: write numbers with commas between, "
                    "such as 512,256"
                )
        if self.layers is not None:
            if self.trunk != "cnn":
                raise ValueError(f"--layers goes with --model cnn or siamese, not {self.model}")
            _naming_layers(parse, self.layers)
        if self.hold_out is not None and self.model != "siamese":
            raise ValueError(
                f"--hold-out goes with --model siamese, not {self.model}, which never names a "
                "class that it has not seen: leave it out"
            )
        if self.freeze is not None and not self.begin_from:
            raise ValueError("--freeze goes with --from RUN, whose trunk is kept")

    def check_obeyed(self, chosen: Iterable[str]) -> None:
        """ValueError for one of the settings that somebody chose which the net does not obey."""
        for name in chosen:
            takers = TAKERS.get(name, MODELS)
            if self.model not in takers:
                found = f"goes with --model {' or '.join(takers)}, not {self.model}"
            elif self.begin_from and name in TRUNK:
                found = "goes with a net from scratch, not with --from, which brings its own"
            else:
                continue
            raise ValueError(f"{option(name)} {found}: leave it out")

    @property
    def held_out(self) -> tuple[str, ...]:
        """The classes of --hold-out."""
        return tuple(name.strip() for name in (self.hold_out or "").split(",") if name.strip())

    @property
    def trunk(self) -> str:
        """The kind of net that sees; a siamese net stands on that of a CNN."""
        return SUPERVISED.get(self.model, self.model)

    def net(self, shape: Shape, classes: int) -> Config:
        """The configuration of the net for images (C, Y, X) and K classes."""
        smoothing = self.label_smoothing
        if self.trunk == "logistic":
            return LogisticConfig(shape, classes, smoothing)
        if self.trunk == "mlp":
            hidden, keep = _numbers(self.hidden), 1 - self.dropout
            return MLPConfig(
                shape, classes, hidden, self.activation, self.batch_norm, 1.0, keep, smoothing
            )
        if self.trunk == "resnet":
            widths, keep = _numbers(self.widths), 1 - self.dropout
            return ResNetConfig(shape, classes, widths, self.blocks, keep, smoothing)
        layers = self.layers or default_specification(classes)
        if self.layers and self.model == "siamese":
            layers += f", dense {classes}"  # which its embedding takes the place of
        return _naming_layers(lambda text: CNNConfig(shape, classes, text, smoothing), layers)


def _naming_layers(read: Callable[[str], T], layers: str) -> T:
    """What comes of a specification; its errors name the option."""
    try:
        return read(layers)
    except ValueError as error:
        raise ValueError(f"--layers: {error}") from error


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split(",")))
