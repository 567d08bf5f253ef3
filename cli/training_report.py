"""What a person sees of a language-model training: before it, after each epoch, at its end."""

import dataclasses
import sys
import time
from typing import Any

import click
from tqdm import tqdm

import seqkit
from seqkit.cli.options import echo_json, note
from seqkit.corpora.corpus import Splits
from seqkit.corpora.smallworld import SmallWorld
from seqkit.report.card import Card, model_card
from seqkit.report.terminal import printable
from seqkit.tasks import language
from seqkit.tasks.language.training import read_settings
from seqkit.tasks.runs import Run, read_json
from seqkit.train.loop import Hooks, Loop, Record


def known_facts(splits: Splits) -> dict[str, Any]:
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
    try:
        baselines = job.baselines()
        if not quiet:
            _announce(job, floors, baselines)
        metrics = job.run_to_end(watcher)
    except KeyboardInterrupt:
        note(f"\nstopped and saved; go on with: seqkit train-lm --resume --out {job.run.path}")
        raise
    finally:
        watcher.close()
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
    notes = run.read_config().get("notes") or {}
    began = {**dataclasses.asdict(read_settings(run)), **notes}
    for name, value in given.items():
        if value != began.get(name, value):
            option = "CORPUS" if name == "corpus" else "--" + name.replace("_", "-")
            raise ValueError(
                f"{option} {value}: the run in {out} began with {began[name]}; "
                "leave it out to go on with that"
            )
    if run.finished:
        note(f"{out} is finished already", quiet)
        run.finish()
        _report(read_json(run.path / "metrics.json"), quiet, as_json)
        return
    with language.resumed_training(out) as job:
        follow(job, quiet, as_json)


def dry_run(settings: language.LanguageSettings, splits: Splits, as_json: bool) -> None:
    """Show the resolved settings, the number of parameters and the memory; train nothing."""
    estimate = language.estimate(settings, splits.train)
    values = {**dataclasses.asdict(settings), **estimate}
    if as_json:
        echo_json(values)
        return
    for name, value in values.items():
        click.echo(f"{name:<18} {value}")


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
    sizes = ", ".join(f"{name} {corpus[name]['tokens']:,}" for name in job.data.streams)
    traits = {
        "tied": settings.tie,
        "one-hot input": settings.input == "one-hot",
        "backward": settings.direction == "backward",
    }
    kind = ", ".join([settings.cell, *(name for name, has_it in traits.items() if has_it)])
    synthetic = " (synthetic)" if (config.get("notes") or {}).get("synthetic") else ""
    facts = {
        "corpus": f"{printable(corpus['name'])}{synthetic}: tokens {sizes}",
        "sha256": f"{corpus['train']['sha256']} (train)",
        "vocabulary": f"{len(job.data.vocabulary):,} types of {settings.level}; "
        f"{corpus['valid']['unknown_share']:.1%} of valid is <unk>",
        "model": f"{settings.layers} x {settings.hidden} {kind}: "
        f"{job.parameter_count:,} parameters",
        "device": f"{job.describe_device()}, {config['precision']}, seed {settings.seed}",
        "run": str(job.run.path),
    }
    for name, value in baselines["valid"].items():
        facts[name] = f"valid perplexity {value:,.1f}, a baseline to beat"
    if "valid" in floors:
        facts["entropy"] = f"{floors['valid']['entropy']:.4f} nats a token; on valid no model can "
        facts["entropy"] += f"expect less than {floors['valid']['best_possible']:.4f}"
    for name, text in facts.items():
        note(f"{name:<11} {text}")


class _Watcher(Hooks):
    """Shows a bar on a terminal, and one line and one sample an epoch."""

    def __init__(self, job: language.Training, floor: float | None, quiet: bool) -> None:
        self.job, self.floor, self.quiet = job, floor, quiet
        self.bar: tqdm[Any] | None = None

    def on_step(self, loop: Loop) -> None:
        if self.quiet or not sys.stderr.isatty():
            return
        if self.bar is None:
            self.bar = tqdm(total=loop.epoch_length, initial=loop.at.cursor - 1, leave=False)
            self.bar.set_description(f"epoch {loop.at.epoch + 1}")
        self.bar.update()
        if loop.at.cursor % 20 == 0:
            self.bar.set_postfix(loss=f"{loop.at.loss_sum / loop.at.loss_count:.3f}")

    def on_epoch(self, loop: Loop, record: Record) -> None:
        self.close()
        if self.quiet:
            return
        note(self._line(loop, record))
        note(f"            {printable(self.sample())}")

    def sample(self) -> str:
        """A line the model writes, the same draw each time so that progress shows."""
        speaker = language.TrainedLanguageModel(
            self.job.model, self.job.data.tokenizer, self.job.data.vocabulary
        )
        return speaker.sample_text(max_tokens=160 if self.job.settings.level == "char" else 30)

    def close(self) -> None:
        """Take the bar away."""
        if self.bar is not None:
            self.bar.close()
            self.bar = None

    def _line(self, loop: Loop, record: Record) -> str:
        valid, at = record["valid"], f"{record['epoch']:g}"
        parts = [
            f"epoch {at:>5}",
            f"train {record['train']['loss']:.4f}",
            f"valid {valid['loss']:.4f}",
            f"perplexity {valid['perplexity']:.2f}{'*' if record['best'] else ' '}",
        ]
        if self.floor is not None:
            parts.append(f"above the best {valid['loss'] - self.floor:+.4f}")
        left = record["seconds"] * (1 / max(loop.progress, 1e-9) - 1)
        parts += [
            f"{record['tokens_per_second']:,.0f} tok/s",
            f"{_clock(record['seconds'])} gone, {_clock(left)} left",
        ]
        stamp = "" if sys.stderr.isatty() else time.strftime("%H:%M:%S ")
        return stamp + "  ".join(parts)


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


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
    corpus = job.config["corpus"]
    splits = {name: metrics[name] for name in ("train", "valid", "test") if name in metrics}
    held_out = "test" if "test" in metrics else "valid"
    return model_card(
        Card(
            run=str(job.run.path),
            task=_TASKS[job.settings.direction],
            corpus={
                "name": corpus["name"],
                "sha256": corpus["train"]["sha256"],
                "counts": {k: corpus["train"][k] for k in ("tokens", "lines", "characters")},
                "synthetic": bool((job.config["notes"] or {}).get("synthetic")),
            },
            config=job.config["settings"],
            metrics={n: {k: v for k, v in m.items() if k in _FIGURES} for n, m in splits.items()},
            baselines={
                name: {"perplexity": value}
                for name, value in metrics[held_out]["baselines"].items()
            },
            entropy=metrics[held_out].get("best_possible"),
            parameters=job.parameter_count,
            epochs=int(metrics["epochs"]),
            seconds=metrics["seconds"],
            versions={"seqkit": seqkit.__version__, **job.config["versions"]},
            sample=sample,
        )
    )


_TASKS = {"forward": "language model", "backward": "language model from right to left"}
_FIGURES = ("loss", "perplexity", "bits_per_char")
