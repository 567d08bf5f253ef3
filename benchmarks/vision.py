"""Images a second in training: seqkit against a plain PyTorch loop of the same net, in turn.

The net is the default CNN of `seqkit train-image`, on images of 28 x 28 drawn at random, AdamW,
batches of 128. The plain loop is torch.nn's layers in torch's default memory format and fp32. Each
measurement is a process of its own, the contestants take turns, medians count.

    python benchmarks/vision.py [--rounds 3] [--steps 60] [--threads 2]
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time

import torch
from torch import nn

from seqkit.vision.cnn import CNN, CNNConfig, default_specification
from seqkit.vision.model import ImageBatch

BATCH, WARM, RATE = 128, 5, 2e-3
CONTESTANTS = ("torch fp32", "seqkit fp32", "seqkit bf16")


def plain() -> nn.Module:
    """The default net as a tutorial writes it."""

    def block(inputs: int, outputs: int, rate: float) -> list[nn.Module]:
        return [
            *(nn.Conv2d(inputs, outputs, 3, padding=1), nn.BatchNorm2d(outputs), nn.ReLU()),
            *(nn.Conv2d(outputs, outputs, 3, padding=1), nn.BatchNorm2d(outputs), nn.ReLU()),
            *(nn.MaxPool2d(2), nn.Dropout(rate)),
        ]

    top = [nn.Flatten(), nn.Linear(64 * 49, 256), nn.BatchNorm1d(256), nn.ReLU(), nn.Dropout(0.4)]
    return nn.Sequential(*block(1, 32, 0.2), *block(32, 64, 0.3), *top, nn.Linear(256, 10))


def measure(contestant: str, steps: int, threads: int) -> dict[str, float]:
    """Images a second in training and in answering, and the peak of memory in MB."""
    torch.manual_seed(0)
    torch.set_num_threads(threads)
    library, precision = contestant.split()
    batch = ImageBatch(torch.rand(BATCH, 1, 28, 28), torch.randint(10, (BATCH,)))
    if library == "torch":
        net = plain()

        def loss() -> torch.Tensor:
            return nn.functional.cross_entropy(net(batch.images), batch.labels)
    else:
        model = CNN(CNNConfig((1, 28, 28), 10, default_specification(10)))
        model.dtype = torch.bfloat16 if precision == "bf16" else None
        net = model

        def loss() -> torch.Tensor:
            return model.loss(batch)[0] / BATCH

    optimizer = torch.optim.AdamW(net.parameters(), RATE)

    def step() -> None:
        optimizer.zero_grad()
        loss().backward()
        optimizer.step()

    training = _rate(step, steps)
    net.eval()
    with torch.no_grad():
        answering = _rate(lambda: net(batch.images), steps)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"train": training, "answer": answering, "memory": peak}


def _rate(step, steps: int) -> float:
    for _ in range(WARM):
        step()
    start = time.perf_counter()
    for _ in range(steps):
        step()
    return steps * BATCH / (time.perf_counter() - start)


def main() -> None:
    """Let the contestants take turns, and print medians and ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=60)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--contestant", choices=CONTESTANTS, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.contestant:
        print(json.dumps(measure(given.contestant, given.steps, given.threads)))
        return
    found: dict[str, list[dict[str, float]]] = {name: [] for name in CONTESTANTS}
    for _ in range(given.rounds):
        for name in CONTESTANTS:
            command = [sys.executable, __file__, *sys.argv[1:], "--contestant", name]
            found[name].append(json.loads(subprocess.check_output(command, text=True)))
    columns = list(found[CONTESTANTS[0]][0])
    base = {c: statistics.median(row[c] for row in found[CONTESTANTS[0]]) for c in columns}
    for name, rows in found.items():
        medians = {c: statistics.median(row[c] for row in rows) for c in columns}
        shown = (f"{c} {medians[c]:,.0f} (x {medians[c] / base[c]:.2f})" for c in columns)
        print(f"{name}: " + ", ".join(shown))
    print(f"torch {torch.__version__}, {given.threads} threads, medians of {given.rounds}")


if __name__ == "__main__":
    main()
