"""Training a translator: pairs, model, loop and run folder joined."""

import dataclasses
import os
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import torch

from seqkit.models.translator import Translator
from seqkit.tasks.devices import choose_device, describe_device, set_threads
from seqkit.tasks.history import fit_in_run, sum_up
from seqkit.tasks.holding import new_training, run_config, unfinished_training
from seqkit.tasks.holding import read_settings as read_settings_as
from seqkit.tasks.runs import Run
from seqkit.tasks.translating.baselines import baselines
from seqkit.tasks.translating.data import TranslatingData, read_data, reopen_data
from seqkit.tasks.translating.encoding import EpochOfPairs
from seqkit.tasks.translating.estimate import memory_of
from seqkit.tasks.translating.evaluation import mean_loss, quick_scores, tokenization_of
from seqkit.tasks.translating.settings import TranslatorSettings
from seqkit.tasks.translating.texts import Sources
from seqkit.tasks.translating.trained import SearchSettings, TrainedTranslator, build_translator
from seqkit.train.averaging import build_average
from seqkit.train.loop import Hooks, Record, by_loss
from seqkit.train.optimizers import ClipNorm, build_optimizer
from seqkit.train.precision import PRECISIONS, choose_precision
from seqkit.train.recipe import Limits, Recipe
from seqkit.train.schedules import build_schedule

QUICK = 500
"""Pairs of the validation text that are translated after each epoch."""
GREEDY = SearchSettings(beam=1)


class Training:
    """One training that is ready to run: pairs encoded, model built, folder locked.

    `config` is what config.json says. Make one with `training`.
    """

    def __init__(
        self, settings: TranslatorSettings, data: TranslatingData, run: Run, config: dict[str, Any]
    ) -> None:
        self.settings, self.data, self.run, self.config = settings, data, run, config
        self.device = choose_device(settings.device)
        set_threads(settings.threads)
        torch.manual_seed(settings.seed)
        self.model: Translator = build_translator(config, run)
        self.model.start_from(data.sides.target.vocabulary.counts)
        self.model.dtype = PRECISIONS[config["precision"]]
        self.model.to(self.device)
        self.warnings = data.warnings()
        self.parameter_count = sum(p.numel() for p in self.model.parameters())

    @property
    def translator(self) -> TrainedTranslator:
        """The translator as it is now."""
        return TrainedTranslator(self.model, self.data.sides, self.data.longest)

    def baselines(self) -> dict[str, dict[str, float]]:
        """What can be had without a net: the source itself, and words by their shares alone."""
        sides, train = self.data.sides, self.data.texts["train"]
        return {
            name: baselines(sides.target, train, part)
            for name, part in self.data.texts.items()
            if name != "train"
        }

    def memory(self) -> int:
        """Bytes that this training takes, about; those of the processor, not of a GPU."""
        model, encoded = self.model.config, self.data.encoded["train"]
        precision = self.config["precision"]
        return memory_of(self.settings, precision, model, self.parameter_count, encoded)

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
            BADNESS[settings.choose],
        )
        self.model.dtype = torch.float32  # answers do not hang on the processor
        self.run.write_history(history)
        self.run.write_weights(self.model)
        return self._metrics(history)

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
        """Let the model read more of its own choices from epoch to epoch (Bengio et al. 2015)."""
        last = max(self.settings.epochs - 1, 1)
        self.model.sampling = self.settings.scheduled_sampling * min(epoch / last, 1)

    def _epoch(self, epoch: int) -> EpochOfPairs:
        seed = [self.settings.seed, epoch]
        train = self.data.encoded["train"]
        return EpochOfPairs(train, self.settings.batch_size, self.device, seed)

    def _validate(self) -> dict[str, float]:
        loss, _ = mean_loss(self.model, self.data.encoded["valid"])
        pairs = self.data.texts["valid"].first(QUICK)
        written = [found.text for found in self.translator.translate(pairs.sources, GREEDY)]
        scores = quick_scores(written, pairs.targets, tokenization_of(self.data.sides.target))
        return {"loss": loss, **scores}

    def _metrics(self, history: list[Record]) -> dict[str, Any]:
        metrics = sum_up(self.run, history, BADNESS[self.settings.choose])
        for name, part in self.data.texts.items():
            if name != "train":
                start = time.perf_counter()
                metrics[name] = self.translator.evaluate_pairs(part, self.data.encoded[name])
                seconds = time.perf_counter() - start
                metrics[name]["texts_per_second"] = len(part) / max(seconds, 1e-9)
        return metrics


def _by_bleu(metrics: dict[str, float]) -> float:
    """How far from perfect a translator is; the loss tells epochs of one BLEU apart."""
    return 100 - metrics["bleu"] + 1e-3 * metrics["loss"]


BADNESS: dict[str, Callable[[dict[str, float]], float]] = {"bleu": _by_bleu, "loss": by_loss}
"""What the best epoch has least of, by the name users type."""


def training(
    settings: TranslatorSettings,
    sources: Sources,
    out: str | os.PathLike[str],
    force: bool = False,
    notes: dict[str, Any] | None = None,
) -> AbstractContextManager[Training]:
    """Read the pairs, build the model and hold the run folder `out` for one new training.

    `notes` are kept in config.json for the caller. ValueError for texts or settings that cannot
    work; nothing is left behind then.
    """
    return new_training(out, force, lambda run: _begin(settings, sources, run, notes), _go_on)


def resumed_training(out: str | os.PathLike[str]) -> AbstractContextManager[Training]:
    """Hold an unfinished run folder to go on exactly where it stopped."""
    return unfinished_training(out, _go_on)


def read_settings(run: Run) -> TranslatorSettings:
    """The settings a run was trained with."""
    return read_settings_as(run, TranslatorSettings)


def train(
    settings: TranslatorSettings,
    sources: Sources,
    out: str | os.PathLike[str],
    hooks: Hooks | None = None,
) -> dict[str, Any]:
    """Train a translator on `sources.train` into the new run folder `out` (G4).

    `sources` has `train`, `valid` and `test` (or None), such as
    `seqkit.corpora.parallel_catalogue.open_parallel_splits` gives. Returns the metrics, as in
    metrics.json.
    """
    with training(settings, sources, out) as job:
        metrics = job.run_to_end(hooks)
        job.finish(metrics)
        return metrics


def _begin(
    settings: TranslatorSettings, sources: Sources, run: Run, notes: dict[str, Any] | None
) -> Training:
    """Read, build, and only then replace what an earlier run left in the folder."""
    data = read_data(settings, sources)
    model = settings.model(len(data.sides.source.vocabulary), len(data.sides.target.vocabulary))
    precision = choose_precision(settings.precision, choose_device(settings.device))
    corpus = {"name": sources.train.name, **data.describe()}
    config = run_config("translating", settings, dataclasses.asdict(model), corpus, precision)
    config["notes"] = notes
    job = Training(settings, data, run, config)
    run.clear()
    data.save(run)
    data.sides.save(run)
    run.create(config)
    return job


def _go_on(run: Run, config: dict[str, Any]) -> Training:
    settings = read_settings(run)
    return Training(settings, reopen_data(run, settings), run, config)
