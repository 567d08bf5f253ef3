"""Tagging a few sentences, one by one, with the default net on a CPU.

What the net makes of word forms is kept from sentence to sentence. There is room for so many; when
it is used up, or the weights have changed, all are forgotten.
"""

from collections.abc import Sequence
from threading import Lock

import numpy as np

from seqkit.layers.fast.single import SHORT
from seqkit.models.single_tagger import SingleTagger, is_for_single_sentences
from seqkit.models.tagger import Tagger
from seqkit.tasks.tagging.prediction import Prediction, as_predictions, stop_training
from seqkit.tasks.tagging.symbols import Symbols
from seqkit.text.wordforms import LONGEST, FormReader, normal


class SingleSentences:
    """Predicts as `prediction.predict` does, to rounding; from several threads at once, too."""

    def __init__(self, model: Tagger, symbols: Symbols, reader: FormReader) -> None:
        self._model, self._symbols, self._reader = model, symbols, reader
        self._lock = Lock()
        self._net: SingleTagger | None = None
        self._numbers: dict[str, int] = {}  # of the forms that _net knows

    def predict(self, tokens: Sequence[str]) -> Prediction | None:
        """The likeliest legal tags of one sentence; None where this is not the way to find them.

        So it is with other nets and devices, and with very long sentences or words.
        """
        if not 0 < len(tokens) <= SHORT:
            return None
        with self._lock:
            net = self._current()
            numbers = net and self._look_up(net, tokens)
        decoded = net.decode(numbers) if net and numbers else None
        if decoded is None:
            return None
        (found,) = as_predictions(self._symbols, *decoded)
        return found

    def _current(self) -> SingleTagger | None:
        """The twin of the net as it is now, with room for a sentence; None if there is none."""
        net, trained = self._net, self._model.training
        stop_training(self._model)
        if net is None or trained or net.room < SHORT or not net.unchanged():
            net = SingleTagger(self._model) if is_for_single_sentences(self._model) else None
            self._net, self._numbers = net, {}
        return net

    def _look_up(self, net: SingleTagger, tokens: Sequence[str]) -> list[int] | None:
        """The numbers of forms, new ones learnt; None if one of these is too long to be kept."""
        known = self._numbers
        new = [form for form in dict.fromkeys(tokens) if form not in known]
        if new:
            if max(map(len, new)) > LONGEST:
                return None
            words = np.array(self._symbols.words.ids(map(normal, new)), np.int64)
            known.update(zip(new, net.learn(words, self._reader.read(new)), strict=True))
        return [known[form] for form in tokens]
