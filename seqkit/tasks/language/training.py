"""Training a language model: text, model, loop and run folder joined."""

import dataclasses
import os
from contextlib import AbstractContextManager
from typing import Any

import numpy as np
import torch

from seqkit.models.language import LanguageModel
from seqkit.tasks import holding
from seqkit.tasks.devices import choose_device, describe_device, set_threads
from seqkit.tasks.history import fit_in_run, sum_up
from seqkit.tasks.language import beginning
from seqkit.tasks.language.data import (
    LanguageData,
    Sources,
    encode_all,
    epoch_of_windows,
    reopen,
    write_tokens,
)
from seqkit.tasks.language.estimate import memory_of
from seqkit.tasks.language.evaluation import evaluate_stream, ngram_perplexities, score_stream
from seqkit.tasks.language.settings import LanguageSettings
from seqkit.tasks.pretrained import fill_embedding
from seqkit.tasks.runs import Run
from seqkit.train.averaging import build_average
from seqkit.train.distribution import team
from seqkit.train.loop import Hooks, Record, by_loss
from seqkit.train.optimizers import ClipNorm, ClipValue
from seqkit.train.precision import PRECISIONS, choose_precision
from seqkit.train.recipe import Limits, Recipe
from seqkit.train.schedules import build_schedule
from seqkit.vectors.files import load


class Training:
    """One training that is ready to run: data encoded, model built, folder locked.

    `config` is what config.json says. Make one with `training`.
    """

    def __init__(
        self, settings: LanguageSettings, data: LanguageData, run: Run, config: dict[str, Any]
    ) -> None:
        self.settings, self.data, self.run, self.config = settings, data, run, config
        self.device = choose_device(settings.device)
        set_threads(settings.threads)
        torch.manual_seed(settings.seed)
        self.model = LanguageModel(settings.model(len(data.vocabulary))).to(self.device)
        self.model.start_from(data.vocabulary.counts)
        if settings.vectors:
            vectors = load(settings.vectors)
            weight, source = self.model.embedding.weight, f"--vectors {settings.vectors}"
            fill_embedding(weight, data.vocabulary.types, vectors, source)
        self.model.dtype = PRECISIONS[config["precision"]]
        self.parameter_count = sum(p.numel() for p in self.model.parameters())

    def baselines(self) -> dict[str, dict[str, float]]:
        """Perplexity of a unigram and a Kneser-Ney trigram model of the same training text."""
        held_out = {name: s for name, s in self.data.streams.items() if name != "train"}
        return ngram_perplexities(self.data.streams["train"], held_out, self.data.vocabulary)

    def memory(self) -> int:
        """Bytes that this training takes, about; those of the processor, not of a GPU."""
        types, tokens = len(self.data.vocabulary), len(self.data.streams["train"])
        precision = self.config["precision"]
        return memory_of(self.settings, precision, types, self.parameter_count, tokens)

    def run_to_end(self, hooks: Hooks | None = None) -> dict[str, Any]:
        """Train, keep and write the best weights; returns the metrics, for `finish`.

        KeyboardInterrupt (after saving) and FloatingPointError pass through; the folder can then
        be resumed.
        """
        history = self._fit(hooks or Hooks())
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
        settings, streams = self.settings, self.data.streams
        train = np.asarray(streams["train"].ids)
        recipe = Recipe(
            self.model,
            beginning.optimizer_for(self.model, settings),
            build_schedule(settings.schedule, settings.epochs, settings.decay_rate),
            ClipValue(settings.clip_value) if settings.clip_value else ClipNorm(settings.clip),
            build_average(settings.optimizer, self.model, settings.average),
            pieces=settings.accumulate,
        )
        ends = (settings.epochs, settings.max_minutes, settings.patience)
        return fit_in_run(
            self.run,
            recipe,
            lambda epoch: epoch_of_windows(train, settings, self.device, epoch),
            lambda: score_stream(self.model, streams["valid"]).to_dict(),
            Limits(*ends, settings.checkpoint_seconds),
            hooks,
        )

    def _metrics(self, history: list[Record]) -> dict[str, Any]:
        metrics = sum_up(self.run, history, by_loss)
        for name, stream in self.data.streams.items():
            if name != "train":
                metrics[name] = evaluate_stream(self.model, stream, self.data.vocabulary)
        return metrics


def training(
    settings: LanguageSettings,
    sources: Sources,
    out: str | os.PathLike[str],
    force: bool = False,
    notes: dict[str, Any] | None = None,
) -> AbstractContextManager[Training]:
    """Encode the texts, build the model and hold the run folder `out` for one new training.

    `notes` are kept in config.json for the caller. ValueError for texts or settings that cannot
    work; nothing is left behind then.
    """
    return holding.new_training(
        out, force, lambda run: _begin(settings, sources, run, notes), _go_on
    )


def resumed_training(out: str | os.PathLike[str]) -> AbstractContextManager[Training]:
    """Hold an unfinished run folder to go on exactly where it stopped."""
    return holding.unfinished_training(out, _go_on)


def _go_on(run: Run, config: dict[str, Any]) -> Training:
    job = Training(read_settings(run), reopen(run), run, config)
    if job.settings.begin_from:
        beginning.reopen(job.model, run.checkpoint)
    return job


def read_settings(run: Run) -> LanguageSettings:
    """The settings a run was trained with."""
    return holding.read_settings(run, LanguageSettings)


def train(
    settings: LanguageSettings,
    sources: Sources,
    out: str | os.PathLike[str],
    hooks: Hooks | None = None,
) -> dict[str, Any]:
    """Train a language model on `sources.train` into the new run folder `out` (L1, L2).

    `sources` has `train`, `valid` and `test` (or None), such as
    `seqkit.corpora.catalogue.open_splits` gives. Returns the metrics, as in metrics.json.
    """
    with training(settings, sources, out) as job:
        metrics = job.run_to_end(hooks)
        job.finish(metrics)
        return metrics


def _begin(
    settings: LanguageSettings, sources: Sources, run: Run, notes: dict[str, Any] | None
) -> Training:
    """Encode, build, and only then replace what an earlier run left in the folder."""
    with run.scratch() as scratch:
        data = encode_all(settings, sources, scratch)
        _check_length(settings, data)
        config = {**_config(settings, sources, data), "notes": notes}
        job = Training(settings, data, run, config)
        if settings.begin_from:
            types = data.vocabulary.types
            config["began_from"] = beginning.begin(job.model, types, settings.begin_from, scratch)
        run.clear()
        run.adopt(scratch)
    write_tokens(run, data)
    run.create(config)
    job.data = reopen(run)  # where it lies now
    return job


def _config(settings: LanguageSettings, sources: Sources, data: LanguageData) -> dict[str, Any]:
    precision = choose_precision(settings.precision, choose_device(settings.device))
    model = dataclasses.asdict(settings.model(len(data.vocabulary)))
    corpus = {"name": sources.train.name, **data.describe()}
    config = holding.run_config("language", settings, model, corpus, precision)
    config["settings"]["tokenizer_name"] = settings.tokenizer_name
    return config


def _check_length(settings: LanguageSettings, data: LanguageData) -> None:
    tokens, parts = len(data.streams["train"]), team().size * settings.accumulate
    if settings.batch_size < parts:
        raise ValueError(
            f"--batch-size {settings.batch_size} cannot be cut into {parts} parts, one for each of "
            f"{team().size} processes and --accumulate {settings.accumulate} times; raise it"
        )
    if tokens < settings.batch_size * settings.bptt:
        raise ValueError(
            f"the training text has {tokens} tokens, too few for windows of --batch-size "
            f"{settings.batch_size} times --bptt {settings.bptt}; lower them, or give more text"
        )
