"""Images as a training takes them: kept, reopened, held out, and the batches of an epoch."""

import dataclasses

import numpy as np
import pytest
import torch

from seqkit.tasks.imaging.batches import EpochOfImages
from seqkit.tasks.imaging.data import read_data, reopen_data
from seqkit.tasks.imaging.images import check_shape, read_images
from seqkit.tasks.runs import Run
from seqkit.vision.transforms import Flip, Shift
from tests.tasks.pictured import KINDS, Pictures, Sources, draw, sources

CPU = torch.device("cpu")


def numbered(count, classes=3):
    """Images of 1 x 1 whose pixel is their number."""
    labels = tuple(str(k % classes) for k in range(count))
    pixels = np.arange(count, dtype=np.uint8).reshape(count, 1, 1, 1)
    part = Pictures("numbers", pixels, labels)
    return read_data(Sources(part, part))


def numbers_of(data, batch):
    """The numbers of the images of a batch."""
    return data.normalisation.undo(batch.images).flatten().tolist()


@pytest.mark.parametrize(("count", "size"), [(12, 4), (13, 4), (14, 4), (3, 2), (5, 8), (7, 1)])
def test_each_image_comes_once_an_epoch_with_its_class(count, size):
    data = numbered(count)
    epoch = EpochOfImages(data, size, (), CPU, [0, 0])
    batches = [epoch[k] for k in range(len(epoch))]
    seen = [number for batch in batches for number in numbers_of(data, batch)]
    assert sorted(seen) == list(range(count))
    labels = torch.cat([batch.labels for batch in batches]).tolist()
    assert [data.labels.names[k] for k in labels] == [str(number % 3) for number in seen]
    sizes = [len(batch.labels) for batch in batches]
    assert set(sizes[:-1]) <= {size} and (size == 1 or sizes[-1] > 1)


def test_the_same_seed_and_epoch_give_the_same_batches_and_moves():
    data = read_data(sources())
    moves = (Shift(2), Flip())

    def epoch(*seed):
        return EpochOfImages(data, 32, moves, CPU, seed)

    one, same = epoch(5, 2), epoch(5, 2)
    backwards = [same[k] for k in reversed(range(len(same)))][::-1]  # the order does not matter
    for k, batch in enumerate(backwards):
        assert torch.equal(one[k].images, batch.images) and torch.equal(one[k].labels, batch.labels)
    for other in (epoch(5, 3), epoch(6, 2)):
        assert not torch.equal(one[0].images, other[0].images)


def test_moves_are_of_the_pixels_and_differ_from_batch_to_batch():
    images = np.full((8, 3, 3, 1), 255, np.uint8)
    images[0] = 254  # so that the pixels have a deviation
    part = Pictures("white", images, ("a", "b") * 4)
    data = read_data(Sources(part, part))
    epoch = EpochOfImages(data, 4, (Shift(1),), CPU, [0, 0])
    moved = [data.normalisation.undo(epoch[k].images) for k in range(2)]
    assert {0} < {value for batch in moved for value in batch.flatten().tolist()}
    assert not torch.equal(moved[0] > 0, moved[1] > 0)


def test_what_is_saved_is_reopened(tmp_path):
    given = sources()
    given.train.told = ["a remark"]
    given.train.labels = tuple(f"ä {name}" for name in given.train.labels)
    data, run = read_data(given), Run(tmp_path)
    run.checkpoint.mkdir()
    data.save(run)
    again = reopen_data(run)
    assert (again.labels, again.normalisation) == (data.labels, data.normalisation)
    assert again.describe() == data.describe() and again.warnings() == ["a remark"]
    for name, part in data.parts.items():
        other = again.parts[name]
        assert np.array_equal(part.pixels, other.pixels)
        assert (part.name, part.labels, part.places) == (other.name, other.labels, other.places)


def test_what_was_saved_may_be_damaged_or_gone(tmp_path):
    data, run = read_data(sources()), Run(tmp_path)
    run.checkpoint.mkdir()
    data.save(run)
    whole = (run.checkpoint / "valid.npz").read_bytes()
    for damaged in (b"", whole[:100], whole[: len(whole) // 2]):
        (run.checkpoint / "valid.npz").write_bytes(damaged)
        with pytest.raises(ValueError, match=r"valid\.npz: damaged .*; train anew with --force"):
            reopen_data(run)
    (run.checkpoint / "valid.npz").unlink()
    with pytest.raises(ValueError, match="its images are gone"):
        reopen_data(run)


def test_the_normalisation_is_that_of_the_training_images_alone():
    given = sources()
    data = read_data(given)
    scaled = given.train.pixels.astype(np.float64) / 255
    assert data.normalisation.mean == pytest.approx((scaled.mean(),))
    assert data.normalisation.deviation == pytest.approx((scaled.std(),))


def test_classes_that_are_numbers_come_in_their_order_and_are_counted():
    part = Pictures("p", np.zeros((4, 2, 2, 1), np.uint8), ("10", "9", "10", "2"))
    data = read_data(Sources(part, part))
    assert data.labels.names == ("2", "9", "10")
    assert data.describe()["valid"]["labels"] == {"2": 1, "9": 1, "10": 2}


def test_the_sha256_depends_on_pixels_and_labels():
    one = draw("a", 8, 1)
    other = dataclasses.replace(one, labels=one.labels[::-1])
    moved = dataclasses.replace(one, pixels=one.pixels + 1)
    found = {read_images(part).sha256() for part in (one, other, moved)}
    assert len(found) == 3 and read_images(draw("b", 8, 1)).sha256() in found


def test_classes_are_held_out():
    data = read_data(sources(), ("spot", "lying"))
    assert data.labels.names == ("aslant", "standing")
    assert set(data.parts["train"].counts()) == {"aslant", "standing"}
    for name in ("valid", "test"):
        assert data.parts[name].counts() == {"lying": 10, "spot": 10}
    whole = read_images(sources().valid)
    kept = [k for k, name in enumerate(whole.plain_labels) if name in ("spot", "lying")]
    assert np.array_equal(data.parts["valid"].pixels, whole.pixels[kept])
    with pytest.raises(ValueError, match=r"--hold-out dot: no image of train is one of aslant, "):
        read_data(sources(), ("dot",))
    with pytest.raises(ValueError, match="all images are of one class"):
        read_data(sources(), KINDS[1:])


def test_images_of_another_size_are_refused_by_their_place():
    given = sources()
    given.test = Pictures("wide", np.zeros((2, 9, 10, 3), np.uint8), KINDS[:2])
    with pytest.raises(ValueError) as caught:
        read_data(given)
    assert str(caught.value) == (
        "wide, image 1: an image of 9 x 10 in colour, but the training has 9 x 9 in grey; "
        "make all of one size"
    )
    check_shape(read_images(given.train), (1, 9, 9))


def test_one_class_is_nothing_to_learn():
    part = draw("same", 6, 1, KINDS[:1])
    with pytest.raises(ValueError, match="same: all images are of one class"):
        read_data(Sources(part, part))


def test_a_question_comes_with_one_known_image_of_each_class():
    part = read_images(Pictures("p", np.zeros((5, 1, 1, 1), np.uint8), ("a", "b", "c", "b", "a")))
    asked, known = part.question()
    assert (asked.labels, asked.places) == ([("b",)], ["p, image 4"])
    assert known.places == ["p, image 1", "p, image 2", "p, image 3"]


def test_the_first_images_are_evenly_spaced():
    part = read_images(draw("p", 11, 1))
    assert part.first(3).places == ["p, image 1", "p, image 6", "p, image 11"]
    assert part.first(1).places == ["p, image 1"] and len(part.first(50)) == 11
