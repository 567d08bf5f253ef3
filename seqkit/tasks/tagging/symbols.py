"""Everything of tagged text that gets a number: words, characters, further columns, tags."""

import dataclasses
import functools
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, get_args

import torch

from seqkit.files import write_json
from seqkit.layers.chain import Moves
from seqkit.models.agreement import FORMS
from seqkit.models.tagger import TaggerConfig
from seqkit.tasks.runs import Run, read_json
from seqkit.tasks.tagging.sentences import Sentence
from seqkit.tasks.tagging.settings import TaggerSettings
from seqkit.text.schemes import Scheme, legal_transitions, parts_of, shown, tag_set
from seqkit.text.vocabulary import Vocabulary
from seqkit.text.wordforms import count_characters, normal


@dataclass(frozen=True)
class Symbols:
    """The symbols of the training text; `written` is the scheme its file is written in.

    `tags` are those the model scores, in the scheme `scheme`: bioes for entities, else plain.
    """

    words: Vocabulary  # in their normal form
    characters: Vocabulary
    features: tuple[Vocabulary, ...]
    tags: tuple[str, ...]
    written: Scheme

    @property
    def scheme(self) -> Scheme:
        """The scheme of `tags`."""
        return "plain" if self.written == "plain" else "bioes"

    @property
    def types(self) -> tuple[str, ...]:
        """The types of entities, sorted; none where tags are classes."""
        if self.scheme == "plain":
            return ()
        return tuple(sorted({parts.type for tag in self.tags[1:] if (parts := parts_of(tag))}))

    def forbidden(self) -> Moves:
        """What a tag may not do, as bools."""
        legal = legal_transitions(self.tags, self.scheme)
        masks = (legal.start, legal.stop, legal.steps)
        return Moves(*(torch.from_numpy(~mask) for mask in masks))

    def members(self) -> torch.Tensor:
        """Which tags are of which type, as the whole of an entity or a part of it: (K, C, 2)."""
        found = torch.zeros(len(self.tags), len(self.types), FORMS)
        for k, tag in enumerate(self.tags):
            parts = parts_of(tag) if self.scheme != "plain" else None
            if parts and parts.letter != "O":
                found[k, self.types.index(parts.type), int(parts.letter != "S")] = 1
        return found

    def model(
        self, settings: TaggerSettings, states: int = 0, documents: bool = False
    ) -> TaggerConfig:
        """The configuration of a model for these symbols and so many numbers from encoders.

        `documents`: whether there are any to fit on what words do elsewhere in theirs.
        """
        plain = settings.model(len(self.words), len(self.tags), len(self.characters))
        frozen = self.words.counts[2:].count(0)  # they stand at the end
        features = tuple(map(len, self.features))
        documents = documents and bool(self.types)
        return dataclasses.replace(
            plain, frozen=frozen, features=features, states=states, documents=documents
        )

    def weights(self, by_type: dict[str, float]) -> torch.Tensor:
        """How dear errors are on each tag, (K,), from weights by type or class."""
        names = [self._class_of(tag) for tag in self.tags]
        for name in by_type:
            if name not in names:
                known = sorted(set(names))
                some = ", ".join(map(shown, known[:20])) + ", ..." * (len(known) > 20)
                raise ValueError(f"--class-weights {name}: no such type; there are: {some}")
        return torch.tensor([by_type.get(name, 1.0) for name in names])

    def _class_of(self, tag: str) -> str:
        """The type of an entity's tag, or the tag itself."""
        parts = parts_of(tag) if self.scheme != "plain" else None
        return parts.type if parts and parts.type else tag

    def tag_ids(self, tags: Sequence[str]) -> list[int]:
        """The numbers of tags, -1 for those that training never saw."""
        return [self._places.get(tag, -1) for tag in tags]

    @functools.cached_property
    def _places(self) -> dict[str, int]:
        return {tag: k for k, tag in enumerate(self.tags)}

    def save(self, run: Run) -> None:
        """Write vocabulary.json, the words, and symbols.json, all else."""
        self.words.save(run.path / "vocabulary.json")
        rest = {
            "characters": self.characters.to_json(),
            "features": [feature.to_json() for feature in self.features],
            "tags": list(self.tags),
            "written": self.written,
        }
        write_json(run.path / "symbols.json", rest)


def choose_symbols(
    sentences: Sequence[Sentence], written: Scheme, min_count: int, known: Iterable[str] = ()
) -> Symbols:
    """The symbols of a training text (T1), without rare words; its tags are in bioes, or plain.

    `known` words, those of finished vectors, join them even where the text lacks them.
    """
    counts = Counter(token for sentence in sentences for token in sentence.tokens)
    words: Counter[str] = Counter()
    for token, count in counts.items():
        words[normal(token)] += count
    columns = [Counter(column) for column in sentences[0].features]
    for sentence in sentences[1:]:
        for counter, column in zip(columns, sentence.features, strict=True):
            counter.update(column)
    tags = {tag for sentence in sentences for tag in sentence.tags}
    if written != "plain":
        kinds = {parts.type for tag in tags if (parts := parts_of(tag)) and tag != "O"}
        chosen = tag_set(kinds, "bioes")
    else:
        chosen = tuple(sorted(tags))
    return Symbols(
        Vocabulary.from_counts(words, min_count=min_count, keep=known),
        Vocabulary.from_counts(count_characters(counts), pad=True),
        tuple(map(Vocabulary.from_counts, columns)),
        chosen,
        written,
    )


def read_symbols(run: Run) -> Symbols:
    """The symbols of a run; ValueError names a file that is damaged."""
    path = run.path / "symbols.json"
    value = read_json(path)
    try:
        symbols = Symbols(
            Vocabulary.load(run.path / "vocabulary.json"),
            Vocabulary.from_json(value["characters"]),
            tuple(Vocabulary.from_json(feature) for feature in value["features"]),
            _read_tags(value["tags"]),
            value["written"],
        )
        if symbols.written not in get_args(Scheme):
            raise ValueError(f"{symbols.written!r} is no scheme")
        symbols.forbidden()  # refuses tags that the scheme does not have
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path}: damaged ({error})") from error
    return symbols


def _read_tags(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(type(tag) is str and tag for tag in value):
        raise ValueError("'tags' is no list of tags")
    if not value or len(set(value)) != len(value):
        raise ValueError("'tags' is empty, or a tag stands there twice")
    return tuple(value)
