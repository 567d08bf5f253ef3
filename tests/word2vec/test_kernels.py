"""The compiled loops: what they read, draw and learn."""

import itertools

import numpy as np
import pytest

from seqkit.word2vec.config import Word2VecConfig
from seqkit.word2vec.draws import below, draw, draw_word, seed
from seqkit.word2vec.engine import Stretch, new_matrices
from seqkit.word2vec.frequencies import alias_table, noise_probabilities
from seqkit.word2vec.reading import SENTENCE, Text, read_sentence, surroundings
from seqkit.word2vec.tile_engine import TileEngine

ALWAYS = np.full(100, 0xFFFFFFFF, np.uint64)


def started(key=1):
    state = np.ones(1, np.uint64)
    seed(state, np.uint64(key))
    return state


def text_of(ids, keep=ALWAYS, window=3):
    return Text(np.array(ids, np.int32), keep, window)


def test_random_bits_are_those_of_xorshift64_star():
    state, x = started(), int(started()[0])
    mask = (1 << 64) - 1
    for _ in range(100):
        x ^= x >> 12
        x = (x ^ (x << 25)) & mask
        x ^= x >> 27
        assert int(draw(state)) == (x * 0x2545F4914F6CDD1D) & mask


def test_near_keys_begin_unlike_numbers():
    first = [int(draw(started(key))) for key in range(1000)]
    assert len(set(first)) == 1000
    bits = np.unpackbits(np.array(first, np.uint64).view(np.uint8)).mean()
    assert 0.49 < bits < 0.51


def test_integers_below_a_bound_are_even():
    state = started()
    counts = np.bincount([below(state, 7) for _ in range(70_000)], minlength=7)
    assert len(counts) == 7
    assert ((counts - 10_000) ** 2 / 10_000).sum() < 24.3  # chi-square, 6 degrees, 1 in 2,000


def test_compiled_draws_follow_the_noise_distribution():
    counts = np.array([0, 50, *(100_000 // rank for rank in range(1, 41))], np.int64)
    shares = noise_probabilities(counts, 0.75)
    alias, state = alias_table(shares), started()
    drawn = np.bincount([draw_word(state, alias) for _ in range(200_000)], minlength=42)
    assert drawn[:2].sum() == 0
    expected = 200_000 * shares[2:]
    assert ((drawn[2:] - expected) ** 2 / expected).sum() < 78.0  # 39 degrees, 1 in 5,000


def test_a_sentence_ends_at_eos_and_unknown_words_are_passed_over():
    sentence = np.zeros(SENTENCE, np.int64)
    text = text_of([5, 0, 6, 1, 1, 7])
    count, position = read_sentence(text, started(), sentence, 0)
    assert (list(sentence[:count]), position) == ([5, 6], 4)
    assert read_sentence(text, started(), sentence, 4) == (0, 5)
    count, position = read_sentence(text, started(), sentence, 5)
    assert (list(sentence[:count]), position) == ([7], 6)


def test_a_long_line_is_cut_and_nothing_is_lost():
    ids = np.arange(3 * SENTENCE + 5) % 50 + 2
    sentence, position, found = np.zeros(SENTENCE, np.int64), 0, []
    while position < len(ids):
        count, position = read_sentence(text_of(ids), started(), sentence, position)
        found.extend(sentence[:count].tolist())
    assert found == ids.tolist()


def test_words_survive_with_their_probability():
    keep = ALWAYS.copy()
    keep[5] = np.uint64(0.3 * 0xFFFFFFFF)
    sentence, state, kept = np.zeros(SENTENCE, np.int64), started(), 0
    for _ in range(10):
        count, _ = read_sentence(text_of([5, 6] * 2000, keep), state, sentence, 0)
        words = sentence[:count]
        assert (words == 6).sum() == 2000
        kept += (words == 5).sum()
    assert abs(kept / 20_000 - 0.3) < 0.013  # four standard deviations


def test_reaches_are_drawn_evenly_and_stay_inside():
    sentence = np.arange(2, 22)
    around, state = np.zeros(6, np.int64), started()
    sizes = []
    for _ in range(3000):
        found = surroundings(text_of([2]), state, sentence, 10, 20, around)
        reach = found // 2
        assert list(around[:found]) == [12 + k for k in range(-reach, reach + 1) if k != 0]
        sizes.append(reach)
    assert (np.abs(np.bincount(sizes, minlength=4)[1:] - 1000) < 110).all()
    assert surroundings(text_of([2]), state, sentence, 0, 1, around) == 0
    found = surroundings(text_of([2], window=1), state, sentence, 0, 20, around)
    assert list(around[:found]) == [3]


# What the loops learn. One pass over a text of two words a line has few choices left: the window
# is one word, nothing is thinned out, and one other word can be drawn as noise.

PAIR = np.array([2, 3, 1], np.uint16)
COUNTS = np.array([0, 1, 1, 1], np.int64)


def one_pass(config, ids=PAIR, counts=COUNTS, rate=0.1):
    inputs, _ = new_matrices(len(counts), config.dim, seed=3)
    outputs = np.random.default_rng(4).standard_normal(inputs.shape).astype(np.float32)
    outputs[:2] = 0
    engine = TileEngine(config, counts, inputs, outputs)
    found = engine.train(ids, [Stretch(0, len(ids), 9, (rate, rate))])
    return inputs.astype(float), outputs.astype(float), engine, found


def sigma(z):
    return 1 / (1 + np.exp(-z))


def noise_step(h, outputs, target, drawn, rate):
    """A step of W3 in float64: (the change of h, the changed outputs, the loss)."""
    change, new, loss = np.zeros_like(h), outputs.copy(), 0.0
    for word, label in [(target, 1), *((other, 0) for other in drawn)]:
        z = h @ outputs[word]
        g = rate * (label - sigma(z))
        change += g * new[word]  # of a word drawn twice the second time as changed by the first
        new[word] += g * h
        loss -= np.log(sigma(z if label else -z))
    return change, new, loss


def all_draws(step, state, targets, negative):
    """What `step` may lead to, over all draws of noise: a draw of the target does not count."""
    choices = [
        [word for word in draws if word != target]
        for target in targets[:1]
        for draws in itertools.product([2, 3], repeat=negative)
    ]
    others = [
        [word for word in draws if word != targets[1]]
        for draws in itertools.product([2, 3], repeat=negative)
    ]
    return [step(state, first, second) for first in choices for second in others]


@pytest.mark.parametrize("exact", [False, True])
@pytest.mark.parametrize("dim", [5, 32])
def test_skip_gram_takes_the_steps_of_w3(dim, exact):
    config = Word2VecConfig(dim=dim, window=1, negative=2, sample=0, exact=exact)
    inputs, outputs, engine, (loss, predictions) = one_pass(config)

    def steps(_, first, second):
        x, y = inputs.copy(), outputs
        change, y, a = noise_step(x[3], y, 2, first, 0.1)  # word 3 predicts word 2
        x[3] += change
        change, y, b = noise_step(x[2], y, 3, second, 0.1)  # and word 2 predicts word 3
        x[2] += change
        return x, y, a + b

    reached = all_draws(steps, None, (2, 3), 2)
    assert predictions == 2
    assert any(
        np.allclose(engine.inputs, x, rtol=1e-5, atol=1e-6)
        and np.allclose(engine.outputs, y, rtol=1e-5, atol=1e-6)
        and loss == pytest.approx(nats, rel=1e-5)
        for x, y, nats in reached
    )


@pytest.mark.parametrize("divide", [False, True])
def test_cbow_takes_the_steps_of_w3_on_the_mean(divide):
    """Three words a line, so that the one in the middle is told from the mean of two."""
    config = Word2VecConfig("cbow", dim=5, window=1, negative=1, sample=0, divide_gradient=divide)
    ids, counts = np.array([2, 3, 4, 1], np.uint16), np.array([0, 1, 1, 1, 1], np.int64)
    inputs, outputs, engine, (loss, predictions) = one_pass(config, ids, counts)

    def steps(draws):
        x, y, total = inputs.copy(), outputs, 0.0
        for target, around, drawn in zip((2, 3, 4), ([3], [2, 4], [3]), draws, strict=True):
            noise = [drawn] if drawn != target else []
            change, y, nats = noise_step(x[around].mean(axis=0), y, target, noise, 0.1)
            x[around] += change / (len(around) if divide else 1)
            total += nats
        return x, y, total

    assert predictions == 3
    assert any(
        np.allclose(engine.inputs, x, rtol=1e-5, atol=1e-6)
        and np.allclose(engine.outputs, y, rtol=1e-5, atol=1e-6)
        and loss == pytest.approx(nats, rel=1e-5)
        for x, y, nats in map(steps, itertools.product([2, 3, 4], repeat=3))
    )


@pytest.mark.parametrize("model", ["skipgram", "cbow"])
def test_hierarchical_softmax_takes_the_steps_of_w2(model):
    """With two words the tree is one node, a turn to either side."""
    config = Word2VecConfig(model, "hs", dim=5, window=1, sample=0)
    inputs, outputs, engine, (loss, predictions) = one_pass(config)
    x, y, total = inputs.copy(), outputs.copy(), 0.0
    turns = {2: 1.0, 3: -1.0}
    for context, target in ((3, 2), (2, 3)):
        z = turns[target] * (x[context] @ y[2])
        g = 0.1 * turns[target] * (1 - sigma(z))
        x[context], y[2] = x[context] + g * y[2], y[2] + g * x[context]
        total += np.log1p(np.exp(-z))
    assert predictions == 2
    assert loss == pytest.approx(total, rel=1e-5)
    np.testing.assert_allclose(engine.inputs, x, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(engine.outputs, y, rtol=1e-5, atol=1e-6)
