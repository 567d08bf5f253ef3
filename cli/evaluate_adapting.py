"""`seqkit evaluate` of language models that adapt to the text: --cache and --dynamic."""

import dataclasses
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import click

from seqkit.cli import options
from seqkit.cli.adapting_settings import cache_given, dynamic_given

if TYPE_CHECKING:
    from seqkit.corpora.corpus import Corpus
    from seqkit.layers.cache import CacheSettings
    from seqkit.tasks.language import TrainedLanguageModel
    from seqkit.train.dynamic import DynamicSettings

F = TypeVar("F", bound=Callable[..., Any])

TAKES = ("cache", "cache_settings", "dynamic", "dynamic_settings", "tune_on")
"""The options that say how a model adapts."""


def adapting_options(function: F) -> F:
    """All of them."""
    for option in reversed(
        (
            click.option(
                "--cache", is_flag=True, help="Language models: also with a cache of past states."
            ),
            click.option(
                "--cache-settings",
                metavar="SIZE,THETA,WEIGHT",
                help="Of --cache, such as 500,0.3,0.1 (chosen on the text of --tune-on).",
            ),
            click.option(
                "--dynamic",
                is_flag=True,
                help="Language models: also while it goes on learning from DATA.",
            ),
            click.option(
                "--dynamic-settings",
                metavar="RATE,DECAY,WINDOW",
                help="Of --dynamic, such as 0.0004,0.003,20 (chosen on the text of --tune-on).",
            ),
            click.option(
                "--tune-on",
                metavar="TEXT",
                help="Text to fit --cache and --dynamic to (the run's own validation text).",
            ),
        )
    ):
        function = option(function)
    return function


def check(given: Mapping[str, Any]) -> None:
    """ValueError for options that do not go together, or settings that cannot be."""
    for name in ("cache", "dynamic"):
        if given[f"{name}_settings"] and not given[name]:
            raise ValueError(f"--{name}-settings goes with --{name}")
    if given["tune_on"] and not _wants_text(given):
        raise ValueError("--tune-on goes with --dynamic, or with --cache without --cache-settings")
    cache_given(given)
    dynamic_given(given)


def fitting_text(
    run: str, corpus: "Corpus", encoding: str, given: Mapping[str, Any]
) -> "Corpus | None":
    """The text of --tune-on or of the run's validation; never the one that is to be measured.

    None where none is wanted; and, with a note, where there is none and the defaults have to do.
    """
    if not _wants_text(given):
        return None
    from seqkit.cli.origin import validation_text
    from seqkit.corpora.catalogue import open_corpus
    from seqkit.corpora.corpus import measure as size_of

    try:
        if given["tune_on"]:
            text = open_corpus(given["tune_on"], encoding, split="valid")
        else:
            text = validation_text(run)
    except ValueError as error:
        if given["dynamic"] or given["tune_on"]:
            raise ValueError(f"{error}; name another text with --tune-on") from error
        options.note(f"{error}; --cache has its default settings, --tune-on TEXT would choose them")
        return None
    if size_of(text).sha256 == size_of(corpus).sha256:
        raise ValueError(
            f"{text.name}: DATA is the text that --cache and --dynamic would be fitted to, which "
            "tells nothing; name another one with --tune-on"
        )
    return text


def measure(
    model: "TrainedLanguageModel",
    corpus: "Corpus",
    text: "Corpus | None",
    given: Mapping[str, Any],
) -> dict[str, Any]:
    """The metrics of the adapting model, named cache_... and dynamic_...; text: `fitting_text`."""
    metrics = {}
    if given["cache"]:
        metrics["cache"] = _with_cache(model, corpus, text, cache_given(given))
    if given["dynamic"]:
        assert text is not None
        metrics["dynamic"] = _learning(model, corpus, text, dynamic_given(given))
    return {f"{name}_{key}": value for name, of in metrics.items() for key, value in of.items()}


def show(metrics: Mapping[str, Any]) -> None:
    """Print them, one a line."""
    for name in ("cache", "dynamic"):
        if f"{name}_loss" in metrics:
            _show(name, metrics)


def _show(way: str, metrics: Mapping[str, Any]) -> None:
    from seqkit.report.terminal import printable

    figures = (("perplexity", "", ".2f"), ("bits_per_char", "", ".4f"))
    for name, unit, digits in (*figures, ("gain", " nats a token", ".4f")):
        low, high = metrics.get(f"{way}_{name}_interval", (None, None))
        between = "" if low is None else f"  (95 %: {low:{digits}} to {high:{digits}})"
        click.echo(f"{f'{way}_{name}':<21} {metrics[f'{way}_{name}']:.4f}{unit}{between}")
    settings = metrics[f"{way}_settings"].items()
    told = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in settings)
    click.echo(f"{f'{way}_settings':<21} {printable(told)}")


def _with_cache(
    model: "TrainedLanguageModel",
    corpus: "Corpus",
    text: "Corpus | None",
    settings: "CacheSettings | None",
) -> dict[str, Any]:
    from seqkit.layers.cache import CacheSettings
    from seqkit.tasks.language.adapting import evaluate_cached, tune_cache

    told = {}
    if settings is None and text is not None:
        options.note(f"choosing the settings of --cache on {text.name}")
        settings, told = tune_cache(model, text), {"chosen_on": text.name}
    settings = settings or CacheSettings()
    found = evaluate_cached(model, corpus, settings)
    return {**found, "settings": {**dataclasses.asdict(settings), **told}}


def _learning(
    model: "TrainedLanguageModel",
    corpus: "Corpus",
    text: "Corpus",
    settings: "DynamicSettings | None",
) -> dict[str, Any]:
    from seqkit.tasks.language.adapting import evaluate_dynamic, tune_dynamic

    told = {"gradients_of": text.name}
    if settings is None:
        options.note(f"choosing the settings of --dynamic on {text.name}")
        settings, told = tune_dynamic(model, text), {**told, "chosen_on": text.name}
    found = evaluate_dynamic(model, corpus, settings, text)
    return {**found, "settings": {**dataclasses.asdict(settings), **told}}


def _wants_text(given: Mapping[str, Any]) -> bool:
    """Whether another text is needed; dynamic evaluation measures gradients on it, too."""
    return bool(given["dynamic"] or (given["cache"] and not given["cache_settings"]))
