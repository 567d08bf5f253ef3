"""`seqkit export`."""

import dataclasses
from typing import TYPE_CHECKING

import click

from seqkit.cli import options

if TYPE_CHECKING:
    from seqkit.tasks.exporting import Exported


@click.command(cls=options.Command, name="export")
@click.argument("run")
@click.option("--onnx", "path", required=True, metavar="FILE", help="The file to write.")
@click.option("--force", is_flag=True, help="Replace FILE if it is there already.")
@options.threads
@options.as_json
def command(run: str, path: str, force: bool, threads: int | None, as_json: bool) -> None:
    """Write a trained model as one ONNX file.

    Any program that runs ONNX can use it then, without seqkit: a language model, a tagger, a
    classifier or a net of images. Sizes of batches and lengths stay free, and the states of a
    language model go in and come out. The file also holds the vocabulary, the labels and what the
    inputs are, as metadata. Before it takes its name it is run in onnxruntime and compared with the
    model.

    \b
    Example:
      seqkit export runs/lm --onnx lm.onnx
    """
    from seqkit.tasks.devices import set_threads
    from seqkit.tasks.exporting import export

    set_threads(threads)
    found = export(run, path, replace=force)
    if as_json:
        options.echo_json(dataclasses.asdict(found))
    else:
        _show(found)


def _show(found: "Exported") -> None:
    click.echo(f"{options.shown(found.path)}  {found.size:,} bytes, opset {found.opset}")
    for title, values in (("input", found.inputs), ("output", found.outputs)):
        for value in values:
            click.echo(f"{title:<8}{value}")
    click.echo(f"checked in onnxruntime: greatest difference {found.difference:.2g}")
