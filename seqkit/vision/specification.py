"""A convolutional net in a line of text: `conv 32x3 same, bn, relu, pool 2, flatten, dense 10`.

Layers are separated by commas or line ends. F is the side of a square filter, S a stride:

    conv FILTERSxF [same|valid|pad P] [stride S] [ACTIVATION]
    pool F [stride S]      the largest of each F x F window; the stride is F unless given
    avgpool F [stride S]   the mean of each window; `avgpool all`: one number a channel
    bn                     batch normalisation
    dropout R | keep P     drop the share R of the numbers, or keep the share P, in training
    flatten                C x Y x X to one vector
    dense N [from M] [ACTIVATION]
    sigmoid | tanh | relu | leaky-relu | identity

The layers themselves are in `layer_kinds.py`; `shapes.py` computes what comes out of each, and
`build.py` makes the modules.
"""

import re

from seqkit.vision.layer_kinds import (
    ACTIVATIONS,
    Activation,
    Conv,
    Dense,
    Dropout,
    Flatten,
    GlobalMean,
    Layer,
    Norm,
    Pool,
    Specification,
)


def parse(text: str) -> Specification:
    """The layers of a text, in order; an activation behind a layer is a layer of its own.

    Raises ValueError that names the layer, the word in it and what could stand there.
    """
    pieces = [piece for piece in re.split(r"[,\n]", text) if piece.strip()]
    if not pieces:
        raise ValueError("the specification has no layers; write for example: flatten, dense 10")
    words = [_Words(number, piece) for number, piece in enumerate(pieces, 1)]
    return tuple(layer for piece in words for layer in _layers(piece))


def write(specification: Specification) -> str:
    """The text that `parse` reads as these layers."""
    return ", ".join(map(str, specification))


class _Words:
    """The words of one layer, read from left to right."""

    def __init__(self, number: int, text: str) -> None:
        self.number, self.words, self.at = number, text.split(), 0

    def next(self, wanted: str) -> str:
        """The next word; ValueError where there is none."""
        if self.at == len(self.words):
            raise ValueError(f"{self}: {wanted} is missing at word {self.at + 1}")
        self.at += 1
        return self.words[self.at - 1]

    def accept(self, *choices: str) -> str | None:
        """The next word if it is one of these, else nothing is read."""
        if self.at < len(self.words) and self.words[self.at] in choices:
            return self.next("")
        return None

    def count(self, wanted: str, least: int = 1) -> int:
        """A whole number."""
        word = self.next(wanted)
        if not re.fullmatch(r"[0-9]{1,6}", word) or int(word) < least:
            raise self.wrong(f"should be {wanted}, a whole number from {least} on")
        return int(word)

    def share(self, wanted: str) -> float:
        """A number from 0 to 1."""
        word = self.next(wanted)
        if not re.fullmatch(r"[0-9]+(\.[0-9]+)?|\.[0-9]+", word) or float(word) > 1:
            raise self.wrong(f"should be {wanted}, a number from 0 to 1")
        return float(word)

    def end(self, remedy: str) -> None:
        """ValueError where a word is left."""
        if self.at < len(self.words):
            self.at += 1
            raise self.wrong(f"is not expected; {remedy}")

    def wrong(self, why: str) -> ValueError:
        """What is wrong with the word read last."""
        return ValueError(f"{self}: {self.words[self.at - 1]!r} at word {self.at} {why}")

    def __str__(self) -> str:
        return f"layer {self.number}, {' '.join(self.words)!r}"


KINDS = "conv, pool, avgpool, bn, dropout, keep, flatten, dense, " + ", ".join(ACTIVATIONS)


def _layers(words: _Words) -> list[Layer]:
    """The layer that the words say, and the activation behind it if there is one."""
    name = words.next("the kind of layer")
    match name:
        case "conv":
            layer: Layer = _conv(words)
        case "pool" | "avgpool":
            layer = _pool(words, mean=name == "avgpool")
        case "dense":
            units = words.count("the number of units")
            inputs = words.count("the number of inputs") if words.accept("from") else None
            layer = Dense(units, inputs)
        case "dropout" | "keep":
            layer = _dropout(words, name)
        case "bn":
            layer = Norm()
        case "flatten":
            layer = Flatten()
        case _ if name in ACTIVATIONS:
            layer = Activation(name)
        case _:
            raise words.wrong(f"is no kind of layer; there are: {KINDS}")
    activation = words.accept(*ACTIVATIONS) if name in ("conv", "dense") else None
    words.end(f"write for example {EXAMPLES.get(name, name)!r}")
    return [layer, Activation(activation)] if activation else [layer]


EXAMPLES = {
    "conv": "conv 32x3 same stride 2 relu",
    "pool": "pool 2 stride 2",
    "avgpool": "avgpool 2 stride 2",
    "dense": "dense 128 relu",
    "dropout": "dropout 0.3",
    "keep": "keep 0.7",
}


def _conv(words: _Words) -> Conv:
    found = re.fullmatch(r"([1-9][0-9]{0,5})x([1-9][0-9]{0,5})", words.next("FILTERSxSIZE"))
    if not found:
        raise words.wrong("does not say how many filters of what size; write FILTERSxSIZE, as 32x3")
    padding: int | str = 0
    stride = 1
    while option := words.accept("same", "valid", "pad", "stride"):
        match option:
            case "stride":
                stride = words.count("the stride")
            case "pad":
                padding = words.count("the padding", least=0)
            case _:
                padding = "same" if option == "same" else 0
    return Conv(int(found[1]), int(found[2]), padding, stride)


def _pool(words: _Words, mean: bool) -> Pool | GlobalMean:
    if mean and words.accept("all"):
        return GlobalMean()
    size = words.count("the size of the window")
    return Pool(size, words.count("the stride") if words.accept("stride") else size, mean)


def _dropout(words: _Words, name: str) -> Dropout:
    share = words.share("the share to drop" if name == "dropout" else "the share to keep")
    keep = round(1 - share, 9) if name == "dropout" else share
    if keep == 0:
        raise words.wrong("leaves nothing; write for example dropout 0.3 or keep 0.7")
    return Dropout(keep)
