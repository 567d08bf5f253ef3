"""Beginning from the trunk of a trained net instead of at random (N7)."""

import dataclasses
import pathlib

import torch

from seqkit.tasks.imaging.nets import read_net
from seqkit.tasks.imaging.settings import Config, ImageSettings
from seqkit.tasks.imaging.trained import load
from seqkit.tasks.runs import Run
from seqkit.train.checkpoint import fitting, load_tree, save_tree
from seqkit.vision.model import ImageModel
from seqkit.vision.shapes import Shape, shown
from seqkit.vision.transfer import transfer

FILE = "beginning.safetensors"
"""In the checkpoint: the trunk before the first step, so that the other run may go away."""


def trunk_of(path: str) -> str:
    """The kind of net whose trunk a run has; ValueError where there is no such run."""
    run = Run(path)
    try:
        trunk, _ = read_net(run, run.read_config("imaging"))
    except ValueError as error:
        raise ValueError(f"--from {error}") from error
    return trunk


def kept_net(settings: ImageSettings, shape: Shape, classes: int) -> Config:
    """The configuration of the net of --from for K other classes.

    ValueError where it is a net of another kind than asked for, or for other images.
    """
    path = settings.begin_from or ""
    run = Run(path)
    try:
        trunk, net = read_net(run, run.read_config("imaging"))
    except ValueError as error:
        raise ValueError(f"--from {error}") from error
    if trunk != settings.trunk:
        raise ValueError(
            f"--from {path}: its trunk is that of a net of --model {trunk}, not {settings.trunk}"
        )
    if net.shape != shape:
        raise ValueError(
            f"--from {path}: its images are {shown(net.shape)} (channels x rows x columns), those "
            f"to train on {shown(shape)}; make them of one size"
        )
    return dataclasses.replace(net.for_classes(classes), smoothing=settings.label_smoothing)


def begin(model: ImageModel, path: str) -> None:
    """Take over the trunk of a run."""
    with torch.random.fork_rng(devices=[]):  # a resumed training loads nothing
        earlier = load(path, "cpu").model
    try:
        transfer(earlier, model)
    except ValueError as error:
        raise ValueError(f"--from {path}: {error}") from error


def keep(model: ImageModel, folder: pathlib.Path) -> None:
    """Write the trunk that a training begins with into its checkpoint."""
    save_tree(folder / FILE, list(model.trunk.parameters()))


@torch.no_grad()
def take_up(model: ImageModel, folder: pathlib.Path) -> None:
    """Put the trunk in place that `keep` wrote."""
    with fitting(folder / FILE):
        for parameter, kept in zip(model.trunk.parameters(), load_tree(folder / FILE), strict=True):
            parameter.copy_(kept)
