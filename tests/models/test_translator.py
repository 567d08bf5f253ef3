"""The translator (G4) against loops in float64, by itself in other ways, and its contract."""

import numpy as np
import pytest
import torch
from torch import nn

from seqkit.decode.step import select
from seqkit.layers import CELLS
from seqkit.layers.attention import ATTENTIONS
from seqkit.layers.gradcheck import gradcheck
from seqkit.models.decoders import FeedingDecoder, PlainDecoder
from seqkit.models.translator import NONE, PairBatch, Translator, TranslatorConfig
from tests import oracles
from tests.contracts import ModelContract
from tests.layers.cells import expected, numbers
from tests.models.test_decoders import weights_of

VS, V, B, S, T = 7, 6, 3, 5, 4
EOS = 1
LENGTHS = torch.tensor([2, 5, 3])

KINDS = {
    "none": {"attention": NONE},
    "dot": {"attention": "dot"},
    "additive": {"attention": "additive"},
    "dot + feeding": {"attention": "dot", "feeding": True},
    "additive + feeding, gru": {"attention": "additive", "feeding": True, "cell": "gru"},
    "three layers": {"layers": 3},
    "one direction": {"bidirectional": False, "layers": 2},
    "gru on lstm": {"cell": "lstm", "decoder_cell": "gru"},
    "lstm on gru, none": {"cell": "gru", "decoder_cell": "lstm", "attention": NONE},
    "shared": {"shared": True, "source_types": V},
    "not tied": {"tie": False},
}
every_kind = pytest.mark.parametrize("kind", KINDS)


def config(**changes):
    sizes = {"source_types": VS, "target_types": V, "hidden": 4, "embed": 3, "dropout": 0.0}
    return TranslatorConfig(**{**sizes, "smoothing": 0.0, **changes})


def build(spread=0.6, **changes):
    """A translator in float64 whose every parameter is drawn at random."""
    torch.manual_seed(0)
    model = Translator(config(**changes)).double()
    model.dtype = torch.float64
    for parameter in model.parameters():
        nn.init.normal_(parameter, std=spread)
    return model


def batch(lengths=LENGTHS, types=V):
    """Padded sources, and targets of 4, 2 and 3 words with `<eos>`."""
    draw = torch.Generator().manual_seed(0)
    source = torch.randint(2, types, (B, S), generator=draw)
    targets = torch.randint(2, V, (B, T), generator=draw)
    for row, length in enumerate((4, 2, 3)):
        targets[row, length - 1] = EOS
        targets[row, length:] = -1
    inputs = targets.clamp_min(0).roll(1, 1)
    inputs[:, 0] = EOS
    return PairBatch(source, inputs, targets, lengths)


def alone(pairs, row):
    """One pair of a batch without its padding."""
    length = S if pairs.lengths is None else int(pairs.lengths[row])
    real = int((pairs.targets[row] >= 0).sum())
    parts = (pairs.source[:, :length], pairs.inputs[:, :real], pairs.targets[:, :real])
    return PairBatch(*(tensor[row : row + 1] for tensor in parts))


def by_loops(model, source, inputs, targets):
    """-log P of each word of one target, and where each looked, from the oracles alone."""
    words = numbers(model.target_embedding)["weight"]
    x = numbers(model.source_embedding)["weight"][source]
    zeros = tuple(state[0].double().numpy() for state in model.encoder.initial(1))
    memory, last = expected(model.encoder, numbers(model.encoder), x, zeros)
    summary = np.concatenate(last)
    first = tuple(
        torch.tensor(np.tanh(b["weight"] @ summary + b["bias"]))[None]
        for b in map(numbers, model.bridges)
    )
    outputs, looks = oracles.decode(weights_of(model.decoder, first, 0), words[inputs], memory)
    weight = words if model.config.tie else numbers(model)["output_weight"]
    logits = outputs @ weight.T + numbers(model)["output_bias"]
    pairs = zip(logits, targets, strict=True)
    return np.array([-oracles.log_softmax(z)[y] for z, y in pairs]), looks


def check_by_loops(model, pairs):
    """The losses, their sum and the attention of a batch."""
    losses, weights = model.losses(pairs)
    assert losses.shape == (B, T)
    total = 0.0
    for row in range(B):
        one = alone(pairs, row)
        parts = (one.source, one.inputs, one.targets)
        wanted, looks = by_loops(model, *(tensor[0].tolist() for tensor in parts))
        np.testing.assert_allclose(losses[row, : len(wanted)], wanted, rtol=1e-11)
        assert (losses[row, len(wanted) :] == 0).all()
        if model.attentive:
            found = weights[row, : len(wanted)]
            np.testing.assert_allclose(found[:, : looks.shape[1]], looks, atol=1e-12)
            assert (found[:, looks.shape[1] :] == 0).all()
        else:
            assert weights.shape == (B, T, 0)
        total += wanted.sum()
    loss, count, carry = model.loss(pairs)
    assert (count, carry) == (9, None)
    assert loss.item() == pytest.approx(total, rel=1e-11)


@pytest.mark.parametrize("lengths", [None, LENGTHS], ids=["whole", "padded"])
@every_kind
def test_losses_and_attention_are_those_of_the_equations(kind, lengths):
    check_by_loops(build(**KINDS[kind]), batch(lengths, KINDS[kind].get("source_types", VS)))


@pytest.mark.parametrize("cell", CELLS)
def test_every_cell_encodes_and_decodes(cell):
    check_by_loops(build(cell=cell, layers=2), batch())


@every_kind
def test_padded_sources_are_one_by_one(kind):
    model, pairs = build(**KINDS[kind]), batch()
    losses, weights = model.losses(pairs)
    junk = pairs.source.where(torch.arange(S) < LENGTHS[:, None], V - 1)
    again = model.losses(pairs._replace(source=junk))
    assert torch.equal(losses, again[0]) and torch.equal(weights, again[1])
    for row in range(B):
        own, look = model.losses(alone(pairs, row))
        real = own.shape[1]
        torch.testing.assert_close(own[0], losses[row, :real], rtol=1e-12, atol=0)
        found = weights[row, :real, : look.shape[2]]
        torch.testing.assert_close(found, look[0], rtol=0, atol=1e-12)


@pytest.mark.parametrize("lengths", [None, LENGTHS], ids=["whole", "padded"])
@every_kind
def test_steps_are_the_whole_target_at_once(kind, lengths):
    model, pairs = build(**KINDS[kind]), batch(lengths)
    memory, state = model.start(pairs.source, pairs.lengths)
    losses, weights = model.losses(pairs)
    looked = torch.zeros_like(weights[:, 0])
    for t in range(T):
        log_probs, state = model.step(pairs.inputs[:, t], state, memory)
        assert log_probs.shape == (B, V)
        torch.testing.assert_close(log_probs.exp().sum(1), torch.ones(B, dtype=torch.float64))
        rows = [row for row in range(B) if pairs.targets[row, t] >= 0]
        found = -log_probs[rows, pairs.targets[rows, t]]
        torch.testing.assert_close(found, losses[rows, t], rtol=1e-12, atol=0)
        looked += weights[:, t]
        torch.testing.assert_close(state[1].double(), looked, rtol=0, atol=1e-6)


@every_kind
def test_rows_of_a_state_can_be_left_out_taken_twice_and_turned_round(kind):
    model, pairs = build(**KINDS[kind]), batch()
    words, rows = pairs.inputs[:, 1], [2, 0, 0, 1, 2]
    memory, state = model.start(pairs.source, pairs.lengths)
    _, state = model.step(pairs.inputs[:, 0], state, memory)
    log_probs, after = model.step(words, state, memory)
    moved, moved_after = model.step(words[rows], select(state, rows), memory)
    torch.testing.assert_close(moved, log_probs[rows], rtol=0, atol=1e-12)
    assert len(moved_after) == len(after)
    for one, other in zip(moved_after, select(after, rows), strict=True):
        assert one.dtype == other.dtype
        torch.testing.assert_close(one, other, rtol=0, atol=1e-12)


@pytest.mark.parametrize("kind", ["none", "dot", "additive", "dot + feeding", "shared", "not tied"])
def test_gradients_are_two_sided_differences(kind):
    types = KINDS[kind].get("source_types", VS)
    small = {"hidden": 2, "embed": 2, "smoothing": 0.1, "dropout": 0.3}
    model = build(1.2, **{**KINDS[kind], **small})
    pairs = batch(types=types)
    # Gradients at the bottom are a thousandth of the loss, so a smaller step is all rounding.
    for found in gradcheck(lambda: model.loss(pairs)[0], dict(model.named_parameters()), 1e-5):
        assert found.error < 1e-6 and found.analytic > 1e-4, found


def test_a_shared_embedding_is_one_matrix():
    model = build(shared=True, source_types=V)
    assert model.source_embedding is model.target_embedding
    assert model.output_weight is model.target_embedding.weight
    wide = [name for name, p in model.named_parameters() if p.shape == (V, 3)]
    assert wide == ["output_weight"]
    apart = build(tie=False)
    wide = [name for name, p in apart.named_parameters() if len(p) in (V, VS) and p.shape[-1] == 3]
    assert wide == ["output_weight", "target_embedding.weight", "source_embedding.weight"]


def test_the_decoder_is_the_one_asked_for():
    assert type(build(attention=NONE).decoder) is PlainDecoder
    for name, kind in ATTENTIONS.items():
        assert type(build(attention=name).decoder.attention) is kind
        assert type(build(attention=name, feeding=True).decoder) is FeedingDecoder
    model = build(cell="lstm", decoder_cell="gru", layers=2)
    assert [type(cell) for cell in model.decoder.stack.layers] == [CELLS["gru"]] * 2
    assert type(model.encoder.layers[1].backward_cell) is CELLS["lstm"]


@pytest.mark.parametrize("feeding", [False, True])
def test_without_scheduled_sampling_the_inputs_are_the_target(feeding):
    model, pairs = build(feeding=feeding).train(), batch()
    memory, state = model.encode(pairs.source, pairs.lengths)
    assert model._mixed(pairs.inputs, memory, state) is pairs.inputs
    model.sampling = 0.9
    assert model.eval()._mixed(pairs.inputs, memory, state) is pairs.inputs


@every_kind
def test_with_scheduled_sampling_the_inputs_are_its_own_choices(kind):
    model, pairs = build(**KINDS[kind]).train(), batch()
    model.sampling = 1 - 1e-12
    choices = pairs.inputs.clone()
    memory, state = model.start(pairs.source, pairs.lengths)
    for t in range(T - 1):  # the choices follow true words, as in Duckworth et al. 2019
        log_probs, state = model.step(pairs.inputs[:, t], state, memory)
        choices[:, t + 1] = log_probs.argmax(1)
    assert (choices[:, 1:] != pairs.inputs[:, 1:]).any()
    memory, state = model.encode(pairs.source, pairs.lengths)
    assert torch.equal(model._mixed(pairs.inputs, memory, state), choices)
    wanted = model.eval().loss(pairs._replace(inputs=choices))[0].item()
    assert model.train().loss(pairs)[0].item() == pytest.approx(wanted, rel=1e-12)


def test_a_share_of_the_inputs_is_sampled():
    model = build().train()
    model.sampling = 0.3
    source = torch.randint(2, VS, (200, 3))
    inputs = torch.full((200, 40), V)  # a word that is no choice, so each choice shows
    with torch.no_grad():
        model.target_embedding.weight = nn.Parameter(
            torch.cat([model.target_embedding.weight, torch.zeros(1, 3, dtype=torch.float64)])
        )
    memory, state = model.encode(source)
    mixed = model._mixed(inputs, memory, state)
    own = (mixed != V)[:, 1:].double().mean().item()
    assert own == pytest.approx(0.3, abs=0.03) and (mixed[:, 0] == V).all()


def test_a_share_of_the_source_words_is_forgotten_in_training_alone():
    model = build(dropout_words=0.25)
    source = torch.randint(1, VS, (200, 40))
    kept = model.train()._forget(source)
    assert (kept == 0).double().mean().item() == pytest.approx(0.25, abs=0.02)
    assert torch.equal(kept[kept != 0], source[kept != 0])
    assert torch.equal(model.eval()._forget(source), source)


def test_labels_are_smoothed_in_training_alone():
    model, pairs = build(smoothing=0.2), batch()
    outputs, _, _ = model.decode(pairs.inputs, *model.encode(pairs.source, pairs.lengths))
    real = pairs.targets >= 0
    logits = outputs[real] @ model.output_weight.T + model.output_bias
    wanted = {
        share: nn.functional.cross_entropy(
            logits, pairs.targets[real], label_smoothing=share, reduction="sum"
        ).item()
        for share in (0.0, 0.2)
    }
    assert model.train().loss(pairs)[0].item() == pytest.approx(wanted[0.2], rel=1e-12)
    assert model.eval().loss(pairs)[0].item() == pytest.approx(wanted[0.0], rel=1e-12)


@pytest.mark.parametrize("rate", ["dropout", "dropout_words"])
def test_each_dropout_acts_in_training_and_only_there(rate):
    model, plain, pairs = build(**{rate: 0.5}), build(), batch()
    noisy = {round(model.loss(pairs)[0].item(), 9) for _ in range(5)}
    assert len(noisy) > 1
    assert model.eval().loss(pairs)[0].item() == plain.loss(pairs)[0].item()


@every_kind
def test_bfloat16_is_float32_roughly_and_keeps_its_weights(kind):
    model, pairs = build(**KINDS[kind]).float(), batch()
    model.dtype = torch.float32
    exact, _ = model.losses(pairs)
    model.dtype = torch.bfloat16
    rough, _ = model.losses(pairs)
    assert rough.dtype == torch.float32 and not torch.equal(rough, exact)
    torch.testing.assert_close(rough, exact, rtol=0.05, atol=0.1)
    memory, state = model.start(pairs.source, LENGTHS)
    log_probs, state = model.step(pairs.inputs[:, 0], state, memory)
    assert log_probs.dtype == state[1].dtype == torch.float32
    assert state[2].dtype == memory.values.dtype == torch.bfloat16
    first = -log_probs[range(B), pairs.targets[:, 0]]
    torch.testing.assert_close(first, rough[:, 0], rtol=0.02, atol=0.02)
    model.loss(pairs)[0].backward()
    assert {p.dtype for p in model.parameters()} == {torch.float32}
    assert {p.grad.dtype for p in model.parameters()} == {torch.float32}


def test_it_can_start_as_the_unigram_model():
    counts = [5, 0, 12, 3, 8, 1]
    model = build(tie=False)
    model.start_from(counts)
    with torch.no_grad():
        model.output_weight.zero_()
    memory, state = model.start(batch().source)
    log_probs, _ = model.step(torch.tensor([EOS] * B), state, memory)
    shares = (np.array(counts) + 1) / (sum(counts) + len(counts))
    np.testing.assert_allclose(log_probs, np.log([shares] * B), atol=1e-7)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"cell": "gru9"}, "unknown cell 'gru9'; there are: rnn, rnn-relu, gru-simple"),
        ({"decoder_cell": "gru9"}, "unknown cell 'gru9'"),
        ({"attention": "all"}, "unknown attention 'all'; there are: none, dot, additive"),
        ({"layers": 0}, "layers must be 1 or more, got 0"),
        ({"hidden": 0}, "hidden must be 1 or more, got 0"),
        ({"embed": -1}, "embed must be 1 or more, got -1"),
        ({"source_types": 0}, "source_types must be 1 or more, got 0"),
        ({"target_types": 0}, "target_types must be 1 or more, got 0"),
        ({"hidden": 5}, "hidden must be even, .* got 5"),
        ({"attention": NONE, "feeding": True}, "choose an attention"),
        ({"shared": True}, "a shared embedding needs one vocabulary"),
        ({"dropout": 1.0}, "1.0"),
        ({"dropout_words": -0.1}, "-0.1"),
        ({"smoothing": 1.5}, "1.5"),
    ],
)
def test_impossible_configurations_are_refused(change, message):
    with pytest.raises(ValueError, match=message):
        config(**change)


def test_one_direction_may_be_of_odd_width():
    assert build(hidden=5, bidirectional=False).losses(batch())[0].shape == (B, T)


class TestTranslator(ModelContract):
    steps = 70

    @pytest.fixture(autouse=True, params=KINDS)
    def choose(self, request):
        self.kind = KINDS[request.param]

    def build(self):
        return Translator(config(**{**self.kind, "hidden": 12, "embed": 10}))

    def batch(self):
        return batch()
