"""Trained language models as the bodies of a classifier: their runs, and texts as they read them.

A body reads a text as its language model has read the training text: cut into tokens by its own
tokenizer, `<eos>` before each line; from its end where the model reads from right to left. What
stands in capitals is looked up in small letters if need be.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from seqkit.models.fine_tuned import Readings
from seqkit.models.language import LanguageModel, LanguageModelConfig
from seqkit.tasks.classifying.reading import EncodedTexts, cut
from seqkit.tasks.language.trained import read_without_weights
from seqkit.tasks.runs import Run
from seqkit.tasks.tagging.encoders import encoder_folders, keep_encoders, load_encoder
from seqkit.text.backward import Backward
from seqkit.text.batching import Ints
from seqkit.text.tokenizers import Tokenizer
from seqkit.text.vocabulary import EOS, Vocabulary


@dataclass(frozen=True)
class EncodedForBodies:
    """Texts as each of the bodies reads them."""

    bodies: tuple[EncodedTexts, ...]

    def __len__(self) -> int:
        return len(self.bodies[0])

    @property
    def lengths(self) -> Ints:
        """How many tokens each text has for the body that finds most in it, (B,)."""
        lengths: Ints = np.max([own.lengths for own in self.bodies], axis=0)
        return lengths

    def texts(self, chosen: Ints) -> Readings:
        """Some texts side by side, padded to the longest."""
        return Readings(tuple(own.texts(chosen) for own in self.bodies))


@dataclass(frozen=True)
class Reading:
    """How a body reads, and the shape of its language model."""

    config: LanguageModelConfig
    tokenizer: Tokenizer
    vocabulary: Vocabulary

    @property
    def backward(self) -> bool:
        """Whether it reads each text from its end."""
        return isinstance(self.tokenizer, Backward)

    @property
    def level(self) -> str:
        """What its tokens are: word, char or subword."""
        name = self.tokenizer.name
        return name if name in ("char", "subword") else "word"


class Bodies:
    """Language models that read side by side, each with its own tokenizer and vocabulary.

    A text of more than `max_tokens` (0: no limit) keeps the first half of so many and the last.
    ValueError names a folder that is no run of a language model.
    """

    def __init__(self, paths: Sequence[str | os.PathLike[str]], max_tokens: int) -> None:
        self.paths, self.max_tokens = [os.fspath(path) for path in paths], max_tokens
        self.readings = [_reading(path) for path in self.paths]

    def load_models(self) -> list[LanguageModel]:
        """What a classifier begins from; this reads the weights, which nothing else needs."""
        return [load_encoder(path, "cpu").trained.model for path in self.paths]

    @property
    def configs(self) -> tuple[LanguageModelConfig, ...]:
        """The shape of each body."""
        return tuple(reading.config for reading in self.readings)

    def check_level(self, level: str) -> None:
        """ValueError unless all of them read by this level: word, char or subword."""
        for path, one in zip(self.paths, self.readings, strict=True):
            if one.level != level:
                raise ValueError(
                    f"--encoder {path}: it reads by --level {one.level}, not {level}; give that "
                    "level"
                )

    def encode(self, texts: Sequence[str]) -> EncodedForBodies:
        """Texts as ids, `<eos>` first, in the order in which each body reads."""
        return EncodedForBodies(tuple(self._encoded(one, texts) for one in self.readings))

    def save(self, run: Run) -> None:
        """Copy what is needed of the language models into a run, so that it stands alone.

        The weights are for a training that is resumed before it has saved itself; see
        `drop_weights`.
        """
        if not run.encoders.exists():
            keep_encoders(run, self.paths)

    def _encoded(self, reading: Reading, texts: Sequence[str]) -> EncodedTexts:
        rows = [self._ids(reading, text) for text in texts]
        starts = np.cumsum([0, *map(len, rows)])
        return EncodedTexts(np.concatenate([np.zeros(0, np.int64), *rows]), starts)

    def _ids(self, reading: Reading, text: str) -> Ints:
        tokenizer = reading.tokenizer
        plain = tokenizer.tokenizer if isinstance(tokenizer, Backward) else tokenizer

        def split(text: str) -> list[str]:
            return [token for line in text.split("\n") for token in (EOS, *plain.tokens(line))][1:]

        known = reading.vocabulary
        found = cut(text, split, self.max_tokens)
        tokens = [token if token in known else token.lower() for token in found]
        order = slice(None, None, -1 if reading.backward else 1)
        return np.array(known.ids([EOS, *tokens[order]]), np.int64)


def kept_bodies(run: Run, max_tokens: int) -> Bodies:
    """The language models in a classifier's run, as `Bodies.save` left them."""
    return Bodies(encoder_folders(run), max_tokens)


def drop_weights(run: Run) -> None:
    """Remove the weights that a finished classifier began from: it has its own."""
    for path in run.encoders.glob("*/model.safetensors"):
        path.unlink()


def _reading(path: str) -> Reading:
    try:
        return Reading(*read_without_weights(Run(path)))
    except ValueError as error:
        raise ValueError(f"--encoder {error}") from error
