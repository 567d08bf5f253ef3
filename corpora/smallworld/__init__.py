"""smallworld: the built-in synthetic language, whose statistics are known exactly.

This folder holds the language model's part: `world` has the people, towns and their facts,
`lexicon` the words, `templates` the sentences, `domains` and `expansion` multiply them out to a
probabilistic `grammar`, `entropy` has the exact figures, `relations` has questions for word
vectors, `second` what smallworld-2 adds for them. Tagged data (`tagged`) follow from the same
grammar, for every sentence has one derivation and the symbols of that say what each word is;
labelled texts (`reviews`) from one of their own kind. Pairs for translators (`translation`) come
from meanings that English and a made-up second language say.

All splits are drawn from one language and differ only in their random numbers; so every word and
name of a test text may occur in training, and the exact figures hold for each. (Labelled tasks
may keep some names for their tests; the language model may not.) It never stands in for real
text in claims of quality.
"""

import hashlib
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import chain, islice, repeat

import numpy as np

from seqkit.corpora.corpus import BLOCK, Split, cut_blocks
from seqkit.corpora.records import Text
from seqkit.corpora.smallworld import second
from seqkit.corpora.smallworld.domains import build_domains
from seqkit.corpora.smallworld.entropy import Entropy, exact_entropy, word_counts
from seqkit.corpora.smallworld.expansion import build_rules
from seqkit.corpora.smallworld.grammar import Grammar
from seqkit.corpora.smallworld.world import build_world

VERSION, SECOND = "smallworld-1", "smallworld-2"
SENTENCES: dict[str, int] = {"train": 100_000, "valid": 3_000, "test": 3_000}
_BATCH = 1 << 14  # random numbers made at a time; the text does not depend on it
_JOIN = 1 << 12  # sentences joined at a time; neither


@cache
def language(version: str = VERSION) -> Grammar:
    """Give the grammar of a version of smallworld; made once."""
    world = build_world()
    domains = build_domains(world)
    if version == SECOND:
        return Grammar(build_rules(world, {**domains, **second.domains()}, second.tables()))
    return Grammar(build_rules(world, domains))


@cache
def _entropy(version: str) -> Entropy:
    return exact_entropy(language(version))


def log_probability(sentence: str, version: str = VERSION) -> float:
    """Give log P(sentence) in nats, its end included (T4); -inf outside the language.

    Tokens are what white space separates: "Lisk is the capital of Arvenia ."
    """
    return language(version).log_probability(sentence.split())


def next_word(prefix: Iterable[str], version: str = VERSION) -> dict[str, float]:
    """Give the best possible P(next word | the tokens so far), `<eos>` included.

    Raises ValueError if no sentence begins with `prefix`.
    """
    return language(version).next_word(prefix)


def unigram(version: str = VERSION) -> dict[str, float]:
    """Give the true share of each word in running text, `<eos>` included."""
    counts = word_counts(language(version))
    total = sum(counts.values())
    return {word: count / total for word, count in counts.items()}


class SmallWorld:
    """Sentences drawn independently from the language, one a line, tokens set off by spaces.

    The same version, seed and split give the same sentences, and a larger corpus begins with the
    smaller one. Words are lower-case at the beginning of a sentence too; names are not. Some
    short sentences occur in more than one split. Dropping them would change the distribution and
    make the exact figures wrong, so they stay; `overlap` counts them.

    Args:
        split: "train", "valid" or "test": independent random numbers.
        sentences: how many; by default 100,000 to train and 3,000 else.
        seed: another text of the same language for each.
        version: smallworld-1, or smallworld-2, whose text tells more words apart (second.py).

    Raises:
        ValueError: an unknown split, or no sentences.
    """

    description = "a small invented world in simple English, its entropy known exactly"
    source = "synthetic: drawn from a probabilistic grammar"
    synthetic = True

    def __init__(
        self,
        split: Split = "train",
        sentences: int | None = None,
        seed: int = 0,
        version: str = VERSION,
    ) -> None:
        if split not in SENTENCES:
            raise ValueError(f"smallworld has no split {split!r}: use train, valid or test")
        if sentences is not None and sentences < 1:
            raise ValueError(f"smallworld cannot have {sentences} sentences: ask for 1 or more")
        self.split = split
        self.sentences = SENTENCES[split] if sentences is None else sentences
        self.seed = seed
        self.version = version

    def __len__(self) -> int:
        """How many sentences there are."""
        return self.sentences

    @property
    def name(self) -> str:
        """What users call it."""
        return "smallworld" if self.version == VERSION else self.version

    @property
    def entropy(self) -> Entropy:
        """The entropy and expected lengths of the language, in closed form."""
        return _entropy(self.version)

    def __iter__(self) -> Iterator[Text]:
        """Draw the sentences; always the same ones."""
        return (Text(line) for line in self._lines())

    def blocks(self) -> Iterator[bytes]:
        """Yield the text as UTF-8 blocks of about 1 MiB that end after a newline."""
        lines = (line + "\n" for line in self._lines())
        pieces = iter(lambda: "".join(islice(lines, _JOIN)).encode(), b"")
        return cut_blocks(pieces, BLOCK)

    def best_possible(self) -> Entropy:
        """Give the figures of the true distribution on these very sentences, means a sentence.

        A model's loss less this `nats_per_token` has little of the sampling noise that its loss
        less the `entropy` has.
        """
        nats = tokens = characters = 0.0
        for line in self._lines():
            nats -= log_probability(line, self.version)
            tokens += line.count(" ") + 2
            characters += len(line) + 1
        return Entropy(*(total / self.sentences for total in (nats, tokens, characters)))

    def overlap(self, train: "SmallWorld | None" = None) -> float:
        """Give the share of these sentences that `train` has too, 0 to 1.

        `train` is the training split of the same seed and version if not given.
        """
        seen = set((train or SmallWorld("train", seed=self.seed, version=self.version))._lines())
        return sum(line in seen for line in self._lines()) / self.sentences

    def _lines(self) -> Iterator[str]:
        sample, uniforms = language(self.version).sample, self.uniforms()
        return (" ".join(sample(uniforms)) for _ in repeat(None, self.sentences))

    def uniforms(self) -> Iterator[float]:
        """Yield the random numbers of [0, 1) that the sentences are drawn by, without end.

        They depend on version, split and seed alone, and are made of raw bits: NumPy promises the
        same bits in all its versions, not the same floats.
        """
        key = hashlib.sha256(f"{self.version} {self.split} {self.seed}".encode()).digest()
        bits = np.random.PCG64(int.from_bytes(key))
        draws = (np.ldexp((bits.random_raw(_BATCH) >> 11).astype(float), -53) for _ in repeat(None))
        return chain.from_iterable(batch.tolist() for batch in draws)
