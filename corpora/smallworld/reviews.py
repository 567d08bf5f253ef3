"""smallworld's reviews: short texts on its films and meals, labelled with 1 to 5 stars.

The grammar is that of smallworld with the tables of `review_templates`: its first word is the
number of stars, and the others are the text. So P(stars, text) is known exactly, and with it what
the best possible classifier says of each text and how often that is right. The label needs more
than words: "a not very dull plot" praises, and in "the cast was dull, but the plot was funny" the
order counts. It never stands in for real text in claims of quality.
"""

import math
from collections.abc import Iterator
from functools import cache
from itertools import islice

from seqkit.corpora.corpus import Split
from seqkit.corpora.records import Labelled
from seqkit.corpora.smallworld import SmallWorld
from seqkit.corpora.smallworld.domains import build_domains
from seqkit.corpora.smallworld.expansion import build_rules
from seqkit.corpora.smallworld.grammar import Grammar
from seqkit.corpora.smallworld.review_templates import STARS, TABLES
from seqkit.corpora.smallworld.world import build_world

VERSION = "smallworld-reviews-1"
SIZES: dict[str, int] = {"train": 4_000, "valid": 1_000, "test": 1_000}
LABELS = tuple(stars.given for stars in STARS)
_JOIN = 1 << 12  # reviews joined at a time; the text does not depend on it


@cache
def language() -> Grammar:
    """Give the grammar of sentences such as "4 the plot was not dull ."; made once."""
    world = build_world()
    domains = {
        **build_domains(world),
        "stars": dict.fromkeys(STARS, 1.0),
        "art": {"film": 1.0, "meal": 1.0},
    }
    return Grammar(build_rules(world, domains, TABLES))


def posterior(text: str) -> dict[str, float]:
    """Give the exact P(stars | text) for each label; its largest is what the best classifier says.

    Raises ValueError for a text that no review is.
    """
    grammar, words = language(), text.split()
    joint = {label: math.exp(grammar.log_probability([label, *words])) for label in LABELS}
    total = sum(joint.values())
    if not total:
        raise ValueError(f"smallworld has no review {text[:40]!r}; give one that it made")
    return {label: probability / total for label, probability in joint.items()}


class Reviews:
    """Reviews drawn independently, the five labels equally likely, tokens set off by spaces.

    The same version, seed and split give the same reviews, and a larger corpus begins with the
    smaller one. All splits are of one language; some short reviews occur in more than one, and
    `overlap` counts them.

    Args:
        split: "train", "valid" or "test": independent random numbers.
        reviews: how many; by default 4,000 to train and 1,000 else.
        seed: other reviews of the same language for each.

    Raises:
        ValueError: an unknown split, or no reviews.
    """

    name = "smallworld"
    version = VERSION
    description = "short reviews of films and meals in a small invented world, 1 to 5 stars"
    synthetic = True

    def __init__(self, split: Split = "train", reviews: int | None = None, seed: int = 0) -> None:
        size = SIZES.get(split) if reviews is None else reviews
        self._draws = SmallWorld(split, size, seed, VERSION)

    @property
    def source(self) -> str:
        """Where the text comes from."""
        return f"synthetic: {VERSION}, its {self._draws.split} split"

    def __len__(self) -> int:
        """How many reviews there are."""
        return len(self._draws)

    def __iter__(self) -> Iterator[Labelled]:
        """Draw the reviews; always the same ones."""
        sample, uniforms = language().sample, self._draws.uniforms()
        for number in range(len(self)):
            stars, *words = sample(uniforms)
            yield Labelled(" ".join(words), (stars,), number + 2)  # a header is on line 1

    def place(self, record: Labelled) -> str:
        """Say where a record stands in the file that `blocks` makes."""
        return f"{self.source}, line {record.line}"

    def warnings(self) -> list[str]:
        """Nothing: the grammar makes no text that cannot be used."""
        return []

    def blocks(self) -> Iterator[bytes]:
        """Yield the reviews as a file of two columns, label and text, with tabs and a header."""
        yield b"label\ttext\n"
        lines = (f"{record.labels[0]}\t{record.text}\n" for record in self)
        yield from iter(lambda: "".join(islice(lines, _JOIN)).encode(), b"")

    def best_possible(self) -> float:
        """Give the accuracy, 0 to 1, that nobody can beat on average on these very texts.

        It is the mean over the texts of the largest P(stars | text).
        """
        return sum(max(posterior(record.text).values()) for record in self) / len(self)

    def overlap(self, train: "Reviews | None" = None) -> float:
        """Give the share of these texts that `train` has too, 0 to 1.

        `train` is the training split of the same seed if not given.
        """
        seen = {record.text for record in train or Reviews("train", seed=self._draws.seed)}
        return sum(record.text in seen for record in self) / len(self)
