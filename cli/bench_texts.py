"""The generated texts and images that `seqkit bench` measures with."""

from functools import cached_property
from typing import TYPE_CHECKING

from seqkit.corpora.corpus import Corpus, Split, Splits

if TYPE_CHECKING:
    from seqkit.corpora.images import LabelledImages
    from seqkit.corpora.labelled import LabelledCorpus
    from seqkit.corpora.parallel import ParallelCorpus
    from seqkit.corpora.tagged import TaggedCorpus

TRAIN, ANSWER = 5_000, 200
"""How many sentences (reviews, pairs, images) to train on, and to answer."""

_Drawn = tuple[Split, int, int]  # the split, how many, the seed


class BuiltInTexts:
    """Texts of smallworld, and shapes, each made when it is first asked for."""

    def __init__(self, seed: int, train: int = TRAIN, answer: int = ANSWER) -> None:
        self._train: _Drawn = ("train", train, seed)
        self._answer: _Drawn = ("valid", answer, seed)

    @cached_property
    def running(self) -> "Splits[Corpus]":
        """Running text."""
        from seqkit.corpora.smallworld import SmallWorld

        return Splits(SmallWorld(*self._train), SmallWorld(*self._answer), None)

    @cached_property
    def tagged(self) -> "Splits[TaggedCorpus]":
        """Sentences with names."""
        from seqkit.corpora.columns import FIRST_AND_LAST
        from seqkit.corpora.smallworld.tagged import TaggedWorld
        from seqkit.corpora.tagged import TaggedColumns

        train, answer = TaggedWorld(*self._train), TaggedWorld(*self._answer)
        columns = FIRST_AND_LAST
        return Splits(TaggedColumns(train, columns), TaggedColumns(answer, columns), None)

    @cached_property
    def labelled(self) -> "Splits[LabelledCorpus]":
        """Reviews of one to five stars."""
        from seqkit.corpora.smallworld.reviews import Reviews

        return Splits(Reviews(*self._train), Reviews(*self._answer), None)

    @cached_property
    def pairs(self) -> "Splits[ParallelCorpus]":
        """Sentences and their translations."""
        from seqkit.corpora.smallworld.translation import Translations

        return Splits(Translations(*self._train), Translations(*self._answer), None)

    @cached_property
    def words(self) -> Corpus:
        """The text that word vectors learn from."""
        from seqkit.corpora.smallworld import SmallWorld

        return SmallWorld(*self._train, version="smallworld-2")

    @cached_property
    def images(self) -> "Splits[LabelledImages]":
        """Drawn shapes."""
        from seqkit.corpora.shapes import draw_shapes

        return Splits(draw_shapes(*self._train), draw_shapes(*self._answer), None)
