"""The classifier: the contract of models, padding, heads against loops, and what it begins from."""

import math

import pytest
import torch

from seqkit.layers import CELLS
from seqkit.layers.pooling import POOLINGS
from seqkit.models.class_heads import ManyLabelsHead, OneClassHead, balanced_weights
from seqkit.models.classifier import Classifier, ClassifierConfig, LabelledBatch, Texts
from tests.contracts import ModelContract

LENGTHS = torch.tensor([5, 2, 4])


def config(**changes):
    sizes = {"words": 9, "classes": 3, "hidden": 7, "embed": 6}
    return ClassifierConfig(**{**sizes, "dropout": 0.0, "dropout_words": 0.0, **changes})


def texts(lengths=LENGTHS):
    draw = torch.Generator().manual_seed(0)
    return Texts(torch.randint(0, 9, (3, 5), generator=draw), lengths)


CLASSES = torch.tensor([2, 0, 1])
LABELS = torch.tensor([[1, 0, 1], [0, 0, 0], [0, 1, 1]])


class TestClassifier(ModelContract):
    def build(self):
        return Classifier(config())

    def batch(self):
        return LabelledBatch(texts(), CLASSES)


class TestDeepClassifierOfOneDirection(ModelContract):
    def build(self):
        shape = {"cell": "gru", "layers": 2, "top": 4, "input": "one-hot", "pooling": "last"}
        return Classifier(config(bidirectional=False, **shape))

    def batch(self):
        return LabelledBatch(texts(lengths=None), CLASSES)


class TestClassifierOfManyLabels(ModelContract):
    def build(self):
        return Classifier(config(many_labels=True, pooling="attention", cell="rnn"))

    def batch(self):
        return LabelledBatch(texts(), LABELS)


def alone(batch, row):
    """One text of a batch, without its padding."""
    length = 5 if batch.lengths is None else int(batch.lengths[row])
    return Texts(batch.ids[row : row + 1, :length])


@pytest.mark.parametrize("pooling", POOLINGS)
@pytest.mark.parametrize("both", [True, False])
@pytest.mark.parametrize("cell", CELLS)
def test_padded_texts_score_as_they_do_alone(cell, both, pooling):
    torch.manual_seed(0)
    shape = {"cell": cell, "bidirectional": both, "pooling": pooling}
    model = Classifier(config(layers=2, **shape)).double().eval()
    batch = texts()
    together = model(batch)
    for row in range(3):
        torch.testing.assert_close(together[row], model(alone(batch, row))[0])
    junk = batch.ids.where(torch.arange(5) < LENGTHS[:, None], 8)
    assert torch.equal(model(batch._replace(ids=junk)), together)


@pytest.mark.parametrize(("many", "labels"), [(False, CLASSES), (True, LABELS)])
def test_the_loss_of_a_batch_is_the_sum_of_its_texts(many, labels):
    torch.manual_seed(0)
    model = Classifier(config(many_labels=many)).double().eval()
    whole, count, carry = model.loss(LabelledBatch(texts(), labels))
    single = [
        model.loss(LabelledBatch(alone(texts(), row), labels[row : row + 1])) for row in range(3)
    ]
    torch.testing.assert_close(whole, sum(loss for loss, _, _ in single))
    assert (count, carry) == (sum(n for _, n, _ in single), None) == (labels.numel(), None)


def test_one_hot_and_look_up_are_the_same_forward_and_backward():
    models = []
    for kind in ("embedding", "one-hot"):
        torch.manual_seed(0)
        models.append(Classifier(config(input=kind)).double())
    losses = [model.loss(LabelledBatch(texts(), CLASSES))[0] for model in models]
    torch.testing.assert_close(*losses)
    for loss in losses:
        loss.backward()
    for one, two in zip(*(model.parameters() for model in models), strict=True):
        torch.testing.assert_close(one.grad, two.grad)


def test_weights_of_classes_multiply_the_loss_in_training_only():
    weights = [1.0, 2.0, 0.5]
    head = OneClassHead(torch.tensor(weights))
    scores = torch.randn(3, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    plain = weighted = 0.0
    for row, label in zip(scores.tolist(), CLASSES.tolist(), strict=True):
        loss = math.log(sum(map(math.exp, row))) - row[label]
        plain, weighted = plain + loss, weighted + weights[label] * loss
    found, count = head.train().loss(scores, CLASSES)
    assert (found.item(), count) == (pytest.approx(weighted), 3)
    assert head.eval().loss(scores, CLASSES)[0].item() == pytest.approx(plain) != weighted


def test_weights_of_labels_make_it_dearer_to_miss_them():
    weights = [1.0, 2.0, 0.5]
    head = ManyLabelsHead(torch.tensor(weights))
    scores = torch.randn(3, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    plain = weighted = 0.0
    for row, labels in zip(scores.tolist(), LABELS.tolist(), strict=True):
        for z, y, w in zip(row, labels, weights, strict=True):
            p = 1 / (1 + math.exp(-z))
            plain -= math.log(p if y else 1 - p)
            weighted -= w * math.log(p) if y else math.log(1 - p)
    found, count = head.train().loss(scores, LABELS)
    assert (found.item(), count) == (pytest.approx(weighted), 9)
    assert head.eval().loss(scores, LABELS)[0].item() == pytest.approx(plain) != weighted


def test_the_model_hands_its_weights_to_the_head():
    batch = LabelledBatch(texts(), torch.zeros(3, dtype=torch.int64))
    torch.manual_seed(0)
    plain = Classifier(config())
    dear = Classifier(config(), torch.tensor([3.0, 1.0, 1.0]))
    dear.load_state_dict(plain.state_dict())
    torch.testing.assert_close(3 * plain.loss(batch)[0], dear.loss(batch)[0])


def test_balanced_weights_give_every_class_the_same_say():
    counts = [3, 12, 1]
    weights = balanced_weights(counts).tolist()
    assert [n * w for n, w in zip(counts, weights, strict=True)] == pytest.approx([16 / 3] * 3)
    for wrong in ([], [3, 0]):
        with pytest.raises(ValueError, match="leave empty ones out"):
            balanced_weights(wrong)


def test_probabilities_are_softmax_or_sigmoids_of_the_scores():
    for many in (False, True):
        model = Classifier(config(many_labels=many)).double().eval()
        scores, found = model(texts()).tolist(), model.probabilities(texts())
        assert not found.requires_grad
        for row, shares in zip(scores, found.tolist(), strict=True):
            total = sum(map(math.exp, row))
            wanted = [1 / (1 + math.exp(-z)) if many else math.exp(z) / total for z in row]
            assert shares == pytest.approx(wanted)


def test_scores_are_scaled_for_good():
    model = Classifier(config()).double().eval()
    before = model(texts())
    model.scale_scores(0.25)
    torch.testing.assert_close(model(texts()), 0.25 * before)


def test_every_input_matters():
    torch.manual_seed(0)
    model = Classifier(config()).eval()
    batch = texts()
    before = model(batch)
    assert not torch.equal(model(batch._replace(ids=(batch.ids + 1) % 9))[0], before[0])
    shorter = model(batch._replace(lengths=batch.lengths - 1))
    assert all(not torch.equal(shorter[row], before[row]) for row in range(3))


def test_dropout_and_forgetting_act_in_training_only():
    for changes in ({"dropout": 0.5}, {"dropout_words": 0.5}):
        torch.manual_seed(0)
        model = Classifier(config(**changes)).train()
        assert not torch.equal(model(texts()), model(texts()))
        model.eval()
        assert torch.equal(model(texts()), model(texts()))


def test_moved_to_a_device_texts_stay_what_they_are():
    for batch in (texts(), texts(lengths=None)):
        moved = batch.to(torch.device("meta"))
        assert moved.ids.is_meta and moved.ids.shape == batch.ids.shape
        assert (moved.lengths is None) == (batch.lengths is None)
        assert moved.lengths is None or moved.lengths.is_meta


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"cell": "lstn"}, "unknown cell 'lstn'"),
        ({"pooling": "sum"}, "unknown pooling 'sum'; there are: last, mean, max, attention"),
        ({"input": "bag"}, "unknown input 'bag'"),
        ({"frozen": 9}, "of 9 words 9 cannot be frozen"),
        ({"layers": 0}, "layers must be 1 or more"),
        ({"top": 0}, "top must be 1 or more"),
        ({"classes": 1}, "1 class is nothing to choose from"),
        ({"classes": 0, "many_labels": True}, "0 class"),
        ({"dropout": 1.0}, r"must be in \[0, 1\)"),
        ({"dropout_words": -0.1}, r"must be in \[0, 1\)"),
    ],
)
def test_a_shape_that_cannot_be_is_refused(change, message):
    with pytest.raises(ValueError, match=message):
        config(**change)
