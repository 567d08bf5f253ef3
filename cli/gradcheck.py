"""`seqkit gradcheck`."""

import sys
from typing import TYPE_CHECKING, Any

import click

from seqkit.cli import options

if TYPE_CHECKING:
    from seqkit.tasks.gradcheck import Checked


@click.command(cls=options.Command, name="gradcheck")
@click.option("--only", multiple=True, metavar="NAME", help="Check only NAME; repeatable.")
@click.option("--epsilon", type=float, default=1e-6, show_default=True, help="Size of a step.")
@click.option(
    "--tolerance", type=float, default=1e-6, show_default=True, help="The largest error allowed."
)
@options.seed
@options.quiet
@options.as_json
def command(
    only: tuple[str, ...], epsilon: float, tolerance: float, seed: int, quiet: bool, as_json: bool
) -> int:
    """Check every gradient by two-sided differences.

    In every cell, layer and language model, each number of each tensor is moved by epsilon to both
    sides, in float64, and the slope is compared with the gradient: the error is
    |numeric - analytic| / (|numeric| + |analytic|). Correct gradients show 1e-7 or less, wrong ones
    1e-3 to 1. The exit code is 1 if an error exceeds the tolerance.

    A cell is checked in the readable loop (unroll), on the path that it picks (run), with padded
    sequences, in every wrapper and in a language model. NAME is that of a check or a part of it,
    such as lstm, run or zoneout.

    \b
    Examples:
      seqkit gradcheck
      seqkit gradcheck --only lstm --only layer-norm --json
    """
    from tqdm import tqdm

    from seqkit.tasks.gradcheck import check, choose

    if not 0 < tolerance < 1:
        raise ValueError(f"--tolerance must be above 0 and below 1, got {tolerance}")
    names = choose(only)
    watched = sys.stderr.isatty() and not quiet
    if not watched:
        options.note(f"{len(names)} checks", quiet)
    bar = tqdm(names, leave=False, disable=not watched)
    checks = [check(name, epsilon, seed) for name in bar]
    wrong = [made for made in checks if made.worst.error > tolerance]
    if as_json:
        options.echo_json(_fields(checks, epsilon, tolerance, seed))
    else:
        _show(checks, tolerance)
    for made in wrong:
        options.note(f"{made.name}: {made.worst.name} exceeds {tolerance:g}", quiet)
    options.note(f"{len(checks) - len(wrong)} of {len(checks)} checks passed", quiet)
    return int(bool(wrong))


def _fields(checks: "list[Checked]", epsilon: float, tolerance: float, seed: int) -> dict[str, Any]:
    return {
        "passed": all(made.worst.error <= tolerance for made in checks),
        "epsilon": epsilon,
        "tolerance": tolerance,
        "seed": seed,
        "checks": [
            {
                "name": made.name,
                "passed": made.worst.error <= tolerance,
                "error": made.worst.error,
                "worst": made.worst.name,
                "tensors": {found.name: found.error for found in made.differences},
            }
            for made in checks
        ],
    }


def _show(checks: "list[Checked]", tolerance: float) -> None:
    from seqkit.report.terminal import table

    rows = [
        (
            made.name,
            f"{made.worst.error:.1e}",
            made.worst.name,
            "ok" if made.worst.error <= tolerance else "WRONG",
        )
        for made in checks
    ]
    click.echo(table(rows, ("check", "error", "worst tensor", "")))
