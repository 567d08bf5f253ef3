"""`seqkit train-image`."""

from typing import Any

import click

from seqkit.cli import image_data, options, training_options

SETTINGS = (
    click.option("--model", help="logistic, mlp, cnn, resnet or siamese (cnn; with --from, its)."),
    click.option(
        "--layers",
        metavar="TEXT",
        help="cnn: its layers, the last dense K for K classes; siamese: those below its embedding "
        "(two pairs of convolutions, then dense 256).",
    ),
    click.option("--hidden", help="mlp: units of each hidden layer (512,256)."),
    click.option("--activation", help="mlp: relu, leaky-relu, tanh, sigmoid or identity (relu)."),
    click.option(
        "--batch-norm/--no-batch-norm", default=None, help="mlp: normalise batches (batch-norm)."
    ),
    click.option("--widths", help="resnet: channels of each stage (32,64,128)."),
    click.option("--blocks", type=int, help="resnet: residual blocks of each stage (1)."),
    click.option(
        "--dropout",
        type=float,
        help="mlp: of hidden units; resnet: before the scores; of a cnn its layers tell (0.2).",
    ),
    click.option(
        "--label-smoothing", type=float, help="Share of P that is given to all classes alike (0)."
    ),
    click.option("--embedding", type=int, help="siamese: numbers it makes of an image (64)."),
    click.option("--margin", type=float, help="siamese: margin of the triplet loss (0.2)."),
    click.option(
        "--hold-out",
        metavar="CLASSES",
        help="siamese: classes such as 7,8,9 that it is not trained on but measured by (none).",
    ),
    click.option("--shift", type=int, help="Move images by up to so many pixels in training (0)."),
    click.option(
        "--flip/--no-flip", default=None, help="Mirror images at random in training (no-flip)."
    ),
    click.option(
        "--from",
        "begin_from",
        metavar="RUN",
        help="Keep what the trunk of a run has learnt, train new last layers (none).",
    ),
    click.option(
        "--freeze", type=int, help="With --from: epochs until its trunk trains, too (never)."
    ),
    click.option("--batch-size", type=int, help="Images a step (128)."),
    *training_options.steps(lr="0.002", clip="5", average="0.99", schedule="one-cycle"),
    *training_options.length(epochs="10"),
    click.option("--precision", help="auto, fp32 or bf16 (auto)."),
    training_options.DEVICE,
    training_options.THREADS,
    training_options.SEED,
)
"""Every field of ImageSettings as an option; in brackets what holds where none is given."""


@click.command(cls=options.Command, name="train-image")
@click.argument("train", default="shapes")
@click.option("--labels", metavar="FILE", help="The IDX file of TRAIN's labels (that beside it).")
@training_options.held_out(what="images")
@training_options.run_folder("image")
@training_options.all_of(SETTINGS)
@options.quiet
@options.as_json
def command(
    out: str | None,
    force: bool,
    resume: bool,
    dry_run: bool,
    quiet: bool,
    as_json: bool,
    **given: Any,
) -> None:
    """Train a net of images: digits, shapes, photographs.

    TRAIN is an IDX file of images as MNIST has them (.gz too; the labels lie beside it under the
    usual name, or are named by --labels), a folder with a sub-folder of PNG or JPEG files for each
    class, a .npz file with the arrays images and labels, or shapes (drawn here, no download). All
    images have one size. A siamese net learns which images are of one class, and recognises
    classes that it has never seen by one image of each. In brackets: what holds where an option is
    left out. --dry-run prints the layers with their shapes and parameters.

    \b
    Examples:
      seqkit train-image
      seqkit train-image train-images-idx3-ubyte.gz --test t10k-images-idx3-ubyte.gz
      seqkit train-image photos/ --model resnet --flip --shift 4 --max-minutes 10
      seqkit train-image --layers "conv 16x3 same relu, pool 2, flatten, dense 10" --dry-run
      seqkit train-image --model siamese --hold-out star,ring,cross
      seqkit train-image letters/ --from runs/image --freeze 3
    """
    from seqkit.cli import imaging_report
    from seqkit.tasks import imaging

    notes = {name: given.pop(name) for name in image_data.PARTS}
    settings = training_options.settings_given(given)
    if unfinished := training_options.unfinished_folder(out, resume, quiet):
        typed = options.typed(*image_data.PARTS)
        imaging_report.resume(unfinished, {**settings, **typed}, quiet, as_json)
        return
    if "begin_from" in settings:
        settings = {"model": imaging.trunk_of(settings["begin_from"]), **settings}
    chosen = imaging.ImageSettings(**settings)
    chosen.check_obeyed(settings)
    splits = image_data.open_splits(notes)
    if dry_run:
        imaging_report.dry_run(chosen, splits.train, as_json)
        return
    notes["synthetic"] = splits.train.synthetic
    folder = out or options.free_folder("image")
    with imaging.training(chosen, splits, folder, force, notes) as job:
        imaging_report.follow(job, quiet, as_json)
