"""What a person sees of a language-model training: before it, after each epoch, at its end."""

import contextlib
import dataclasses
from typing import Any

import click

from seqkit.cli import figures_shown, reporting
from seqkit.cli.options import echo_json, note
from seqkit.corpora.corpus import Corpus, Splits
from seqkit.corpora.smallworld import SmallWorld
from seqkit.report.card import model_card
from seqkit.tasks import language
from seqkit.tasks.language.training import read_settings
from seqkit.tasks.runs import Run
from seqkit.train.loop import Hooks, Loop, Record


def known_facts(splits: Splits[Corpus]) -> dict[str, Any]:
    """What is known of a text beforehand: whether it is synthetic, and of the built-in language
    its entropy and the best possible loss on each held-out text, in nats a line.
    """
    if not isinstance(splits.train, SmallWorld):
        return {"synthetic": splits.train.synthetic}
    held_out = {"valid": splits.valid, "test": splits.test}
    known = {n: s.best_possible().nats for n, s in held_out.items() if isinstance(s, SmallWorld)}
    return {"synthetic": True, "entropy": splits.train.entropy.nats, "best_possible": known}


def follow(job: language.Training, quiet: bool, as_json: bool) -> None:
    """Announce a training, run it to its end, and report."""
    floors = _floors(job)
    watcher = _Watcher(job, floors.get("valid", {}).get("best_possible"), quiet)
    with reporting.telling_how_to_go_on("train-lm", job.run), contextlib.closing(watcher):
        baselines = job.baselines()
        if not quiet:
            _announce(job, floors, baselines)
        metrics = job.run_to_end(watcher)
    for name, floor in floors.items():
        excess = metrics[name]["loss"] - floor["best_possible"]
        metrics[name] |= {**floor, "excess": excess}
    for name, values in baselines.items():
        metrics[name]["baselines"] = values
    job.run.write_card(_card(job, metrics, watcher.sample()))
    job.finish(metrics)
    _report(metrics, quiet, as_json)


def resume(out: str, given: dict[str, Any], quiet: bool, as_json: bool) -> None:
    """Go on with the run in `out`; options that differ from those it began with are errors."""
    run = Run(out)
    reporting.check_unchanged(run, read_settings(run), given)
    if metrics := reporting.finished_metrics(run, quiet):
        _report(metrics, quiet, as_json)
        return
    with language.resumed_training(out) as job:
        follow(job, quiet, as_json)


def dry_run(settings: language.LanguageSettings, splits: Splits[Corpus], as_json: bool) -> None:
    """Show the resolved settings, the number of parameters and the memory; train nothing."""
    reporting.show_settings(settings, language.estimate(settings, splits.train), as_json)


def _floors(job: language.Training) -> dict[str, dict[str, float]]:
    """Entropy and best possible loss of each held-out text, nats a token, where they are known.

    Words that became <unk> make a text easier than its language; then nothing is known.
    """
    notes = job.config.get("notes") or {}
    floors = {}
    for name, best in notes.get("best_possible", {}).items():
        stream = job.data.streams[name]
        if not job.data.unknown_share(stream):
            lines = stream.lines / len(stream)
            floors[name] = {"entropy": notes["entropy"] * lines, "best_possible": best * lines}
    return floors


def _announce(
    job: language.Training,
    floors: dict[str, dict[str, float]],
    baselines: dict[str, dict[str, float]],
) -> None:
    config, settings = job.config, job.settings
    corpus = config["corpus"]
    traits = {
        "tied": settings.tie,
        "one-hot input": settings.input == "one-hot",
        "backward": settings.direction == "backward",
    }
    kind = ", ".join([settings.cell, *(name for name, has_it in traits.items() if has_it)])
    facts = {
        "corpus": reporting.corpus_line(config, "tokens"),
        "sha256": f"{corpus['train']['sha256']} (train)",
        "vocabulary": f"{len(job.data.vocabulary):,} types of {settings.level}; "
        f"{corpus['valid']['unknown_share']:.1%} of valid is <unk>",
        "model": f"{settings.layers} x {settings.hidden} {kind}: "
        f"{job.parameter_count:,} parameters",
        "device": f"{job.describe_device()}, {config['precision']}, seed {settings.seed}",
        "memory": reporting.gigabytes(job.memory()),
        "run": str(job.run.path),
    }
    for name, value in baselines["valid"].items():
        facts[name] = f"valid perplexity {value:,.1f}, a baseline to beat"
    if "valid" in floors:
        facts["entropy"] = f"{floors['valid']['entropy']:.4f} nats a token; on valid no model can "
        facts["entropy"] += f"expect less than {floors['valid']['best_possible']:.4f}"
    reporting.note_facts(facts)


class _Watcher(Hooks):
    """Shows a bar on a terminal, and one line and one sample an epoch."""

    def __init__(self, job: language.Training, floor: float | None, quiet: bool) -> None:
        self.job, self.floor, self.quiet = job, floor, quiet
        self.bar = reporting.Bar(quiet, "steps")
        self.close = self.bar.close

    def on_step(self, loop: Loop) -> None:
        self.bar.follow(loop)

    def on_epoch(self, loop: Loop, record: Record) -> None:
        self.bar.close()
        if self.quiet:
            return
        note(self._line(loop, record))
        reporting.note_sample(self.sample())

    def sample(self) -> str:
        """A line the model writes, the same draw each time so that progress shows."""
        speaker = language.TrainedLanguageModel(
            self.job.model, self.job.data.tokenizer, self.job.data.vocabulary
        )
        return speaker.sample_text(max_tokens=160 if self.job.settings.level == "char" else 30)

    def _line(self, loop: Loop, record: Record) -> str:
        valid = record["valid"]
        parts = [
            f"train {record['train']['loss']:.4f}",
            f"valid {valid['loss']:.4f}",
            f"perplexity {valid['perplexity']:.2f}{'*' if record['best'] else ' '}",
        ]
        if self.floor is not None:
            parts.append(f"above the best {valid['loss'] - self.floor:+.4f}")
        speed = f"{record['tokens_per_second']:,.0f} tok/s"
        return reporting.epoch_line(record, parts, speed, loop.progress)


def _report(metrics: dict[str, Any], quiet: bool, as_json: bool) -> None:
    if as_json:
        echo_json(metrics)
    else:
        for name in ("valid", "test"):
            if name in metrics:
                click.echo(_split_line(name, metrics[name]))
    note(f"next: seqkit sample {metrics['run']}", quiet)


def _split_line(name: str, split: dict[str, Any]) -> str:
    text = f"{name:<6} perplexity {split['perplexity']:.2f}"
    if "perplexity_interval" in split:
        low, high = split["perplexity_interval"]
        text += f" (95 %: {low:.2f} to {high:.2f})"
    text += (
        f", loss {split['loss']:.4f} nats a token, {split['bits_per_char']:.4f} bits a character"
    )
    if "excess" in split:
        share = split["excess"] / split["best_possible"]
        text += f"; {split['excess']:.4f} ({share:.1%}) above the best possible on this text"
        text += f", {split['loss'] - split['entropy']:.4f} above the entropy"
    return text


def _card(job: language.Training, metrics: dict[str, Any], sample: str) -> str:
    splits = {name: metrics[name] for name in ("train", "valid", "test") if name in metrics}
    held_out = metrics["test" if "test" in metrics else "valid"]
    card = figures_shown.card_of(job.run, job.config, metrics, ("tokens", "lines", "characters"))
    return model_card(
        dataclasses.replace(
            card,
            task=_TASKS[job.settings.direction],
            metrics={n: {k: v for k, v in m.items() if k in _FIGURES} for n, m in splits.items()},
            baselines={n: {"perplexity": value} for n, value in held_out["baselines"].items()},
            entropy=held_out.get("best_possible"),
            parameters=job.parameter_count,
            sample=sample,
        )
    )


_TASKS = {"forward": "language model", "backward": "language model from right to left"}
_FIGURES = ("loss", "perplexity", "bits_per_char")
