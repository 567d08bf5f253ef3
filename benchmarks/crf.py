"""Speed of the CRF, forward and backward, and of its decoding: against pytorch-crf, in turn.

Both get the same parameters and the same random numbers, and must agree on the loss, its gradients
and the best paths before anything is timed. Then they take turns in one process, one pass each a
round; medians count. A pass of training is the loss and its gradients for emissions (B, T, K) and
all parameters, in float32. The ratio is pytorch-crf's time over seqkit's, so above 1 seqkit is
faster. Needs `pip install pytorch-crf`.

    python benchmarks/crf.py [--rounds 51] [--threads 1] [--sizes 64x60x17 ...] [--mixed] [--json]
"""

import argparse
import datetime
import importlib.metadata
import json
import pathlib
import platform
import statistics
import sys
import time
from collections.abc import Callable

import torch
import torchcrf
from torch import Tensor

from seqkit.layers.crf import CRF
from seqkit.report.terminal import table
from seqkit.train.memory import keep_freed_memory

SIZES = ["16x15x17", "32x25x17", "64x60x17", "256x30x17"]
TARGETS = {"64x60x17": 4.0}  # of training
WARM = 3

Pass = Callable[[], object]


class Data:
    """One batch, the two layers with the same parameters, and what each of them is timed at."""

    def __init__(self, size: str, mixed: bool) -> None:
        batch, positions, classes = map(int, size.split("x"))
        torch.manual_seed(0)
        self.emissions = (2 * torch.randn(batch, positions, classes)).requires_grad_()
        self.tags = torch.randint(classes, (batch, positions))
        lengths = torch.randint(1, positions + 1, (batch,)) if mixed else torch.tensor([positions])
        self.lengths = lengths.expand(batch).contiguous()
        self.mask = torch.arange(positions) < self.lengths[:, None]  # (B, T)
        self.ours = CRF(classes)
        self.theirs = torchcrf.CRF(classes, batch_first=True)
        with torch.no_grad():
            self.theirs.start_transitions.copy_(self.ours.start)
            self.theirs.end_transitions.copy_(self.ours.end)
            self.theirs.transitions.copy_(self.ours.transitions)

    def our_loss(self) -> Tensor:
        return self.ours.loss(self.emissions, self.tags, self.lengths)

    def their_loss(self) -> Tensor:
        return -self.theirs(self.emissions, self.tags, self.mask)

    def our_pass(self) -> tuple[Tensor, ...]:
        ours = self.ours
        leaves = [self.emissions, ours.start, ours.end, ours.transitions]
        return torch.autograd.grad(self.our_loss(), leaves)

    def their_pass(self) -> tuple[Tensor, ...]:
        theirs = self.theirs
        moves = [theirs.start_transitions, theirs.end_transitions, theirs.transitions]
        return torch.autograd.grad(self.their_loss(), [self.emissions, *moves])

    def our_paths(self) -> list[list[int]]:
        tags, _ = self.ours.decode(self.emissions, self.lengths)
        pairs = zip(tags.tolist(), self.lengths.tolist(), strict=True)
        return [row[:length] for row, length in pairs]

    def their_paths(self) -> list[list[int]]:
        with torch.no_grad():
            return self.theirs.decode(self.emissions, self.mask)

    def check(self, size: str) -> None:
        """Exit unless both agree."""
        torch.testing.assert_close(self.our_loss().float(), self.their_loss(), rtol=1e-4, atol=0)
        torch.testing.assert_close(self.our_pass(), self.their_pass(), rtol=1e-3, atol=1e-4)
        if self.our_paths() != self.their_paths():
            sys.exit(f"{size}: the best paths differ")


def milliseconds(run: Pass) -> float:
    start = time.perf_counter()
    run()
    return (time.perf_counter() - start) * 1000


def measure(size: str, rounds: int, mixed: bool) -> list[dict[str, object]]:
    """The rows of one size: training, then decoding."""
    data = Data(size, mixed)
    data.check(size)
    pairs = {
        "loss + gradients": (data.our_pass, data.their_pass),
        "decode": (data.our_paths, data.their_paths),
    }
    rows = []
    for what, contestants in pairs.items():
        times = [tuple(map(milliseconds, contestants)) for _ in range(WARM + rounds)][WARM:]
        ours, theirs = zip(*times, strict=True)
        rows.append(
            {
                "size": size,
                "what": what,
                "ms": statistics.median(ours),
                "range": f"{min(ours):.2f}-{max(ours):.2f}",
                "its ms": statistics.median(theirs),
                "its range": f"{min(theirs):.2f}-{max(theirs):.2f}",
                "ratio": statistics.median(theirs) / statistics.median(ours),
                "target": TARGETS.get(size) if what != "decode" else None,
            }
        )
    return rows


def facts(given: argparse.Namespace) -> dict[str, object]:
    """The machine, the versions and the settings that the figures belong to."""
    processor = platform.processor() or platform.machine()
    path = pathlib.Path("/proc/cpuinfo")
    if path.exists():
        names = [line for line in path.read_text().splitlines() if line.startswith("model name")]
        processor = names[0].split(":")[1].strip() if names else processor
    return {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "processor": processor,
        "python": platform.python_version(),
        **{name: importlib.metadata.version(name) for name in ("torch", "numba", "pytorch-crf")},
        "threads": torch.get_num_threads(),
        "lengths": "1 to T" if given.mixed else "all T",
        "rounds": given.rounds,
    }


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=51)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--sizes", nargs="+", default=SIZES, metavar="BxTxK")
    parser.add_argument("--mixed", action="store_true", help="lengths from 1 to T instead of all T")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def main() -> None:
    given = options()
    keep_freed_memory()
    torch.set_num_threads(given.threads)
    rows = [row for size in given.sizes for row in measure(size, given.rounds, given.mixed)]
    if given.json:
        print(json.dumps({**facts(given), "rows": rows}))
        return
    print("\n".join(f"{name:<11} {value}" for name, value in facts(given).items()))
    shown = [[f"{v:.2f}" if isinstance(v, float) else v for v in row.values()] for row in rows]
    print("\n" + table(shown, list(rows[0])))


if __name__ == "__main__":
    main()
