"""Training in torch: each step against loops in float64, and its end against the optimum."""

import ast
import itertools
import pathlib

import numpy as np
import pytest
import torch

from seqkit.word2vec import torch_engine
from seqkit.word2vec.config import Word2VecConfig
from seqkit.word2vec.engine import Stretch, new_matrices
from seqkit.word2vec.frequencies import keep_probabilities, noise_probabilities, unigram_loss
from seqkit.word2vec.huffman import huffman_tree
from seqkit.word2vec.torch_engine import STEEPEST, TorchEngine, fit_chunk
from seqkit.word2vec.torch_losses import NegativeSampling
from seqkit.word2vec.windows import read_passage
from tests.word2vec import optimum

ROOT = pathlib.Path(__file__).parents[2]
V, D = 9, 4
CHUNK = 32
ALL = list(itertools.product(("skipgram", "cbow"), ("ns", "hs", "softmax")))
every_kind = pytest.mark.parametrize(("model", "loss"), ALL)


def text(length=120, seed=0):
    """Random ids with <unk> and <eos> among them, and their counts."""
    chances = np.array([1, 2, 9, 7, 6, 5, 4, 3, 2]) / 39
    ids = np.random.default_rng(seed).choice(V, length, p=chances).astype(np.uint16)
    return ids, np.bincount(ids, minlength=V)


def matrices():
    generator = np.random.default_rng(8)
    return [generator.normal(0, 0.5, (V, D)).astype(np.float32) for _ in range(2)]


def config(model="skipgram", loss="ns", **changes):
    numbers = {"dim": D, "window": 3, "negative": 2, "sample": 0.02}
    return Word2VecConfig(model=model, loss=loss, **{**numbers, **changes})


def trained(config, ids, counts, stretches, chunk=CHUNK, device="cpu"):
    engine = TorchEngine(config, counts, *matrices(), device=device, chunk=chunk)
    return engine, engine.train(ids, stretches)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


class Loops:
    """One stretch of training by loops over pairs and output rows, in float64."""

    def __init__(self, config, counts, inputs, outputs):
        self.config, self.counts = config, counts
        self.inputs, self.outputs = inputs.astype(float), outputs.astype(float)
        self.tree = huffman_tree(counts)
        self.loss, self.predictions = 0.0, 0

    def train(self, ids, stretch, chunk, rates_of):
        """`rates_of(windows, rate)` gives the rates of all input and of all output rows."""
        stream, c = np.random.default_rng(stretch.key), self.config
        keep = keep_probabilities(self.counts, c.sample)
        passage = read_passage(ids[stretch.start : stretch.stop], keep, c.window, stream)
        for share, windows in passage.chunks(chunk):
            noise = []
            if c.loss == "ns":
                _, size = fit_chunk(c, V, chunk)
                drawer = NegativeSampling(self.counts, c.ns_exponent, c.negative, size)
                noise = drawer.draw(stream)
            rate = stretch.rates[0] * (1 - share) + stretch.rates[1] * share
            by_input, by_output = self.gradients(windows, noise)
            input_rates, output_rates = rates_of(windows, rate)
            self.inputs -= input_rates[:, None] * by_input
            self.outputs -= output_rates[:, None] * by_output

    def gradients(self, windows, noise):
        """Of the loss of a chunk by both matrices; for CBOW by the rule that is asked for."""
        by_input, by_output = np.zeros((V, D)), np.zeros((V, D))
        words = windows.words
        for place in sorted(set(windows.targets.tolist())):
            around = words[windows.rows[windows.targets == place]].tolist()
            groups = [around] if self.config.model == "cbow" else [[word] for word in around]
            for group in groups:
                h = self.inputs[group].mean(axis=0)
                by_h = self.predict(h, words[place], noise, by_output)
                share = 1 / len(group) if self.config.divide_gradient else 1
                for word in group:
                    by_input[word] += share * by_h
        return by_input, by_output

    def predict(self, h, word, noise, by_output):
        """The gradient by h of one prediction; adds to that by the outputs, and to the loss."""
        by_h = np.zeros(D)
        self.predictions += 1
        for row, slope, lost in self.terms(h, word, noise):
            self.loss += lost
            by_h += slope * self.outputs[row]
            by_output[row] += slope * h
        return by_h

    def terms(self, h, word, noise):
        """(output row, derivative of the loss by its score, loss) of each term."""
        scores = self.outputs @ h
        if self.config.loss == "softmax":
            chances = np.exp(scores[2:]) / np.exp(scores[2:]).sum()
            for row in range(2, V):
                true = float(row == word)
                yield row, chances[row - 2] - true, -true * np.log(chances[row - 2])
        elif self.config.loss == "hs":
            for step in range(self.tree.offsets[word], self.tree.offsets[word + 1]):
                row, sign = self.tree.nodes[step], self.tree.signs[step]
                chance = sigmoid(sign * scores[row])
                yield row, -sign * (1 - chance), -np.log(chance)
        else:
            chance = sigmoid(scores[word])
            yield word, chance - 1, -np.log(chance)
            weight = self.config.negative / len(noise)
            for row in noise:
                if row != word:
                    chance = sigmoid(scores[row])
                    yield row, weight * chance, -weight * np.log(1 - chance)


def assert_same(engine, found, loops):
    loss, predictions = found
    assert predictions == loops.predictions > 0
    assert loss == pytest.approx(loops.loss, rel=1e-5)
    np.testing.assert_allclose(engine.inputs, loops.inputs, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(engine.outputs, loops.outputs, rtol=1e-4, atol=1e-6)


RULES = [(*kind, False) for kind in ALL] + [("cbow", loss, True) for loss in ("ns", "hs")]


@pytest.mark.parametrize(("model", "loss", "divide"), RULES)
def test_training_is_sgd_over_all_pairs(model, loss, divide):
    ids, counts = text()
    settings = config(model, loss, divide_gradient=divide)
    stretches = [Stretch(0, 80, 5, (0.01, 0.006)), Stretch(80, 120, 6, (0.006, 0.001))]
    loops = Loops(settings, counts, *matrices())
    for stretch in stretches:
        loops.train(ids, stretch, CHUNK, lambda _, rate: np.full((2, V), rate))
    before = matrices()
    assert np.abs(loops.inputs - before[0]).max() > 0.01 < np.abs(loops.outputs - before[1]).max()
    assert_same(*trained(settings, ids, counts, stretches), loops)


def loads(settings, counts):
    """Gradients on an input row in each pair, and on each output row for a word of the text."""
    p = counts * keep_probabilities(counts, settings.sample)
    p = p / p.sum()
    pairs = 1 if settings.model == "cbow" else settings.window + 1
    if settings.loss == "softmax":
        return 2, pairs * 2 * p
    if settings.loss == "ns":  # no row has as few as k / S
        q = noise_probabilities(counts, settings.ns_exponent)
        return 1 + settings.negative, pairs * (p + settings.negative * q)
    tree, nodes = huffman_tree(counts), np.zeros(V)
    for word in range(2, V):
        for step in range(tree.offsets[word], tree.offsets[word + 1]):
            nodes[tree.nodes[step]] += p[word]
    return nodes.sum(), pairs * nodes


@pytest.mark.parametrize(("model", "loss", "divide"), RULES)
def test_rows_with_many_gradients_take_smaller_steps(model, loss, divide):
    ids, counts = text()
    settings = config(model, loss, divide_gradient=divide)
    by_input, by_output = loads(settings, counts)

    def rates_of(windows, rate):
        met = np.zeros(V)
        for row in windows.rows:
            met[windows.words[row]] += by_input
        if divide:
            met /= settings.window + 1
        limits = STEEPEST / np.maximum([met, CHUNK * by_output], 1e-9)
        return np.minimum(limits, rate)

    stretch = Stretch(0, 70, 5, (1e6, 1e6))  # far too high for all
    loops = Loops(settings, counts, *matrices())
    loops.train(ids, stretch, CHUNK, rates_of)
    assert_same(*trained(settings, ids, counts, [stretch]), loops)


@every_kind
def test_a_stretch_is_the_same_whenever_it_is_trained(model, loss):
    ids, counts = text()
    found = []
    for key in (3, 3, 4):
        engine, _ = trained(config(model, loss), ids, counts, [Stretch(10, 90, key, (0.1, 0.1))])
        found.append(engine.inputs.tobytes() + engine.outputs.tobytes())
    assert found[0] == found[1] != found[2]


def test_stretches_one_by_one_are_the_same_as_at_once():
    ids, counts = text()
    parts = [Stretch(0, 50, 1, (0.1, 0.05)), Stretch(50, 120, 2, (0.05, 0.0))]
    once, (loss, count) = trained(config(), ids, counts, parts)
    engine, first = trained(config(), ids, counts, parts[:1])
    second = engine.train(ids, parts[1:])
    assert (engine.inputs == once.inputs).all() and (engine.outputs == once.outputs).all()
    assert loss == pytest.approx(first[0] + second[0], rel=1e-12)
    assert count == first[1] + second[1]


@every_kind
def test_where_nothing_can_be_predicted_nothing_changes(model, loss):
    _, counts = text()
    ids = np.array([1, 0, 1, 2, 1, 3, 1, 0, 4], np.uint32)  # sentences of one word
    alone = [Stretch(0, 9, 1, (0.1, 0.1)), Stretch(0, 2, 1, (0.1, 0.1))]
    engine, found = trained(config(model, loss, sample=0), ids, counts, alone)
    assert found == (0.0, 0)
    before = matrices()
    assert (engine.inputs == before[0]).all() and (engine.outputs == before[1]).all()


def test_special_tokens_never_change():
    ids, counts = text()
    stretch = Stretch(0, 120, 1, (0.1, 0.1))
    for model, loss in ALL:
        engine, _ = trained(config(model, loss), ids, counts, [stretch])
        for found, before in zip((engine.inputs, engine.outputs), matrices(), strict=True):
            assert (found[:2] == before[:2]).all()


def test_the_caller_keeps_its_matrices():
    ids, counts = text()
    inputs, outputs = matrices()
    engine = TorchEngine(config(), counts, inputs, outputs, chunk=CHUNK)
    engine.train(ids, [Stretch(0, 120, 1, (0.1, 0.1))])
    assert (inputs == matrices()[0]).all() and (outputs == matrices()[1]).all()
    assert engine.inputs.dtype == engine.outputs.dtype == np.float32


def test_full_softmax_takes_fewer_words_at_once_where_there_are_many(monkeypatch):
    ids, counts = text()
    stretch = Stretch(0, 120, 1, (0.1, 0.1))
    wanted, _ = trained(config(loss="softmax"), ids, counts, [stretch], 16)
    monkeypatch.setattr(torch_engine, "LARGEST", 20 * V)
    found, _ = trained(config(loss="softmax"), ids, counts, [stretch], 512)
    assert (found.inputs == wanted.inputs).all() and (found.outputs == wanted.outputs).all()


@pytest.mark.parametrize("chunk", [0, -16, 40])
def test_a_chunk_is_made_of_whole_blocks(chunk):
    with pytest.raises(ValueError, match=rf"^a chunk of {chunk} words: a multiple of 16 is needed"):
        TorchEngine(config(), text()[1], *matrices(), chunk=chunk)


def test_chunks_fit_into_memory():
    for settings, size, words in (
        (Word2VecConfig(), 50_000, 512),
        (Word2VecConfig(), 50_000, 2048),
        (Word2VecConfig(negative=64, window=64), 50_000, 8192),
        (Word2VecConfig(loss="softmax"), 3_000_000, 512),
        (Word2VecConfig(loss="hs"), 3_000_000, 8192),
    ):
        fitting, scored = fit_chunk(settings, size, words)
        assert 0 < fitting <= (64 if settings.loss == "softmax" else words) and fitting % 16 == 0
        assert fitting * scored <= 2**26
        assert scored >= {"ns": 64, "hs": 0, "softmax": size}[settings.loss]
        if settings.loss == "ns":  # no noise word stands for more than 60
            drawn = fitting * (settings.window + 1) * settings.negative
            assert scored - 1 < max(drawn / 60, 64) <= scored


def test_own_noise_for_each_pair_is_not_to_be_had():
    with pytest.raises(ValueError, match=r"^--exact needs the compiled loops"):
        TorchEngine(config(exact=True), text()[1], *matrices())


def test_it_needs_no_compiler():
    """Nothing that it imports, through modules of this project, is numba."""
    waiting, seen = ["seqkit.word2vec.torch_engine"], set()
    while waiting:
        name = waiting.pop()
        assert not name.startswith("numba")
        if name.startswith("seqkit.") and name not in seen:
            tree = ast.parse((ROOT / f"{name.replace('.', '/')}.py").read_text("utf-8"))
            nodes = list(ast.walk(tree))
            waiting += [node.module for node in nodes if isinstance(node, ast.ImportFrom)]
            waiting += [
                a.name for node in nodes if isinstance(node, ast.Import) for a in node.names
            ]
            seen.add(name)
    assert "seqkit.word2vec.huffman" in seen


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU")
@every_kind
def test_a_gpu_does_the_same(model, loss):
    ids, counts = text(2000)
    stretch, chunk = Stretch(0, 2000, 1, (0.05, 0.01)), 512
    wanted, lost = trained(config(model, loss), ids, counts, [stretch], chunk)
    runs = [trained(config(model, loss), ids, counts, [stretch], chunk, "cuda") for _ in "12"]
    for engine, (loss_sum, count) in runs:
        assert count == lost[1] and loss_sum == pytest.approx(lost[0], rel=1e-4)
        np.testing.assert_allclose(engine.inputs, wanted.inputs, rtol=1e-3, atol=1e-4)
        np.testing.assert_allclose(engine.outputs, wanted.outputs, rtol=1e-3, atol=1e-4)
    assert (runs[0][0].inputs == runs[1][0].inputs).all()
    assert (runs[0][0].outputs == runs[1][0].outputs).all()


WORDS = 8
ROUNDS, RATE = {"ns": 20, "hs": 20, "softmax": 8}, 0.1


def expected(settings, p, counts, engine):
    """(the mean loss of the matrices over the pairs p, the least there is)."""
    vectors = engine.inputs.astype(float), engine.outputs.astype(float)
    if settings.loss == "ns":
        q, k = noise_probabilities(counts, settings.ns_exponent), settings.negative
        return optimum.noise_loss(p, q, k, *vectors), optimum.noise_optimum(p, q, k)
    if settings.loss == "hs":
        lost = optimum.tree_loss(p, huffman_tree(counts), *vectors)
        return lost, optimum.conditional_entropy(p)
    return optimum.softmax_loss(p, *vectors), optimum.conditional_entropy(p)


@every_kind
def test_training_ends_at_the_optimum(model, loss):
    generator = np.random.default_rng(4)
    if model == "cbow":
        ids = optimum.two_word_text(generator, WORDS, 2_000)
    else:
        ids = optimum.markov_text(generator, WORDS, 4_000)
    counts = np.bincount(ids, minlength=2 + WORDS)
    settings = Word2VecConfig(model=model, loss=loss, dim=10, window=1, negative=3, sample=0)
    engine = TorchEngine(settings, counts, *new_matrices(2 + WORDS, 10, seed=1), chunk=256)
    rounds = ROUNDS[loss]
    for n in range(rounds):
        rates = RATE * (1 - n / rounds), RATE * (1 - (n + 1) / rounds)
        lost, count = engine.train(ids, [Stretch(0, len(ids), n, rates)])
    p = optimum.pair_shares(ids, 2 + WORDS, window=1)
    found, least = expected(settings, p, counts, engine)
    assert least * (1 - 1e-6) <= found < least * 1.005
    assert found < least + 0.1 * (unigram_loss(settings, counts) - least)
    assert lost / count == pytest.approx(found, rel=0.03)  # what training said of its last round
