"""What a person is told before a classifier is trained: its texts, its model, its baselines."""

from typing import Any

from seqkit.cli import reporting
from seqkit.cli.options import note
from seqkit.report.terminal import printable
from seqkit.tasks import classifying
from seqkit.tasks.classifying.bodies import EncodedForBodies
from seqkit.tasks.classifying.net_training import NetTraining

LABELS = 12
"""Labels whose counts are shown."""
STRANGE = 0.25
"""An encoder that does not know more of the tokens is of little help."""


def announce(job: classifying.Training) -> None:
    """Tell what is trained on what, and what users should know of it."""
    corpus, settings = job.config["corpus"], job.settings
    facts = {
        "corpus": reporting.corpus_line(job.config, "texts"),
        "sha256": f"{corpus['train']['sha256']} (train)",
        "labels": _labels(job),
        "model": _model(job),
        "device": f"{job.describe_device()}, {job.config['precision']}, seed {settings.seed}",
        "memory": reporting.gigabytes(job.memory()),
        "run": printable(str(job.run.path)),
    }
    reporting.note_facts(facts)
    warnings = list(job.warnings)
    if job.net is not None:
        unknown = _unknown(job.net)
        note(
            f"{'reads':<11} {_cut(job, job.net)}; {unknown:.1%} of the tokens of valid are unknown"
        )
        if settings.encoder and unknown > STRANGE:
            warnings.append(
                f"--encoder does not know {unknown:.1%} of the tokens: was it trained on text of "
                "this kind?"
            )
    for warning in warnings:
        note(f"warning     {printable(warning)}")


def announce_baselines(job: classifying.Training, baselines: dict[str, float]) -> None:
    """Tell what can be had without a net."""
    seconds = f"{job.linear_seconds:.1f} s"
    reporting.note_facts(
        {
            "majority": f"valid accuracy {baselines['majority']:.4f}, the commonest label for all",
            "linear": f"valid accuracy {baselines['linear']:.4f} in {seconds}, n-grams of up to "
            f"{job.settings.order} {_UNITS[job.settings.level]}: a baseline to beat",
        }
    )


_UNITS = {"word": "words", "char": "characters", "subword": "words"}
"""What the n-grams of the linear model are made of, by level."""


def _labels(job: classifying.Training) -> str:
    """How many labels there are, and how many texts have the commonest of them."""
    counts = job.config["corpus"]["train"]["labels"]
    commonest = sorted(counts, key=lambda name: (-counts[name], name))[:LABELS]
    shown = ", ".join(f"{name} {counts[name]:,}" for name in commonest)
    more = ", …" if len(counts) > LABELS else ""
    kind = ", any number a text" if job.data.labels.many else ""
    return f"{len(counts):,}{kind}: {printable(shown)}{more}"


def _model(job: classifying.Training) -> str:
    settings = job.settings
    grams = f"n-grams of up to {settings.order} {_UNITS[settings.level]}"
    if settings.model == "linear":
        return f"linear, naive-Bayes weighted {grams}"
    if settings.model == "averaged":
        return f"averaged embeddings of {grams}"
    traits = {
        "wide": settings.wide,
        "word vectors": settings.vectors,
        f"class weights {settings.class_weights}": settings.class_weights,
    }
    if settings.encoder:
        body = f"{len(settings.encoder)} language model{'s' * (len(settings.encoder) > 1)}"
    else:
        ways = "2 x " * settings.bidirectional
        shape = f"{settings.layers} x {ways}{settings.hidden} {settings.cell}"
        body = f"{shape}, {settings.pooling} pooling"
    kind = ", ".join([body, *(name for name, has_it in traits.items() if has_it)])
    return f"{kind} ({settings.level}): {job.parameter_count:,} parameters"


def _cut(job: classifying.Training, net: NetTraining) -> str:
    """How much of long texts the net reads."""
    most = job.settings.max_tokens
    if not most:
        return "all of each text"
    return (
        f"the first and last {most // 2:,} tokens of texts with more than {most:,}, "
        f"{net.cut_share:.1%} of train"
    )


def _unknown(net: NetTraining) -> float:
    """The share of the tokens of valid that the net, or the one of its encoders, knows least."""
    encoded: Any = net.encoded["valid"]
    parts = encoded.bodies if isinstance(encoded, EncodedForBodies) else (encoded,)
    return max(float((part.ids == 0).mean()) for part in parts)  # the id of <unk>
