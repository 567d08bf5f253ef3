"""The compiled loops of skip-gram and CBOW (W1, W4): which rows meet in a step of tiles.py.

Each loop runs over a stretch of text for one thread, without Python's lock. Threads share both
matrices without locks of their own (Recht et al. 2011): now and then one overwrites what the other
has just written. The outputs of a word, chosen by outputs.py, are shared by all words around it.
"""

from typing import Any, NamedTuple

import numpy as np

from seqkit.word2vec.draws import compiled, seed
from seqkit.word2vec.outputs import Slots, address_of, close, fetch, group_of, prepare
from seqkit.word2vec.reading import read_sentence, surroundings
from seqkit.word2vec.tiles import mean_row, spread_change, tile_1, tile_2, tile_3, tile_4

APART = 256
"""Words after which threads bring their own copies of rows together."""


class Worker(NamedTuple):
    """What one thread keeps from stretch to stretch."""

    state: np.ndarray  # (1,) uint64, its random numbers
    sentence: np.ndarray  # (SENTENCE,) int64
    around: np.ndarray  # (2 N,) int64, words
    contexts: np.ndarray  # (2 N,) int64, addresses of their input rows
    hidden: np.ndarray  # (2, W) float32: the mean of CBOW after and before a step
    of_hidden: np.ndarray  # (1,) int64, its address
    products: np.ndarray  # (16,) float64, running products of 1 / σ
    totals: np.ndarray  # (2,) float64: the loss in nats, and of how many predictions it is
    slots: Slots


@compiled
def train_skipgram(text: Any, inputs: Any, worker: Any, output: Any, key: Any, rates: Any) -> None:
    """Skip-gram (W1) over a text: every word around a word predicts it; `inputs` is (V, W).

    `key` begins the random numbers; the learning rate goes from rates[0] to rates[1].
    """
    seed(worker.state, key)
    position = 0
    while position < text.ids.size:
        count, position, rate = _next_sentence(text, worker, position, rates)
        if count > 1:
            _skipgram_sentence(text, inputs, worker, output, count, rate)
    _settle(worker)


@compiled
def _next_sentence(text: Any, worker: Any, position: Any, rates: Any) -> Any:
    """Read on from a position: (the number of words, the new position, the learning rate here)."""
    share = np.float32(position / text.ids.size)
    rate = rates[0] + (rates[1] - rates[0]) * share
    count, position = read_sentence(text, worker.state, worker.sentence, position)
    return count, position, rate


@compiled
def _skipgram_sentence(
    text: Any, inputs: Any, worker: Any, output: Any, count: Any, rate: Any
) -> None:
    sentence, slots, width = worker.sentence, worker.slots, inputs.shape[1]
    first, contexts, products = _addresses(inputs, worker)
    prepare(output, slots, 0, worker.state, sentence[0], rate)
    for i in range(count):
        if i + 1 < count:  # one word ahead, so that its rows are on their way
            prepare(output, slots, (i + 1) & 1, worker.state, sentence[i + 1], rate)
        if i + text.window + 1 < count:
            fetch(first + sentence[i + text.window + 1] * width * 4, width)
        found = surroundings(text, worker.state, sentence, i, count, worker.around)
        for n in range(found):
            worker.contexts[n] = first + worker.around[n] * width * 4
        for group in range(slots.groups[i & 1]):
            rows, signs, rates = group_of(slots, i & 1, group)
            if _tiles(contexts, rows, signs, rates, products, found, width):
                _settle(worker)
        worker.totals[1] += found
        if i % APART == 0 or i + 1 == count:
            close(output)


@compiled
def _addresses(inputs: Any, worker: Any) -> Any:
    """Where the input rows, the addresses of the contexts and the running products begin."""
    # Steps are handed addresses: every array that is passed or cut costs counting its users.
    return address_of(inputs), address_of(worker.contexts), address_of(worker.products)


@compiled
def train_skipgram_exact(
    text: Any, inputs: Any, worker: Any, output: Any, key: Any, rates: Any
) -> None:
    """Skip-gram as published: outputs chosen anew for each pair. Otherwise as `train_skipgram`."""
    seed(worker.state, key)
    position, sentence, width = 0, worker.sentence, inputs.shape[1]
    first, contexts, products = _addresses(inputs, worker)
    while position < text.ids.size:
        count, position, rate = _next_sentence(text, worker, position, rates)
        for i in range(count):
            found = surroundings(text, worker.state, sentence, i, count, worker.around)
            for n in range(found):
                prepare(output, worker.slots, 0, worker.state, sentence[i], rate)
                worker.contexts[0] = first + worker.around[n] * width * 4
                for group in range(worker.slots.groups[0]):
                    rows, signs, pace = group_of(worker.slots, 0, group)
                    if _tiles(contexts, rows, signs, pace, products, 1, width):
                        _settle(worker)
            worker.totals[1] += found
            close(output)
    _settle(worker)


@compiled
def _tiles(x: Any, y: Any, signs: Any, rates: Any, products: Any, count: Any, width: Any) -> Any:
    """All `count` contexts against one group of outputs, in tiles of 4, 3, 2 and 1.

    All but the last two are addresses, see tiles.py. Returns whether a running product is full.
    """
    full, left = 0, count
    while left >= 4:
        full |= tile_4(x, y, signs, rates, products, width)
        x, left = x + 32, left - 4
    if left == 3:
        full |= tile_3(x, y, signs, rates, products, width)
    elif left == 2:
        full |= tile_2(x, y, signs, rates, products, width)
    elif left == 1:
        full |= tile_1(x, y, signs, rates, products, width)
    return full


@compiled
def _settle(worker: Any) -> None:
    """Add the logarithms of the running products to the loss."""
    for lane in range(worker.products.size):
        worker.totals[0] += np.log(worker.products[lane])
        worker.products[lane] = 1.0


@compiled
def train_cbow(
    text: Any, inputs: Any, worker: Any, output: Any, key: Any, rates: Any, divide: Any
) -> None:
    """CBOW (W4) over a text: the mean of the words around a word predicts it.

    Each of them then moves by the whole gradient of the mean, as in word2vec.c, or with `divide` by
    its share of it. Otherwise as `train_skipgram`.
    """
    seed(worker.state, key)
    position = 0
    while position < text.ids.size:
        count, position, rate = _next_sentence(text, worker, position, rates)
        if count > 1:
            _cbow_sentence(text, inputs, worker, output, count, rate, divide)
    _settle(worker)


@compiled
def _cbow_sentence(
    text: Any, inputs: Any, worker: Any, output: Any, count: Any, rate: Any, divide: Any
) -> None:
    sentence, slots, width = worker.sentence, worker.slots, inputs.shape[1]
    first, contexts, products = _addresses(inputs, worker)
    hidden, of_hidden = address_of(worker.hidden), address_of(worker.of_hidden)
    worker.of_hidden[0] = hidden
    prepare(output, slots, 0, worker.state, sentence[0], rate)
    for i in range(count):
        if i + 1 < count:
            prepare(output, slots, (i + 1) & 1, worker.state, sentence[i + 1], rate)
        if i + text.window + 1 < count:
            fetch(first + sentence[i + text.window + 1] * width * 4, width)
        found = surroundings(text, worker.state, sentence, i, count, worker.around)
        for n in range(found):
            worker.contexts[n] = first + worker.around[n] * width * 4
        mean_row(hidden, contexts, found, width)
        for group in range(slots.groups[i & 1]):
            rows, signs, rates = group_of(slots, i & 1, group)
            if _tiles(of_hidden, rows, signs, rates, products, 1, width):
                _settle(worker)
        spread_change(hidden, contexts, found, width, divide)
        worker.totals[1] += 1
        if i % APART == 0 or i + 1 == count:
            close(output)
