"""Training a classifier: texts, baseline, model, loop and run folder joined."""

import os
import time
from contextlib import AbstractContextManager
from typing import Any

import numpy as np
import torch

from seqkit.files import write_json
from seqkit.tasks.classifying.averaged import AveragedScorer, averaged_config
from seqkit.tasks.classifying.baselines import majority
from seqkit.tasks.classifying.bodies import drop_weights
from seqkit.tasks.classifying.calibration import calibrate
from seqkit.tasks.classifying.data import ClassifyingData, read_data, reopen_data
from seqkit.tasks.classifying.estimate import memory_of
from seqkit.tasks.classifying.evaluation import evaluate_texts
from seqkit.tasks.classifying.linear import LinearScorer
from seqkit.tasks.classifying.net_training import NetTraining, badness, label_weights
from seqkit.tasks.classifying.nets import (
    AnyReader,
    kept_reader,
    net_config,
    new_net,
    new_reader,
)
from seqkit.tasks.classifying.scorers import Scorer
from seqkit.tasks.classifying.settings import ClassifierSettings
from seqkit.tasks.classifying.summed import SumScorer
from seqkit.tasks.classifying.texts import LabelledTexts, Sources
from seqkit.tasks.classifying.trained import TrainedClassifier
from seqkit.tasks.devices import choose_device, describe_device, set_threads
from seqkit.tasks.history import sum_up
from seqkit.tasks.holding import new_training, run_config, unfinished_training
from seqkit.tasks.holding import read_settings as read_settings_as
from seqkit.tasks.runs import Run
from seqkit.train.distribution import team
from seqkit.train.loop import Hooks, Record
from seqkit.train.precision import choose_precision

SAMPLE = 5_000
"""Training texts that the end result is measured on, evenly spaced."""


class Training:
    """One training that is ready to run: texts read, model built, folder locked.

    `config` is what config.json says. Make one with `training`.
    """

    def __init__(
        self, settings: ClassifierSettings, data: ClassifyingData, run: Run, config: dict[str, Any],
        net: NetTraining | None,
    ) -> None:  # fmt: skip
        self.settings, self.data, self.run, self.config, self.net = settings, data, run, config, net
        self.device = choose_device(settings.device)
        self.warnings = data.warnings()
        self.linear_seconds = 0.0
        self._linear: LinearScorer | None = None
        self.parameter_count = net.parameter_count if net else 0

    @property
    def linear(self) -> LinearScorer:
        """The linear model of the training text (N1), fitted when first asked for."""
        if self._linear is None:
            start = time.perf_counter()
            settings, train = self.settings, self.data.texts["train"]
            weights = label_weights(settings, self.data)
            self._linear = LinearScorer.fit(
                train.texts, train.labels, self.data.labels, settings.level, settings.order, weights
            )
            self.linear_seconds = time.perf_counter() - start
        return self._linear

    @property
    def classifier(self) -> TrainedClassifier:
        """The classifier as it is now; before its end a training has the net alone."""
        scorer = self.net.scorer if self.net else self.linear
        return TrainedClassifier(scorer, self.data.labels, self.settings)

    def baselines(self) -> dict[str, dict[str, float]]:
        """Accuracies that are easily had: of the commonest label, and of the linear model."""
        labels, train = self.data.labels, self.data.texts["train"]
        found = {}
        for name, part in self.data.texts.items():
            if name != "train":
                shares = labels.probabilities(self.linear.scores(part.texts))
                linear = evaluate_texts(labels, shares, part, None)["accuracy"]
                found[name] = {"majority": majority(train, part), "linear": linear}
        return found

    def memory(self) -> int:
        """Bytes that this training takes, about; those of the processor, not of a GPU."""
        texts = self.data.texts["train"]
        return memory_of(self.settings, self.config["precision"], texts, self.net)

    def run_to_end(self, hooks: Hooks | None = None) -> dict[str, Any]:
        """Train, keep and write the best model; returns the metrics, for `finish`.

        KeyboardInterrupt (after saving) and FloatingPointError pass through; the folder can then
        be resumed.
        """
        history: list[Record] = []
        if self.net:
            history = self.net.fit(self.run, hooks or Hooks())
            self.net.scorer.model.dtype = torch.float32  # answers do not hang on the processor
        else:
            team().dismiss()  # what is fitted in one go, the first process fits alone
        start = time.perf_counter()
        scorer = self._scorer()
        seconds = time.perf_counter() - start
        calibrate(scorer, self.data.labels, self.data.texts["valid"])
        metrics = self._measure(scorer)
        if not history:
            fitted = self.linear_seconds if self.settings.model == "linear" else seconds
            history = [self._record(metrics, fitted)]
        scorer.save(self.run)
        self.run.write_history(history)
        return sum_up(self.run, history, badness) | metrics

    def finish(self, metrics: dict[str, Any]) -> None:
        """Write metrics.json, the last act: until then a killed run can be resumed."""
        self.run.write_metrics(metrics)
        drop_weights(self.run)

    def describe_device(self) -> str:
        """Where it computes, for people."""
        return describe_device(self.device, torch.get_num_threads())

    def _scorer(self) -> Scorer:
        """The finished model, with the linear one beside the net where that is asked for."""
        settings, labels, texts = self.settings, self.data.labels, self.data.texts
        if settings.model == "linear":
            return self.linear
        if self.net is None:
            train, weights = texts["train"], label_weights(settings, self.data)
            given = (train.texts, train.labels, labels, settings.level, settings.order)
            config = averaged_config(len(train), settings.epochs, settings.lr, settings.seed)
            return AveragedScorer.fit(*given, weights, config)
        if not settings.wide:
            return self.net.scorer
        return SumScorer.fit(self.linear, self.net.scorer, labels, texts["valid"])

    def _measure(self, scorer: Scorer) -> dict[str, Any]:
        """All there is to say of each text; of the training text, on a sample."""
        labels, weights = self.data.labels, self.settings.weights_by_label() or None
        found = {}
        for name, part in self.data.texts.items():
            chosen = _sample(part, SAMPLE) if name == "train" else part
            start = time.perf_counter()
            shares = labels.probabilities(scorer.scores(chosen.texts))
            seconds = time.perf_counter() - start
            found[name] = evaluate_texts(labels, shares, chosen, weights)
            found[name]["texts_per_second"] = len(chosen) / max(seconds, 1e-9)
        return found

    def _record(self, metrics: dict[str, Any], seconds: float) -> Record:
        """The history of a model that is fitted in one go."""
        figures = ("loss", "accuracy", "f1")
        return {
            "epoch": 1,
            "steps": 1,
            "lr": 0.0,
            "train": {"loss": metrics["train"]["loss"]},
            "valid": {name: metrics["valid"][name] for name in figures},
            "tokens_per_second": len(self.data.texts["train"]) / max(seconds, 1e-9),
            "best": True,
            "seconds": seconds,
        }


def training(
    settings: ClassifierSettings,
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


def read_settings(run: Run) -> ClassifierSettings:
    """The settings a run was trained with."""
    return read_settings_as(run, ClassifierSettings)


def train(
    settings: ClassifierSettings,
    sources: Sources,
    out: str | os.PathLike[str],
    hooks: Hooks | None = None,
) -> dict[str, Any]:
    """Train a classifier on `sources.train` into the new run folder `out` (G2).

    `sources` has `train`, `valid` and `test` (or None), such as
    `seqkit.corpora.labelled_catalogue.open_labelled_splits` gives. Returns the metrics, as in
    metrics.json.
    """
    with training(settings, sources, out) as job:
        metrics = job.run_to_end(hooks)
        job.finish(metrics)
        return metrics


def _begin(
    settings: ClassifierSettings, sources: Sources, run: Run, notes: dict[str, Any] | None
) -> Training:
    """Read, build, and only then replace what an earlier run left in the folder."""
    data = read_data(sources)
    label_weights(settings, data)  # refuses labels that are not there
    reader = new_reader(settings, data) if settings.model == "recurrent" else None
    config = {**_config(settings, sources, data, reader), "notes": notes}
    job = _build(settings, data, run, config, reader)
    run.clear()
    data.save(run)
    if reader:
        reader.save(run)
    names = {"labels": list(data.labels.names), "many": data.labels.many}
    write_json(run.path / "symbols.json", names)
    run.create(config)
    return job


def _go_on(run: Run, config: dict[str, Any]) -> Training:
    settings = read_settings(run)
    reader = kept_reader(run, settings) if settings.model == "recurrent" else None
    return _build(settings, reopen_data(run), run, config, reader)


def _build(
    settings: ClassifierSettings, data: ClassifyingData, run: Run, config: dict[str, Any],
    reader: AnyReader | None,
) -> Training:  # fmt: skip
    set_threads(settings.threads)
    torch.manual_seed(settings.seed)
    net = new_net(settings, data, config, reader) if reader else None
    return Training(settings, data, run, config, net)


def _config(
    settings: ClassifierSettings, sources: Sources, data: ClassifyingData, reader: AnyReader | None
) -> dict[str, Any]:
    corpus = {"name": sources.train.name, **data.describe()}
    if reader is None:
        return run_config("classifying", settings, {}, corpus)
    precision = choose_precision(settings.precision, choose_device(settings.device))
    model = net_config(settings, data, reader)
    return run_config("classifying", settings, model, corpus, precision)


def _sample(part: LabelledTexts, size: int) -> LabelledTexts:
    """At most so many texts, evenly spaced."""
    chosen = np.unique(np.linspace(0, len(part) - 1, min(size, len(part))).astype(int))
    return LabelledTexts(
        part.name,
        [part.texts[k] for k in chosen],
        [part.labels[k] for k in chosen],
        [part.places[k] for k in chosen],
        part.warnings,
    )
