"""Tagging with the default net on a CPU: few sentences one by one, many in batches.

What the net makes of word forms is kept from sentence to sentence, and batches hold sentences of
about one length. There is room for so many forms; when it is used up, or the weights have changed,
all are forgotten.
"""

from collections.abc import Iterable, Iterator, Sequence
from threading import Lock
from typing import Any

import numpy as np
import torch

from seqkit.layers.fast.single import SHORT
from seqkit.models.single_tagger import SingleTagger, is_for_single_sentences
from seqkit.models.tagger import Tagger
from seqkit.tasks.side_by_side import side_by_side
from seqkit.tasks.tagging.prediction import Prediction, as_prediction, as_predictions
from seqkit.tasks.tagging.scores import stop_training
from seqkit.tasks.tagging.symbols import Symbols
from seqkit.text.wordforms import LONGEST, FormReader, normal

TOKENS = 2_000
"""Tokens of a batch, of sentences of about one length."""
FEW = 8
"""Sentences up to which each is better worked on by itself."""


class SingleSentences:
    """Predicts as `prediction.predict` does, to rounding; from several threads at once, too."""

    def __init__(self, model: Tagger, symbols: Symbols, reader: FormReader) -> None:
        self._model, self._symbols, self._reader = model, symbols, reader
        self._lock = Lock()
        self._net: SingleTagger | None = None
        self._numbers: dict[str, int] = {}  # of the forms that _net knows

    def predict_all(self, sentences: Sequence[Sequence[str]]) -> list[Prediction | None]:
        """`predict` for each of many sentences, on as many threads as torch may use.

        Among many, long sentences are no exception.
        """
        if len(sentences) <= FEW:
            return [self.predict(tokens) for tokens in sentences]
        with self._lock:
            net = self._current()
        if net is None:
            return [None] * len(sentences)
        lengths, most = [len(tokens) for tokens in sentences], min(TOKENS, net.size)
        share = sum(lengths) // torch.get_num_threads()
        batches = list(_batches(lengths, most, min(most, share)))
        chosen = [[sentences[n] for n in batch] for batch in batches]
        found: list[Prediction | None] = [None] * len(sentences)
        for batch, part in zip(batches, side_by_side(self._predict_batch, chosen), strict=True):
            for n, one in zip(batch, part, strict=True):
                found[n] = one
        return found

    def predict(self, tokens: Sequence[str]) -> Prediction | None:
        """The likeliest legal tags of one sentence; None where this is not the way to find them.

        So it is with other nets and devices, and with very long sentences or words.
        """
        if not 0 < len(tokens) <= SHORT:
            return None
        net, (numbers,) = self._look_up([tokens])
        decoded = net.decode(numbers) if net and numbers else None
        if decoded is None:
            return None
        (found,) = as_predictions(self._symbols, *decoded)
        return found

    def _predict_batch(self, sentences: Sequence[Sequence[str]]) -> list[Prediction | None]:
        """The same for sentences none of which is longer than the one before it."""
        net, numbers = self._look_up(sentences)
        known = [one for one in numbers if one]
        decoded = net.decode_together(known) if net and known else None
        if decoded is None:
            return [None] * len(sentences)
        rows = zip(*(part.tolist() for part in decoded), strict=True)
        return [self._cut(next(rows), len(one)) if one else None for one in numbers]

    def _cut(self, row: tuple[list[Any], ...], length: int) -> Prediction:
        """What was found in a sentence of such a length, padding behind it."""
        tags, sure, steps = row
        return as_prediction(self._symbols, tags[:length], sure[:length], steps)

    def _current(self) -> SingleTagger | None:
        """The twin of the net as it is now; None if there is none."""
        net, trained = self._net, self._model.training
        stop_training(self._model)
        return self._begin() if net is None or trained or not net.unchanged() else net

    def _begin(self) -> SingleTagger | None:
        """A twin that knows no forms as yet."""
        for_it = is_for_single_sentences(self._model)
        self._net, self._numbers = SingleTagger(self._model) if for_it else None, {}
        return self._net

    def _look_up(
        self, sentences: Sequence[Sequence[str]]
    ) -> tuple[SingleTagger | None, list[list[int] | None]]:
        """A net and the numbers by which it knows the forms, new ones learnt.

        None for a sentence with a form that is too long to be kept.
        """
        forms = dict.fromkeys(form for tokens in sentences for form in tokens)
        with self._lock:
            net, new = self._current(), self._new(forms)
            if net and len(new) > net.room:
                net = self._begin()
                new = self._new(forms)
            if net is None:
                return None, [None] * len(sentences)
            if new:
                words = np.array(self._symbols.words.ids(map(normal, new)), np.int64)
                learnt = net.learn(words, self._reader.read(new))
                self._numbers.update(zip(new, learnt, strict=True))
            return net, [self._numbers_of(tokens) for tokens in sentences]

    def _new(self, forms: Iterable[str]) -> list[str]:
        """Those of different forms that are not known yet and not too long."""
        return [form for form in forms if form not in self._numbers and len(form) <= LONGEST]

    def _numbers_of(self, tokens: Sequence[str]) -> list[int] | None:
        try:
            return [self._numbers[form] for form in tokens]
        except KeyError:
            return None


def _batches(lengths: Sequence[int], longest: int, tokens: int) -> Iterator[list[int]]:
    """The numbers of sentences, the longest first, up to so many tokens with padding together.

    Those without tokens, and those above `longest`, are left out.
    """
    order = [n for n, length in enumerate(lengths) if 0 < length <= longest]
    order.sort(key=lengths.__getitem__, reverse=True)
    first = 0
    while first < len(order):
        last = first + max(1, tokens // lengths[order[first]])
        yield order[first:last]
        first = last
