"""The tagger over known word forms: what it makes of a form alone is worked out once.

In a net of one layer the gates see a token's vector through one product, W_x @ x + b (C4), and
where that vector depends on the form of the word alone, so does the product. It is most of the
work, and the words of a text come again and again.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from seqkit.layers.characters import CharacterCNN
from seqkit.layers.fast.characters import by_place
from seqkit.layers.fast.decoding import decode_arrays
from seqkit.layers.fast.packed import run_packed
from seqkit.layers.fast.single import Floats, project, run_known
from seqkit.layers.weights import Weights
from seqkit.models.single_compiled import add_output, look_up
from seqkit.models.tagger import Tagger
from seqkit.models.unchanged import Unchanged
from seqkit.models.wide_compiled import FACTORS, READ, add_scores
from seqkit.text.wordforms import PARTS, Ints, WordForms

Decoded = tuple[Floats, Floats, Floats]
"""Tags and how sure each is, (B, T), and how sure after the one before, (B, T-1); 0 at padding."""

ROOM = 1 << 26
"""Bytes for the products of word forms, taken as they come: 10,485 forms of a net of 200."""
LEAST = 256
"""Forms for which there is room even if each takes more."""
MANY = 64
"""New forms from which torch's product, for which its threads have to meet, beats a plain loop."""


def is_for_single_sentences(model: Tagger) -> bool:
    """Whether `SingleTagger` has the equations of this tagger, and its type of numbers."""
    config, like = model.config, model.output.weight
    if config.cell != "lstm" or config.layers > 1 or config.features or config.states:
        return False
    if config.char_encoder != "cnn" or not config.affixes:
        return False
    if like.device.type != "cpu" or like.dtype not in (torch.float32, torch.float64):
        return False
    return all(
        one.dtype == like.dtype and one.device == like.device and not one.is_inference()
        for one in model.parameters()
    )


class SingleTagger:
    """A tagger of one layer of LSTMs whose only inputs are words, without gradients (G1).

    It holds what has been made of the weights as they were: it is of use while `unchanged()`.
    """

    def __init__(self, model: Tagger, room: int = ROOM) -> None:
        self._model, self.unchanged = model, Unchanged(model)
        layer: Any = model.stack.layers[0]
        ways = [cell.weights(1) for cell in (layer.forward_cell, layer.backward_cell)]
        self._recurrent = _arrays(*(way.recurrent for way in ways))
        self._turned = [way.recurrent.detach().T.contiguous() for way in ways]  # (H, 4H)
        self._output = _arrays(model.output.weight, model.output.bias)
        self._wide = _arrays(model.wide.weight)[0] if model.wide is not None else None
        self._moves = _arrays(*model.head.chain.moves())
        self._tables = _tables(model)
        self._products = _products(ways)
        width, kind = len(self._products[1]), self._products[1].dtype  # 8H
        size = max(LEAST, room // (width * kind.itemsize))
        self._forms = (
            np.empty((size, width), kind),  # W_x @ x + b of both directions
            np.empty((size, len(PARTS)), np.int64),  # hashes
            np.empty(size, np.int64),  # ids of words
        )
        self._known = 0

    @property
    def size(self) -> int:
        """How many forms can be learnt in all."""
        return len(self._forms[0])

    @property
    def room(self) -> int:
        """How many more forms can be learnt."""
        return self.size - self._known

    def learn(self, words: Ints, forms: WordForms) -> range:
        """Take in F different forms with their words (F,), F <= room; their numbers.

        A number once given keeps its meaning.
        """
        new = range(self._known, self._known + len(words))
        gates, hashes, kept = (part[new.start : new.stop] for part in self._forms)
        hashes[:], kept[:] = forms.hashes, words
        turned, bias = self._products
        x = np.zeros((len(words), len(turned)), gates.dtype)  # (F, D)
        look_up(words, tuple(forms), self._tables, x)
        if len(words) < MANY:
            project(x, turned, bias, gates)
        else:
            torch.addmm(*map(torch.from_numpy, (bias, x, turned)), out=torch.from_numpy(gates))
        self._known = new.stop
        return new

    def decode(self, forms: Sequence[int]) -> Decoded | None:
        """`decode_with_confidence` of the sentence of the forms with these numbers, B = 1.

        None where that needs log space or is not possible. Where tags are scored one by one
        (softmax) nothing else is done: what would be taken from all scores of a token alike changes
        neither the best path nor any probability.
        """
        rows = np.array(forms, np.int64)
        gates, (output, bias) = self._forms[0], self._output
        hidden = np.empty((len(rows), output.shape[1]), gates.dtype)  # (T, 2H)
        run_known(rows, gates, self._recurrent[0], hidden, False)
        run_known(rows, gates, self._recurrent[1], hidden, True)
        scores = np.zeros((1, len(rows), len(bias)), gates.dtype)  # (1, T, K)
        add_output(hidden, output, bias, scores[0])
        return self._decoded(scores, rows[None], np.array([len(rows)]))

    def decode_together(self, sentences: Sequence[Sequence[int]]) -> Decoded | None:
        """The same for B sentences, none longer than the one before it."""
        lengths = np.array([len(forms) for forms in sentences])  # (B,)
        rows = np.zeros((len(sentences), lengths[0]), np.int64)  # (B, T)
        rows[np.arange(lengths[0]) < lengths[:, None]] = [n for forms in sentences for n in forms]
        gates, (output, bias) = self._forms[0], map(torch.from_numpy, self._output)
        hidden = np.zeros((*rows.shape, output.shape[1]), gates.dtype)  # (B, T, 2H)
        run_packed(rows, lengths, gates, self._turned, hidden)
        scores = nn.functional.linear(torch.from_numpy(hidden), output, bias)  # (B, T, K)
        return self._decoded(scores.numpy(), rows, lengths)

    def _decoded(self, scores: Floats, rows: Ints, lengths: Ints) -> Decoded | None:
        """What the chain says of the net's scores (B, T, K), those of the wide model added."""
        _, hashes, words = self._forms
        if self._wide is not None:
            sentences = words[rows], rows, lengths
            add_scores(hashes, sentences, self._wide, scores, READ, FACTORS)
        (B, T), plain = rows.shape, scores.astype(np.float64)
        found = np.zeros((B, T), np.int64), np.zeros((B, T)), np.zeros((B, T - 1))
        return found if decode_arrays(self._moves, plain, lengths, *found) else None


def _tables(model: Tagger) -> tuple[Floats, ...]:
    """What `single_compiled.look_up` looks up."""
    words, forms = model.words, model.forms
    cnn, affixes = forms.characters, forms.affixes
    assert isinstance(cnn, CharacterCNN) and affixes is not None
    trained = words.embedding.weight
    frozen = trained[:0] if words.frozen is None else words.frozen.weight
    parts = by_place(cnn.embedding.weight, cnn.filters.weight)
    spelled = forms.shape.weight, parts, cnn.filters.bias
    return _arrays(trained, frozen, *spelled, affixes.weight, forms.columns, forms.offsets)


def _products(ways: Sequence[Weights]) -> tuple[Floats, ...]:
    """W_x of both directions turned, (D, 8H), with zeros below so that 4 divides D; b (8H,)."""
    turned = torch.cat([way.input for way in ways]).T  # (D, 8H)
    padded = nn.functional.pad(turned, (0, 0, 0, -len(turned) % 4))
    return _arrays(padded, torch.cat([way.bias for way in ways]))


def _arrays(*tensors: Tensor) -> tuple[Floats, ...]:
    return tuple(tensor.detach().contiguous().numpy() for tensor in tensors)
