"""Holding texts of a labelled corpus out, the labels in the same shares, by a fixed rule."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate

from seqkit.corpora.labelled import LabelledCorpus
from seqkit.corpora.records import Labelled
from seqkit.corpora.splitting import PartOf, known_shares, too_short


def count_labels(corpus: LabelledCorpus) -> Counter[tuple[str, ...]]:
    """Count the labels, or sets of labels, of the texts; reads the corpus."""
    return Counter(record.labels for record in corpus)


@dataclass(frozen=True, slots=True)
class Rule:
    """Which part each text belongs to: 0 is the training text, the others are held out.

    The texts are put in order by their first label, as they come in each; the first of each label
    stays with the training text, which so knows them all. Of the `rest` others every
    (rest / held)-th is held out, and these are dealt to the parts in the same manner. So parts
    have exactly the `sizes` asked for, and of each label its share, give or take a text.
    """

    counts: Mapping[str, int]
    sizes: tuple[int, ...]

    def parts(self, corpus: LabelledCorpus) -> Iterator[tuple[int, Labelled]]:
        """Yield each text of the corpus with the number of its part."""
        rest = sum(self.counts.values()) - len(self.counts)
        before = accumulate((count - 1 for count in self.counts.values()), initial=0)
        ranks = dict(zip(self.counts, before, strict=False))
        seen = set[str]()
        for record in corpus:
            label = first_label(record.labels)
            if label not in seen:
                seen.add(label)
                yield 0, record
                continue
            yield self._part(ranks[label], rest), record
            ranks[label] += 1

    def _part(self, rank: int, rest: int) -> int:
        """Return the part of the text at a rank among `rest`."""
        for number in range(len(self.sizes), 0, -1):
            size = sum(self.sizes[:number])  # of the parts up to this one
            if (rank + 1) * size // rest == rank * size // rest:
                return 0 if number == len(self.sizes) else number + 1
            rank, rest = rank * size // rest, size
        return 1


def first_label(labels: tuple[str, ...]) -> str:
    """Return the label that a text is counted under; many-label texts may have none."""
    return labels[0] if labels else ""


@dataclass(frozen=True, slots=True)
class LabelledPart(PartOf[LabelledCorpus]):
    """The texts of `whole` that a rule gives to part `number`; reading it reads the whole."""

    rule: Rule
    number: int

    def __iter__(self) -> Iterator[Labelled]:
        """Yield the texts in order."""
        return (record for part, record in self.rule.parts(self.whole) if part == self.number)

    def place(self, record: Labelled) -> str:
        """Say where a record stands, for errors."""
        return self.whole.place(record)

    def warnings(self) -> list[str]:
        """Say what the whole has to say, with the training part."""
        return self.whole.warnings() if self.number == 0 else []


def hold_out(
    corpus: LabelledCorpus,
    counts: Mapping[tuple[str, ...], int],
    shares: Mapping[str, float | None],
) -> list[LabelledPart]:
    """Return what remains of `corpus` and a part for each of `shares`, stratified by label.

    `counts` are those of `count_labels`. Texts that stand side by side may come into different
    parts: where they are of one origin, a file of its own for each part is more honest. Raises
    ValueError for shares outside (0, 0.5), for parts that come out empty, and where so many
    labels have one text alone that nothing can be held out.
    """
    known = known_shares(shares)
    first = Counter[str]()
    for labels, count in sorted(counts.items()):
        first[first_label(labels)] += count
    size = first.total()
    sizes = tuple(int(size * share) for share in known.values())
    if 0 in sizes or sum(sizes) > size - len(first):
        what = f"{' and '.join(shares)} texts from its {size:,} of {len(first):,} labels"
        raise too_short(corpus, shares, what, "other shares")
    rule = Rule(first, sizes)
    return [LabelledPart(corpus, name, rule, i) for i, name in enumerate(["train", *shares])]
