"""What a person is told before a translator is trained: its texts, its model, its baselines."""

from typing import Any

from seqkit.cli import reporting
from seqkit.cli.options import note
from seqkit.report.terminal import printable
from seqkit.tasks import translating

UNITS = {"word": "words", "char": "characters", "subword": "subwords"}
"""What the tokens of a level are called."""


def announce(job: translating.Training) -> None:
    """Tell what is trained on what, and what users should know of it."""
    corpus, settings = job.config["corpus"], job.settings
    facts = {
        "corpus": reporting.corpus_line(job.config, "pairs"),
        "sha256": f"{corpus['train']['sha256']} (train)",
        "source": _side(job, "source"),
        "target": _side(job, "target"),
        "model": _model(job),
        "device": f"{job.describe_device()}, {job.config['precision']}, seed {settings.seed}",
        "memory": reporting.gigabytes(job.memory()),
        "run": printable(str(job.run.path)),
    }
    reporting.note_facts(facts)
    for warning in job.warnings:
        note(f"warning     {printable(warning)}")


def announce_baselines(baselines: dict[str, float]) -> None:
    """Tell what can be had without a net."""
    reporting.note_facts(
        {
            "copied": f"valid BLEU {baselines['copy_bleu']:.2f}, the source as its translation",
            "unigram": f"valid perplexity {baselines['unigram']:.2f}, words by their shares alone: "
            "baselines to beat",
        }
    )


def _side(job: translating.Training, name: str) -> str:
    """The vocabulary of a side, its longest text, and how much of valid it does not know."""
    settings, corpus, is_target = job.settings, job.config["corpus"], name == "target"
    side = job.data.sides.target if is_target else job.data.sides.source
    level = settings.of_target if is_target else settings.of_source
    shared = ", shared by both sides" if settings.share_vocab else ""
    return (
        f"{len(side.vocabulary):,} types of {UNITS[level]}{shared}, at most "
        f"{corpus['longest'][is_target]:,} in a line; "
        f"{corpus['valid'][f'{name}_unknown_share']:.1%} of those of valid are unknown"
    )


def _model(job: translating.Training) -> str:
    """The encoder, the decoder and how it looks back."""
    settings: Any = job.settings
    width = settings.hidden // (1 + settings.bidirectional)
    encoder = f"{settings.layers} x {'2 x ' * settings.bidirectional}{width} {settings.cell}"
    decoder = f"{settings.layers} x {settings.hidden} {settings.decoder_cell or settings.cell}"
    traits = [f"{settings.attention} attention" if job.model.attentive else "no attention"]
    traits += ["input feeding"] * settings.input_feeding
    shape = f"{encoder} -> {decoder}, {', '.join(traits)}"
    return f"{shape}: {job.parameter_count:,} parameters"
