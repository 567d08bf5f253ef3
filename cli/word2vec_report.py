"""What a person sees of a training of word vectors: before it, after each epoch, at its end."""

import dataclasses
import sys
import tempfile
import time
from typing import Any

import click
from tqdm import tqdm

import seqkit
from seqkit.cli.options import echo_json, note
from seqkit.report.card import Card, model_card
from seqkit.report.terminal import printable
from seqkit.tasks import word2vec
from seqkit.tasks.runs import Run, read_json

SHOWN = (200, 400, 800)
"""The neighbours of words of these ranks are shown after each epoch."""
_LIMITS = (
    "Words that stand in like places get like vectors, opposites too: hot is near cold.",
    "The vectors know the text they were trained on and nothing else, its slants included.",
    "A word has one vector, whatever it means in a sentence; a word not in the list has none.",
)


def follow(job: word2vec.Training, quiet: bool, as_json: bool) -> None:
    """Announce a training, run it to its end, and report."""
    if not quiet:
        _announce(job)
    watcher = _Watcher(quiet)
    try:
        metrics = job.run_to_end(watcher)
    except KeyboardInterrupt:
        note(
            f"\nstopped and saved; go on with: seqkit train-word2vec --resume --out {job.run.path}"
        )
        raise
    finally:
        watcher.close()
    job.run.write_card(_card(job, metrics))
    job.finish(metrics)
    _report(metrics, quiet, as_json)


def resume(out: str, given: dict[str, Any], quiet: bool, as_json: bool) -> None:
    """Go on with the run in `out`; options that differ from those it began with are errors."""
    run = Run(out)
    notes = run.read_config().get("notes") or {}
    began = {**dataclasses.asdict(word2vec.read_settings(run)), **notes}
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
    with word2vec.resumed_training(out) as job:
        follow(job, quiet, as_json)


def dry_run(settings: word2vec.Word2VecSettings, source: word2vec.Source, as_json: bool) -> None:
    """Show the settings, the words of the text and the memory; train nothing."""
    with tempfile.TemporaryDirectory() as folder:
        values = {
            **dataclasses.asdict(settings),
            **word2vec.estimate(settings, source, folder),
        }
    if as_json:
        echo_json(values)
        return
    for name, value in values.items():
        click.echo(f"{name:<18} {value}")


def _announce(job: word2vec.Training) -> None:
    settings, corpus = job.settings, job.config["corpus"]
    train = corpus["train"]
    synthetic = " (synthetic)" if (job.config.get("notes") or {}).get("synthetic") else ""
    words = train["tokens"] - train["lines"]
    kind = {"ns": f"{settings.negative} noise words", "hs": "hierarchical softmax"}
    facts = {
        "corpus": f"{printable(corpus['name'])}{synthetic}: {words:,} words",
        "sha256": train["sha256"],
        "vocabulary": f"{job.config['model']['words']:,} words that come at least "
        f"{settings.min_count} times; {train['unknown_share']:.1%} of the text is rarer",
        "model": f"{settings.model}, {kind.get(settings.loss, 'full softmax')}, "
        f"{settings.dim} numbers a word, window {settings.window}",
        "device": f"{job.describe_device()}, seed {settings.seed}",
        "run": printable(str(job.run.path)),
        "baseline": f"loss {job.baseline():.4f} nats a prediction, knowing frequencies alone",
    }
    for name, fact in facts.items():
        note(f"{name:<11} {fact}")


class _Watcher(word2vec.Hooks):
    """Shows a bar on a terminal, one line and some neighbours an epoch."""

    def __init__(self, quiet: bool) -> None:
        self.quiet = quiet
        self.bar: tqdm[Any] | None = None

    def on_round(self, job: word2vec.Training) -> None:
        if self.quiet or not sys.stderr.isatty():
            return
        progress = job.progress
        if self.bar is None:
            self.bar = tqdm(total=progress.tokens, leave=False, unit=" words", unit_scale=True)
            self.bar.set_description(f"epoch {progress.epoch + 1}")
        self.bar.update(progress.position - self.bar.n)
        if progress.predictions:
            self.bar.set_postfix(loss=f"{progress.loss / progress.predictions:.3f}")

    def on_epoch(self, job: word2vec.Training, record: dict[str, Any]) -> None:
        self.close()
        if self.quiet:
            return
        note(_line(job, record))
        for word, near in neighbours(job):
            note(f"            {printable(word)}: {printable(', '.join(near))}")

    def close(self) -> None:
        """Take the bar away."""
        if self.bar is not None:
            self.bar.close()
            self.bar = None


def neighbours(job: word2vec.Training) -> list[tuple[str, list[str]]]:
    """Some words with the three nearest to each."""
    vectors = job.vectors
    ranks = [rank for rank in SHOWN if rank < len(vectors)] or [0]
    words = [vectors.index_to_key[rank] for rank in ranks]
    found = []
    for word in words:
        near = vectors.most_similar(word, topn=3)
        found.append((word, [other for other, _ in near]))
    return found


def _line(job: word2vec.Training, record: dict[str, Any]) -> str:
    at = f"{record['epoch']:g}"
    parts = [f"epoch {at:>5}", f"loss {record['train']['loss']:.4f}"]
    best = "*" if record["best"] and record["valid"] else ""
    parts += [f"{name} {value:.4f}{best}" for name, value in record["valid"].items()]
    left = record["seconds"] * (1 / max(job.progress.share(job.settings), 1e-9) - 1)
    parts += [
        f"{record['words_per_second']:,.0f} words/s",
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
        click.echo(f"loss   {metrics['train']['loss']:.4f} nats a prediction")
        for name, value in metrics["valid"].items():
            click.echo(f"{name:<9} {value:.4f}")
    note(f"next: seqkit neighbors {metrics['run']} WORD", quiet)


def _card(job: word2vec.Training, metrics: dict[str, Any]) -> str:
    corpus = job.config["corpus"]
    return model_card(
        Card(
            run=str(job.run.path),
            task="list of word vectors",
            corpus={
                "name": corpus["name"],
                "sha256": corpus["train"]["sha256"],
                "counts": {k: corpus["train"][k] for k in ("tokens", "lines", "characters")},
                "synthetic": bool((job.config["notes"] or {}).get("synthetic")),
            },
            config=job.config["settings"],
            metrics={name: metrics[name] for name in ("train", "valid") if metrics[name]},
            parameters=2 * job.engine.inputs.size,
            epochs=int(metrics["epochs"]),
            seconds=metrics["seconds"],
            versions={"seqkit": seqkit.__version__, **job.config["versions"]},
            sample="\n".join(f"{word}: {', '.join(near)}" for word, near in neighbours(job)),
            commands=(
                "seqkit neighbors RUN WORD",
                "seqkit analogy RUN man king woman",
                "seqkit vectors convert RUN vectors.txt",
            ),
            limits=_LIMITS,
        )
    )
