"""The data of a training: pairs of texts, their two languages, and what may be said of them."""

import dataclasses
from dataclasses import dataclass
from typing import Any

from seqkit.tasks.runs import Run
from seqkit.tasks.translating.encoding import Encoded, encode
from seqkit.tasks.translating.settings import TranslatorSettings
from seqkit.tasks.translating.sides import Sides, learn_sides, load_sides
from seqkit.tasks.translating.texts import Source, Sources, TextPairs, read_texts, reopen_texts

NAMES = ("train", "valid", "test")


@dataclass(frozen=True)
class TranslatingData:
    """The pairs as they were read, and as ids; `test` may be missing."""

    sides: Sides
    texts: dict[str, TextPairs]
    encoded: dict[str, Encoded]

    @property
    def longest(self) -> tuple[int, int]:
        """The tokens of the longest source and of the longest target in training."""
        sources, targets = self.encoded["train"].lengths
        return int(sources.max()) - 1, int(targets.max()) - 1

    def describe(self) -> dict[str, Any]:
        """The size, the sha256 and the share of unknown words of each text."""
        return {"longest": list(self.longest), **{n: self._describe(n) for n in self.texts}}

    def _describe(self, name: str) -> dict[str, Any]:
        texts, (sources, targets) = self.texts[name], self.encoded[name].lengths
        return {
            "pairs": len(texts),
            "source_tokens": int(sources.sum()),
            "target_tokens": int(targets.sum()),
            "source_unknown_share": self.sides.source.unknown_share(texts.sources),
            "target_unknown_share": self.sides.target.unknown_share(texts.targets),
            "sha256": texts.sha256(),
        }

    def warnings(self) -> list[str]:
        """What users should know of the texts."""
        return [warning for part in self.texts.values() for warning in part.warnings]

    def save(self, run: Run) -> None:
        """Write the texts into a run's checkpoint, where `reopen_data` finds them again."""
        for name, part in self.texts.items():
            part.save(run.checkpoint / f"{name}.jsonl")


def read_data(settings: TranslatorSettings, sources: Sources) -> TranslatingData:
    """Read the pairs; ValueError for texts that a translator cannot be trained on.

    Pairs of the training text that are too long are left out, with a warning.
    """
    train, sides = read_training(settings, sources.train)
    texts = {"train": train}
    for name, source in (("valid", sources.valid), ("test", sources.test)):
        if source is not None:
            texts[name] = read_texts(source)
    return _data(sides, texts)


def read_training(settings: TranslatorSettings, source: Source) -> tuple[TextPairs, Sides]:
    """The pairs to train on, without those that are too long, and the two languages of them."""
    train = read_texts(source)
    sides = learn_sides(settings, train.sources, train.targets)
    return _without_long(train, sides, settings), sides


def reopen_data(run: Run, settings: TranslatorSettings) -> TranslatingData:
    """The data of an unfinished run."""
    paths = {name: run.checkpoint / f"{name}.jsonl" for name in NAMES}
    texts = {name: reopen_texts(path) for name, path in paths.items() if path.exists()}
    if not {"train", "valid"} <= set(texts):
        raise ValueError(f"{run.checkpoint}: its texts are gone; train anew with --force")
    return _data(load_sides(run, settings), texts)


def _data(sides: Sides, texts: dict[str, TextPairs]) -> TranslatingData:
    encoded = {name: encode(sides, part.sources, part.targets) for name, part in texts.items()}
    return TranslatingData(sides, texts, encoded)


def _without_long(train: TextPairs, sides: Sides, settings: TranslatorSettings) -> TextPairs:
    """The pairs that are short enough on both sides; ValueError where none is."""
    most = settings.longest(settings.of_source), settings.longest(settings.of_target)
    kept = [
        k
        for k in range(len(train))
        if len(sides.source.tokenizer.tokens(train.sources[k])) <= most[0]
        and len(sides.target.tokenizer.tokens(train.targets[k])) <= most[1]
    ]
    left_out = len(train) - len(kept)
    if not left_out:
        return train
    if not kept:
        raise ValueError(
            f"{train.name}: every pair is longer than {most[0]} and {most[1]} tokens; "
            "raise --max-tokens, or give a pair a sentence"
        )
    warning = (
        f"{train.name}: {left_out:,} pairs left out, as a side has more than {most[0]} or "
        f"{most[1]} tokens (--max-tokens)"
    )
    return dataclasses.replace(
        train,
        sources=[train.sources[k] for k in kept],
        targets=[train.targets[k] for k in kept],
        places=[train.places[k] for k in kept],
        warnings=[*train.warnings, warning],
    )
