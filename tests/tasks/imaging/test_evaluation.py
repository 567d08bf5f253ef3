"""Measuring nets of images, by hand; answers of a loaded net."""

import math

import numpy as np
import pytest
import torch

from seqkit.tasks import imaging
from seqkit.tasks.imaging import evaluation, unlabelled
from seqkit.tasks.imaging.images import read_images
from seqkit.tasks.imaging.one_shot import one_shot_accuracy
from seqkit.tasks.runs import read_json
from tests.tasks.pictured import KINDS, Pictures, draw, settings, sources


@pytest.fixture(scope="module")
def trained(finished):
    return imaging.load(finished, "cpu")


@pytest.fixture(scope="module")
def siamese(tmp_path_factory):
    """A siamese net that has not seen two of the classes."""
    folder = tmp_path_factory.mktemp("siamese") / "run"
    changes = {"layers": "conv 6x3 same, bn, relu, pool 2, flatten, dense 16 relu"}
    changes |= {"model": "siamese", "embedding": 8, "hold_out": "aslant,spot"}
    imaging.train(settings(**changes), sources(), folder)
    return folder


def by_hand(trained, part):
    """P of every class, image by image, in float64."""
    model = trained.model
    mean, deviation = trained.normalisation.mean, trained.normalisation.deviation
    rows = []
    for image in part.pixels:
        x = (image.astype(np.float64) / 255 - mean) / deviation
        scores = model(torch.from_numpy(x).permute(2, 0, 1)[None].float())[0].double()
        rows.append((scores.exp() / scores.exp().sum()).tolist())
    return np.array(rows)


def test_loss_accuracy_and_the_worst_by_hand(trained):
    part = sources().test
    shares, metrics = by_hand(trained, part), trained.evaluate(part)
    gold = [trained.labels.names.index(name) for name in part.labels]
    rows = range(len(gold))
    assert metrics["loss"] == pytest.approx(-sum(math.log(shares[k, gold[k]]) for k in rows) / 40)
    found = shares.argmax(1)
    assert metrics["accuracy"] == sum(found[k] == gold[k] for k in rows) / 40
    assert metrics["images"] == 40 and "texts" not in metrics
    wrong = sorted((k for k in rows if found[k] != gold[k]), key=lambda k: -shares[k].max())
    assert [one["place"] for one in metrics["worst"]] == [part.place(k) for k in wrong[:10]]
    for one in metrics["worst"]:
        assert one["gold"] == [part.labels[int(one["place"].split()[-1]) - 1]]
    dear = trained.evaluate(part, {"spot": 3.0})["weighted_error"]
    weights = [3 if name == "spot" else 1 for name in part.labels]
    missed = sum(w for k, w in enumerate(weights) if found[k] != gold[k])
    assert dear == pytest.approx(missed / sum(weights))


def test_answers_do_not_depend_on_how_many_are_given_together(trained, monkeypatch):
    images = read_images(sources().test)
    whole = list(trained.classify(images))
    monkeypatch.setattr(evaluation, "ANSWERED", 7)
    for one, other in zip(whole, trained.classify(images), strict=True):
        assert (one.place, one.label) == (other.place, other.label)
        assert one.probabilities == pytest.approx(other.probabilities, abs=1e-6)


def test_classes_that_training_never_saw(trained):
    part = draw("new", 40, 5)
    part.labels = tuple("dot" if name == "spot" else name for name in part.labels)
    metrics = trained.evaluate(part)
    assert metrics["unknown_labels"] == 10 and metrics["by_label"]["dot"]["correct"] == 0
    part.labels = ("x", "y") * 20
    with pytest.raises(ValueError, match=r"new: no image is of a class of the training: here .* x"):
        trained.evaluate(part)


def test_images_of_another_size_are_refused(trained):
    wide = Pictures("wide", np.zeros((2, 9, 8, 1), np.uint8), KINDS[:2])
    with pytest.raises(ValueError, match="wide, image 1: an image of 9 x 8 in grey, but "):
        trained.evaluate(wide)
    with pytest.raises(ValueError, match=r"a\.png: an image of 9 x 8 in grey, but "):
        list(trained.classify(unlabelled(wide.pixels, ["a.png", "b.png"], "folder")))


def test_a_loaded_net_answers_as_the_training_did(tmp_path):
    given = sources()
    with imaging.training(settings(epochs=1), given, tmp_path / "run") as job:
        metrics = job.run_to_end()
        before = list(job.classifier.classify(read_images(given.test)))
        job.finish(metrics)
    loaded = imaging.load(tmp_path / "run", "cpu")
    assert list(loaded.classify(read_images(given.test))) == before
    again = loaded.evaluate(given.test)
    for name in ("loss", "accuracy", "f1", "worst"):
        assert again[name] == metrics["test"][name]


def test_a_siamese_net_is_measured_by_what_it_never_saw(siamese):
    metrics, trained = read_json(siamese / "metrics.json"), imaging.load(siamese, "cpu")
    assert trained.is_siamese and trained.labels.names == ("lying", "standing")
    assert {metrics[name]["ways"] for name in ("train", "valid", "test")} == {2}
    held = draw("test", 40, 3)
    kept = [k for k, name in enumerate(held.labels) if name in ("aslant", "spot")]
    part = Pictures("held", held.pixels[kept], tuple(held.labels[k] for k in kept))
    found = trained.embeddings(read_images(part))
    np.testing.assert_allclose(found.norm(dim=1), 1, atol=1e-6)
    assert metrics["test"]["accuracy"] == one_shot_accuracy(found, part.labels)
    again = trained.evaluate(part)
    assert {n: again[n] for n in ("loss", "accuracy", "ways", "images")} == {
        n: metrics["test"][n] for n in ("loss", "accuracy", "ways", "images")
    }


def test_the_loss_of_a_siamese_net_is_the_mean_of_its_triplets(siamese):
    """A semi-hard triplet for each two images of a class, looked for in plain loops."""
    trained, part = imaging.load(siamese, "cpu"), draw("test", 24, 8)
    f = trained.embeddings(read_images(part)).double().numpy()
    squares = ((f[:, None] - f[None]) ** 2).sum(-1)
    losses = []
    for a in range(24):
        for p in range(24):
            if a == p or part.labels[a] != part.labels[p]:
                continue
            others = [n for n in range(24) if part.labels[n] != part.labels[a]]
            beyond = [squares[a, n] for n in others if squares[a, n] > squares[a, p]]
            negative = min(beyond) if beyond else max(squares[a, n] for n in others)
            losses.append(max(squares[a, p] - negative + 0.2, 0))
    assert trained.evaluate(part)["loss"] == pytest.approx(sum(losses) / len(losses), rel=1e-3)


def test_it_recognises_by_the_nearest_known_image(siamese):
    trained = imaging.load(siamese, "cpu")
    known, asked = read_images(draw("known", 6, 5)), read_images(draw("asked", 9, 6))
    one, other = trained.embeddings(known), trained.embeddings(asked)
    for k, found in enumerate(trained.recognise(known, asked)):
        squares = ((other[k] - one) ** 2).sum(1)
        assert found.label == known.plain_labels[int(squares.argmin())]
        assert found.distance == pytest.approx(float(squares.min()), abs=1e-5)
        assert (found.place, found.probabilities) == (f"asked, image {k + 1}", ())
    with pytest.raises(ValueError, match="a siamese net knows no classes; give it a gallery"):
        list(trained.classify(asked))
