"""`seqkit bench`."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from seqkit.cli import options

if TYPE_CHECKING:
    from seqkit.tasks.bench import Measured, Row, Setup


@click.command(cls=options.Command, name="bench")
@click.option(
    "--only",
    metavar="NAME,...",
    help="Measure only these rows, such as train-lm:lstm,sample; train-lm: all cells.",
)
@click.option(
    "--seconds",
    type=float,
    default=1.5,
    show_default=True,
    help="How long each row is measured, after a warm-up.",
)
@options.device
@options.threads
@click.option(
    "--precision", default="auto", show_default=True, help="fp32, bf16 or auto, the faster."
)
@options.seed
@options.quiet
@options.as_json
def command(
    only: str | None, seconds: float, device: str, threads: int | None,
    precision: str, seed: int, quiet: bool, as_json: bool,
) -> None:  # fmt: skip
    """Measure this machine's speed on every kind of model.

    Trains and uses a model of each kind for a moment, on generated text and images, and prints
    what it did a second: the median of five stretches after a warm-up, half the distance between
    the slowest and the fastest, and which path the cells ran on. Reading text, validation and
    saving are left out. Texts are small and their words few, so expect a little less on your
    own. It takes about a minute on two cores, and writes nothing but temporary files.

    \b
    Examples:
      seqkit bench
      seqkit bench --only train-lm:lstm,sample --seconds 3
    """
    from seqkit.cli.bench_texts import BuiltInTexts
    from seqkit.tasks import bench

    rows = bench.choose(only)
    setup = bench.build_setup(BuiltInTexts(seed), seconds, device, threads, precision, seed)
    found = list(_watched(rows, setup, quiet))
    machine = bench.describe_machine(setup)
    if as_json:
        options.echo_json({"machine": machine, "seconds": seconds, "rows": _fields(found)})
        return
    _show(found, machine)


def _watched(rows: "Sequence[Row]", setup: "Setup", quiet: bool) -> "Iterator[Measured]":
    """Measure, with a bar on a terminal, else a line a row."""
    from tqdm import tqdm

    from seqkit.tasks.bench import measure

    watched = sys.stderr.isatty() and not quiet
    with tqdm(total=len(rows), leave=False, disable=not watched, unit="row") as bar:
        bar.set_description(rows[0].name)
        for number, found in enumerate(measure(rows, setup), 1):
            yield found
            if not watched:
                speed = f"{found.speed.median:,.0f} {found.row.unit}/s"
                options.note(f"{number}/{len(rows)}  {found.row.name}  {speed}", quiet)
            if number < len(rows):
                bar.set_description(rows[number].name)
            bar.update()


def _fields(found: "Sequence[Measured]") -> list[dict[str, Any]]:
    return [
        {
            "name": one.row.name,
            "what": one.row.what,
            "unit": one.row.unit,
            "parameters": one.subject.parameters,
            "per_second": one.speed.median,
            "low": one.speed.low,
            "high": one.speed.high,
            "precision": one.subject.precision,
            "path": one.subject.path,
        }
        for one in found
    ]


def _show(found: "Sequence[Measured]", machine: Mapping[str, str]) -> None:
    from seqkit.report.terminal import printable, table

    rows = [
        (
            one.row.name,
            one.row.what,
            one.subject.parameters,
            round(one.speed.median),
            f"{one.row.unit}/s",
            f"±{one.speed.spread:.0%}",
            one.subject.precision,
            one.subject.path,
        )
        for one in found
    ]
    titles = ("name", "what", "parameters", "speed", "unit", "spread", "precision", "path")
    click.echo(table(rows, titles))
    click.echo()
    for name, text in machine.items():
        click.echo(f"{name:<13} {printable(text)}")
