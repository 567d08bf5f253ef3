"""Training a net of images: images, net, loop and run folder joined."""

import os
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any

import torch

from seqkit.files import write_json
from seqkit.tasks.devices import choose_device, describe_device, set_threads
from seqkit.tasks.history import fit_in_run, sum_up
from seqkit.tasks.holding import new_training, run_config, unfinished_training
from seqkit.tasks.holding import read_settings as read_settings_as
from seqkit.tasks.imaging import beginning, evaluation
from seqkit.tasks.imaging.batches import EpochOfImages
from seqkit.tasks.imaging.data import ImagingData, Sources, read_data, reopen_data
from seqkit.tasks.imaging.estimate import memory_of
from seqkit.tasks.imaging.layers import layers_of
from seqkit.tasks.imaging.nets import build_from, describe, read_net
from seqkit.tasks.imaging.one_shot import galleries
from seqkit.tasks.imaging.settings import Config, ImageSettings
from seqkit.tasks.imaging.trained import TrainedImageModel
from seqkit.tasks.runs import Run
from seqkit.train.averaging import build_average
from seqkit.train.loop import Hooks
from seqkit.train.optimizers import ClipNorm, build_optimizer
from seqkit.train.precision import PRECISIONS, choose_precision
from seqkit.train.recipe import Limits, Recipe
from seqkit.train.schedules import build_schedule
from seqkit.vision.transforms import Flip, Shift

SAMPLE = 5_000
"""Training images that the end result is measured on, evenly spaced."""


class Training:
    """One training that is ready to run: images read, net built, folder locked.

    `config` is what config.json says. Make one with `training`.
    """

    def __init__(
        self, settings: ImageSettings, data: ImagingData, run: Run, config: dict[str, Any]
    ) -> None:
        self.settings, self.data, self.run, self.config = settings, data, run, config
        self.device = choose_device(settings.device)
        set_threads(settings.threads)
        torch.manual_seed(settings.seed)
        self.model = build_from(run, config)
        learnt = (p.numel() for p in self.model.parameters() if p.requires_grad)
        self.parameter_count = sum(learnt)
        self.model.dtype = PRECISIONS[config["precision"]]
        self.model.to(self.device)
        self.warnings = data.warnings()

    @property
    def classifier(self) -> TrainedImageModel:
        """The net as it is now."""
        return TrainedImageModel(self.model, self.data.labels, self.data.normalisation)

    def baselines(self) -> dict[str, dict[str, float]]:
        """The accuracy of naming the commonest class of the training images always.

        Of a siamese net: that of any class of a gallery.
        """
        found = {name: part for name, part in self.data.parts.items() if name != "train"}
        if self.settings.model == "siamese":
            return {n: {"chance": 1 / len(galleries(p.plain_labels))} for n, p in found.items()}
        counts = self.data.parts["train"].counts()
        commonest = (max(counts, key=lambda name: counts[name]),)
        return {
            name: {"majority": part.labels.count(commonest) / len(part)}
            for name, part in found.items()
        }

    def memory(self) -> int:
        """Bytes that this training takes, about; those of the processor, not of a GPU."""
        _, net = read_net(self.run, self.config)
        layers, precision = layers_of(self.settings, net), self.config["precision"]
        return memory_of(self.settings, precision, layers, self.data.parts["train"])

    def run_to_end(self, hooks: Hooks | None = None) -> dict[str, Any]:
        """Train, keep and write the best weights; returns the metrics, for `finish`.

        KeyboardInterrupt (after saving) and FloatingPointError pass through; the folder can then
        be resumed.
        """
        settings = self.settings
        limits = (settings.epochs, settings.max_minutes, settings.patience)
        history = fit_in_run(
            self.run,
            self._recipe(),
            self._epoch,
            self._validate,
            Limits(*limits, settings.checkpoint_seconds),
            hooks or Hooks(),
            _badness,
        )
        self.model.dtype = torch.float32  # answers do not hang on the processor
        self.run.write_history(history)
        self.run.write_weights(self.model)
        return sum_up(self.run, history, _badness) | self._measure()

    def finish(self, metrics: dict[str, Any]) -> None:
        """Write metrics.json, the last act: until then a killed run can be resumed."""
        self.run.write_metrics(metrics)

    def describe_device(self) -> str:
        """Where it computes, for people."""
        return describe_device(self.device, torch.get_num_threads())

    def _recipe(self) -> Recipe:
        settings = self.settings
        return Recipe(
            self.model,
            build_optimizer(
                settings.optimizer, self.model, settings.lr, settings.weight_decay, settings.l1
            ),
            build_schedule(settings.schedule, settings.epochs, settings.decay_rate),
            ClipNorm(settings.clip),
            build_average(settings.optimizer, self.model, settings.average),
            self._before_epoch,
            settings.accumulate,
        )

    def _before_epoch(self, epoch: int) -> None:
        """Thaw the trunk that was taken over, once the new last layers have been trained."""
        freeze = self.settings.freeze
        if self.settings.begin_from:
            thawed = freeze is not None and epoch >= freeze
            self.model.freeze(0 if thawed else None)

    def _epoch(self, epoch: int) -> EpochOfImages:
        settings = self.settings
        moves: Sequence[Shift | Flip] = [
            *([Shift(settings.shift)] if settings.shift else []),
            *([Flip()] if settings.flip else []),
        ]
        seed = [settings.seed, epoch]
        return EpochOfImages(self.data, settings.batch_size, moves, self.device, seed)

    def _validate(self) -> dict[str, float]:
        data = self.data
        return evaluation.quick(self.model, data.labels, data.parts["valid"], data.normalisation)

    def _measure(self) -> dict[str, Any]:
        """All there is to say of each part; of the training images, on a sample.

        Siamese nets choose among as many classes there as among the validation images, so that
        both can be compared.
        """
        found, data = {}, self.data
        classes = len(data.parts["valid"].counts())
        for name, part in data.parts.items():
            chosen = part.first(SAMPLE) if name == "train" else part
            start = time.perf_counter()
            measured = (self.model, data.labels, chosen, data.normalisation)
            ways = classes if name == "train" else None
            found[name] = evaluation.evaluate_images(*measured, ways=ways)
            seconds = max(time.perf_counter() - start, 1e-9)
            found[name]["images_per_second"] = len(chosen) / seconds
        return found


def _badness(metrics: dict[str, float]) -> float:
    """The share of errors; the loss tells epochs of one accuracy apart."""
    return 1 - metrics["accuracy"] + 1e-6 * metrics["loss"]


def training(
    settings: ImageSettings,
    sources: Sources,
    out: str | os.PathLike[str],
    force: bool = False,
    notes: dict[str, Any] | None = None,
) -> AbstractContextManager[Training]:
    """Take images over, build the net and hold the run folder `out` for one new training.

    `notes` are kept in config.json for the caller. ValueError for images or settings that cannot
    work; nothing is left behind then.
    """
    return new_training(out, force, lambda run: _begin(settings, sources, run, notes), _go_on)


def resumed_training(out: str | os.PathLike[str]) -> AbstractContextManager[Training]:
    """Hold an unfinished run folder to go on exactly where it stopped."""
    return unfinished_training(out, _go_on)


def read_settings(run: Run) -> ImageSettings:
    """The settings a run was trained with."""
    return read_settings_as(run, ImageSettings)


def train(
    settings: ImageSettings,
    sources: Sources,
    out: str | os.PathLike[str],
    hooks: Hooks | None = None,
) -> dict[str, Any]:
    """Train a net on `sources.train` into the new run folder `out` (N).

    `sources` has `train`, `valid` and `test` (or None), such as
    `seqkit.corpora.image_catalogue.open_image_splits` gives. Returns the metrics, as in
    metrics.json.
    """
    with training(settings, sources, out) as job:
        metrics = job.run_to_end(hooks)
        job.finish(metrics)
        return metrics


def _begin(
    settings: ImageSettings, sources: Sources, run: Run, notes: dict[str, Any] | None
) -> Training:
    """Read, build, and only then replace what an earlier run left in the folder."""
    data = read_data(sources, settings.held_out)
    if settings.model == "siamese":
        _check_galleries(data)
    net = _net(settings, data)
    model = describe(settings, net, data.normalisation)
    precision = choose_precision(settings.precision, choose_device(settings.device))
    corpus = {"name": sources.train.name, **data.describe()}
    config = {**run_config("imaging", settings, model, corpus, precision), "notes": notes}
    job = Training(settings, data, run, config)
    if settings.begin_from:
        beginning.begin(job.model, settings.begin_from)
    run.clear()
    data.save(run)
    if settings.begin_from:
        beginning.keep(job.model, run.checkpoint)
    write_json(run.path / "symbols.json", {"labels": list(data.labels.names), "many": False})
    run.create(config)
    return job


def _net(settings: ImageSettings, data: ImagingData) -> Config:
    """The net that settings ask for, or that of an earlier run."""
    build = beginning.kept_net if settings.begin_from else ImageSettings.net
    return build(settings, data.shape, len(data.labels.names))


def _check_galleries(data: ImagingData) -> None:
    """ValueError where a part has no two images of two classes, so that nothing can be told."""
    for part in data.parts.values():
        try:
            galleries(part.plain_labels)
        except ValueError as error:
            raise ValueError(f"{part.name}: {error}") from error


def _go_on(run: Run, config: dict[str, Any]) -> Training:
    job = Training(read_settings(run), reopen_data(run), run, config)
    if job.settings.begin_from:
        beginning.take_up(job.model, run.checkpoint)
    return job
