"""`seqkit serve`."""

import importlib.util
import os
import pathlib
import tempfile
from typing import TYPE_CHECKING, Any

import click

from seqkit.cli import options

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SHORTEST = 8
"""Characters of a token."""
PATIENCE = 0.3
"""Seconds that an answer that is being computed is waited for after Ctrl-C."""


@click.command(cls=options.Command, name="serve")
@click.argument("runs", nargs=-1, required=True, metavar="RUN...")
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="Where to listen; other machines can reach any but 127.0.0.1, and need --token.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="The port; 0: any that is free.",
)
@click.option(
    "--token",
    envvar="SEQKIT_TOKEN",
    help=f"What the page asks for ({SHORTEST} letters or more); SEQKIT_TOKEN hides it from ps.",
)
@click.option("--open", "browser", is_flag=True, help="Open the page in a browser.")
@options.device
@options.threads
@options.quiet
def command(runs: tuple[str, ...], host: str, port: int, **given: Any) -> None:
    """Try trained models in a browser, on this machine alone.

    RUN is any run folder, or a file of word vectors. Each gets a tab made for its task: text that
    is written token by token, names in colours, labels and what speaks for them, translations,
    neighbours and analogies, classes of images. Every answer comes with the command that gives it.
    The address is printed; Ctrl-C ends the server. It opens no connection of its own. docs/serve.md
    describes the JSON that it speaks.

    \b
    Examples:
      seqkit serve runs/lm
      seqkit serve runs/lm runs/names vectors.bin --port 8080 --open
    """
    _check_extra()
    from seqkit.cli.vector_files import noted_warnings
    from seqkit.serve.app import build_app
    from seqkit.serve.door import door
    from seqkit.serve.limits import LIMITS
    from seqkit.serve.opening import open_runs
    from seqkit.serve.running import address, bind, run
    from seqkit.serve.slots import Slots
    from seqkit.tasks.devices import set_threads

    _check(host, given)
    set_threads(given["threads"])
    with noted_warnings():
        opened = open_runs(runs, given["device"], _read_image)
    slots = Slots(LIMITS.at_once)
    app = build_app(opened, slots, door(host, given["token"]), LIMITS, _logger(given["quiet"]))
    with bind(host, port) as listening:
        _warn(host)
        place = address(listening)
        click.echo(place)
        options.note("Ctrl-C ends it", given["quiet"])
        if given["browser"]:
            import webbrowser

            webbrowser.open(place)
        try:
            run(app, listening)
        except KeyboardInterrupt:
            _leave(slots)
            raise


def _check_extra() -> None:
    if not all(importlib.util.find_spec(name) for name in ("starlette", "uvicorn")):
        raise ValueError('the playground needs the extra: pip install "seqkit[serve]"')


def _check(host: str, given: dict[str, Any]) -> None:
    """ValueError for a server that others could use, or a token that is none."""
    from seqkit.serve.door import is_loopback

    token = given["token"]
    if token is not None and not (
        len(token) >= SHORTEST and token.isascii() and token.isprintable() and " " not in token
    ):
        raise ValueError(f"--token: give {SHORTEST} or more letters, digits and signs, no spaces")
    if token is None and not is_loopback(host):
        raise ValueError(f"--host {host} lets other machines in: add --token TEXT")


def _warn(host: str) -> None:
    from seqkit.serve.door import is_loopback

    if not is_loopback(host):
        options.note(
            f"Warning: --host {host} lets other machines in; what they ask and what is answered "
            "can be read on the way"
        )


def _logger(quiet: bool) -> Any:
    def log(line: str) -> None:
        options.note(line, quiet)

    return log


def _read_image(data: bytes, channels: int | None) -> "NDArray[np.uint8]":
    """The pixels (Y, X, C) of a PNG or JPEG file, given as its bytes."""
    from seqkit.corpora.image_files import read_image

    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "image"
        path.write_bytes(data)
        try:
            return read_image(path, channels)[0]
        except ValueError as error:
            raise ValueError(str(error).replace(str(path), "the image")) from None


def _leave(slots: Any) -> None:
    """End at once where an answer is still being computed.

    A thread inside torch cannot be stopped, and Python may crash when it ends around one.
    """
    if not slots.idle_within(PATIENCE):
        options.note("interrupted")
        os._exit(130)
