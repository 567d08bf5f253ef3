"""Pictures of a net of images: what it looks for, what it takes for what, its worst mistakes."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from seqkit.corpora.images import LabelledImages
    from seqkit.tasks.imaging import TrainedImageModel

MISTAKES = 24
"""Mistakes that are drawn at most."""
FILTERS = 64
"""Units of a layer that are drawn at most."""


def draw_filters(run: str, path: str) -> None:
    """Draw the filters of the first layer; of logistic regression the weights of each class."""
    from seqkit.report.filters import filter_grid
    from seqkit.tasks import imaging
    from seqkit.vision.model import ImageModel

    trained = imaging.load(run, "cpu")
    model: ImageModel = trained.model
    weights = first_weights(model)  # (F, C, Y, X), or (F, D) over the pixels
    names: list[str] = []
    what = f"{len(weights):,} filters of the first layer"
    if weights.ndim == 2:
        weights = weights.reshape(len(weights), *model.shape)
        what = f"{len(weights):,} units of the first layer"
    if not list(model.trunk.parameters()):
        names = list(trained.labels.names)
        what = "what speaks for each class, and against it"
        if len(weights) == 1:  # one sigmoid tells two classes apart
            names, what = names[1:], f"what speaks for {names[1]}, and against it"
    elif len(weights) > FILTERS:
        sizes = (weights**2).sum(axis=(1, 2, 3))
        weights = weights[sorted(sizes.argsort()[-FILTERS:])]
        what += f", the {FILTERS} largest"
    filter_grid(weights, path, f"{run}: {what}", names)


def first_weights(model: Any) -> "NDArray[np.float64]":
    """The weights of the first layer that has a matrix of them."""
    weight = next(parameter for parameter in model.parameters() if parameter.dim() > 1)
    found: NDArray[np.float64] = weight.detach().double().numpy()
    return found


def draw_confusion(run: str, text: str | None, path: str) -> None:
    """Draw which class was taken for which."""
    from seqkit.metrics.classification import confusion
    from seqkit.report.confusion import confusion_matrix

    trained, source = _opened(run, text, "--confusion")
    found = list(trained.classify(_read(source)))
    counts = confusion(list(source.labels), [one.label for one in found])
    confusion_matrix(counts, path, f"{run} on {source.name}", "images")


def draw_reliability(run: str, text: str | None, path: str) -> None:
    """Draw how often answers are right that are said to be so sure."""
    from seqkit.metrics.reliability import Bin
    from seqkit.report.reliability import reliability_diagram

    trained, source = _opened(run, text, "--reliability")
    bins = [Bin(**one) for one in trained.evaluate(source)["reliability"]]
    reliability_diagram(bins, path, f"{run} on {source.name}", "answers")


def draw_mistakes(run: str, text: str | None, path: str) -> None:
    """Draw the images that were classified wrong with most confidence."""
    from seqkit.report.image_grid import image_grid

    trained, source = _opened(run, text, "--mistakes")
    found = list(trained.classify(_read(source)))
    wrong = [k for k, one in enumerate(found) if one.label != source.labels[k]]
    worst = sorted(wrong, key=lambda k: -max(found[k].probabilities))[:MISTAKES]
    if not worst:
        raise ValueError(f"{run}: all {len(found):,} images of {source.name} are classified right")
    captions = [
        f"{source.labels[k]}\ntaken for {found[k].label}\n{max(found[k].probabilities):.1%}"
        for k in worst
    ]
    title = f"{run} on {source.name}: {len(worst)} of {len(wrong):,} mistakes, surest first"
    image_grid(source.pixels[worst], captions, path, title)


def _opened(run: str, text: str | None, asked: str) -> "tuple[TrainedImageModel, LabelledImages]":
    """A net that knows its classes, and images to try it on: its own validation images, or others.

    ValueError for a siamese net.
    """
    from seqkit.cli.image_data import open_data, validation_data
    from seqkit.tasks import imaging

    trained = imaging.load(run)
    if trained.is_siamese:
        raise ValueError(f"{run}: {asked} is for nets that know their classes, this is siamese")
    return trained, validation_data(run) if text is None else open_data(run, text)


def _read(source: "LabelledImages") -> Any:
    from seqkit.tasks.imaging.images import read_images

    return read_images(source)
