"""`seqkit tune`."""

from typing import Any

import click

from seqkit.cli import options


@click.command(cls=options.Command, name="tune", context_settings={"ignore_unknown_options": True})
@click.argument("training", nargs=-1, type=click.UNPROCESSED, metavar="COMMAND [ARGS]...")
@click.option("--random", "method", flag_value="random", help="Draw each trial (the default).")
@click.option("--grid", "method", flag_value="grid", help="Try every combination of points.")
@click.option(
    "--coarse-to-fine",
    "method",
    flag_value="coarse-to-fine",
    help="Draw in three rounds, each where the best of those before lay.",
)
@click.option(
    "--param",
    multiple=True,
    metavar="NAME=VALUES",
    help="What to search, such as lr=log:1e-4:1e-1; repeatable.",
)
@click.option("--trials", type=int, default=20, show_default=True, help="Trainings, at most.")
@click.option("--jobs", type=int, default=1, show_default=True, help="Trials at the same time.")
@click.option(
    "--metric", help="What trials are judged by, such as valid.loss (that of the command)."
)
@click.option(
    "--prune/--no-prune",
    default=True,
    show_default=True,
    help="Stop a trial that is worse than the median of the others at the same point.",
)
@click.option("--out", help="Folder of the search (runs/tune, or the next free runs/tune-N).")
@click.option("--resume", is_flag=True, help="Go on with the search in --out.")
@click.option(
    "--seed",
    type=int,
    default=0,
    show_default=True,
    help="Of the draws, and of every training.",
)
@options.quiet
@options.as_json
def command(
    training: tuple[str, ...],
    out: str | None,
    resume: bool,
    jobs: int,
    quiet: bool,
    as_json: bool,
    **given: Any,
) -> None:
    """Find the best hyper-parameters of any training command.

    COMMAND is a training command with arguments of its own, such as train-lm my.txt --preset tiny.
    Options that tune does not know go to it; those of tune may stand anywhere, and what stands
    behind -- is all COMMAND's. So --seed, --out, --resume, --json, --quiet and --config are tune's.

    A parameter is an option of COMMAND with a scale: log:LOW:HIGH (learning rates, penalties),
    lin:LOW:HIGH, int:LOW:HIGH, 1-log:LOW:HIGH (averages: 1 - b on a log scale), values such as
    64,128,256, or yes,no for a flag. A grid takes 3 points of a range, or N of log:LOW:HIGH:N.

    Each trial is a run in FOLDER/trials. Stopped or killed, the search goes on with --resume --out
    FOLDER; --jobs may change then, and --trials grow if they are drawn at --random.

    \b
    Examples:
      seqkit tune train-lm my.txt --preset tiny --trials 12 --param lr=log:1e-4:1e-1
      seqkit tune train-classifier my.tsv --grid --param lr=log:1e-3:1e-2:3 --param hidden=50,100
      seqkit tune --resume --out runs/tune
    """
    from seqkit.cli import tuning_report, tuning_settings
    from seqkit.tasks import tuning

    if resume:
        settings, parameters = tuning_settings.kept(out, training, given)
        job = tuning.resumed_tuning(settings, parameters, str(out))
    else:
        settings, parameters = tuning_settings.new(training, jobs, given)
        job = tuning.tuning(settings, parameters, out or options.free_folder("tune"))
    with job as search:
        tuning_report.follow(search, jobs, quiet, as_json)
