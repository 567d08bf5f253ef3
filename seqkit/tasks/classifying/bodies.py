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
from seqkit.tasks import language
from seqkit.tasks.classifying.reading import EncodedTexts, cut
from seqkit.tasks.runs import Run
from seqkit.tasks.tagging.encoders import keep_encoders, load_encoder
from seqkit.text.backward import Backward
from seqkit.text.batching import Ints
from seqkit.text.vocabulary import EOS


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


class Bodies:
    """Language models that read side by side, each with its own tokenizer and vocabulary.

    A text of more than `max_tokens` (0: no limit) keeps the first half of so many and the last.
    """

    def __init__(self, paths: Sequence[str | os.PathLike[str]], max_tokens: int) -> None:
        self.paths, self.max_tokens = [os.fspath(path) for path in paths], max_tokens
        self.trained = [load_encoder(path, "cpu").trained for path in self.paths]

    @property
    def models(self) -> list[LanguageModel]:
        """What the bodies of a classifier begin from."""
        return [one.model for one in self.trained]

    @property
    def configs(self) -> tuple[LanguageModelConfig, ...]:
        """The shape of each body."""
        return tuple(model.config for model in self.models)

    def check_level(self, level: str) -> None:
        """ValueError unless all of them read by this level: word, char or subword."""
        for path, one in zip(self.paths, self.trained, strict=True):
            if (found := level_of(one)) != level:
                raise ValueError(
                    f"--encoder {path}: it reads by --level {found}, not {level}; give that level"
                )

    def encode(self, texts: Sequence[str]) -> EncodedForBodies:
        """Texts as ids, `<eos>` first, in the order in which each body reads."""
        return EncodedForBodies(tuple(self._encoded(one, texts) for one in self.trained))

    def save(self, run: Run) -> None:
        """Copy what is needed of the language models into a run, so that it stands alone."""
        if not run.encoders.exists():
            keep_encoders(run, self.paths)

    def _encoded(
        self, trained: language.TrainedLanguageModel, texts: Sequence[str]
    ) -> EncodedTexts:
        rows = [self._ids(trained, text) for text in texts]
        starts = np.cumsum([0, *map(len, rows)])
        return EncodedTexts(np.concatenate([np.zeros(0, np.int64), *rows]), starts)

    def _ids(self, trained: language.TrainedLanguageModel, text: str) -> Ints:
        tokenizer = trained.tokenizer
        plain = tokenizer.tokenizer if isinstance(tokenizer, Backward) else tokenizer

        def split(text: str) -> list[str]:
            return [token for line in text.split("\n") for token in (EOS, *plain.tokens(line))][1:]

        known = trained.vocabulary
        found = cut(text, split, self.max_tokens)
        tokens = [token if token in known else token.lower() for token in found]
        order = slice(None, None, -1 if trained.backward else 1)
        return np.array(known.ids([EOS, *tokens[order]]), np.int64)


def kept_bodies(run: Run, max_tokens: int) -> Bodies:
    """The language models in a classifier's run, as `Bodies.save` left them."""
    folders = sorted(run.encoders.iterdir(), key=lambda folder: int(folder.name))
    return Bodies(folders, max_tokens)


def level_of(trained: language.TrainedLanguageModel) -> str:
    """What the tokens of a language model are: word, char or subword."""
    name = trained.tokenizer.name
    return name if name in ("char", "subword") else "word"
