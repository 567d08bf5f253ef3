"""`seqkit completion`."""

import click
from click.shell_completion import get_completion_class

from seqkit.cli import options


@click.command(cls=options.Command, name="completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """Print the shell code that completes seqkit's commands.

    \b
    Example:
      seqkit completion bash >> ~/.bashrc
    """
    completion = get_completion_class(shell)
    assert completion is not None
    click.echo(completion(ctx.find_root().command, {}, "seqkit", "_SEQKIT_COMPLETE").source())
