"""`seqkit classify-image`."""

import json
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from seqkit.cli import image_data, options

if TYPE_CHECKING:
    from seqkit.tasks.imaging import Recognition, TrainedImageModel
    from seqkit.tasks.imaging.images import Images

    Answer = Callable[[Images], Iterator[Recognition]]


@click.command(cls=options.Command, name="classify-image")
@click.argument("run")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option(
    "--index",
    type=click.IntRange(1),
    metavar="K",
    help="Of a file of many images, only image K, counted from 1 (all).",
)
@click.option(
    "--top", type=click.IntRange(1), metavar="N", help="Show the N likeliest classes of each image."
)
@click.option(
    "--gallery",
    metavar="FOLDER",
    help="Siamese nets: known images, one or a few in a sub-folder for each class.",
)
@options.device
@options.threads
@options.as_json
def command(run: str, files: tuple[str, ...], **given: Any) -> None:
    """Tell the class of each image, and how likely it is.

    FILE is a PNG or JPEG file, a folder of them, an IDX file, a .npz with the array images, or
    shapes (its test images); all of the size that the run was trained on. A line an image: class,
    probability and where the image stands, set off by tabs. A siamese net tells the class of the
    image in --gallery that is nearest, of classes that it need not have seen in training, and the
    squared distance to it. --json prints one object an image.

    \b
    Examples:
      seqkit classify-image runs/image shapes --index 1 --top 3
      seqkit classify-image runs/image seven.png photos/ --json
      seqkit classify-image runs/siamese new.png --gallery known/
    """
    from seqkit.cli.image_input import read_given
    from seqkit.tasks import imaging
    from seqkit.tasks.devices import set_threads

    set_threads(given["threads"])
    trained = imaging.load(run, given["device"])
    answer = _answering(run, trained, given["gallery"], given["top"])
    show = _json if given["as_json"] else _line
    for file in files:
        for images in read_given(file, trained.model.shape, given["index"]):
            for one in answer(images):
                click.echo(show(one, trained.labels.names, given["top"]))


def _answering(
    run: str, trained: "TrainedImageModel", gallery: str | None, top: int | None
) -> "Answer":
    """What tells the class of images; ValueError for options that do not fit the run."""
    if not trained.is_siamese:
        if gallery is not None:
            raise ValueError(f"--gallery is for a siamese net, and {run} knows its classes")
        return trained.classify
    if gallery is None:
        raise ValueError(f"{run}: a siamese net recognises by known images: add --gallery FOLDER")
    if top is not None:
        raise ValueError(f"--top is for nets that know their classes, and {run} is siamese")
    from seqkit.tasks.imaging.images import read_images

    known = read_images(image_data.open_data(run, gallery))
    return lambda images: trained.recognise(known, images)


def _line(one: "Recognition", names: Sequence[str], top: int | None) -> str:
    from seqkit.report.terminal import printable

    if one.distance is not None:
        cells = [one.label, f"{one.distance:.4f}"]
    else:
        pairs = _likeliest(one, names, top or 1)
        cells = [cell for name, share in pairs for cell in (name, f"{share:.4f}")]
    return "\t".join(printable(cell) for cell in [*cells, one.place])


def _json(one: "Recognition", names: Sequence[str], top: int | None) -> str:
    found: dict[str, Any] = {"image": one.place, "label": one.label}
    if one.distance is not None:
        found["distance"] = one.distance
    else:
        found["probability"] = max(one.probabilities)
        found["probabilities"] = dict(_likeliest(one, names, top or len(names)))
    return json.dumps(found, ensure_ascii=False)


def _likeliest(one: "Recognition", names: Sequence[str], top: int) -> list[tuple[str, float]]:
    """So many classes and their probabilities, the likeliest first."""
    pairs = zip(names, one.probabilities, strict=True)
    return sorted(pairs, key=lambda pair: -pair[1])[:top]
