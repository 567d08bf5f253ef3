import itertools
import math

import numpy as np
import pytest
import torch

from seqkit.layers import CELLS
from seqkit.layers.chain import Moves
from seqkit.models.heads import CRFHead, SoftmaxHead
from seqkit.models.tagger import TaggedBatch, Tagger, TaggerConfig
from seqkit.models.token_vectors import Tokens, WordEmbedding, twice
from seqkit.text.schemes import legal_transitions, tag_set
from tests.contracts import ModelContract

TAGS = tag_set(["X"], "bioes")


def forbidden(tags=TAGS):
    legal = legal_transitions(tags, "bioes")
    return Moves(*(torch.from_numpy(~mask) for mask in (legal.start, legal.stop, legal.steps)))


def sentences(rows=3, positions=5, columns=1, states=0, seed=0):
    """Made-up ids that fit `config`."""
    draw = torch.Generator().manual_seed(seed)

    def ids(high, *shape):
        return torch.randint(0, high, shape, generator=draw)

    forms = rows * positions
    characters = torch.cat([torch.ones(forms, 1, dtype=torch.int64), 3 + ids(5, forms, 3)], 1)
    return Tokens(
        words=ids(9, rows, positions),
        forms=torch.randperm(forms, generator=draw).view(rows, positions),
        characters=characters,
        shapes=ids(10, forms),
        hashes=ids(2**32, forms, 11),
        features=ids(6, rows, positions, columns),
        states=torch.randn(rows, positions, states, generator=draw) if states else None,
    )


def config(**changes):
    sizes = {"words": 9, "tags": 5, "characters": 8, "features": (6,), "hidden": 7, "embed": 6}
    return TaggerConfig(**{**sizes, "dropout": 0.0, "dropout_words": 0.0, **changes})


def legal_tags():
    """A path of every length-5 kind that bioes allows."""
    rows = [["O", "B-X", "I-X", "E-X", "O"], ["S-X", "S-X", "O", "B-X", "E-X"], ["O"] * 5]
    return torch.tensor([[TAGS.index(tag) for tag in row] for row in rows])


class TestCRFTagger(ModelContract):
    def build(self):
        return Tagger(config(), forbidden())

    def batch(self):
        return TaggedBatch(sentences(), legal_tags())


class TestSoftmaxTagger(ModelContract):
    def build(self):
        return Tagger(config(crf=False, char_encoder="rnn", states=4), forbidden())

    def batch(self):
        return TaggedBatch(sentences(states=4), legal_tags())


class TestPlainDeepTagger(ModelContract):
    def build(self):
        shape = {"cell": "gru", "layers": 2, "char_encoder": None, "affixes": False, "wide": False}
        return Tagger(config(features=(), **shape), forbidden())

    def batch(self):
        return TaggedBatch(sentences(columns=0), legal_tags())


@pytest.mark.parametrize("cell", CELLS)
def test_padded_sentences_score_as_they_do_alone(cell):
    torch.manual_seed(0)
    model = Tagger(config(cell=cell), forbidden()).double().eval()
    torch.nn.init.normal_(model.wide.weight)
    tokens, lengths = sentences(), torch.tensor([5, 2, 4])
    together = model(tokens._replace(lengths=lengths))
    for row, length in enumerate(lengths.tolist()):
        part = {
            name: getattr(tokens, name)[row : row + 1, :length]
            for name in ("words", "forms", "features")
        }
        torch.testing.assert_close(model(tokens._replace(**part))[0], together[row, :length])
        tags = legal_tags()[row : row + 1, :length]
        if length == 5:
            alone = model.loss(TaggedBatch(tokens._replace(**part), tags))[0]
            assert alone > 0


@pytest.mark.parametrize("crf", [True, False])
def test_the_loss_of_padded_sentences_is_the_sum_of_theirs(crf):
    torch.manual_seed(0)
    model = Tagger(config(crf=crf), forbidden()).double().eval()
    tokens = sentences()
    tags = legal_tags()
    lengths = torch.tensor([5, 3, 2])  # each still legal when cut there
    whole, count, _ = model.loss(TaggedBatch(tokens._replace(lengths=lengths), tags))
    total = 0.0
    for row, length in enumerate(lengths.tolist()):
        part = {
            name: getattr(tokens, name)[row : row + 1, :length]
            for name in ("words", "forms", "features")
        }
        total += model.loss(TaggedBatch(tokens._replace(**part), tags[row : row + 1, :length]))[0]
    assert count == 10
    torch.testing.assert_close(whole, total)


def test_every_input_matters():
    torch.manual_seed(0)
    model = Tagger(config(states=4), forbidden()).double().eval()
    torch.nn.init.normal_(model.wide.weight)
    tokens = sentences(states=4)._replace(states=torch.randn(3, 5, 4).double())
    before = model(tokens)
    for name in ("words", "features", "states", "shapes", "hashes", "characters"):
        first = (0,) * getattr(tokens, name).dim()
        other = getattr(tokens, name).clone()
        other[first] = other[first] + 1 if other[first] < 3 else other[first] - 1
        assert not torch.allclose(model(tokens._replace(**{name: other})), before), name


def test_the_softmax_head_decodes_the_best_legal_path_and_counts_only_legal_ones():
    torch.manual_seed(0)
    head = SoftmaxHead(forbidden(), torch.ones(5)).double()
    emissions = torch.randn(1, 4, 5).double()
    scores = head.scores(emissions)
    paths = {p: sum(scores[0, t, k].item() for t, k in enumerate(p)) for p in allowed_paths(4)}
    best = max(paths, key=paths.__getitem__)
    assert head.chain.decode(scores)[0][0].tolist() == list(best)
    log_z = math.log(sum(map(math.exp, paths.values())))
    assert head.chain.log_partition(scores).item() == pytest.approx(log_z)


def allowed_paths(length):
    """All sequences of tags that bioes allows."""
    legal = legal_transitions(TAGS, "bioes")
    for path in itertools.product(range(5), repeat=length):
        steps = all(legal.steps[a, b] for a, b in itertools.pairwise(path))
        if legal.start[path[0]] and legal.stop[path[-1]] and steps:
            yield path


def test_weights_make_a_crf_want_a_margin():
    """softmax-margin: log of the sum over paths of exp(score + cost), less the true score."""
    torch.manual_seed(0)
    weights = torch.tensor([1.0, 2.0, 3.0, 1.0, 0.5], dtype=torch.float64)
    head = CRFHead(forbidden(), weights).double().train()
    emissions, tags = torch.randn(1, 3, 5).double(), torch.tensor([[1, 2, 3]])
    moves, gold = head.chain.moves(), tags[0].tolist()
    scores, costs = {}, {}
    for path in allowed_paths(3):
        score = moves.start[path[0]] + moves.end[path[-1]]
        score += sum(moves.transitions[a, b] for a, b in itertools.pairwise(path))
        scores[path] = float(score + sum(emissions[0, t, k] for t, k in enumerate(path)))
        costs[path] = sum(math.log(weights[g]) for k, g in zip(path, gold, strict=True) if k != g)
    total = sum(math.exp(scores[path] + costs[path]) for path in scores)
    found = head.loss(emissions, tags, None)
    assert found.item() == pytest.approx(math.log(total) - scores[tuple(gold)], abs=1e-9)
    assert head.eval().loss(emissions, tags, None).item() != pytest.approx(found.item())


def test_weights_of_the_softmax_head_multiply_the_loss():
    torch.manual_seed(0)
    weights = torch.tensor([1.0, 2.0, 3.0, 1.0, 0.5])
    head = SoftmaxHead(forbidden(), weights).train()
    emissions, tags = torch.randn(2, 3, 5), torch.tensor([[1, 2, 3], [0, 4, 0]])
    losses = -emissions.log_softmax(2).gather(2, tags[..., None]).squeeze(2)
    assert head.loss(emissions, tags, None).item() == pytest.approx(
        (losses * weights[tags]).sum().item()
    )
    assert head.eval().loss(emissions, tags, None).item() == pytest.approx(losses.sum().item())


def test_rare_words_are_taken_for_unknown_half_of_the_time():
    torch.manual_seed(0)
    embedding = WordEmbedding(4, 2, frozen=0, dropout=0.1).train()
    embedding.rare[3] = True
    words = torch.tensor([[2, 3] * 20_000])
    unknown = embedding.forget(words)[0] == 0
    assert np.isclose(unknown[0::2].float().mean(), 0.1, atol=0.01)
    assert np.isclose(unknown[1::2].float().mean(), 0.5, atol=0.02)
    assert torch.equal(embedding.eval().forget(words), words)
    assert torch.equal(embedding(words), embedding.embedding(words))


def test_frozen_words_are_looked_up_and_not_trained():
    embedding = WordEmbedding(6, 3, frozen=2, dropout=0.0)
    rows = torch.arange(18.0).view(6, 3)
    embedding.fill(rows)
    words = torch.tensor([[5, 0, 3, 4]])
    assert torch.equal(embedding(words), rows[words]) and torch.equal(embedding.rows(), rows)
    embedding(words).sum().backward()
    assert embedding.embedding.weight.grad.sum(1).tolist() == [3, 0, 0, 3]
    assert embedding.frozen.weight.grad is None


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"cell": "lstn"}, "unknown cell 'lstn'"),
        ({"char_encoder": "gru"}, "unknown char_encoder 'gru'"),
        ({"frozen": 9}, "of 9 words 9 cannot be frozen"),
        ({"layers": 0}, "layers must be 1 or more"),
        ({"dropout": 1.0}, r"must be in \[0, 1\)"),
    ],
)
def test_a_shape_that_cannot_be_is_refused(change, message):
    with pytest.raises(ValueError, match=message):
        config(**change)


def read_twice(head, lengths=None):
    """A tagger with dropout and R-Drop, a batch of two sentences, both losses and the scores."""
    torch.manual_seed(4)
    tagger = Tagger(config(dropout=0.4, crf=head), forbidden()).double().train()
    tagger.r_drop = 0.7
    tokens = sentences(rows=3)._replace(lengths=lengths)
    return tagger, TaggedBatch(tokens, legal_tags())


@pytest.mark.parametrize("crf", [True, False])
@pytest.mark.parametrize("lengths", [None, [5, 2, 4]])
def test_r_drop_is_the_mean_loss_and_what_the_readings_teach_each_other(crf, lengths):
    lengths = None if lengths is None else torch.tensor(lengths)
    tagger, batch = read_twice(crf, lengths)
    torch.manual_seed(9)
    total, count, _ = tagger.loss(batch)
    torch.manual_seed(9)
    scores = tagger(twice(batch.tokens)).detach().requires_grad_()
    one, other = scores.chunk(2)
    assert not torch.equal(one, other)  # dropout differs
    real = torch.ones(3, 5, dtype=torch.bool)
    if lengths is not None:
        real = torch.arange(5) < lengths[:, None]
    assert count == int(real.sum())
    base = (
        tagger.head.loss(one, batch.tags, lengths) + tagger.head.loss(other, batch.tags, lengths)
    ) / 2
    p, q = (tagger.head.shares(x.detach(), lengths) for x in (one, other))
    if not crf:
        torch.testing.assert_close(p[real], one.detach().softmax(2)[real])
    assert (p[~real] == 0).all()
    wanted = base + 0.7 / 2 * ((p - q) * (one - other)).sum()
    torch.testing.assert_close(total, wanted)


def test_its_gradient_is_that_of_both_divergences_where_each_tag_stands_alone():
    """KL(q|p) + KL(p|q), the first part differentiated by p's scores, the second by q's."""
    torch.manual_seed(2)
    s, t = torch.randn(2, 4, 3, 5, dtype=torch.float64).requires_grad_()
    p, q = s.softmax(2), t.softmax(2)
    divergence = torch.nn.functional.kl_div
    taught = divergence(p.log(), q.detach(), reduction="sum")
    taught = taught + divergence(q.log(), p.detach(), reduction="sum")
    wanted = torch.autograd.grad(taught, (s, t), retain_graph=True)
    penalty = ((p - q).detach() * (s - t)).sum()
    for got, gradient in zip(torch.autograd.grad(penalty, (s, t)), wanted, strict=True):
        torch.testing.assert_close(got, gradient)


def test_r_drop_does_nothing_outside_training():
    tagger, batch = read_twice(True)
    plain = Tagger(config(dropout=0.4), forbidden()).double().eval()
    plain.load_state_dict(tagger.state_dict())
    assert tagger.eval().loss(batch)[0].item() == plain.loss(batch)[0].item()
