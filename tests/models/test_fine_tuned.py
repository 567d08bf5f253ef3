"""The classifier on language models: an oracle in NumPy, padding, what trains when, bfloat16."""

import dataclasses
import json

import numpy as np
import pytest
import torch
from torch import nn

from seqkit.layers import CELLS
from seqkit.models.class_heads import ManyLabelsHead
from seqkit.models.classifier import Texts
from seqkit.models.fine_tuned import (
    FineTunedClassifier,
    FineTunedConfig,
    LabelledReadings,
    Readings,
)
from seqkit.models.language import LanguageModel, LanguageModelConfig
from seqkit.train.averaging import WeightAverage
from seqkit.train.loop import Loop
from seqkit.train.optimizers import ClipNorm, optimizer_over
from seqkit.train.recipe import Limits, Recipe
from seqkit.train.schedules import SCHEDULES
from seqkit.train.unfreezing import Unfreezing, layered_groups
from tests import oracles
from tests.contracts import ModelContract
from tests.layers.cells import ORACLES, named

LEFT = LanguageModelConfig(9, layers=2, hidden=5, embed=4)
RIGHT = LanguageModelConfig(7, layers=1, hidden=3, embed=4, tie=False, cell="gru")
LENGTHS = [5, 2, 4], [3, 3, 1]
"""How many tokens each body finds in each of three texts."""
CLASSES = torch.tensor([2, 0, 1])
LABELS = torch.tensor([[1, 0, 1], [0, 0, 0], [0, 1, 1]])


def config(**changes):
    plain = {"bodies": (LEFT, RIGHT), "classes": 3, "hidden": 6}
    return FineTunedConfig(**{**plain, "dropout": 0.0, "dropout_hidden": 0.0, **changes})


def readings():
    """Three texts as both bodies read them, each padded with what must not matter."""
    draw = torch.Generator().manual_seed(0)
    found = []
    for body, lengths in zip((LEFT, RIGHT), LENGTHS, strict=True):
        ids = torch.randint(0, body.vocabulary_size, (3, max(lengths)), generator=draw)
        found.append(Texts(ids, torch.tensor(lengths)))
    return Readings(tuple(found))


def exact(**changes):
    """A model in float64 whose every parameter is drawn at random."""
    torch.manual_seed(0)
    model = FineTunedClassifier(config(**changes)).double().eval()
    model.dtype = torch.float64
    for parameter in model.parameters():
        nn.init.normal_(parameter, std=0.6)
    return model


class TestTwoBodies(ModelContract):
    def build(self):
        return FineTunedClassifier(config())

    def batch(self):
        return LabelledReadings(readings(), CLASSES)


class TestOneBodyOfManyLabelsWithoutHiddenUnits(ModelContract):
    def build(self):
        bodies = (dataclasses.replace(LEFT, cell="rnn", input="one-hot"),)
        return FineTunedClassifier(config(bodies=bodies, many_labels=True, hidden=0))

    def batch(self):
        return LabelledReadings(Readings(readings().bodies[:1]), LABELS)


# The oracle: one text at a time, without padding, in plain NumPy.


def tokens(text):
    """The ids of one of the three texts for each body, without padding."""
    bodies = readings().bodies
    return [own.ids[text, : own.lengths[text]].tolist() for own in bodies]


def score_of(model, values, ids):
    """The scores (K,) of one text, from the parameters by name; they may be complex."""
    pooled = []
    for number, (body, own) in enumerate(zip(model.bodies, ids, strict=False)):
        x = values[f"bodies.{number}.embedding.weight"][own]  # (T, D)
        for level, layer in enumerate(body.stack.layers):
            start = f"bodies.{number}.stack.layers.{level}."
            weights = {n: values[start + n] for n, _ in layer.named_parameters()}
            zeros = tuple(np.zeros(layer.hidden_size) for _ in layer.initial(1))
            step = ORACLES[type(layer)][0]
            x, _ = oracles.over_time(step, x, zeros, named(layer, weights))
        largest = x[x.real.argmax(0), np.arange(x.shape[1])]
        pooled += [x[-1], largest, x.sum(0) / len(x)]
    z = np.concatenate(pooled)
    if "hidden.weight" in values:
        z = oracles.relu(values["hidden.weight"] @ z + values["hidden.bias"])
    return values["output.weight"] @ z + values["output.bias"]


def parameters(model):
    return {name: p.detach().numpy() for name, p in model.named_parameters()}


@pytest.mark.parametrize("hidden", [0, 6])
@pytest.mark.parametrize("cell", CELLS)
def test_scores_are_those_of_the_equations_text_by_text(cell, hidden):
    model = exact(bodies=(dataclasses.replace(LEFT, cell=cell), RIGHT), hidden=hidden)
    found = model(readings()).detach().numpy()
    for text in range(3):
        wanted = score_of(model, parameters(model), tokens(text))
        np.testing.assert_allclose(found[text], wanted, rtol=1e-10)


def test_gradients_are_those_of_the_equations():
    model = exact(bodies=(dataclasses.replace(LEFT, hidden=3), RIGHT), hidden=4)
    values = parameters(model)

    def loss(*moved):
        own = dict(zip(values, moved, strict=True))
        rows = [score_of(model, own, tokens(text)) for text in range(3)]
        return -sum(oracles.log_softmax(z)[y] for z, y in zip(rows, CLASSES.tolist(), strict=True))

    total, count, _ = model.loss(LabelledReadings(readings(), CLASSES))
    assert total.item() == pytest.approx(loss(*values.values()), rel=1e-12) and count == 3
    total.backward()
    wanted = oracles.gradient(loss, *values.values())
    for (name, parameter), gradient in zip(model.named_parameters(), wanted, strict=True):
        np.testing.assert_allclose(parameter.grad.numpy(), gradient, 1e-8, 1e-12, err_msg=name)


def test_padding_changes_nothing_whatever_it_holds():
    model = exact()
    together = model(readings())
    for text in range(3):
        alone = Readings(tuple(Texts(torch.tensor([ids])) for ids in tokens(text)))
        torch.testing.assert_close(model(alone)[0], together[text])
    junk = []
    for own, size in zip(readings().bodies, (9, 7), strict=True):
        place = torch.arange(own.ids.shape[1])
        junk.append(own._replace(ids=own.ids.where(place < own.lengths[:, None], size - 1)))
    torch.testing.assert_close(model(Readings(tuple(junk))), together, rtol=1e-13, atol=1e-13)


def test_padding_gets_no_gradient():
    model = exact()
    body, text = model.bodies[0], readings().bodies[0]
    body(text, torch.float64).square().sum().backward()
    real = {i for row, n in zip(text.ids.tolist(), LENGTHS[0], strict=True) for i in row[:n]}
    moved = set(body.embedding.weight.grad.abs().sum(1).nonzero().flatten().tolist())
    assert moved == real and len(real) < 9


def test_the_loss_of_many_labels_is_that_of_their_head():
    model = exact(many_labels=True)
    found = model.loss(LabelledReadings(readings(), LABELS))
    wanted, count = ManyLabelsHead(torch.ones(3)).loss(model(readings()), LABELS)
    assert (found[0].item(), *found[1:]) == (pytest.approx(wanted.item()), count, None)


def test_classes_weigh_what_they_are_told_to():
    batch = LabelledReadings(readings(), torch.zeros(3, dtype=torch.int64))
    torch.manual_seed(0)
    plain = FineTunedClassifier(config())
    dear = FineTunedClassifier(config(), torch.tensor([3.0, 1.0, 1.0]))
    dear.load_state_dict(plain.state_dict())
    torch.testing.assert_close(3 * plain.loss(batch)[0], dear.loss(batch)[0])


def test_probabilities_sum_to_one_and_scores_are_scaled_for_good():
    model = exact()
    before = model(readings()).detach()
    shares = model.probabilities(readings())
    wanted = [np.exp(oracles.log_softmax(row)) for row in before.numpy()]
    np.testing.assert_allclose(shares.numpy(), wanted, rtol=1e-12)
    model.scale_scores(0.25)
    torch.testing.assert_close(model(readings()), 0.25 * before)


# What it begins from.


@pytest.mark.parametrize("tie", [True, False])
def test_begun_from_language_models_it_pools_their_states(tie):
    torch.manual_seed(3)
    shapes = dataclasses.replace(LEFT, tie=tie, weight_drop=0.3), RIGHT
    models = [LanguageModel(shape).double().eval() for shape in shapes]
    for one in models:
        one.dtype = torch.float64
    bodies = (dataclasses.replace(shapes[0], weight_drop=0.0, dropout_input=0.2), RIGHT)
    model = exact(bodies=bodies, hidden=0)
    before = model(readings())
    model.begin_from(models)
    output = parameters(model)["output.weight"], parameters(model)["output.bias"]
    found = model(readings()).detach().numpy()
    for text in range(3):
        pooled = []
        for one, ids in zip(models, tokens(text), strict=True):
            states, _ = one(torch.tensor([ids]), one.initial(1))  # (1, T, H)
            rows = states[0].detach().numpy()
            pooled += [rows[-1], rows.max(0), rows.mean(0)]
        np.testing.assert_allclose(found[text], output[0] @ np.concatenate(pooled) + output[1])
    assert not np.allclose(found, before.detach().numpy())


@pytest.mark.parametrize(
    "change",
    [{"cell": "gru"}, {"hidden": 6}, {"embed": 5}, {"layers": 1}, {"vocabulary_size": 8}],
)
def test_a_language_model_of_another_shape_is_refused(change):
    model, right = FineTunedClassifier(config()), LanguageModel(RIGHT)
    with pytest.raises(ValueError, match="cannot begin from a language model of"):
        model.begin_from([LanguageModel(dataclasses.replace(LEFT, **change)), right])
    with pytest.raises(ValueError, match="2 bodies cannot begin from 1 models"):
        model.begin_from([right])


def test_its_configuration_survives_json():
    plain = config(many_labels=True)
    read = FineTunedConfig.from_json(json.loads(json.dumps(dataclasses.asdict(plain))))
    assert read == plain and isinstance(read.bodies[1], LanguageModelConfig)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"bodies": ()}, "needs a language model to read with"),
        ({"classes": 1}, "1 class is nothing to choose from"),
        ({"classes": 0, "many_labels": True}, "0 class"),
        ({"hidden": -1}, "hidden must be 0 or more, got -1"),
        ({"dropout": 1.0}, r"must be in \[0, 1\)"),
        ({"dropout_hidden": -0.1}, r"must be in \[0, 1\)"),
    ],
)
def test_a_shape_that_cannot_be_is_refused(change, message):
    with pytest.raises(ValueError, match=message):
        config(**change)


# How it trains.


@pytest.mark.parametrize(
    "changes",
    [
        {"dropout": 0.5},
        {"dropout_hidden": 0.5},
        *(
            {"bodies": (dataclasses.replace(LEFT, **{name: 0.5}), RIGHT)}
            for name in ("dropout_input", "dropout_layers", "dropout_output", "dropout_words")
        ),
        {"bodies": (dataclasses.replace(LEFT, weight_drop=0.5), RIGHT)},
    ],
)
def test_every_dropout_acts_in_training_only(changes):
    torch.manual_seed(0)
    model = FineTunedClassifier(config(**changes)).train()
    assert not torch.equal(model(readings()), model(readings()))
    model.eval()
    assert torch.equal(model(readings()), model(readings()))


def test_groups_go_from_the_bottom_to_the_top_of_all_bodies():
    model = FineTunedClassifier(config())
    names = {id(p): name for name, p in model.named_parameters()}
    found = [
        sorted({names[id(p)].rsplit(".", 1)[0] for p in group}) for group in model.layer_groups()
    ]
    assert found == [
        ["bodies.0.embedding", "bodies.1.embedding"],
        ["bodies.0.stack.layers.0"],
        ["bodies.0.stack.layers.1", "bodies.1.stack.layers.0"],
        ["hidden", "output"],
    ]
    every = [id(p) for group in model.layer_groups() for p in group]
    assert sorted(every) == sorted(names)


def contents(model):
    return {name: p.detach().numpy().tobytes() for name, p in model.named_parameters()}


def dropping(body):
    """The same body with every dropout at work, so that the random stream matters."""
    return dataclasses.replace(body, dropout_input=0.2, dropout_words=0.1, weight_drop=0.2)


def loop(checkpoint=None, batches=range, judged=range):
    """Four epochs of three steps, one more group of layers in each."""
    torch.manual_seed(1)
    bodies = dropping(LEFT), dropping(RIGHT)
    model = FineTunedClassifier(config(bodies=bodies, dropout=0.3))
    groups = model.layer_groups()
    recipe = Recipe(
        model,
        optimizer_over("adamw", layered_groups(groups, weight_decay=0.1), 0.02),
        SCHEDULES["one-cycle"],
        ClipNorm(1.0),
        WeightAverage(model, 0.5),
        Unfreezing(groups).begin,
    )
    batch = LabelledReadings(readings(), CLASSES)

    def epoch(number):
        batches(number)
        return [batch] * 3

    def evaluate():
        judged(len(made.history))
        return {"loss": -float(len(made.history))}  # the last epoch counts as the best

    made = Loop(recipe, epoch, evaluate, Limits(4), checkpoint)
    return made


def test_layers_keep_their_bytes_until_they_are_thawed():
    seen, averages = [], []
    made = loop(
        batches=lambda number: seen and seen.append(contents(made.recipe.model)),
        judged=lambda number: averages.append(contents(made.recipe.model)),
    )
    seen.append(contents(made.recipe.model))
    made.fit()
    seen.append(contents(made.recipe.model))
    tops = [
        ("hidden", "output"),
        ("bodies.0.stack.layers.1", "bodies.1.stack.layers.0"),
        ("bodies.0.stack.layers.0",),
        ("bodies.0.embedding", "bodies.1.embedding"),
    ]
    trained = ()
    for epoch, top in enumerate(tops):
        trained += top
        before, after = seen[epoch + 1], seen[epoch + 2]
        changed = {name for name in before if before[name] != after[name]}
        assert changed == {name for name in before if name.startswith(trained)}, epoch
        judged = {name for name in before if averages[epoch][name] != seen[0][name]}
        assert judged == changed, epoch


def test_killed_while_layers_are_frozen_it_ends_with_the_same_bytes(tmp_path):
    whole = loop()
    whole.fit()
    for steps in (2, 3, 7, 10):
        path = tmp_path / f"state-{steps}"
        killed = loop(path)

        def stop(running, steps=steps):
            if running.at.steps == steps:
                running.save()
                raise KeyboardInterrupt

        killed.hooks.on_step = stop
        with pytest.raises(KeyboardInterrupt):
            killed.fit()
        resumed = loop(path)
        assert resumed.resume()
        resumed.fit()
        assert contents(resumed.recipe.model) == contents(whole.recipe.model), steps


def test_in_bfloat16_the_bodies_alone_compute_so():
    """Nearly the same scores and gradients; the weights and what is pooled stay in float32."""
    torch.manual_seed(0)
    model = FineTunedClassifier(config()).eval()
    found = {}
    for dtype in (torch.float32, torch.bfloat16):
        model.dtype = dtype
        model.zero_grad()
        scores = model(readings())
        model.loss(LabelledReadings(readings(), CLASSES))[0].backward()
        assert scores.dtype is torch.float32
        gradient = model.bodies[0].embedding.weight.grad
        assert gradient.dtype is torch.float32
        found[dtype] = scores.detach(), gradient.clone()
    exact, rough = found.values()
    for one, other in zip(exact, rough, strict=True):
        torch.testing.assert_close(other, one, rtol=0.05, atol=0.01)
    assert not torch.equal(exact[0], rough[0])
