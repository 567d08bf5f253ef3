"""What a person sees of a tagger's training: before it, after each epoch, at its end."""

import contextlib
import dataclasses
from typing import Any

import click

from seqkit.cli import figures_shown, reporting
from seqkit.cli.options import echo_json, note
from seqkit.report.card import model_card
from seqkit.report.terminal import printable
from seqkit.tasks import tagging
from seqkit.tasks.runs import Run
from seqkit.tasks.tagging.sentences import Sentence, Source
from seqkit.train.loop import Hooks, Loop, Record

LONGEST = 300
"""Characters of a sample that are shown."""
_LIMITS = (
    "It knows the kind of text it was trained on; text of another kind (domain, time, spelling) "
    "is tagged worse than the figures above say.",
    "Names it never met are found less often than those it did.",
    "What the annotators of that text left out or got wrong, slants too, the tagger does as well.",
    "A confidence is a probability under the model: right on average on text like that of its "
    "validation, and not on other text.",
)


def follow(job: tagging.Training, quiet: bool, as_json: bool) -> None:
    """Announce a training, run it to its end, and report."""
    watcher = _Watcher(job, quiet)
    with reporting.telling_how_to_go_on("train-tagger", job.run), contextlib.closing(watcher):
        baselines = job.baselines()
        if not quiet:
            _announce(job, baselines["valid"])
        metrics = job.run_to_end(watcher)
    for name, values in baselines.items():
        metrics[name]["baselines"] = values
    job.run.write_card(_card(job, metrics, watcher.sample()))
    job.finish(metrics)
    _report(job.config, metrics, quiet, as_json)


def resume(out: str, given: dict[str, Any], quiet: bool, as_json: bool) -> None:
    """Go on with the run in `out`; options that differ from those it began with are errors."""
    run = Run(out)
    reporting.check_unchanged(run, tagging.read_settings(run), given)
    if metrics := reporting.finished_metrics(run, quiet):
        _report(run.read_config(), metrics, quiet, as_json)
        return
    with tagging.resumed_training(out) as job:
        follow(job, quiet, as_json)


def dry_run(settings: tagging.TaggerSettings, train: Source, as_json: bool) -> None:
    """Show the settings, the number of parameters and the memory; train nothing."""
    reporting.show_settings(settings, tagging.estimate(settings, train), as_json)


def _announce(job: tagging.Training, baselines: dict[str, float]) -> None:
    corpus, settings = job.config["corpus"], job.settings
    traits = {
        "crf": settings.crf,
        f"letters by {settings.char_encoder}": settings.chars,
        "affixes": settings.affixes,
        "wide": settings.wide,
        "documents": job.model.config.documents,
        "word vectors": settings.vectors,
        f"{len(settings.encoder)} encoder{'s' * (len(settings.encoder) > 1)}": settings.encoder,
    }
    kind = ", ".join([settings.cell, *(name for name, has_it in traits.items() if has_it)])
    reporting.note_facts(
        {
            "corpus": reporting.corpus_line(job.config, "sentences"),
            "sha256": f"{corpus['train']['sha256']} (train)",
            "tags": _tags(job),
            "model": f"{settings.layers} x 2 x {settings.hidden} {kind}: "
            f"{job.parameter_count:,} parameters",
            "device": f"{job.describe_device()}, seed {settings.seed}",
            "memory": reporting.gigabytes(job.memory()),
            "run": printable(str(job.run.path)),
            "majority": f"valid accuracy {baselines['majority']:.4f}, all tokens the commonest tag",
            "lookup": f"valid {'f1' if job.tagger.types else 'accuracy'} "
            f"{baselines['lookup']:.4f}, each word as it mostly was: a baseline to beat",
        }
    )
    for warning in job.warnings:
        note(f"warning     {printable(warning)}")


def _tags(job: tagging.Training) -> str:
    """What is to be found, and how many words of the validation text are new."""
    corpus, found = job.config["corpus"], job.tagger
    text = f"{len(found.tags)} classes"
    if found.types:
        names = printable(", ".join(found.types[:12])) + (", …" if len(found.types) > 12 else "")
        train = corpus["train"]
        text = f"scheme {train['scheme']}, {train['entities']:,} entities of {names}"
    return f"{text}; {corpus['valid']['unknown_share']:.1%} of the words of valid are unknown"


class _Watcher(Hooks):
    """Shows a bar on a terminal, and one line and one sample an epoch."""

    def __init__(self, job: tagging.Training, quiet: bool) -> None:
        self.job, self.quiet = job, quiet
        self.bar = reporting.Bar(quiet, "steps")
        self.close = self.bar.close
        self.sentence = _telling_sentence(job)

    def on_step(self, loop: Loop) -> None:
        self.bar.follow(loop)

    def on_epoch(self, loop: Loop, record: Record) -> None:
        self.bar.close()
        if self.quiet:
            return
        name = "f1" if "f1" in record["valid"] else "accuracy"
        reporting.tell_epoch(record, name, "tok", loop.progress, self.sample())

    def sample(self) -> str:
        """The same validation sentence each time, as it is tagged now; cut where it is long."""
        text = inline(next(self.job.tagger.tag([self.sentence])))
        return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _telling_sentence(job: tagging.Training) -> Sentence:
    """A validation sentence of a line's length with many types of entities, if there is one."""
    text = job.data.texts["valid"]
    pairs = list(zip(text.sentences, text.spans(), strict=True))
    fitting = [pair for pair in pairs if 5 <= len(pair[0].tokens) <= 20] or pairs[:1]
    sentence, _ = max(fitting, key=lambda pair: len({span.type for span in pair[1]}))
    return sentence


def inline(tagging: tagging.Tagging) -> str:
    """A tagged sentence in one line: [Ann Lee PER] sings, or Ann/NNP sings/VBZ."""
    if not tagging.entities:
        pairs = zip(tagging.tokens, tagging.tags, strict=True)
        return " ".join(token if tag == "O" else f"{token}/{tag}" for token, tag in pairs)
    words = list(tagging.tokens)
    for entity in tagging.entities:
        words[entity.start] = f"[{words[entity.start]}"
        words[entity.stop - 1] = f"{words[entity.stop - 1]} {entity.type}]"
    return " ".join(words)


def _report(config: dict[str, Any], metrics: dict[str, Any], quiet: bool, as_json: bool) -> None:
    if as_json:
        echo_json(metrics)
    else:
        splits = figures_shown.splits_of(metrics)
        for name in splits[1:]:
            click.echo(f"{name:<6} {_figures(metrics[name])}")
        if by_type := metrics[splits[-1]].get("by_type"):
            click.echo(f"\n{figures_shown.by_kind(splits[-1], by_type)}")
    note(f"next: {_use(config).replace('RUN', metrics['run'])}", quiet)


def _use(config: dict[str, Any]) -> str:
    """The command that tags with the run: raw text, unless it wants further columns."""
    return f"seqkit tag RUN {'FILE --columns' if config['model']['features'] else '-'}"


def _figures(split: dict[str, Any]) -> str:
    name, *others = ("f1", "precision", "recall", "accuracy") if "f1" in split else ("accuracy",)
    if "unknown_accuracy" in split:
        others = ["unknown_accuracy"]
    text = figures_shown.with_interval(split, name)
    return ", ".join([text, *(f"{other} {split[other]:.4f}" for other in others)])


def _card(job: tagging.Training, metrics: dict[str, Any], sample: str) -> str:
    last = metrics[figures_shown.splits_of(metrics)[-1]]
    baselines = last["baselines"]
    of_entities, use = bool(job.tagger.types), _use(job.config)
    card = figures_shown.card_of(job.run, job.config, metrics, ("sentences", "tokens", "entities"))
    return model_card(
        dataclasses.replace(
            card,
            task="tagger of named entities" if of_entities else "tagger of classes of words",
            metrics=figures_shown.card_figures(metrics, last.get("by_type", {})),
            baselines={
                "the commonest tag": {"accuracy": baselines["majority"]},
                "as it mostly was": {"f1" if of_entities else "accuracy": baselines["lookup"]},
            },
            parameters=job.parameter_count,
            sample=sample,
            sample_title="A sentence it tagged",
            commands=(use, *([f"{use} --entities"] * of_entities), "seqkit evaluate RUN FILE"),
            limits=_LIMITS,
        )
    )
