"""Training a tagger: texts, model, loop and run folder joined."""

import dataclasses
import os
from contextlib import AbstractContextManager
from typing import Any

import torch

from seqkit.tasks.devices import choose_device, describe_device, set_threads
from seqkit.tasks.history import fit_in_run, sum_up
from seqkit.tasks.holding import new_training, run_config, unfinished_training
from seqkit.tasks.holding import read_settings as read_settings_as
from seqkit.tasks.pretrained import begin_words
from seqkit.tasks.runs import Run
from seqkit.tasks.tagging.agreeing import fit_agreement
from seqkit.tasks.tagging.baselines import baselines
from seqkit.tasks.tagging.calibration import calibrate
from seqkit.tasks.tagging.data import TaggingData, read_data, reopen_data, save_data
from seqkit.tasks.tagging.encoders import keep_encoders
from seqkit.tasks.tagging.encoding import EpochOfBatches
from seqkit.tasks.tagging.estimate import memory_of
from seqkit.tasks.tagging.evaluation import evaluate_text, quick_scores
from seqkit.tasks.tagging.sentences import Sources
from seqkit.tasks.tagging.settings import TaggerSettings
from seqkit.tasks.tagging.trained import TrainedTagger, build_tagger, model_config
from seqkit.train.averaging import build_average
from seqkit.train.loop import Hooks, Record
from seqkit.train.optimizers import ClipNorm, build_optimizer
from seqkit.train.recipe import Limits, Recipe
from seqkit.train.schedules import build_schedule

PLAIN = 2
"""Epochs before R-Drop begins, which takes twice the time: in short trainings it is of no use."""


class Training:
    """One training that is ready to run: texts encoded, model built, folder locked.

    `config` is what config.json says. Make one with `training`.
    """

    def __init__(
        self, settings: TaggerSettings, data: TaggingData, run: Run, config: dict[str, Any]
    ) -> None:
        self.settings, self.data, self.run, self.config = settings, data, run, config
        self.device = choose_device(settings.device)
        set_threads(settings.threads)
        torch.manual_seed(settings.seed)
        symbols = data.symbols
        self.model = build_tagger(model_config(config), symbols, settings)
        words = symbols.words
        rare, source = torch.tensor(words.counts) == 1, f"--vectors {settings.vectors}"
        begin_words(self.model.words, words.types, rare, data.vectors, source)
        self.model.to(self.device)
        self.warnings = data.warnings()
        self.parameter_count = sum(p.numel() for p in self.model.parameters() if p.requires_grad)

    @property
    def tagger(self) -> TrainedTagger:
        """The tagger as it is now."""
        return TrainedTagger(self.model, self.data.symbols, self.data.encoders)

    def baselines(self) -> dict[str, dict[str, float]]:
        """What can be had without a net: the commonest tag, and each word as it mostly was."""
        train = self.data.texts["train"]
        return {
            name: baselines(train, text)
            for name, text in self.data.texts.items()
            if name != "train"
        }

    def memory(self) -> int:
        """Bytes that this training takes, about; those of the processor, not of a GPU."""
        return memory_of(self.settings, self.model, self.data.texts["train"].tokens)

    def run_to_end(self, hooks: Hooks | None = None) -> dict[str, Any]:
        """Train, keep and write the best weights; returns the metrics, for `finish`.

        KeyboardInterrupt (after saving) and FloatingPointError pass through; the folder can then
        be resumed.
        """
        history = self._fit(hooks or Hooks())
        valid = self.data.encoded["valid"]
        calibrate(self.model, valid)
        if self.model.agreement is not None:
            fit_agreement(self.model, self.data.symbols, valid)
        self.run.write_history(history)
        self.run.write_weights(self.model)
        return self._metrics(history)

    def finish(self, metrics: dict[str, Any]) -> None:
        """Write metrics.json, the last act: until then a killed run can be resumed."""
        self.run.write_metrics(metrics)

    def describe_device(self) -> str:
        """Where it computes, for people."""
        return describe_device(self.device, torch.get_num_threads())

    def _fit(self, hooks: Hooks) -> list[Record]:
        settings, encoded = self.settings, self.data.encoded
        recipe = Recipe(
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

        def batches(epoch: int) -> EpochOfBatches:
            seed = [settings.seed, epoch]
            return EpochOfBatches(encoded["train"], settings.batch_size, self.device, seed)

        ends = (settings.epochs, settings.max_minutes, settings.patience)
        limits = Limits(*ends, settings.checkpoint_seconds)
        return fit_in_run(self.run, recipe, batches, self._validate, limits, hooks, _badness)

    def _before_epoch(self, epoch: int) -> None:
        """Let two readings agree once there is something that can be learnt by heart."""
        self.model.r_drop = self.settings.r_drop if epoch >= PLAIN else 0.0

    def _validate(self) -> dict[str, float]:
        return quick_scores(
            self.model, self.data.symbols, self.data.texts["valid"], self.data.encoded["valid"]
        )

    def _metrics(self, history: list[Record]) -> dict[str, Any]:
        metrics = sum_up(self.run, history, _badness)
        train = self.data.texts["train"]
        for name, text in self.data.texts.items():
            if name != "train":
                encoded = self.data.encoded[name]
                metrics[name] = evaluate_text(self.model, self.data.symbols, text, encoded, train)
        return metrics


def _badness(metrics: dict[str, float]) -> float:
    """How far from perfect: by F1 of entities, or by accuracy where tags are classes."""
    return 1 - metrics.get("f1", metrics["accuracy"])


def training(
    settings: TaggerSettings,
    sources: Sources,
    out: str | os.PathLike[str],
    force: bool = False,
    notes: dict[str, Any] | None = None,
) -> AbstractContextManager[Training]:
    """Read the texts, build the model and hold the run folder `out` for one new training.

    `notes` are kept in config.json for the caller. ValueError for texts or settings that cannot
    work; nothing is left behind then.
    """
    return new_training(out, force, lambda run: _begin(settings, sources, run, notes), _go_on)


def resumed_training(out: str | os.PathLike[str]) -> AbstractContextManager[Training]:
    """Hold an unfinished run folder to go on exactly where it stopped."""
    return unfinished_training(out, _go_on)


def _go_on(run: Run, config: dict[str, Any]) -> Training:
    settings = read_settings(run)
    return Training(settings, reopen_data(run, settings), run, config)


def read_settings(run: Run) -> TaggerSettings:
    """The settings a run was trained with."""
    return read_settings_as(run, TaggerSettings)


def train(
    settings: TaggerSettings,
    sources: Sources,
    out: str | os.PathLike[str],
    hooks: Hooks | None = None,
) -> dict[str, Any]:
    """Train a tagger on `sources.train` into the new run folder `out` (G1).

    `sources` has `train`, `valid` and `test` (or None), such as
    `seqkit.corpora.tagged_catalogue.open_tagged_splits` gives. Returns the metrics, as in
    metrics.json.
    """
    with training(settings, sources, out) as job:
        metrics = job.run_to_end(hooks)
        job.finish(metrics)
        return metrics


def _begin(
    settings: TaggerSettings, sources: Sources, run: Run, notes: dict[str, Any] | None
) -> Training:
    """Read, build, and only then replace what an earlier run left in the folder."""
    data = read_data(settings, sources)
    config = {**_config(settings, sources, data), "notes": notes}
    job = Training(settings, data, run, config)
    run.clear()
    keep_encoders(run, settings.encoder)
    save_data(data, run.checkpoint)
    data.symbols.save(run)
    run.create(config)
    return job


def _config(settings: TaggerSettings, sources: Sources, data: TaggingData) -> dict[str, Any]:
    documents = bool((data.encoded["valid"].again >= 0).any())
    model = data.symbols.model(settings, sum(e.width for e in data.encoders), documents)
    corpus = {"name": sources.train.name, **data.describe()}
    return run_config("tagging", settings, dataclasses.asdict(model), corpus)
