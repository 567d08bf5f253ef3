"""A campaign: many inputs to each target, what became of them, and the inputs that crash."""

import hashlib
import pathlib
import random
import shutil
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.fuzz.sandbox import judge
from tests.fuzz.target import Target


@dataclass
class Tally:
    """What became of the inputs of a target; crashes are kept, one for each reason."""

    name: str
    counts: Counter[str] = field(default_factory=Counter)
    crashes: dict[str, bytes] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def inputs(self) -> int:
        """How many there were."""
        return self.counts.total()


def fuzz(target: Target, count: int, seed: int, folder: pathlib.Path) -> Tally:
    """Give a target so many inputs; input k of a seed is always the same.

    folder: a scratch folder, in which the target gets one of its own.
    """
    tally = Tally(target.name)
    place = folder / hashlib.sha256(target.name.encode()).hexdigest()[:8]
    place.mkdir(exist_ok=True)
    start = time.perf_counter()
    for k in range(count):
        data = target.input(random.Random(f"{target.name} {seed} {k}"))
        verdict = judge(lambda: target.read(place, data), target.names)  # noqa: B023
        tally.counts[verdict.kind] += 1
        if verdict.kind == "crash":
            known = tally.crashes.get(verdict.why)
            if known is None or len(data) < len(known):
                tally.crashes[verdict.why] = data
    tally.seconds = time.perf_counter() - start
    shutil.rmtree(place, ignore_errors=True)
    return tally


def shared_out(targets: Sequence[Target], count: int) -> list[int]:
    """How many of `count` inputs each target gets, by its share, but one at least."""
    whole = sum(target.share for target in targets)
    counts = [max(1, int(count * target.share / whole)) for target in targets]
    counts[0] += max(0, count - sum(counts))
    return counts


def table(tallies: Sequence[Tally]) -> str:
    """Reader, inputs, accepted, refused, crashes; a line each, and one for all."""
    names = ("accepted", "refused", "crash")
    rows = [(one.name, one.inputs, *(one.counts[n] for n in names)) for one in tallies]
    rows.append(("in all", *(sum(column) for column in list(zip(*rows, strict=True))[1:])))
    width = max(len(name) for name, *_ in rows)
    lines = [f"{'reader':<{width}} {'inputs':>10} {'accepted':>10} {'refused':>10} {'crashes':>8}"]
    lines += [f"{n:<{width}} {i:>10,} {a:>10,} {r:>10,} {c:>8,}" for n, i, a, r, c in rows]
    return "\n".join(lines)


def save_crashes(tallies: Sequence[Tally], folder: pathlib.Path) -> list[str]:
    """Write the inputs that crashed; a line for each, with its file and the reason."""
    lines = []
    for tally in tallies:
        for why, data in tally.crashes.items():
            folder.mkdir(parents=True, exist_ok=True)
            name = f"{''.join(c if c.isalnum() else '-' for c in tally.name)}"
            path = folder / f"{name}-{hashlib.sha256(why.encode()).hexdigest()[:8]}"
            path.write_bytes(data)
            lines.append(f"{tally.name}: {why}  [{path}]")
    return lines
