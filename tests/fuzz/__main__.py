"""The campaign: `python -m tests.fuzz --inputs 1000000`; exit code 1 where anything crashed."""

import argparse
import concurrent.futures
import multiprocessing
import pathlib
import sys

from tests.fuzz.campaign import Tally, fuzz, save_crashes, shared_out, table
from tests.fuzz.sandbox import sandbox
from tests.fuzz.targets import all_targets


def _one(name: str, count: int, seed: int) -> Tally:
    with sandbox() as folder:
        (target,) = all_targets(folder, name)
        return fuzz(target, count, seed, folder)


def _parts(arguments: argparse.Namespace) -> list[Tally]:
    """Every target in this process, or each in a process of its own."""
    with sandbox() as folder:
        targets = all_targets(folder, arguments.only)
        counts = shared_out(targets, arguments.inputs)
        if arguments.jobs == 1:
            tallies = []
            for target, count in zip(targets, counts, strict=True):
                tallies.append(fuzz(target, count, arguments.seed, folder))
                each = 1000 * tallies[-1].seconds / count
                sys.stderr.write(f"{target.name}: {count:,} inputs, {each:.2f} ms each\n")
            return tallies
    spawned = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(arguments.jobs, spawned) as pool:
        names = [target.name for target in targets]
        seeds = [arguments.seed] * len(names)
        return list(pool.map(_one, names, counts, seeds))


def main() -> int:
    """Run the campaign; print the table and what crashed."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--inputs", type=int, default=1_000_000, help="in all")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--only", default="", help="readers with this in their name")
    parser.add_argument("--crashes", type=pathlib.Path, default=pathlib.Path("build/crashes"))
    arguments = parser.parse_args()
    tallies = _parts(arguments)
    sys.stdout.write(table(tallies) + "\n")
    crashes = save_crashes(tallies, arguments.crashes)
    sys.stdout.write("\n".join(["", "crashes:" if crashes else "no crashes", *crashes, ""]))
    return bool(crashes)


if __name__ == "__main__":
    sys.exit(main())
