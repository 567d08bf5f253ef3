"""A side of a translator: the source or the target, as a tokenizer and a vocabulary (T1)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from seqkit.files import write_json
from seqkit.tasks.runs import Run, read_json
from seqkit.tasks.translating.settings import TranslatorSettings
from seqkit.text.subwords import SubwordTokenizer
from seqkit.text.tokenizers import Tokenizer, build_tokenizer
from seqkit.text.vocabulary import Vocabulary

LIMIT = 10_000
"""Types of a vocabulary of words or subwords, unless told otherwise (T1)."""


@dataclass(frozen=True)
class Side:
    """How texts of one language become ids, and ids texts."""

    tokenizer: Tokenizer
    vocabulary: Vocabulary

    def ids(self, text: str) -> list[int]:
        """The ids of a text, `<eos>` at the end."""
        return [*self.vocabulary.ids(self.tokenizer.tokens(text)), self.vocabulary.eos]

    def text(self, ids: Sequence[int]) -> str:
        """The text of ids."""
        return self.tokenizer.join(self.vocabulary.tokens(ids))

    def unknown_share(self, texts: Iterable[str]) -> float:
        """The share of tokens that are `<unk>`."""
        ids = list(
            chain.from_iterable(self.vocabulary.ids(self.tokenizer.tokens(t)) for t in texts)
        )
        return ids.count(self.vocabulary.unk) / max(len(ids), 1)

    def save(self, run: Run, name: str) -> None:
        """Write NAME.vocabulary.json, and NAME.tokenizer.json where the pieces were learnt."""
        self.vocabulary.save(run.path / f"{name}.vocabulary.json")
        if isinstance(self.tokenizer, SubwordTokenizer):
            write_json(run.path / f"{name}.tokenizer.json", self.tokenizer.to_json())


@dataclass(frozen=True)
class Sides:
    """Both languages; where they share a vocabulary, the same side twice."""

    source: Side
    target: Side

    def save(self, run: Run) -> None:
        """Write both; one that serves as both is written once, as the target."""
        self.target.save(run, "target")
        if self.source is not self.target:
            self.source.save(run, "source")


def learn_sides(
    settings: TranslatorSettings, sources: Sequence[str], targets: Sequence[str]
) -> Sides:
    """The vocabularies of the training text, and pieces where they are to be learnt."""
    if settings.share_vocab:
        both = _learn(settings, settings.of_source, [*sources, *targets])
        return Sides(both, both)
    return Sides(
        _learn(settings, settings.of_source, sources),
        _learn(settings, settings.of_target, targets),
    )


def load_sides(run: Run, settings: TranslatorSettings) -> Sides:
    """The sides of a run; ValueError names a file that is missing or damaged."""
    target = _load(run, "target", settings, settings.of_target)
    if settings.share_vocab:
        return Sides(target, target)
    return Sides(_load(run, "source", settings, settings.of_source), target)


def _learn(settings: TranslatorSettings, level: str, texts: Sequence[str]) -> Side:
    limit = None if level == "char" else LIMIT
    size = settings.vocab_size or limit
    least = settings.min_count or (2 if level == "word" else 1)
    if level == "subword":
        learnt = SubwordTokenizer.train(texts, size or LIMIT)
        tokenizer: Tokenizer = learnt
        keep: tuple[str, ...] = learnt.types
    else:
        tokenizer, keep = _plain(settings, level), ()
    counts = Counter(chain.from_iterable(map(tokenizer.tokens, texts)))
    counts["<eos>"] = len(texts)
    return Side(tokenizer, Vocabulary.from_counts(counts, size, least, keep=keep))


def _plain(settings: TranslatorSettings, level: str) -> Tokenizer:
    return build_tokenizer(settings.tokenizer or "word" if level == "word" else level)


def _load(run: Run, name: str, settings: TranslatorSettings, level: str) -> Side:
    path = run.path / f"{name}.vocabulary.json"
    if not path.exists():
        raise ValueError(f"{path}: no such file; the run folder is incomplete")
    vocabulary = Vocabulary.load(path)
    if level != "subword":
        return Side(_plain(settings, level), vocabulary)
    path = run.path / f"{name}.tokenizer.json"
    value = read_json(path)
    try:
        return Side(SubwordTokenizer.from_json(value), vocabulary)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error
