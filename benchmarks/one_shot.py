"""One-shot recognition of classes never seen in training: a siamese net on MNIST's digits.

The digits 0 to 4, each turned by 0, 90, 180 and 270 degrees, are twenty classes to train on; 5 to 9
in the same way are twenty others to recognise, from one known image each. (Turned digits count as
classes of their own, as Vinyals et al. 2016 did with letters; an 8 or a 0 turned by 180 degrees can
hardly be told from itself, so 100 % is out of reach.)

    python benchmarks/one_shot.py TRAIN-IMAGES TEST-IMAGES [--epochs 6] [--threads 2]
"""

import argparse
import tempfile

import numpy as np

from seqkit.corpora.corpus import Splits
from seqkit.corpora.image_arrays import from_arrays
from seqkit.corpora.image_catalogue import open_images
from seqkit.corpora.images import LabelledImages
from seqkit.tasks import imaging
from seqkit.tasks.imaging.images import read_images
from seqkit.tasks.imaging.one_shot import one_shot_accuracy

SEEN = "01234"
CHOSEN_ON = 2_000
"""Images of the seen classes that the epoch is chosen by."""


def turned(images: LabelledImages, digits: str, name: str) -> LabelledImages:
    """The images of some digits in four orientations, each a class of its own."""
    chosen = np.array([label in digits for label in images.labels])
    pixels = [np.rot90(images.pixels[chosen], turns, axes=(1, 2)) for turns in range(4)]
    own = np.array(images.labels)[chosen]
    labels = [f"{label} turned by {90 * turns}" for turns in range(4) for label in own]
    return from_arrays(np.ascontiguousarray(np.concatenate(pixels)), labels, name)


def main() -> None:
    """Train, and recognise."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("train")
    parser.add_argument("test")
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--threads", type=int)
    given = parser.parse_args()
    images, test = open_images(given.train), open_images(given.test)
    seen = turned(images, SEEN, "seen")
    order = np.random.default_rng(0).permutation(len(seen))
    parts = [seen.part(order[CHOSEN_ON:], "train"), seen.part(order[:CHOSEN_ON], "valid")]
    settings = imaging.ImageSettings(
        model="siamese", epochs=given.epochs, batch_size=256, shift=2, threads=given.threads
    )
    with tempfile.TemporaryDirectory() as folder:
        metrics = imaging.train(settings, Splits(*parts, None), f"{folder}/run")
        trained = imaging.load(f"{folder}/run")
        unseen = turned(test, "56789", "unseen")
        found = trained.embeddings(read_images(unseen))
    accuracy = one_shot_accuracy(found, [(label,) for label in unseen.labels], trials=2_000)
    valid = metrics["valid"]
    print(f"seen classes, other images, {valid['ways']}-way: {valid['accuracy']:.4f}")
    print(f"unseen classes, 20-way: {accuracy:.4f}; {metrics['seconds']:.0f} s of training")


if __name__ == "__main__":
    main()
