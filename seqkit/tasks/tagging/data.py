"""The data of a training: three tagged texts over the symbols of the first."""

import pathlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from seqkit.tasks.runs import Run
from seqkit.tasks.tagging.encoders import Encoder, kept_encoders, load_encoder
from seqkit.tasks.tagging.encoding import Encoded, encode
from seqkit.tasks.tagging.sentences import (
    Sources,
    TaggedText,
    check_alike,
    read_text,
    reopen_text,
)
from seqkit.tasks.tagging.settings import TaggerSettings
from seqkit.tasks.tagging.symbols import Symbols, choose_symbols, read_symbols
from seqkit.text.schemes import shown
from seqkit.vectors.files import load
from seqkit.vectors.vectors import WordVectors

NAMES = ("train", "valid", "test")


@dataclass(frozen=True)
class TaggingData:
    """The texts as they were read and as ids; `test` may be missing."""

    symbols: Symbols
    texts: dict[str, TaggedText]
    encoded: dict[str, Encoded]
    encoders: Sequence[Encoder]
    vectors: WordVectors | None

    def describe(self) -> dict[str, Any]:
        """The size, the sha256, the scheme and the mended tags of each text."""
        return {
            name: {
                "sentences": len(text.sentences),
                "tokens": text.tokens,
                "entities": sum(map(len, text.spans())),
                "sha256": text.sha256(),
                "scheme": text.written,
                "repaired": text.repaired,
                "unknown_share": float((self.encoded[name].words == 0).mean()),
            }
            for name, text in self.texts.items()
        }

    def warnings(self) -> list[str]:
        """What users should know of the texts."""
        train, found = self.texts["train"], []
        if len(self.symbols.tags) == 1:
            found.append(
                f"{train.name}: every token is tagged {shown(self.symbols.tags[0])}, so there is "
                "nothing to learn; is --column right?"
            )
        for name, text in self.texts.items():
            found += text.warnings
            known = {tag for sentence in train.sentences for tag in sentence.tags}
            strange = {tag for sentence in text.sentences for tag in sentence.tags} - known
            strange -= set(self.symbols.tags)
            if strange:
                found.append(
                    f"{text.name}: {name} has tags that the training text lacks, which cannot be "
                    f"found: {', '.join(map(shown, sorted(strange)[:5]))}"
                )
        return found


def read_data(settings: TaggerSettings, sources: Sources) -> TaggingData:
    """Read the texts and number their symbols; ValueError for texts that do not fit together."""
    encoders = [load_encoder(path, settings.device) for path in settings.encoder]
    vectors = _vectors(settings)
    train = read_text(sources.train, settings.scheme)
    columns = len(train.sentences[0].features)
    texts = {"train": train}
    for name, source in (("valid", sources.valid), ("test", sources.test)):
        if source is not None:
            texts[name] = read_text(source, settings.scheme)
            check_alike(train.name, train.written, columns, texts[name])
    known = vectors.index_to_key if vectors is not None else ()
    symbols = choose_symbols(train.sentences, train.written, settings.min_count, known)
    return TaggingData(symbols, texts, _encoded(texts, symbols, encoders), encoders, vectors)


def save_data(data: TaggingData, folder: pathlib.Path) -> None:
    """Write the texts into a folder; in a run's checkpoint `reopen_data` finds them again."""
    for name, text in data.texts.items():
        text.save(folder / f"{name}.jsonl")


def reopen_data(run: Run, settings: TaggerSettings) -> TaggingData:
    """The data of an unfinished run."""
    paths = {name: run.checkpoint / f"{name}.jsonl" for name in NAMES}
    texts = {name: reopen_text(path) for name, path in paths.items() if path.exists()}
    if not {"train", "valid"} <= set(texts):
        raise ValueError(f"{run.checkpoint}: its texts are gone; train anew with --force")
    symbols, encoders = read_symbols(run), kept_encoders(run, settings.device)
    encoded = _encoded(texts, symbols, encoders)
    return TaggingData(symbols, texts, encoded, encoders, _vectors(settings))


def _vectors(settings: TaggerSettings) -> WordVectors | None:
    return load(settings.vectors) if settings.vectors else None


def _encoded(
    texts: dict[str, TaggedText], symbols: Symbols, encoders: Sequence[Encoder]
) -> dict[str, Encoded]:
    return {name: encode(text.sentences, symbols, encoders) for name, text in texts.items()}
