"""What a person sees of any training: facts before it, a bar and a line an epoch, how to go on."""

import contextlib
import dataclasses
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import click
from tqdm import tqdm

from seqkit.cli.figures_shown import splits_of
from seqkit.cli.options import echo_json, note
from seqkit.report.terminal import printable
from seqkit.tasks.runs import Run, read_json
from seqkit.tasks.typed import Dataclass
from seqkit.train.loop import Loop


def check_unchanged(run: Run, settings: Dataclass, given: Mapping[str, Any]) -> None:
    """ValueError for an option that differs from what the run in `out` began with."""
    notes = run.read_config().get("notes") or {}
    began = {**dataclasses.asdict(settings), **notes}
    options = {option.name: option for option in click.get_current_context().command.params}
    for name, value in given.items():
        first = began.get(name, value)
        if _listed(value) != _listed(first):
            raise ValueError(
                f"{_typed(options[name], value)}: the run in {run.path} began with "
                f"{_shown(options[name], first)}; leave it out to go on with that"
            )


def _typed(option: click.Parameter, value: Any) -> str:
    """An option with its value, as users type them."""
    if isinstance(value, bool):
        return _shown(option, value)
    name = option.human_readable_name if isinstance(option, click.Argument) else option.opts[0]
    return f"{name} {_shown(option, value)}"


def _shown(option: click.Parameter, value: Any) -> str:
    """A value as users type it; of a flag, the flag itself."""
    if isinstance(value, bool):
        off = option.secondary_opts[0] if option.secondary_opts else f"no {option.opts[0]}"
        return option.opts[0] if value else off
    return " ".join(map(str, _listed(value))) or "none"


def _listed(value: Any) -> list[Any]:
    """A value, or the values of an option that can be repeated, as a list."""
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def finished_metrics(run: Run, quiet: bool) -> dict[str, Any] | None:
    """The metrics of a run that is finished already, None of one that is not."""
    if not run.finished:
        return None
    note(f"{run.path} is finished already", quiet)
    run.finish()
    metrics: dict[str, Any] = read_json(run.path / "metrics.json")
    return metrics


def show_settings(settings: Dataclass, estimate: Mapping[str, Any], as_json: bool) -> None:
    """What would be trained: the resolved settings and what they would take."""
    values = {**dataclasses.asdict(settings), **estimate}
    if as_json:
        echo_json(values)
        return
    for name, value in values.items():
        click.echo(f"{name:<18} {value}")


def gigabytes(size: int) -> str:
    """An amount of memory for people."""
    return f"about {size / 1e9:.1f} GB"


def note_facts(facts: Mapping[str, str]) -> None:
    """A line a fact, with its name before it."""
    for name, text in facts.items():
        note(f"{name:<11} {text}")


@contextlib.contextmanager
def telling_how_to_go_on(command: str, run: Run) -> Iterator[None]:
    """Where a training is stopped, say how to resume it."""
    try:
        yield
    except KeyboardInterrupt:
        note(f"\nstopped and saved; go on with: seqkit {command} --resume --out {run.path}")
        raise


class Bar:
    """A bar of each epoch's progress, on a terminal only."""

    def __init__(self, quiet: bool, unit: str) -> None:
        self._hidden, self._unit = quiet or not sys.stderr.isatty(), unit
        self._bar: tqdm[Any] | None = None

    def follow(self, loop: Loop) -> None:
        """Draw how far the loop is."""
        at = loop.at
        self.show(at.epoch + 1, at.cursor, loop.epoch_length, at.loss_sum / at.loss_count)

    def show(self, epoch: int, done: int, total: int, loss: float | None) -> None:
        """Draw how much of the epoch is done; loss is its mean so far."""
        if self._hidden:
            return
        if self._bar is None:
            self._bar = tqdm(
                desc=f"epoch {epoch}",
                total=total,
                initial=done,
                leave=False,
                unit=f" {self._unit}",
                unit_scale=total > 9_999,
            )
        if loss is not None:
            self._bar.set_postfix(loss=f"{loss:.3f}", refresh=False)
        self._bar.update(done - self._bar.n)

    def close(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None


def epoch_line(record: Mapping[str, Any], parts: Sequence[str], speed: str, progress: float) -> str:
    """One line an epoch: `parts` are what it reached, `progress` the share of the training done."""
    left = record["seconds"] * (1 / max(progress, 1e-9) - 1)
    at = f"{record['epoch']:g}"
    gone = f"{_clock(record['seconds'])} gone, {_clock(left)} left"
    stamp = "" if sys.stderr.isatty() else time.strftime("%H:%M:%S ")
    return stamp + "  ".join([f"epoch {at:>5}", *parts, speed, gone])


def tell_epoch(
    record: Mapping[str, Any], figure: str, unit: str, progress: float, sample: str
) -> None:
    """The line of an epoch, with the loss and one figure of validation, and a sample below it."""
    valid, best = record["valid"], "*" if record["best"] else " "
    parts = [
        f"train {record['train']['loss']:.4f}",
        f"valid {valid['loss']:.4f}",
        f"{figure} {valid[figure]:.4f}{best}",
    ]
    speed = f"{record['tokens_per_second']:,.0f} {unit}/s"
    note(epoch_line(record, parts, speed, progress))
    note_sample(sample)


def note_sample(sample: str) -> None:
    """What the model makes of a text of its own, below the line of an epoch."""
    note(f"{'':<11} {printable(sample)}")


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def synthetic_mark(config: Mapping[str, Any]) -> str:
    """What stands behind the name of a corpus that nobody wrote."""
    return " (synthetic)" if (config.get("notes") or {}).get("synthetic") else ""


def corpus_line(config: Mapping[str, Any], unit: str) -> str:
    """The name of the corpus, and how many sentences, texts or tokens each part has."""
    corpus = config["corpus"]
    sizes = ", ".join(f"{name} {corpus[name][unit]:,}" for name in splits_of(corpus))
    return f"{printable(corpus['name'])}{synthetic_mark(config)}: {unit} {sizes}"
