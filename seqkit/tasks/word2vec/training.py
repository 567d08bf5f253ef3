"""Training word vectors: text, engine, rounds and run folder joined."""

import dataclasses
import os
import time
from contextlib import AbstractContextManager
from typing import Any

import numpy as np
import torch

from seqkit.tasks import holding
from seqkit.tasks.devices import choose_device, cpu_threads, describe_device, set_threads
from seqkit.tasks.runs import Run
from seqkit.tasks.word2vec.averaging import Meeting
from seqkit.tasks.word2vec.beginning import (
    Source,
    choose_vocabulary,
    configuration,
    first_matrices,
    least_count,
)
from seqkit.tasks.word2vec.engines import build_engine, threads_of
from seqkit.tasks.word2vec.judging import Judge, score
from seqkit.tasks.word2vec.progress import Pacer, Progress
from seqkit.tasks.word2vec.settings import Word2VecSettings
from seqkit.text.streams import TokenStream, encode_new
from seqkit.text.tokenizers import build_tokenizer
from seqkit.text.vocabulary import Vocabulary
from seqkit.train.checkpoint import fitting, load_tree, save_tree
from seqkit.train.distribution import bounds, team
from seqkit.train.interrupt import Interrupt, deferred_interrupt
from seqkit.vectors.vectors import WordVectors
from seqkit.word2vec.engine import Engine, Stretch
from seqkit.word2vec.frequencies import SPECIAL, unigram_loss

TOKENS = "train.tokens"
"""The file of the text's ids in a checkpoint."""


class Hooks:
    """What a caller may want to do while it trains; does nothing by itself."""

    def on_round(self, job: "Training") -> None:
        """After every round, about once a second."""

    def on_epoch(self, job: "Training", record: dict[str, Any]) -> None:
        """After every epoch."""


class Training:
    """One training that is ready to run: text encoded, matrices made, folder locked.

    `config` is what config.json says. Make one with `training`.
    """

    def __init__(
        self,
        settings: Word2VecSettings,
        stream: TokenStream,
        vocabulary: Vocabulary,
        run: Run,
        config: dict[str, Any],
    ) -> None:
        self.settings, self.stream, self.vocabulary = settings, stream, vocabulary
        self.run, self.config = run, config
        set_threads(settings.threads)
        self.judge = Judge(settings)
        self.engine: Engine = build_engine(
            settings, vocabulary, *first_matrices(settings, vocabulary)
        )
        self.progress = Progress(len(stream), self.engine.stretch)
        self.team = team()
        self._best: dict[str, Any] | None = None

    @property
    def vectors(self) -> WordVectors:
        """The vectors as they are now, without copying them."""
        return WordVectors(
            self.vocabulary.types[SPECIAL:],
            self.engine.inputs[SPECIAL:],
            self.vocabulary.counts[SPECIAL:],
        )

    @property
    def words_per_second(self) -> float:
        """Words of the text a second of training; line ends are not words."""
        share = 1 - self.stream.lines / len(self.stream)
        words = self.progress.epochs * len(self.stream) * share
        return words / max(self.progress.seconds, 1e-9)

    def baseline(self) -> float:
        """The least loss that can be had by knowing only how frequent words are."""
        counts = np.array(self.vocabulary.counts, np.int64)
        return unigram_loss(self.settings.config(), counts)

    def describe_device(self) -> str:
        """Where it computes, for people."""
        return describe_device(choose_device(self.settings.device), threads_of(self.settings))

    def run_to_end(self, hooks: Hooks | None = None) -> dict[str, Any]:
        """Train and write the vectors; returns the metrics, for `finish`.

        KeyboardInterrupt (after saving) and FloatingPointError pass through; the folder can then be
        resumed.
        """
        hooks = hooks or Hooks()
        self._resume()
        self._meeting = Meeting(self.team, self.engine)
        pacer, self._saved = Pacer(threads_of(self.settings)), time.perf_counter()
        with deferred_interrupt() as interrupt:
            while not self._over():
                self._round(pacer)
                hooks.on_round(self)
                if self.progress.position == len(self.stream) or self._over():
                    hooks.on_epoch(self, self._end_epoch())
                self._save_if_due(interrupt)
        self.team.dismiss()
        self._write()
        return self._metrics()

    def finish(self, metrics: dict[str, Any]) -> None:
        """Write metrics.json, the last act: until then a killed run can be resumed."""
        self.run.write_metrics(metrics)

    def _over(self) -> bool:
        return self._stopped_early() or self.progress.share(self.settings) >= 1

    def _stopped_early(self) -> bool:
        history, patience = self.progress.history, self.settings.patience
        if not patience or not history:
            return False
        return len(history) - 1 - _best_of(history) >= patience

    def _round(self, pacer: Pacer) -> None:
        """Train on the next stretches; FloatingPointError if the loss is no longer a number."""
        progress, team, begin = self.progress, self.team, time.perf_counter()
        stretches = progress.next_round(self.settings, team.agree(pacer.count) * team.size)
        first, last = bounds(len(stretches), team.rank, team.size)
        loss, predictions = team.sum(self._train(stretches[first:last]))
        self._meeting.meet()
        if not np.isfinite(loss):
            raise FloatingPointError(
                f"the loss became {loss} in epoch {progress.epoch + 1}: lower --lr "
                f"({self.settings.rate:g})"
            )
        seconds = time.perf_counter() - begin
        pacer.measure(seconds)
        progress.position = stretches[-1].stop
        progress.loss += loss
        progress.predictions += round(predictions)
        progress.seconds = team.agree(progress.seconds + seconds)

    def _train(self, stretches: list[Stretch]) -> tuple[float, int]:
        """Train on this process's part of a round: (the loss, of how many predictions)."""
        if not stretches:
            return 0.0, 0
        first = stretches[0].start
        ids = self.stream.read(first, stretches[-1].stop)
        return self.engine.train(ids, [part.shifted(-first) for part in stretches])

    def _save_if_due(self, interrupt: Interrupt) -> None:
        """Save when anybody is asked to stop, or when it is time; the clock is the first's."""
        due = time.perf_counter() - self._saved > self.settings.checkpoint_seconds
        stop, save = self.team.sum([interrupt.requested, due and self.team.leads])
        if stop or save:
            self._save()
            self._saved = time.perf_counter()
        if stop:
            raise KeyboardInterrupt

    def _end_epoch(self) -> dict[str, Any]:
        """Measure, write the history, keep the best vectors, and begin the next epoch."""
        progress = self.progress
        if not progress.predictions:
            raise ValueError(
                "no word has another one beside it: too few words of a line have --min-count "
                f"{self.settings.min_count}, or --sample {self.settings.sample:g} passes over "
                "almost all; lower the first, raise the second (0 passes over none), or give more "
                "text"
            )
        measured = self.team.agree(self.judge.measure(self.vectors) if self.team.leads else None)
        record = {
            "epoch": progress.epochs,
            "train": {"loss": progress.loss / progress.predictions},
            "valid": measured,
            "words_per_second": self.words_per_second,
            "seconds": progress.seconds,
        }
        progress.history.append(record)
        record["best"] = _best_of(progress.history) == len(progress.history) - 1
        if self.team.leads:
            self.run.write_history(progress.history)
        if measured and record["best"]:
            self._best = {name: matrix.clone() for name, matrix in self._matrices().items()}
        if progress.position == progress.tokens:
            progress.epoch, progress.position = progress.epoch + 1, 0
            progress.loss, progress.predictions = 0.0, 0
        return record

    def _matrices(self) -> dict[str, torch.Tensor]:
        """The matrices (V, D) as they are now, where they lie."""
        names = ("inputs", "outputs")
        return {name: torch.from_numpy(getattr(self.engine, name)) for name in names}

    def _save(self) -> None:
        """The checkpoint: matrices, the best ones so far, and how far it has come."""
        if not self.team.leads:
            return
        state = {
            "progress": dataclasses.asdict(self.progress),
            "matrices": self._matrices(),
            "best": self._best,
        }
        save_tree(self.run.checkpoint / "state.safetensors", state)

    def _resume(self) -> None:
        path = self.run.checkpoint / "state.safetensors"
        if not path.exists():
            return
        state = load_tree(path)
        with fitting(path):
            self.progress, self._best = Progress(**state["progress"]), state["best"]
            matrices = {name: tensor.numpy() for name, tensor in state["matrices"].items()}
            self.engine = build_engine(self.settings, self.vocabulary, **matrices)

    def _write(self) -> None:
        self.run.write_history(self.progress.history)
        self.run.write_tensors(self._best or self._matrices())

    def _metrics(self) -> dict[str, Any]:
        history = self.progress.history
        best = history[_best_of(history)]
        return {
            "run": str(self.run.path),
            "epochs": history[-1]["epoch"],
            "best_epoch": best["epoch"],
            "seconds": self.progress.seconds,
            "words_per_second": self.words_per_second,
            "train": best["train"],
            "valid": best["valid"],
            "test": {},
        }


def _best_of(history: list[dict[str, Any]]) -> int:
    """The place of the epoch that was measured best; the last one where nothing was measured."""
    if not history[-1]["valid"]:
        return len(history) - 1
    scores = [score(record["valid"]) for record in history]
    return scores.index(max(scores))


def training(
    settings: Word2VecSettings,
    source: Source,
    out: str | os.PathLike[str],
    force: bool = False,
    notes: dict[str, Any] | None = None,
) -> AbstractContextManager[Training]:
    """Encode a text, make the matrices and hold the run folder `out` for one new training.

    `notes` are kept in config.json for the caller. ValueError for a text or settings that cannot
    work; nothing is left behind then.
    """
    return holding.new_training(
        out, force, lambda run: _begin(settings, source, run, notes), _reopen
    )


def resumed_training(out: str | os.PathLike[str]) -> AbstractContextManager[Training]:
    """Hold an unfinished run folder to go on exactly where it stopped."""
    return holding.unfinished_training(out, _reopen)


def _reopen(run: Run, config: dict[str, Any]) -> Training:
    vocabulary = Vocabulary.load(run.path / "vocabulary.json")
    return Training(read_settings(run), _open_stream(run, vocabulary), vocabulary, run, config)


def _open_stream(run: Run, vocabulary: Vocabulary) -> TokenStream:
    """The text of an unfinished run."""
    return TokenStream(run.checkpoint / TOKENS, vocabulary)


def read_settings(run: Run) -> Word2VecSettings:
    """The settings a run was trained with."""
    return holding.read_settings(run, Word2VecSettings)


def train(
    settings: Word2VecSettings,
    source: Source,
    out: str | os.PathLike[str],
    hooks: Hooks | None = None,
) -> dict[str, Any]:
    """Train word vectors on a text into the new run folder `out`; the metrics (W1 to W5).

    `source` is any corpus, such as `seqkit.corpora.catalogue.open_corpus` gives.
    """
    with training(settings, source, out) as job:
        metrics = job.run_to_end(hooks)
        job.finish(metrics)
        return metrics


def _begin(
    settings: Word2VecSettings, source: Source, run: Run, notes: dict[str, Any] | None
) -> Training:
    """Encode, make the matrices, and only then replace what an earlier run left in the folder."""
    tokenizer = build_tokenizer(settings.tokenizer)
    with run.scratch() as scratch:
        stream, vocabulary = encode_new(
            source.blocks(),
            tokenizer,
            lambda counts: choose_vocabulary(counts, settings),
            scratch / TOKENS,
            size=settings.vocab_size,
            min_count=least_count(settings),
            processes=cpu_threads(settings.threads),
        )
        config = {**configuration(settings, source, stream, vocabulary), "notes": notes}
        job = Training(settings, stream, vocabulary, run, config)
        run.clear()
        run.adopt(scratch)
    job.stream = _open_stream(run, vocabulary)  # where it lies now
    vocabulary.save(run.path / "vocabulary.json")
    run.create(config)
    return job
