"""What a person sees of a translator's training: before it, after each epoch, at its end."""

import contextlib
import dataclasses
from collections.abc import Mapping
from typing import Any

import click

from seqkit.cli import figures_shown, reporting
from seqkit.cli.options import echo_json, note
from seqkit.cli.translating_facts import announce, announce_baselines
from seqkit.report.card import model_card
from seqkit.report.terminal import printable
from seqkit.tasks import translating
from seqkit.tasks.runs import Run
from seqkit.tasks.translating.texts import Source
from seqkit.train.loop import Hooks, Loop, Record

LONGEST = 100
"""Characters of each text of a sample that are shown."""
TELLING = 50
"""Characters of a source that fills half a line."""
GREEDY = translating.SearchSettings(beam=1)
_LIMITS = (
    "It knows the kind of text it was trained on; text of another kind (domain, time, spelling) "
    "is translated worse than the figures above say.",
    "What it writes may read well and be wrong: it can leave out, repeat or make up what the "
    "source says.",
    "Words it does not know are copied, or taken for others.",
    "What the translators of that text got wrong, slants too, the model does as well.",
)


def follow(job: translating.Training, quiet: bool, as_json: bool) -> None:
    """Announce a training, run it to its end, and report."""
    watcher = _Watcher(job, quiet)
    with reporting.telling_how_to_go_on("train-translator", job.run), contextlib.closing(watcher):
        baselines = job.baselines()
        if not quiet:
            announce(job)
            announce_baselines(baselines["valid"])
        metrics = job.run_to_end(watcher)
    for name, values in baselines.items():
        metrics[name]["baselines"] = values
    job.run.write_card(_card(job, metrics, watcher.sample()))
    job.finish(metrics)
    _report(job.config, metrics, quiet, as_json)


def resume(out: str, given: dict[str, Any], quiet: bool, as_json: bool) -> None:
    """Go on with the run in `out`; options that differ from those it began with are errors."""
    run = Run(out)
    reporting.check_unchanged(run, translating.read_settings(run), given)
    if metrics := reporting.finished_metrics(run, quiet):
        _report(run.read_config(), metrics, quiet, as_json)
        return
    with translating.resumed_training(out) as job:
        follow(job, quiet, as_json)


def dry_run(settings: translating.TranslatorSettings, train: Source, as_json: bool) -> None:
    """Show the settings, the number of parameters and the memory; train nothing."""
    reporting.show_settings(settings, translating.estimate(settings, train), as_json)


class _Watcher(Hooks):
    """Shows a bar on a terminal, and one line and one sample an epoch."""

    def __init__(self, job: translating.Training, quiet: bool) -> None:
        self.job, self.quiet = job, quiet
        self.bar = reporting.Bar(quiet, "steps")
        self.close = self.bar.close
        sources = job.data.texts["valid"].sources
        self.number = min(range(len(sources)), key=lambda n: abs(len(sources[n]) - TELLING))

    def on_step(self, loop: Loop) -> None:
        self.bar.follow(loop)

    def on_epoch(self, loop: Loop, record: Record) -> None:
        self.bar.close()
        if not self.quiet:
            note(reporting.epoch_line(record, *_epoch(record), loop.progress))
            reporting.note_sample(self.sample())

    def sample(self) -> str:
        """The same validation text each time, as it is translated now; cut where it is long."""
        valid = self.job.data.texts["valid"]
        source, wanted = valid.sources[self.number], valid.targets[self.number]
        (found,) = self.job.translator.translate([source], GREEDY)
        truth = "" if found.text.split() == wanted.split() else f" (in truth: {_cut(wanted)})"
        return printable(f"{_cut(source)} -> {_cut(found.text)}{truth}")


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _epoch(record: Record) -> tuple[list[str], str]:
    """What an epoch reached, and how fast it was."""
    valid, best = record["valid"], "*" if record["best"] else " "
    parts = [
        f"train {record['train']['loss']:.4f}",
        f"valid {valid['loss']:.4f}",
        f"BLEU {valid['bleu']:.2f}{best}",
        f"exact {valid['exact_match']:.4f}",
    ]
    return parts, f"{record['tokens_per_second']:,.0f} tokens/s"


def _report(config: Mapping[str, Any], metrics: dict[str, Any], quiet: bool, as_json: bool) -> None:
    if as_json:
        echo_json(metrics)
    else:
        for name in figures_shown.splits_of(metrics)[1:]:
            click.echo(f"{name:<6} {_figures(metrics[name])}")
    run = metrics["run"]
    note(f"next: seqkit translate {run} -", quiet)
    if config["settings"]["attention"] != "none":
        note(f"      seqkit translate {run} - --align shows where it looks", quiet)


def _figures(split: Mapping[str, Any]) -> str:
    """Figures of a split, with the baseline beside them."""
    told = [f"source copied: {split['baselines']['copy_bleu']:.2f}"]
    if "bleu_interval" in split:
        low, high = split["bleu_interval"]
        told = [f"95 %: {low:.2f} to {high:.2f}", *told]
    parts = [
        f"bleu {split['bleu']:.2f} ({'; '.join(told)})",
        f"chrf {split['chrf']:.2f}",
        *(f"{name} {split[name]:.4f}" for name in ("exact_match", "loss")),
        f"perplexity {split['perplexity']:.2f}",
    ]
    return ", ".join(parts)


def _card(job: translating.Training, metrics: dict[str, Any], sample: str) -> str:
    shown = ("loss", "perplexity", "bleu", "chrf", "exact_match")
    splits = figures_shown.splits_of(metrics)
    baselines = metrics[splits[-1]]["baselines"]
    counts = ("pairs", "source_tokens", "target_tokens")
    return model_card(
        dataclasses.replace(
            figures_shown.card_of(job.run, job.config, metrics, counts),
            task="translator",
            metrics={
                name: {key: metrics[name][key] for key in shown if key in metrics[name]}
                for name in splits
            },
            baselines={
                "the source as its translation": {"bleu": baselines["copy_bleu"]},
                "words by their shares": {"perplexity": baselines["unigram"]},
            },
            parameters=job.parameter_count,
            sample=sample,
            sample_title="A text it translated",
            loss_unit="nats a token of the target, BLEU and chrF in percent",
            commands=("seqkit translate RUN -", "seqkit evaluate RUN SOURCE --target TARGET"),
            limits=_LIMITS,
        )
    )
