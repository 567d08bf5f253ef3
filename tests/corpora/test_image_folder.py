"""A folder of images for each class."""

import re

import numpy as np
import PIL.Image
import pytest

from seqkit.corpora import image_folder
from seqkit.corpora.image_folder import read_image_folder


def save(path, value, shape=(2, 3)):
    path.parent.mkdir(exist_ok=True)
    PIL.Image.fromarray(np.full(shape, value, np.uint8)).save(path)


@pytest.fixture
def folder(tmp_path):
    """Two cats and a dog."""
    place = tmp_path / "pets"
    place.mkdir()
    save(place / "dog" / "1.png", 10)
    save(place / "cat" / "b.PNG", 20)
    save(place / "cat" / "a.jpeg", 30)
    return place


def test_images_by_class_and_name(folder):
    found = read_image_folder(folder)
    assert found.pixels[:, 1, 2].tolist() == [[30], [20], [10]] and found.shape == (2, 3, 1)
    assert found.labels == ("cat", "cat", "dog") and found.warnings() == []
    assert found.place(0) == str(folder / "cat" / "a.jpeg")
    assert (found.name, found.source, found.synthetic) == ("pets", str(folder), False)
    assert found.description == "3 images in a folder for each of 2 classes"


def test_what_is_left_out_is_counted(folder):
    (folder / "cat" / ".a.png").write_bytes(b"")
    (folder / "cat" / "notes.txt").write_text("")
    (folder / "dog" / "old.png").mkdir()
    (folder / ".cache").mkdir()
    save(folder / "beside.png", 1)
    found = read_image_folder(folder)
    assert len(found) == 3
    left_out = "5 files are left out, being hidden or no .png, .jpg or .jpeg file of a class"
    assert found.warnings() == [f"{folder}: {left_out}"]
    (folder / "beside.png").unlink()
    (folder / ".cache").rmdir()
    (folder / "dog" / "old.png").rmdir()
    (folder / "cat" / "notes.txt").unlink()
    assert "1 file is left out" in read_image_folder(folder).warnings()[0]


def test_channels_are_those_of_the_first(folder):
    save(folder / "dog" / "2.png", (10, 10, 10), (2, 3, 3))
    found = read_image_folder(folder)
    assert found.shape == (2, 3, 1) and found.pixels[:, 0, 0, 0].tolist() == [30, 20, 10, 10]
    first = folder / "cat" / "a.jpeg"
    assert found.warnings() == [f"{folder}: 1 image was made grey, as {first} is"]
    found = read_image_folder(folder, 3)
    assert found.shape == (2, 3, 3) and found.pixels[3].tolist() == [[[10] * 3] * 3] * 2
    assert found.warnings() == [f"{folder}: 3 images were made colour, as asked for"]
    save(folder / "cat" / "A.png", (1, 2, 3), (2, 3, 3))
    found = read_image_folder(folder)
    assert found.pixels[0, 0, 0].tolist() == [1, 2, 3] and found.shape == (2, 3, 3)
    assert "3 images were made colour, as" in found.warnings()[0]


def refused(folder, message):
    with pytest.raises(ValueError, match=re.escape(message)) as caught:
        read_image_folder(folder)
    assert str(caught.value).startswith(str(folder)) and "\n" not in str(caught.value)


def test_one_size(folder):
    save(folder / "dog" / "0.png", 1, (3, 2))
    save(folder / "dog" / "2.png", 1, (9, 9))
    refused(folder, f"{folder / 'dog' / '0.png'} is 3 x 2, but {folder / 'cat' / 'a.jpeg'} 2 x 3 (")


def test_damaged_files_are_named(folder):
    (folder / "dog" / "1.png").write_bytes((folder / "dog" / "1.png").read_bytes()[:-25])
    refused(folder, f"{folder / 'dog' / '1.png'} is damaged, or no PNG or JPEG (")


def test_one_class(folder, tmp_path):
    for path in (folder / "dog").iterdir():
        path.unlink()
    refused(folder, f"{folder / 'dog'} holds no .png, .jpg or .jpeg file: give it images, or rem")
    (folder / "dog").rmdir()
    refused(folder, "pets holds one class alone, cat: give a sub-folder of images for each class")
    (tmp_path / "empty").mkdir()
    refused(tmp_path / "empty", "empty holds no classes: give a sub-folder of images for each")


def test_a_folder_of_splits(tmp_path):
    for name in ("test", "train"):
        save(tmp_path / name / "x.png", 1)
    message = f"{tmp_path} holds test and train, which are no classes: give {tmp_path / 'test'}"
    refused(tmp_path, message)


def test_more_than_is_read_at_once(folder, monkeypatch):
    monkeypatch.setattr(image_folder, "LARGEST", 17)
    refused(folder, f"{folder}: 18 bytes of pixels are more than")
