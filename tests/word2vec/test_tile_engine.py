"""The engine on a CPU as a whole: it learns what can be known, and the same every time."""

import numpy as np
import pytest

from seqkit.word2vec.config import Word2VecConfig
from seqkit.word2vec.engine import Stretch, new_matrices
from seqkit.word2vec.frequencies import noise_probabilities
from seqkit.word2vec.huffman import huffman_tree
from seqkit.word2vec.tile_engine import TileEngine
from tests.word2vec import optimum


def zipf_text(tokens=40_000, types=200, seed=0):
    """Ids with a few ends of lines, and the counts of each."""
    generator = np.random.default_rng(seed)
    shares = 1 / np.arange(1, types + 1)
    ids = generator.choice(types, tokens, p=shares / shares.sum()) + 2
    ids[::20] = 1
    counts = np.bincount(ids, minlength=types + 2)
    return ids.astype(np.uint16), counts


def trained(config, threads=1, stretch=8192, rounds=1):
    ids, counts = zipf_text()
    engine = TileEngine(config, counts, *new_matrices(len(counts), config.dim, 1), threads)
    stretches = [
        Stretch(start, min(start + stretch, len(ids)), start, (0.025, 0.025))
        for start in range(0, len(ids), stretch)
    ]
    size = -(-len(stretches) // rounds)
    parts = [stretches[i : i + size] for i in range(0, len(stretches), size)]
    found = [engine.train(ids, part) for part in parts]
    return engine, sum(loss for loss, _ in found), sum(count for _, count in found)


CONFIGS = [
    Word2VecConfig(dim=20, negative=5),
    Word2VecConfig(dim=20, negative=13),
    Word2VecConfig("cbow", dim=20),
    Word2VecConfig("skipgram", "hs", dim=20),
    Word2VecConfig("cbow", "hs", dim=20),
    Word2VecConfig(dim=20, exact=True),
]


@pytest.mark.parametrize("config", CONFIGS, ids=str)
def test_one_thread_gives_the_same_bytes_however_rounds_are_cut(config):
    one, loss, count = trained(config)
    other, again, number = trained(config, rounds=3)
    assert one.inputs.tobytes() == other.inputs.tobytes()
    assert one.outputs.tobytes() == other.outputs.tobytes()
    assert loss == pytest.approx(again, rel=1e-12)
    assert count == number > 0


@pytest.mark.parametrize("config", CONFIGS[:5], ids=str)
def test_two_threads_learn_as_much_as_one(config):
    _, loss, count = trained(config)
    _, other, number = trained(config, threads=2)
    assert count == number
    assert other / number == pytest.approx(loss / count, rel=0.02)


@pytest.mark.parametrize("config", CONFIGS, ids=str)
def test_special_tokens_and_padding_stay_zero(config):
    engine, _, _ = trained(config)
    assert not engine.inputs[:2].any()
    assert not engine._inputs[:, config.dim :].any()
    assert not engine._outputs[:, config.dim :].any()
    assert not engine.outputs[:2].any()


def test_a_tree_too_deep_is_refused():
    counts = [0, 1, 1, 1]
    while len(counts) < 75:
        counts.append(counts[-1] + counts[-2])
    config = Word2VecConfig("skipgram", "hs", dim=4)
    with pytest.raises(ValueError, match="--loss ns"):
        TileEngine(config, np.array(counts), *new_matrices(len(counts), 4, 0))


ENDS = [
    Word2VecConfig(dim=16, window=1, negative=5, sample=0),
    Word2VecConfig(dim=16, window=1, negative=5, sample=0, exact=True),
    Word2VecConfig("skipgram", "hs", dim=16, window=1, sample=0),
    Word2VecConfig("cbow", dim=16, window=1, negative=5, sample=0),
    Word2VecConfig("cbow", "hs", dim=16, window=1, sample=0),
]


@pytest.mark.parametrize("config", ENDS, ids=str)
def test_the_loss_falls_to_the_known_optimum(config):
    """W2 and W3, and W4 where each mean is of one word, end where the closed form says."""
    generator = np.random.default_rng(3)
    ids = (
        optimum.markov_text(generator, 8, 20_000)
        if config.model == "skipgram"
        else optimum.two_word_text(generator, 8, 10_000)
    )
    counts = np.bincount(ids, minlength=10).astype(np.int64)
    p = optimum.pair_shares(ids, 10, 1)
    engine = TileEngine(config, counts, *new_matrices(10, 16, 1))
    for epoch in range(60):
        rate = 0.1 * (1 - epoch / 60)
        engine.train(ids, [Stretch(0, len(ids), epoch, (rate, rate))])
    if config.loss == "hs":
        best = optimum.conditional_entropy(p)
        found = optimum.tree_loss(p, huffman_tree(counts), engine.inputs, engine.outputs)
    else:
        q = noise_probabilities(counts, 0.75)
        best = optimum.noise_optimum(p, q, 5)
        found = optimum.noise_loss(p, q, 5, engine.inputs, engine.outputs)
    assert best <= found + 1e-6
    assert found < 1.02 * best


def test_the_loss_that_is_told_is_that_of_the_matrices():
    """With a rate of almost nothing the sum over a text is its mean loss, drawn noise apart."""
    config = Word2VecConfig(dim=16, window=1, negative=5, sample=0)
    ids = optimum.markov_text(np.random.default_rng(3), 8, 50_000)
    counts = np.bincount(ids, minlength=10).astype(np.int64)
    generator = np.random.default_rng(4)
    inputs, outputs = (generator.normal(0, 0.5, (10, 16)).astype(np.float32) for _ in range(2))
    engine = TileEngine(config, counts, inputs, outputs)
    loss, count = engine.train(ids, [Stretch(0, len(ids), 1, (1e-12, 1e-12))])
    p = optimum.pair_shares(ids, 10, 1)
    expected = optimum.noise_loss(p, noise_probabilities(counts, 0.75), 5, inputs, outputs)
    assert loss / count == pytest.approx(expected, rel=0.01)


def test_one_thread_starts_no_other(monkeypatch):
    """Without memory for its stack a thread never begins, and whoever starts it waits for ever."""
    monkeypatch.setattr("seqkit.word2vec.tile_engine.ThreadPoolExecutor", None)
    trained(Word2VecConfig(dim=8, negative=2))
    with pytest.raises(TypeError):
        trained(Word2VecConfig(dim=8, negative=2), threads=2)
