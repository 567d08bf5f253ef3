"""What a person sees of a training of word vectors: before it, after each epoch, at its end."""

import contextlib
import dataclasses
import tempfile
from typing import Any

import click

from seqkit.cli import figures_shown, reporting
from seqkit.cli.options import echo_json, note
from seqkit.report.card import model_card
from seqkit.report.terminal import printable
from seqkit.tasks import word2vec
from seqkit.tasks.runs import Run

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
    with reporting.telling_how_to_go_on("train-word2vec", job.run), contextlib.closing(watcher):
        metrics = job.run_to_end(watcher)
    job.run.write_card(_card(job, metrics))
    job.finish(metrics)
    _report(metrics, quiet, as_json)


def resume(out: str, given: dict[str, Any], quiet: bool, as_json: bool) -> None:
    """Go on with the run in `out`; options that differ from those it began with are errors."""
    run = Run(out)
    reporting.check_unchanged(run, word2vec.read_settings(run), given)
    if metrics := reporting.finished_metrics(run, quiet):
        _report(metrics, quiet, as_json)
        return
    with word2vec.resumed_training(out) as job:
        follow(job, quiet, as_json)


def dry_run(settings: word2vec.Word2VecSettings, source: word2vec.Source, as_json: bool) -> None:
    """Show the settings, the words of the text and the memory; train nothing."""
    with tempfile.TemporaryDirectory() as folder:
        estimate = word2vec.estimate(settings, source, folder)
    reporting.show_settings(settings, estimate, as_json)


def _announce(job: word2vec.Training) -> None:
    settings, corpus = job.settings, job.config["corpus"]
    train = corpus["train"]
    name = printable(corpus["name"]) + reporting.synthetic_mark(job.config)
    words = train["tokens"] - train["lines"]
    kind = {"ns": f"{settings.negative} noise words", "hs": "hierarchical softmax"}
    facts = {
        "corpus": f"{name}: {words:,} words",
        "sha256": train["sha256"],
        "vocabulary": f"{job.config['model']['words']:,} words that come at least "
        f"{settings.min_count} times; {train['unknown_share']:.1%} of the text is rarer",
        "model": f"{settings.model}, {kind.get(settings.loss, 'full softmax')}, "
        f"{settings.dim} numbers a word, window {settings.window}",
        "device": f"{job.describe_device()}, seed {settings.seed}",
        "memory": reporting.gigabytes(word2vec.memory_of(settings, len(job.vocabulary))),
        "run": printable(str(job.run.path)),
        "baseline": f"loss {job.baseline():.4f} nats a prediction, knowing frequencies alone",
    }
    reporting.note_facts(facts)


class _Watcher(word2vec.Hooks):
    """Shows a bar on a terminal, one line and some neighbours an epoch."""

    def __init__(self, quiet: bool) -> None:
        self.quiet = quiet
        self.bar = reporting.Bar(quiet, "words")
        self.close = self.bar.close

    def on_round(self, job: word2vec.Training) -> None:
        at = job.progress
        loss = at.loss / at.predictions if at.predictions else None
        self.bar.show(at.epoch + 1, at.position, at.tokens, loss)

    def on_epoch(self, job: word2vec.Training, record: dict[str, Any]) -> None:
        self.bar.close()
        if self.quiet:
            return
        note(_line(job, record))
        for word, near in neighbours(job):
            note(f"            {printable(word)}: {printable(', '.join(near))}")


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
    best = "*" if record["best"] and record["valid"] else ""
    parts = [f"loss {record['train']['loss']:.4f}"]
    parts += [f"{name} {value:.4f}{best}" for name, value in record["valid"].items()]
    speed = f"{record['words_per_second']:,.0f} words/s"
    return reporting.epoch_line(record, parts, speed, job.progress.share(job.settings))


def _report(metrics: dict[str, Any], quiet: bool, as_json: bool) -> None:
    if as_json:
        echo_json(metrics)
    else:
        click.echo(f"loss   {metrics['train']['loss']:.4f} nats a prediction")
        for name, value in metrics["valid"].items():
            click.echo(f"{name:<9} {value:.4f}")
    note(f"next: seqkit neighbors {metrics['run']} WORD", quiet)


def _card(job: word2vec.Training, metrics: dict[str, Any]) -> str:
    card = figures_shown.card_of(job.run, job.config, metrics, ("tokens", "lines", "characters"))
    return model_card(
        dataclasses.replace(
            card,
            task="list of word vectors",
            metrics={name: metrics[name] for name in ("train", "valid") if metrics[name]},
            parameters=2 * job.engine.inputs.size,
            sample="\n".join(f"{word}: {', '.join(near)}" for word, near in neighbours(job)),
            sample_title="Some words and their neighbours",
            commands=(
                "seqkit neighbors RUN WORD",
                "seqkit analogy RUN man king woman",
                "seqkit vectors convert RUN vectors.txt",
            ),
            limits=_LIMITS,
        )
    )
